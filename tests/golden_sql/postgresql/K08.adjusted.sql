WITH "t1" AS (
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
  AND (
   "t0"."created_at" + INTERVAL '60 DAY'
  ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
  AND (
   (
    "t0"."status" <> 'won'
   ) OR (
    "t0"."amount_base" IS NOT NULL
   )
  )
)
SELECT
 DATE_TRUNC('MONTH', "t8"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t8"."brought") AS "x_0",
 SUM("t8"."brought" * "t8"."brought") AS "xx_0",
 SUM("t8"."usual") AS "y_0"
FROM (
 SELECT
  *
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
   "t6"."brought",
   "t6"."like_segment",
   "t6"."like_source",
   "t6"."usual"
  FROM (
   SELECT
    "t3"."deal_id",
    "t3"."customer_id",
    "t3"."rep_id",
    "t3"."pipeline_id",
    "t3"."stage_id",
    "t3"."status",
    "t3"."created_at",
    "t3"."closed_at",
    "t3"."amount_base",
    "t3"."cost_base",
    "t3"."source",
    "t3"."segment",
    "t3"."deal_kind",
    "t3"."lost_reason",
    "t3"."at",
    "t3"."brought",
    "t3"."like_segment",
    "t3"."like_source",
    "t5"."like_segment" AS "like_segment_right",
    "t5"."like_source" AS "like_source_right",
    "t5"."usual"
   FROM "t1" AS "t3"
   LEFT OUTER JOIN (
    SELECT
     "t2"."like_segment",
     "t2"."like_source",
     AVG("t2"."brought") AS "usual"
    FROM "t1" AS "t2"
    GROUP BY
     1,
     2
   ) AS "t5"
    ON "t3"."like_segment" = "t5"."like_segment"
    AND "t3"."like_source" = "t5"."like_source"
  ) AS "t6"
 ) AS "t7"
 WHERE
  "t7"."at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS "t8"
GROUP BY
 1
