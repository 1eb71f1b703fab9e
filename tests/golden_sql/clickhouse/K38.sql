SELECT
 CAST(dateTrunc('MONTH', "t17"."at") AS Nullable(DateTime)) AS "by_period",
 countIf(
  (
   isNotNull("t17"."best_order")
   OR (
    "t17"."status" IN ('won', 'lost')
    AND NOT (
     COALESCE("t17"."closed_at" > parseDateTimeBestEffort('2026-07-01T00:00:00'), FALSE)
    )
    AND (
     "t17"."status" = 'won'
    )
   )
  )
  AND (
   (
    "t17"."at" + INTERVAL '60' DAY
   ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
  )
 ) AS "n_0",
 sumIf(
  CASE
   WHEN COALESCE("t17"."best_order" >= 2, FALSE)
   OR (
    "t17"."status" IN ('won', 'lost')
    AND NOT (
     COALESCE("t17"."closed_at" > parseDateTimeBestEffort('2026-07-01T00:00:00'), FALSE)
    )
    AND (
     "t17"."status" = 'won'
    )
   )
   THEN 1.0
   ELSE 0.0
  END,
  (
   isNotNull("t17"."best_order")
   OR (
    "t17"."status" IN ('won', 'lost')
    AND NOT (
     COALESCE("t17"."closed_at" > parseDateTimeBestEffort('2026-07-01T00:00:00'), FALSE)
    )
    AND (
     "t17"."status" = 'won'
    )
   )
  )
  AND (
   (
    "t17"."at" + INTERVAL '60' DAY
   ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
  )
 ) AS "x_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t15".*
   EXCEPT ("deal_id_right")
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
    "t14"."deal_id" AS "deal_id_right",
    "t14"."best_order" AS "best_order"
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
     "t0"."created_at" AS "at"
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
     AND COALESCE("t0"."deal_kind", 'new') IN ('new', 'unknown')
   ) AS "t8"
   LEFT OUTER JOIN (
    SELECT
     "t12"."deal_id" AS "deal_id",
     COALESCE("t12"."best_order", 0) AS "best_order"
    FROM (
     SELECT
      "t11"."deal_id" AS "deal_id",
      MAX("t11"."rank") AS "best_order"
     FROM (
      SELECT
       "t10"."deal_id" AS "deal_id",
       "t10"."stage_id" AS "stage_id",
       "t10"."entered_at" AS "entered_at",
       "t10"."pipeline" AS "pipeline",
       "t10"."seq" AS "seq",
       "t10"."stage_order" AS "stage_order",
       "t10"."semantic" AS "semantic",
       CASE
        WHEN "t10"."semantic" = 'open'
        THEN "t10"."stage_order"
        WHEN "t10"."semantic" = 'won'
        THEN 1000000
        ELSE NULL
       END AS "rank"
      FROM (
       SELECT
        "t9".*
        EXCEPT ("pipeline_right", "stage_id_right")
       FROM (
        SELECT
         "t7"."deal_id" AS "deal_id",
         "t7"."stage_id" AS "stage_id",
         "t7"."entered_at" AS "entered_at",
         "t7"."pipeline" AS "pipeline",
         "t7"."seq" AS "seq",
         "t5"."stage_id" AS "stage_id_right",
         "t5"."stage_order" AS "stage_order",
         "t5"."semantic" AS "semantic",
         "t5"."pipeline" AS "pipeline_right"
        FROM (
         SELECT
          "t1"."deal_id" AS "deal_id",
          "t1"."stage_id" AS "stage_id",
          "t1"."entered_at" AS "entered_at",
          COALESCE("t1"."pipeline_id", '') AS "pipeline",
          COALESCE("t1"."seq", 0) AS "seq"
         FROM "stage_events" AS "t1"
         WHERE
          isNotNull("t1"."entered_at")
          AND "t1"."entered_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
          AND isNotNull("t1"."deal_id")
          AND (
           "t1"."pipeline_id" IN ('P1') OR isNull("t1"."pipeline_id")
          )
        ) AS "t7"
        LEFT OUTER JOIN (
         SELECT
          "t2"."stage_id" AS "stage_id",
          "t2"."stage_order" AS "stage_order",
          "t2"."semantic" AS "semantic",
          COALESCE("t2"."pipeline_id", '') AS "pipeline"
         FROM "stages" AS "t2"
        ) AS "t5"
         ON "t7"."pipeline" = "t5"."pipeline" AND "t7"."stage_id" = "t5"."stage_id"
       ) AS "t9"
      ) AS "t10"
     ) AS "t11"
     GROUP BY
      "t11"."deal_id"
    ) AS "t12"
   ) AS "t14"
    ON "t8"."deal_id" = "t14"."deal_id"
  ) AS "t15"
 ) AS "t16"
 WHERE
  "t16"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t17"
GROUP BY
 CAST(dateTrunc('MONTH', "t17"."at") AS Nullable(DateTime))
