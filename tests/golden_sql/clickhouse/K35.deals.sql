SELECT
 CAST(dateTrunc('MONTH', "t11"."at") AS Nullable(DateTime)) AS "by_period",
 uniq("t11"."deal_id") AS "n_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t7"."deal_id" AS "deal_id",
   "t7"."customer_id" AS "customer_id",
   "t7"."rep_id" AS "rep_id",
   "t7"."pipeline_id" AS "pipeline_id",
   "t7"."stage_id" AS "stage_id",
   "t7"."status" AS "status",
   "t7"."created_at" AS "created_at",
   "t7"."closed_at" AS "closed_at",
   "t7"."amount_base" AS "amount_base",
   "t7"."cost_base" AS "cost_base",
   "t7"."source" AS "source",
   "t7"."segment" AS "segment",
   "t7"."deal_kind" AS "deal_kind",
   "t7"."lost_reason" AS "lost_reason",
   "t7"."gone_at" AS "gone_at",
   "t9"."at" AS "at"
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
    CASE
     WHEN "t4"."status" = 'open'
     THEN parseDateTimeBestEffort('2200-01-01T00:00:00')
     ELSE "t4"."closed_at"
    END AS "gone_at"
   FROM (
    SELECT
     "t2".*
     EXCEPT ("at")
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
    ) AS "t2"
   ) AS "t4"
  ) AS "t7"
  INNER JOIN (
   SELECT
    CASE
     WHEN "t5"."at" > parseDateTimeBestEffort('2026-07-01T00:00:00')
     THEN parseDateTimeBestEffort('2026-07-01T00:00:00')
     ELSE "t5"."at"
    END AS "at"
   FROM (
    SELECT
     "t3"."of" AS "of",
     MAX("t3"."at") AS "at"
    FROM (
     SELECT
      (
       "t1"."date" + INTERVAL '1' DAY
      ) - INTERVAL '1' SECOND AS "at",
      CAST(dateTrunc('MONTH', (
       "t1"."date" + INTERVAL '1' DAY
      ) - INTERVAL '1' SECOND) AS Nullable(DateTime)) AS "of"
     FROM "calendar" AS "t1"
     WHERE
      (
       "t1"."date" + INTERVAL '1' DAY + INTERVAL '-1' DAY
      ) < parseDateTimeBestEffort('2026-07-01T00:00:00')
    ) AS "t3"
    GROUP BY
     "t3"."of"
   ) AS "t5"
  ) AS "t9"
   ON "t7"."created_at" <= "t9"."at" AND "t7"."gone_at" > "t9"."at"
 ) AS "t10"
 WHERE
  "t10"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t11"
GROUP BY
 CAST(dateTrunc('MONTH', "t11"."at") AS Nullable(DateTime))
