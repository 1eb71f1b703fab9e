SELECT
 "t1"."segment" AS "by_segment",
 DATE_TRUNC('MONTH', "t1"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t1"."amount_base") AS "x_0",
 SUM("t1"."amount_base" * "t1"."amount_base") AS "xx_0"
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
  "t0"."closed_at" AS "at"
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
  AND "t0"."closed_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS "t1"
GROUP BY
 1,
 2
