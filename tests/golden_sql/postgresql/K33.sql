SELECT
 "t5"."segment" AS "by_segment",
 DATE_TRUNC('MONTH', "t5"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t5"."x") AS "x_0",
 SUM("t5"."x" * "t5"."x") AS "xx_0"
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
  "t4"."of",
  1.0 AS "x"
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
   "t3"."event",
   "t3"."of"
  FROM (
   SELECT
    *
   FROM (
    SELECT
     "t1"."deal_id",
     "t1"."customer_id",
     "t1"."rep_id",
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
     "t1"."at",
     "t1"."event",
     "t1"."of",
     ROW_NUMBER() OVER (
      PARTITION BY "t1"."customer_id", "t1"."of"
      ORDER BY "t1"."at" DESC NULLS LAST, "t1"."event" DESC NULLS LAST
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
     ) - 1 AS "place_from_end"
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
      "t0"."deal_id" AS "event",
      DATE_TRUNC('MONTH', "t0"."closed_at") AS "of"
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
    ) AS "t1"
   ) AS "t2"
   WHERE
    "t2"."place_from_end" = 0
  ) AS "t3"
 ) AS "t4"
 WHERE
  "t4"."at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS "t5"
GROUP BY
 1,
 2
