SELECT
 "t1"."segment" AS "by_segment",
 CAST(dateTrunc('MONTH', "t1"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t1"."amount_base") AS "x_0",
 SUM("t1"."amount_base" * "t1"."amount_base") AS "xx_0"
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
  "t0"."closed_at" AS "at"
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
  AND "t0"."closed_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t1"
GROUP BY
 "t1"."segment",
 CAST(dateTrunc('MONTH', "t1"."at") AS Nullable(DateTime))
