SELECT
 DATE_TRUNC('MONTH', "t1"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM(CASE WHEN "t1"."status" = 'won' THEN 1.0 ELSE 0.0 END) AS "x_0"
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
    "t0"."created_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
   )
  )
  AND (
   "t0"."pipeline_id" IN ('P1') OR (
    "t0"."pipeline_id" IS NULL
   )
  )
  AND "t0"."status" IN ('won', 'lost')
  AND "t0"."closed_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
) AS "t1"
GROUP BY
 1
