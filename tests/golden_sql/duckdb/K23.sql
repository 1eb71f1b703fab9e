WITH "t9" AS (
 SELECT
  CASE
   WHEN "t5"."at" > MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
   THEN MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
   ELSE "t5"."at"
  END AS "at"
 FROM (
  SELECT
   "t2"."of",
   MAX("t2"."at") AS "at"
  FROM (
   SELECT
    (
     "t1"."date" + INTERVAL '1' DAY
    ) - INTERVAL '1' SECOND AS "at",
    DATE_TRUNC('MONTH', (
     "t1"."date" + INTERVAL '1' DAY
    ) - INTERVAL '1' SECOND) AS "of"
   FROM "calendar" AS "t1"
   WHERE
    (
     "t1"."date" + INTERVAL '1' DAY + INTERVAL '-1' DAY
    ) < MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
  ) AS "t2"
  GROUP BY
   1
 ) AS "t5"
)
SELECT
 DATE_TRUNC('MONTH', "t24"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t24"."is_new") AS "x_0"
FROM (
 SELECT
  "t23"."customer_id",
  "t23"."rep_id",
  "t23"."at",
  "t23"."of",
  COALESCE("t23"."is_new", 0.0) AS "is_new"
 FROM (
  SELECT
   "t22"."customer_id",
   "t22"."rep_id",
   "t22"."at",
   "t22"."of",
   "t13"."customer_id" AS "customer_id_right",
   "t13"."of" AS "of_right",
   "t13"."is_new"
  FROM (
   SELECT
    "t20"."customer_id",
    "t20"."rep_id",
    "t20"."end" AS "at",
    DATE_TRUNC('MONTH', "t20"."end") AS "of"
   FROM (
    SELECT
     "t19".*
     EXCLUDE ("moment_right")
    FROM (
     SELECT
      "t14"."customer_id",
      "t14"."rep_id",
      "t17"."moment",
      "t18"."end",
      "t18"."moment" AS "moment_right"
     FROM (
      SELECT
       "t7"."line_id",
       "t7"."invoice_id",
       "t7"."customer_id",
       "t7"."rep_id",
       "t7"."product_id",
       "t7"."product_group",
       "t7"."units",
       "t7"."amount_base",
       "t7"."cost_base",
       "t7"."doc_kind",
       "t7"."at",
       "t7"."event",
       COALESCE("t7"."until", MAKE_TIMESTAMP(2200, 1, 1, 0, 0, 0.0)) AS "until"
      FROM (
       SELECT
        "t4"."line_id",
        "t4"."invoice_id",
        "t4"."customer_id",
        "t4"."rep_id",
        "t4"."product_id",
        "t4"."product_group",
        "t4"."units",
        "t4"."amount_base",
        "t4"."cost_base",
        "t4"."doc_kind",
        "t4"."at",
        "t4"."event",
        LEAD(NULLIF("t4"."at", MAKE_TIMESTAMP(1970, 1, 1, 0, 0, 0.0))) OVER (
         PARTITION BY "t4"."customer_id"
         ORDER BY "t4"."at" ASC, "t4"."event" ASC
         ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS "until"
       FROM (
        SELECT
         "t0"."line_id",
         "t0"."invoice_id",
         "t0"."customer_id",
         "t0"."rep_id",
         "t0"."product_id",
         "t0"."product_group",
         "t0"."units",
         "t0"."amount_base",
         "t0"."cost_base",
         "t0"."doc_kind",
         "t0"."issued_on" AS "at",
         COALESCE("t0"."line_id", "t0"."invoice_id", '') AS "event"
        FROM "order_lines" AS "t0"
        WHERE
         COALESCE("t0"."doc_kind", '') <> 'cancelled'
         AND NOT (
          COALESCE("t0"."doc_kind" = 'return', FALSE)
          OR COALESCE("t0"."amount_base" < 0, FALSE)
         )
         AND "t0"."issued_on" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
         AND "t0"."customer_id" IS NOT NULL
       ) AS "t4"
      ) AS "t7"
     ) AS "t14"
     INNER JOIN (
      SELECT
       DATE_TRUNC('MONTH', "t10"."at") AS "moment"
      FROM "t9" AS "t10"
     ) AS "t17"
      ON "t14"."at" < "t17"."moment" AND "t14"."until" >= "t17"."moment"
     LEFT OUTER JOIN (
      SELECT
       "t10"."at" AS "end",
       DATE_TRUNC('MONTH', "t10"."at") AS "moment"
      FROM "t9" AS "t10"
     ) AS "t18"
      ON "t17"."moment" = "t18"."moment"
    ) AS "t19"
   ) AS "t20"
  ) AS "t22"
  LEFT OUTER JOIN (
   SELECT
    "t8"."customer_id",
    "t8"."of",
    1.0 AS "is_new"
   FROM (
    SELECT DISTINCT
     "t6"."customer_id",
     DATE_TRUNC('MONTH', "t6"."at") AS "of"
    FROM (
     SELECT
      "t3"."customer_id",
      "t3"."product_group",
      MIN("t3"."at") AS "at"
     FROM (
      SELECT
       "t0"."line_id",
       "t0"."invoice_id",
       "t0"."customer_id",
       "t0"."rep_id",
       "t0"."product_id",
       "t0"."product_group",
       "t0"."units",
       "t0"."amount_base",
       "t0"."cost_base",
       "t0"."doc_kind",
       "t0"."issued_on" AS "at",
       COALESCE("t0"."line_id", "t0"."invoice_id", '') AS "event"
      FROM "order_lines" AS "t0"
      WHERE
       COALESCE("t0"."doc_kind", '') <> 'cancelled'
       AND NOT (
        COALESCE("t0"."doc_kind" = 'return', FALSE)
        OR COALESCE("t0"."amount_base" < 0, FALSE)
       )
       AND "t0"."issued_on" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
       AND "t0"."customer_id" IS NOT NULL
       AND "t0"."product_group" IS NOT NULL
     ) AS "t3"
     GROUP BY
      1,
      2
    ) AS "t6"
    WHERE
     "t6"."at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
   ) AS "t8"
  ) AS "t13"
   ON "t22"."customer_id" = "t13"."customer_id" AND "t22"."of" = "t13"."of"
 ) AS "t23"
 WHERE
  "t23"."at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
) AS "t24"
GROUP BY
 1
