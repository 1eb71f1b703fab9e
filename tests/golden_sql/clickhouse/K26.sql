SELECT
 CAST(dateTrunc('MONTH', "t15"."at") AS Nullable(DateTime)) AS "by_period",
 countIf(
  (
   "t15"."at" + INTERVAL '365' DAY
  ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
 ) AS "n_0",
 sumIf(
  CASE
   WHEN "t15"."second_at" <= (
    "t15"."at" + INTERVAL '365' DAY
   )
   THEN 1.0
   ELSE 0.0
  END,
  (
   "t15"."at" + INTERVAL '365' DAY
  ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
 ) AS "x_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t13".*
   EXCEPT ("customer_id_right")
  FROM (
   SELECT
    "t12"."deal_id" AS "deal_id",
    "t12"."customer_id" AS "customer_id",
    "t12"."rep_id" AS "rep_id",
    "t12"."pipeline_id" AS "pipeline_id",
    "t12"."stage_id" AS "stage_id",
    "t12"."status" AS "status",
    "t12"."created_at" AS "created_at",
    "t12"."closed_at" AS "closed_at",
    "t12"."amount_base" AS "amount_base",
    "t12"."cost_base" AS "cost_base",
    "t12"."source" AS "source",
    "t12"."segment" AS "segment",
    "t12"."deal_kind" AS "deal_kind",
    "t12"."lost_reason" AS "lost_reason",
    "t12"."at" AS "at",
    "t12"."event" AS "event",
    "t12"."position" AS "position",
    "t12"."first_order_on" AS "first_order_on",
    "t12"."began_before" AS "began_before",
    "t10"."customer_id" AS "customer_id_right",
    "t10"."second_at" AS "second_at"
   FROM (
    SELECT
     "t8"."deal_id" AS "deal_id",
     "t8"."customer_id" AS "customer_id",
     "t8"."rep_id" AS "rep_id",
     "t8"."pipeline_id" AS "pipeline_id",
     "t8"."stage_id" AS "stage_id",
     "t8"."status" AS "status",
     "t8"."created_at" AS "created_at",
     "t8"."closed_at" AS "closed_at",
     "t8"."amount_base" AS "amount_base",
     "t8"."cost_base" AS "cost_base",
     "t8"."source" AS "source",
     "t8"."segment" AS "segment",
     "t8"."deal_kind" AS "deal_kind",
     "t8"."lost_reason" AS "lost_reason",
     "t8"."at" AS "at",
     "t8"."event" AS "event",
     "t8"."position" AS "position",
     "t8"."first_order_on" AS "first_order_on",
     COALESCE(
      "t8"."first_order_on" < CAST(dateTrunc('DAY', "t8"."at") AS Nullable(DateTime)),
      FALSE
     ) AS "began_before"
    FROM (
     SELECT
      "t7".*
      EXCEPT ("customer_id_right")
     FROM (
      SELECT
       "t6"."deal_id" AS "deal_id",
       "t6"."customer_id" AS "customer_id",
       "t6"."rep_id" AS "rep_id",
       "t6"."pipeline_id" AS "pipeline_id",
       "t6"."stage_id" AS "stage_id",
       "t6"."status" AS "status",
       "t6"."created_at" AS "created_at",
       "t6"."closed_at" AS "closed_at",
       "t6"."amount_base" AS "amount_base",
       "t6"."cost_base" AS "cost_base",
       "t6"."source" AS "source",
       "t6"."segment" AS "segment",
       "t6"."deal_kind" AS "deal_kind",
       "t6"."lost_reason" AS "lost_reason",
       "t6"."at" AS "at",
       "t6"."event" AS "event",
       "t6"."position" AS "position",
       "t3"."customer_id" AS "customer_id_right",
       "t3"."first_order_on" AS "first_order_on"
      FROM (
       SELECT
        "t4"."deal_id" AS "deal_id",
        "t4"."customer_id" AS "customer_id",
        "t4"."rep_id" AS "rep_id",
        "t4"."pipeline_id" AS "pipeline_id",
        "t4"."stage_id" AS "stage_id",
        "t4"."status" AS "status",
        "t4"."created_at" AS "created_at",
        "t4"."closed_at" AS "closed_at",
        "t4"."amount_base" AS "amount_base",
        "t4"."cost_base" AS "cost_base",
        "t4"."source" AS "source",
        "t4"."segment" AS "segment",
        "t4"."deal_kind" AS "deal_kind",
        "t4"."lost_reason" AS "lost_reason",
        "t4"."at" AS "at",
        "t4"."event" AS "event",
        ROW_NUMBER() OVER (
         PARTITION BY "t4"."customer_id"
         ORDER BY "t4"."at" ASC, "t4"."event" ASC
         ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "position"
       FROM (
        SELECT
         "t0"."deal_id" AS "deal_id",
         "t0"."customer_id" AS "customer_id",
         "t0"."owner_id" AS "rep_id",
         "t0"."pipeline_id" AS "pipeline_id",
         "t0"."stage_id" AS "stage_id",
         "t0"."status" AS "status",
         "t0"."created_at" AS "created_at",
         "t0"."closed_at" AS "closed_at",
         "t0"."amount_base" AS "amount_base",
         "t0"."cost_base" AS "cost_base",
         "t0"."source" AS "source",
         "t0"."segment" AS "segment",
         "t0"."deal_kind" AS "deal_kind",
         "t0"."lost_reason" AS "lost_reason",
         "t0"."closed_at" AS "at",
         "t0"."deal_id" AS "event"
        FROM "deals" AS "t0"
        WHERE
         NOT (
          COALESCE("t0"."is_test", FALSE) OR COALESCE("t0"."is_duplicate", FALSE)
         )
         AND (
          isNull("t0"."created_at")
          OR (
           "t0"."created_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
          )
         )
         AND (
          "t0"."pipeline_id" IN ('P1') OR isNull("t0"."pipeline_id")
         )
         AND "t0"."status" = 'won'
         AND isNotNull("t0"."customer_id")
         AND isNotNull("t0"."closed_at")
         AND "t0"."closed_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
       ) AS "t4"
      ) AS "t6"
      LEFT OUTER JOIN (
       SELECT
        "t1"."customer_id" AS "customer_id",
        "t1"."first_order_on" AS "first_order_on"
       FROM "customers" AS "t1"
      ) AS "t3"
       ON "t6"."customer_id" = "t3"."customer_id"
     ) AS "t7"
    ) AS "t8"
    WHERE
     "t8"."position" = 0
     AND NOT (
      COALESCE(
       "t8"."first_order_on" < CAST(dateTrunc('DAY', "t8"."at") AS Nullable(DateTime)),
       FALSE
      )
     )
   ) AS "t12"
   LEFT OUTER JOIN (
    SELECT
     "t8"."customer_id" AS "customer_id",
     "t8"."at" AS "second_at"
    FROM (
     SELECT
      "t7".*
      EXCEPT ("customer_id_right")
     FROM (
      SELECT
       "t6"."deal_id" AS "deal_id",
       "t6"."customer_id" AS "customer_id",
       "t6"."rep_id" AS "rep_id",
       "t6"."pipeline_id" AS "pipeline_id",
       "t6"."stage_id" AS "stage_id",
       "t6"."status" AS "status",
       "t6"."created_at" AS "created_at",
       "t6"."closed_at" AS "closed_at",
       "t6"."amount_base" AS "amount_base",
       "t6"."cost_base" AS "cost_base",
       "t6"."source" AS "source",
       "t6"."segment" AS "segment",
       "t6"."deal_kind" AS "deal_kind",
       "t6"."lost_reason" AS "lost_reason",
       "t6"."at" AS "at",
       "t6"."event" AS "event",
       "t6"."position" AS "position",
       "t3"."customer_id" AS "customer_id_right",
       "t3"."first_order_on" AS "first_order_on"
      FROM (
       SELECT
        "t4"."deal_id" AS "deal_id",
        "t4"."customer_id" AS "customer_id",
        "t4"."rep_id" AS "rep_id",
        "t4"."pipeline_id" AS "pipeline_id",
        "t4"."stage_id" AS "stage_id",
        "t4"."status" AS "status",
        "t4"."created_at" AS "created_at",
        "t4"."closed_at" AS "closed_at",
        "t4"."amount_base" AS "amount_base",
        "t4"."cost_base" AS "cost_base",
        "t4"."source" AS "source",
        "t4"."segment" AS "segment",
        "t4"."deal_kind" AS "deal_kind",
        "t4"."lost_reason" AS "lost_reason",
        "t4"."at" AS "at",
        "t4"."event" AS "event",
        ROW_NUMBER() OVER (
         PARTITION BY "t4"."customer_id"
         ORDER BY "t4"."at" ASC, "t4"."event" ASC
         ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "position"
       FROM (
        SELECT
         "t0"."deal_id" AS "deal_id",
         "t0"."customer_id" AS "customer_id",
         "t0"."owner_id" AS "rep_id",
         "t0"."pipeline_id" AS "pipeline_id",
         "t0"."stage_id" AS "stage_id",
         "t0"."status" AS "status",
         "t0"."created_at" AS "created_at",
         "t0"."closed_at" AS "closed_at",
         "t0"."amount_base" AS "amount_base",
         "t0"."cost_base" AS "cost_base",
         "t0"."source" AS "source",
         "t0"."segment" AS "segment",
         "t0"."deal_kind" AS "deal_kind",
         "t0"."lost_reason" AS "lost_reason",
         "t0"."closed_at" AS "at",
         "t0"."deal_id" AS "event"
        FROM "deals" AS "t0"
        WHERE
         NOT (
          COALESCE("t0"."is_test", FALSE) OR COALESCE("t0"."is_duplicate", FALSE)
         )
         AND (
          isNull("t0"."created_at")
          OR (
           "t0"."created_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
          )
         )
         AND (
          "t0"."pipeline_id" IN ('P1') OR isNull("t0"."pipeline_id")
         )
         AND "t0"."status" = 'won'
         AND isNotNull("t0"."customer_id")
         AND isNotNull("t0"."closed_at")
         AND "t0"."closed_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
       ) AS "t4"
      ) AS "t6"
      LEFT OUTER JOIN (
       SELECT
        "t1"."customer_id" AS "customer_id",
        "t1"."first_order_on" AS "first_order_on"
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
  "t14"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t15"
GROUP BY
 CAST(dateTrunc('MONTH', "t15"."at") AS Nullable(DateTime))
