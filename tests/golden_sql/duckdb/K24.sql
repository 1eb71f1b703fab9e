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
  "t23"."product_group",
  COALESCE("t23"."is_new", 0.0) AS "is_new"
 FROM (
  SELECT
   "t22"."customer_id",
   "t22"."rep_id",
   "t22"."at",
   "t22"."of",
   "t4"."product_group",
   "t13"."customer_id" AS "customer_id_right",
   "t13"."product_group" AS "product_group_right",
   "t13"."of" AS "of_right",
   "t13"."is_new"
  FROM (
   SELECT
    "t20"."customer_id",
    "t20"."rep_id",
    "t20"."at",
    DATE_TRUNC('MONTH', "t20"."at") AS "of"
   FROM (
    SELECT
     "t19".*
     EXCLUDE ("place_from_end")
    FROM (
     SELECT
      *
     FROM (
      SELECT
       "t17"."deal_id",
       "t17"."customer_id",
       "t17"."rep_id",
       "t17"."pipeline_id",
       "t17"."stage_id",
       "t17"."status",
       "t17"."created_at",
       "t17"."closed_at",
       "t17"."amount_base",
       "t17"."cost_base",
       "t17"."source",
       "t17"."segment",
       "t17"."deal_kind",
       "t17"."lost_reason",
       "t17"."at",
       "t17"."event",
       "t17"."bought_at",
       ROW_NUMBER() OVER (
        PARTITION BY "t17"."customer_id", "t17"."at"
        ORDER BY "t17"."bought_at" DESC, "t17"."event" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
       ) - 1 AS "place_from_end"
      FROM (
       SELECT
        "t16".*
        EXCLUDE ("moment")
       FROM (
        SELECT
         "t15"."deal_id",
         "t15"."customer_id",
         "t15"."rep_id",
         "t15"."pipeline_id",
         "t15"."stage_id",
         "t15"."status",
         "t15"."created_at",
         "t15"."closed_at",
         "t15"."amount_base",
         "t15"."cost_base",
         "t15"."source",
         "t15"."segment",
         "t15"."deal_kind",
         "t15"."lost_reason",
         "t15"."moment" AS "at",
         "t15"."event",
         "t15"."moment",
         "t15"."at" AS "bought_at"
        FROM (
         SELECT
          "t8"."deal_id",
          "t8"."customer_id",
          "t8"."rep_id",
          "t8"."pipeline_id",
          "t8"."stage_id",
          "t8"."status",
          "t8"."created_at",
          "t8"."closed_at",
          "t8"."amount_base",
          "t8"."cost_base",
          "t8"."source",
          "t8"."segment",
          "t8"."deal_kind",
          "t8"."lost_reason",
          "t8"."at",
          "t8"."event",
          "t14"."moment"
         FROM (
          SELECT
           "t1"."deal_id",
           "t1"."customer_id",
           "t1"."owner_id" AS "rep_id",
           "t1"."pipeline_id",
           "t1"."stage_id",
           "t1"."status",
           "t1"."created_at",
           "t1"."closed_at",
           "t1"."amount_base",
           "t1"."cost_base",
           "t1"."source",
           "t1"."segment",
           "t1"."deal_kind",
           "t1"."lost_reason",
           "t1"."closed_at" AS "at",
           "t1"."deal_id" AS "event"
          FROM "deals" AS "t1"
          WHERE
           NOT (
            COALESCE("t1"."is_test", FALSE) OR COALESCE("t1"."is_duplicate", FALSE)
           )
           AND (
            (
             "t1"."created_at" IS NULL
            )
            OR (
             "t1"."created_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
            )
           )
           AND (
            "t1"."pipeline_id" IN ('P1') OR (
             "t1"."pipeline_id" IS NULL
            )
           )
           AND "t1"."status" = 'won'
           AND "t1"."customer_id" IS NOT NULL
           AND "t1"."closed_at" IS NOT NULL
           AND "t1"."closed_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
         ) AS "t8"
         INNER JOIN (
          SELECT
           CASE
            WHEN "t9"."at" > MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
            THEN MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
            ELSE "t9"."at"
           END AS "moment"
          FROM (
           SELECT
            "t6"."of",
            MAX("t6"."at") AS "at"
           FROM (
            SELECT
             (
              "t2"."date" + INTERVAL '1' DAY
             ) - INTERVAL '1' SECOND AS "at",
             DATE_TRUNC('MONTH', (
              "t2"."date" + INTERVAL '1' DAY
             ) - INTERVAL '1' SECOND) AS "of"
            FROM "calendar" AS "t2"
            WHERE
             (
              "t2"."date" + INTERVAL '1' DAY + INTERVAL '-1' DAY
             ) < MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
           ) AS "t6"
           GROUP BY
            1
          ) AS "t9"
         ) AS "t14"
          ON "t8"."at" <= "t14"."moment"
          AND (
           "t8"."at" + INTERVAL '90' DAY
          ) > "t14"."moment"
        ) AS "t15"
       ) AS "t16"
      ) AS "t17"
     ) AS "t18"
     WHERE
      "t18"."place_from_end" = 0
    ) AS "t19"
   ) AS "t20"
  ) AS "t22"
  CROSS JOIN (
   SELECT DISTINCT
    "t0"."product_group"
   FROM "order_lines" AS "t0"
   WHERE
    "t0"."product_group" IS NOT NULL AND "t0"."product_group" IN ('g0')
  ) AS "t4"
  LEFT OUTER JOIN (
   SELECT
    "t10"."customer_id",
    "t10"."product_group",
    DATE_TRUNC('MONTH', "t10"."at") AS "of",
    1.0 AS "is_new"
   FROM (
    SELECT
     "t7"."customer_id",
     "t7"."product_group",
     MIN("t7"."at") AS "at"
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
    ) AS "t7"
    GROUP BY
     1,
     2
   ) AS "t10"
   WHERE
    "t10"."at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
  ) AS "t13"
   ON "t22"."customer_id" = "t13"."customer_id"
   AND "t4"."product_group" = "t13"."product_group"
   AND "t22"."of" = "t13"."of"
 ) AS "t23"
 WHERE
  "t23"."at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
) AS "t24"
GROUP BY
 1
