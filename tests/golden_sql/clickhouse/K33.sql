SELECT
 "t5"."segment" AS "by_segment",
 CAST(dateTrunc('MONTH', "t5"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t5"."x") AS "x_0",
 SUM("t5"."x" * "t5"."x") AS "xx_0"
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
  "t4"."of" AS "of",
  1.0 AS "x"
 FROM (
  SELECT
   "t3".*
   EXCEPT ("place_from_end")
  FROM (
   SELECT
    *
   FROM (
    SELECT
     "t1"."deal_id" AS "deal_id",
     "t1"."customer_id" AS "customer_id",
     "t1"."rep_id" AS "rep_id",
     "t1"."pipeline_id" AS "pipeline_id",
     "t1"."stage_id" AS "stage_id",
     "t1"."status" AS "status",
     "t1"."created_at" AS "created_at",
     "t1"."closed_at" AS "closed_at",
     "t1"."amount_base" AS "amount_base",
     "t1"."cost_base" AS "cost_base",
     "t1"."source" AS "source",
     "t1"."segment" AS "segment",
     "t1"."deal_kind" AS "deal_kind",
     "t1"."lost_reason" AS "lost_reason",
     "t1"."at" AS "at",
     "t1"."event" AS "event",
     "t1"."of" AS "of",
     ROW_NUMBER() OVER (
      PARTITION BY "t1"."customer_id", "t1"."of"
      ORDER BY "t1"."at" DESC, "t1"."event" DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
     ) - 1 AS "place_from_end"
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
      "t0"."deal_id" AS "event",
      CAST(dateTrunc('MONTH', "t0"."closed_at") AS Nullable(DateTime)) AS "of"
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
    ) AS "t1"
   ) AS "t2"
   WHERE
    "t2"."place_from_end" = 0
  ) AS "t3"
 ) AS "t4"
 WHERE
  "t4"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t5"
GROUP BY
 "t5"."segment",
 CAST(dateTrunc('MONTH', "t5"."at") AS Nullable(DateTime))
