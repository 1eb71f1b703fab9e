WITH "t9" AS (
 SELECT
  CASE
   WHEN "t5"."at" > parseDateTimeBestEffort('2026-07-01T00:00:00')
   THEN parseDateTimeBestEffort('2026-07-01T00:00:00')
   ELSE "t5"."at"
  END AS "at"
 FROM (
  SELECT
   "t2"."of" AS "of",
   MAX("t2"."at") AS "at"
  FROM (
   SELECT
    (
     "t1"."date" + INTERVAL '1' DAY
    ) - INTERVAL '1' SECOND AS "at",
    CAST(dateTrunc('MONTH', (
     "t1"."date" + INTERVAL '1' DAY
    ) - INTERVAL '1' SECOND) AS Nullable(DateTime)) AS "of"
   FROM "calendar" AS "t1"
   WHERE
    (
     "t1"."date" + INTERVAL '1' DAY + INTERVAL '-1' DAY
    ) < parseDateTimeBestEffort('2026-07-01T00:00:00')
  ) AS "t2"
  GROUP BY
   "t2"."of"
 ) AS "t5"
)
SELECT
 CAST(dateTrunc('MONTH', "t24"."at") AS Nullable(DateTime)) AS "by_period",
 countIf("t24"."is_new" > 0) AS "n_0"
FROM (
 SELECT
  "t23"."customer_id" AS "customer_id",
  "t23"."rep_id" AS "rep_id",
  "t23"."at" AS "at",
  "t23"."of" AS "of",
  COALESCE("t23"."is_new", 0.0) AS "is_new"
 FROM (
  SELECT
   "t22"."customer_id" AS "customer_id",
   "t22"."rep_id" AS "rep_id",
   "t22"."at" AS "at",
   "t22"."of" AS "of",
   "t13"."customer_id" AS "customer_id_right",
   "t13"."of" AS "of_right",
   "t13"."is_new" AS "is_new"
  FROM (
   SELECT
    "t20"."customer_id" AS "customer_id",
    "t20"."rep_id" AS "rep_id",
    "t20"."end" AS "at",
    CAST(dateTrunc('MONTH', "t20"."end") AS Nullable(DateTime)) AS "of"
   FROM (
    SELECT
     "t19".*
     EXCEPT ("moment_right")
    FROM (
     SELECT
      "t14"."customer_id" AS "customer_id",
      "t14"."rep_id" AS "rep_id",
      "t17"."moment" AS "moment",
      "t18"."end" AS "end",
      "t18"."moment" AS "moment_right"
     FROM (
      SELECT
       "t7"."line_id" AS "line_id",
       "t7"."invoice_id" AS "invoice_id",
       "t7"."customer_id" AS "customer_id",
       "t7"."rep_id" AS "rep_id",
       "t7"."product_id" AS "product_id",
       "t7"."product_group" AS "product_group",
       "t7"."units" AS "units",
       "t7"."amount_base" AS "amount_base",
       "t7"."cost_base" AS "cost_base",
       "t7"."doc_kind" AS "doc_kind",
       "t7"."at" AS "at",
       "t7"."event" AS "event",
       COALESCE("t7"."until", parseDateTimeBestEffort('2200-01-01T00:00:00')) AS "until"
      FROM (
       SELECT
        "t4"."line_id" AS "line_id",
        "t4"."invoice_id" AS "invoice_id",
        "t4"."customer_id" AS "customer_id",
        "t4"."rep_id" AS "rep_id",
        "t4"."product_id" AS "product_id",
        "t4"."product_group" AS "product_group",
        "t4"."units" AS "units",
        "t4"."amount_base" AS "amount_base",
        "t4"."cost_base" AS "cost_base",
        "t4"."doc_kind" AS "doc_kind",
        "t4"."at" AS "at",
        "t4"."event" AS "event",
        leadInFrame(nullIf("t4"."at", parseDateTimeBestEffort('1970-01-01T00:00:00'))) OVER (
         PARTITION BY "t4"."customer_id"
         ORDER BY "t4"."at" ASC, "t4"."event" ASC
         ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS "until"
       FROM (
        SELECT
         "t0"."line_id" AS "line_id",
         "t0"."invoice_id" AS "invoice_id",
         "t0"."customer_id" AS "customer_id",
         "t0"."rep_id" AS "rep_id",
         "t0"."product_id" AS "product_id",
         "t0"."product_group" AS "product_group",
         "t0"."units" AS "units",
         "t0"."amount_base" AS "amount_base",
         "t0"."cost_base" AS "cost_base",
         "t0"."doc_kind" AS "doc_kind",
         "t0"."issued_on" AS "at",
         COALESCE("t0"."line_id", "t0"."invoice_id", '') AS "event"
        FROM "order_lines" AS "t0"
        WHERE
         COALESCE("t0"."doc_kind", '') <> 'cancelled'
         AND NOT (
          COALESCE("t0"."doc_kind" = 'return', FALSE)
          OR COALESCE("t0"."amount_base" < 0, FALSE)
         )
         AND "t0"."issued_on" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
         AND isNotNull("t0"."customer_id")
       ) AS "t4"
      ) AS "t7"
     ) AS "t14"
     INNER JOIN (
      SELECT
       CAST(dateTrunc('MONTH', "t10"."at") AS Nullable(DateTime)) AS "moment"
      FROM "t9" AS "t10"
     ) AS "t17"
      ON "t14"."at" < "t17"."moment" AND "t14"."until" >= "t17"."moment"
     LEFT OUTER JOIN (
      SELECT
       "t10"."at" AS "end",
       CAST(dateTrunc('MONTH', "t10"."at") AS Nullable(DateTime)) AS "moment"
      FROM "t9" AS "t10"
     ) AS "t18"
      ON "t17"."moment" = "t18"."moment"
    ) AS "t19"
   ) AS "t20"
  ) AS "t22"
  LEFT OUTER JOIN (
   SELECT
    "t8"."customer_id" AS "customer_id",
    "t8"."of" AS "of",
    1.0 AS "is_new"
   FROM (
    SELECT DISTINCT
     "t6"."customer_id" AS "customer_id",
     CAST(dateTrunc('MONTH', "t6"."at") AS Nullable(DateTime)) AS "of"
    FROM (
     SELECT
      "t3"."customer_id" AS "customer_id",
      "t3"."product_group" AS "product_group",
      MIN("t3"."at") AS "at"
     FROM (
      SELECT
       "t0"."line_id" AS "line_id",
       "t0"."invoice_id" AS "invoice_id",
       "t0"."customer_id" AS "customer_id",
       "t0"."rep_id" AS "rep_id",
       "t0"."product_id" AS "product_id",
       "t0"."product_group" AS "product_group",
       "t0"."units" AS "units",
       "t0"."amount_base" AS "amount_base",
       "t0"."cost_base" AS "cost_base",
       "t0"."doc_kind" AS "doc_kind",
       "t0"."issued_on" AS "at",
       COALESCE("t0"."line_id", "t0"."invoice_id", '') AS "event"
      FROM "order_lines" AS "t0"
      WHERE
       COALESCE("t0"."doc_kind", '') <> 'cancelled'
       AND NOT (
        COALESCE("t0"."doc_kind" = 'return', FALSE)
        OR COALESCE("t0"."amount_base" < 0, FALSE)
       )
       AND "t0"."issued_on" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
       AND isNotNull("t0"."customer_id")
       AND isNotNull("t0"."product_group")
     ) AS "t3"
     GROUP BY
      "t3"."customer_id",
      "t3"."product_group"
    ) AS "t6"
    WHERE
     "t6"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
   ) AS "t8"
  ) AS "t13"
   ON "t22"."customer_id" = "t13"."customer_id" AND "t22"."of" = "t13"."of"
 ) AS "t23"
 WHERE
  "t23"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t24"
GROUP BY
 CAST(dateTrunc('MONTH', "t24"."at") AS Nullable(DateTime))
