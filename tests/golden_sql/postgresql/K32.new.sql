SELECT
 DATE_TRUNC('MONTH', "t15"."at") AS "by_period",
 COUNT(*) FILTER(WHERE
  "t15"."position" = 0) AS "n_0"
FROM (
 SELECT
  "t14"."region",
  "t14"."at",
  "t14"."position"
 FROM (
  SELECT
   "t13"."customer_id",
   "t13"."at",
   "t13"."region",
   ROW_NUMBER() OVER (
    PARTITION BY "t13"."region"
    ORDER BY "t13"."at" ASC, "t13"."customer_id" ASC
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
   ) - 1 AS "position"
  FROM (
   SELECT
    "t12"."customer_id",
    "t12"."at",
    "t5"."region"
   FROM (
    SELECT
     "t10"."customer_id",
     LEAST("t10"."at", COALESCE("t10"."first_order_on", "t10"."at")) AS "at"
    FROM (
     SELECT
      "t9"."deal_id",
      "t9"."customer_id",
      "t9"."rep_id",
      "t9"."pipeline_id",
      "t9"."stage_id",
      "t9"."status",
      "t9"."created_at",
      "t9"."closed_at",
      "t9"."amount_base",
      "t9"."cost_base",
      "t9"."source",
      "t9"."segment",
      "t9"."deal_kind",
      "t9"."lost_reason",
      "t9"."at",
      "t9"."event",
      "t9"."position",
      "t9"."first_order_on"
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
       "t8"."position",
       "t4"."customer_id" AS "customer_id_right",
       "t4"."first_order_on"
      FROM (
       SELECT
        "t6"."deal_id",
        "t6"."customer_id",
        "t6"."rep_id",
        "t6"."pipeline_id",
        "t6"."stage_id",
        "t6"."status",
        "t6"."created_at",
        "t6"."closed_at",
        "t6"."amount_base",
        "t6"."cost_base",
        "t6"."source",
        "t6"."segment",
        "t6"."deal_kind",
        "t6"."lost_reason",
        "t6"."at",
        "t6"."event",
        ROW_NUMBER() OVER (
         PARTITION BY "t6"."customer_id"
         ORDER BY "t6"."at" ASC, "t6"."event" ASC
         ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "position"
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
           "t1"."created_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
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
         AND "t1"."closed_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
       ) AS "t6"
      ) AS "t8"
      LEFT OUTER JOIN (
       SELECT
        "t0"."customer_id",
        "t0"."first_order_on"
       FROM "customers" AS "t0"
      ) AS "t4"
       ON "t8"."customer_id" = "t4"."customer_id"
     ) AS "t9"
    ) AS "t10"
    WHERE
     "t10"."position" = 0
   ) AS "t12"
   INNER JOIN (
    SELECT
     "t0"."customer_id",
     "t0"."region"
    FROM "customers" AS "t0"
    WHERE
     "t0"."region" IS NOT NULL
   ) AS "t5"
    ON "t12"."customer_id" = "t5"."customer_id"
  ) AS "t13"
 ) AS "t14"
 WHERE
  "t14"."at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS "t15"
GROUP BY
 1
