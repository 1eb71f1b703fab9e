SELECT
 DATE_TRUNC('MONTH', "t15"."at") AS "by_period",
 COUNT(*) FILTER(WHERE
  (
   "t15"."at" + INTERVAL '365 DAY'
  ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)) AS "n_0",
 SUM(
  CASE
   WHEN "t15"."second_at" <= (
    "t15"."at" + INTERVAL '365 DAY'
   )
   THEN 1.0
   ELSE 0.0
  END
 ) FILTER(WHERE
  (
   "t15"."at" + INTERVAL '365 DAY'
  ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)) AS "x_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t13"."deal_id",
   "t13"."customer_id",
   "t13"."rep_id",
   "t13"."pipeline_id",
   "t13"."stage_id",
   "t13"."status",
   "t13"."created_at",
   "t13"."closed_at",
   "t13"."amount_base",
   "t13"."cost_base",
   "t13"."source",
   "t13"."segment",
   "t13"."deal_kind",
   "t13"."lost_reason",
   "t13"."at",
   "t13"."event",
   "t13"."position",
   "t13"."first_order_on",
   "t13"."began_before",
   "t13"."second_at"
  FROM (
   SELECT
    "t12"."deal_id",
    "t12"."customer_id",
    "t12"."rep_id",
    "t12"."pipeline_id",
    "t12"."stage_id",
    "t12"."status",
    "t12"."created_at",
    "t12"."closed_at",
    "t12"."amount_base",
    "t12"."cost_base",
    "t12"."source",
    "t12"."segment",
    "t12"."deal_kind",
    "t12"."lost_reason",
    "t12"."at",
    "t12"."event",
    "t12"."position",
    "t12"."first_order_on",
    "t12"."began_before",
    "t10"."customer_id" AS "customer_id_right",
    "t10"."second_at"
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
     "t8"."first_order_on",
     COALESCE("t8"."first_order_on" < DATE_TRUNC('DAY', "t8"."at"), FALSE) AS "began_before"
    FROM (
     SELECT
      "t7"."deal_id",
      "t7"."customer_id",
      "t7"."rep_id",
      "t7"."pipeline_id",
      "t7"."stage_id",
      "t7"."status",
      "t7"."created_at",
      "t7"."closed_at",
      "t7"."amount_base",
      "t7"."cost_base",
      "t7"."source",
      "t7"."segment",
      "t7"."deal_kind",
      "t7"."lost_reason",
      "t7"."at",
      "t7"."event",
      "t7"."position",
      "t7"."first_order_on"
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
       "t6"."position",
       "t3"."customer_id" AS "customer_id_right",
       "t3"."first_order_on"
      FROM (
       SELECT
        "t4"."deal_id",
        "t4"."customer_id",
        "t4"."rep_id",
        "t4"."pipeline_id",
        "t4"."stage_id",
        "t4"."status",
        "t4"."created_at",
        "t4"."closed_at",
        "t4"."amount_base",
        "t4"."cost_base",
        "t4"."source",
        "t4"."segment",
        "t4"."deal_kind",
        "t4"."lost_reason",
        "t4"."at",
        "t4"."event",
        ROW_NUMBER() OVER (
         PARTITION BY "t4"."customer_id"
         ORDER BY "t4"."at" ASC, "t4"."event" ASC
         ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "position"
       FROM (
        SELECT
         "t0"."deal_id",
         "t0"."customer_id",
         "t0"."owner_id" AS "rep_id",
         "t0"."pipeline_id",
         "t0"."stage_id",
         "t0"."status",
         "t0"."created_at",
         "t0"."closed_at",
         "t0"."amount_base",
         "t0"."cost_base",
         "t0"."source",
         "t0"."segment",
         "t0"."deal_kind",
         "t0"."lost_reason",
         "t0"."closed_at" AS "at",
         "t0"."deal_id" AS "event"
        FROM "deals" AS "t0"
        WHERE
         NOT (
          COALESCE("t0"."is_test", FALSE) OR COALESCE("t0"."is_duplicate", FALSE)
         )
         AND (
          (
           "t0"."created_at" IS NULL
          )
          OR (
           "t0"."created_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
          )
         )
         AND (
          "t0"."pipeline_id" IN ('P1') OR (
           "t0"."pipeline_id" IS NULL
          )
         )
         AND "t0"."status" = 'won'
         AND "t0"."customer_id" IS NOT NULL
         AND "t0"."closed_at" IS NOT NULL
         AND "t0"."closed_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
       ) AS "t4"
      ) AS "t6"
      LEFT OUTER JOIN (
       SELECT
        "t1"."customer_id",
        "t1"."first_order_on"
       FROM "customers" AS "t1"
      ) AS "t3"
       ON "t6"."customer_id" = "t3"."customer_id"
     ) AS "t7"
    ) AS "t8"
    WHERE
     "t8"."position" = 0
     AND NOT (
      COALESCE("t8"."first_order_on" < DATE_TRUNC('DAY', "t8"."at"), FALSE)
     )
   ) AS "t12"
   LEFT OUTER JOIN (
    SELECT
     "t8"."customer_id",
     "t8"."at" AS "second_at"
    FROM (
     SELECT
      "t7"."deal_id",
      "t7"."customer_id",
      "t7"."rep_id",
      "t7"."pipeline_id",
      "t7"."stage_id",
      "t7"."status",
      "t7"."created_at",
      "t7"."closed_at",
      "t7"."amount_base",
      "t7"."cost_base",
      "t7"."source",
      "t7"."segment",
      "t7"."deal_kind",
      "t7"."lost_reason",
      "t7"."at",
      "t7"."event",
      "t7"."position",
      "t7"."first_order_on"
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
       "t6"."position",
       "t3"."customer_id" AS "customer_id_right",
       "t3"."first_order_on"
      FROM (
       SELECT
        "t4"."deal_id",
        "t4"."customer_id",
        "t4"."rep_id",
        "t4"."pipeline_id",
        "t4"."stage_id",
        "t4"."status",
        "t4"."created_at",
        "t4"."closed_at",
        "t4"."amount_base",
        "t4"."cost_base",
        "t4"."source",
        "t4"."segment",
        "t4"."deal_kind",
        "t4"."lost_reason",
        "t4"."at",
        "t4"."event",
        ROW_NUMBER() OVER (
         PARTITION BY "t4"."customer_id"
         ORDER BY "t4"."at" ASC, "t4"."event" ASC
         ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "position"
       FROM (
        SELECT
         "t0"."deal_id",
         "t0"."customer_id",
         "t0"."owner_id" AS "rep_id",
         "t0"."pipeline_id",
         "t0"."stage_id",
         "t0"."status",
         "t0"."created_at",
         "t0"."closed_at",
         "t0"."amount_base",
         "t0"."cost_base",
         "t0"."source",
         "t0"."segment",
         "t0"."deal_kind",
         "t0"."lost_reason",
         "t0"."closed_at" AS "at",
         "t0"."deal_id" AS "event"
        FROM "deals" AS "t0"
        WHERE
         NOT (
          COALESCE("t0"."is_test", FALSE) OR COALESCE("t0"."is_duplicate", FALSE)
         )
         AND (
          (
           "t0"."created_at" IS NULL
          )
          OR (
           "t0"."created_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
          )
         )
         AND (
          "t0"."pipeline_id" IN ('P1') OR (
           "t0"."pipeline_id" IS NULL
          )
         )
         AND "t0"."status" = 'won'
         AND "t0"."customer_id" IS NOT NULL
         AND "t0"."closed_at" IS NOT NULL
         AND "t0"."closed_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
       ) AS "t4"
      ) AS "t6"
      LEFT OUTER JOIN (
       SELECT
        "t1"."customer_id",
        "t1"."first_order_on"
       FROM "customers" AS "t1"
      ) AS "t3"
       ON "t6"."customer_id" = "t3"."customer_id"
     ) AS "t7"
    ) AS "t8"
    WHERE
     "t8"."position" = 1
   ) AS "t10"
    ON "t12"."customer_id" = "t10"."customer_id"
  ) AS "t13"
 ) AS "t14"
 WHERE
  "t14"."at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS "t15"
GROUP BY
 1
