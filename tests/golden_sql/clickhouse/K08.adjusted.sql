WITH "t1" AS (
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
  "t0"."created_at" AS "at",
  COALESCE("t0"."amount_base", 0.0) * CASE WHEN "t0"."status" = 'won' THEN 1.0 ELSE 0.0 END AS "brought",
  COALESCE("t0"."segment", '') AS "like_segment",
  COALESCE("t0"."source", '') AS "like_source"
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
  AND (
   "t0"."created_at" + INTERVAL '60' DAY
  ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
  AND (
   (
    "t0"."status" <> 'won'
   ) OR isNotNull("t0"."amount_base")
  )
)
SELECT
 CAST(dateTrunc('MONTH', "t8"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t8"."brought") AS "x_0",
 SUM("t8"."brought" * "t8"."brought") AS "xx_0",
 SUM("t8"."usual") AS "y_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t6".*
   EXCEPT ("like_segment_right", "like_source_right")
  FROM (
   SELECT
    "t3"."deal_id" AS "deal_id",
    "t3"."customer_id" AS "customer_id",
    "t3"."rep_id" AS "rep_id",
    "t3"."pipeline_id" AS "pipeline_id",
    "t3"."stage_id" AS "stage_id",
    "t3"."status" AS "status",
    "t3"."created_at" AS "created_at",
    "t3"."closed_at" AS "closed_at",
    "t3"."amount_base" AS "amount_base",
    "t3"."cost_base" AS "cost_base",
    "t3"."source" AS "source",
    "t3"."segment" AS "segment",
    "t3"."deal_kind" AS "deal_kind",
    "t3"."lost_reason" AS "lost_reason",
    "t3"."at" AS "at",
    "t3"."brought" AS "brought",
    "t3"."like_segment" AS "like_segment",
    "t3"."like_source" AS "like_source",
    "t5"."like_segment" AS "like_segment_right",
    "t5"."like_source" AS "like_source_right",
    "t5"."usual" AS "usual"
   FROM "t1" AS "t3"
   LEFT OUTER JOIN (
    SELECT
     "t2"."like_segment" AS "like_segment",
     "t2"."like_source" AS "like_source",
     AVG("t2"."brought") AS "usual"
    FROM "t1" AS "t2"
    GROUP BY
     "t2"."like_segment",
     "t2"."like_source"
   ) AS "t5"
    ON "t3"."like_segment" = "t5"."like_segment"
    AND "t3"."like_source" = "t5"."like_source"
  ) AS "t6"
 ) AS "t7"
 WHERE
  "t7"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t8"
GROUP BY
 CAST(dateTrunc('MONTH', "t8"."at") AS Nullable(DateTime))
