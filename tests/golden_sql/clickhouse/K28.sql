SELECT
 CAST(dateTrunc('MONTH', "t11"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t11"."is_kept") AS "x_0"
FROM (
 SELECT
  "t10"."customer_id" AS "customer_id",
  "t10"."rep_id" AS "rep_id",
  "t10"."at" AS "at",
  COALESCE("t10"."is_kept", 0.0) AS "is_kept"
 FROM (
  SELECT
   "t9"."customer_id" AS "customer_id",
   "t9"."rep_id" AS "rep_id",
   "t9"."at" AS "at",
   "t4"."customer_id" AS "customer_id_right",
   "t4"."at" AS "at_right",
   "t4"."is_kept" AS "is_kept"
  FROM (
   SELECT
    "t7"."customer_id" AS "customer_id",
    "t7"."rep_id" AS "rep_id",
    "t7"."of" + INTERVAL '1' MONTH AS "at"
   FROM (
    SELECT
     "t6".*
     EXCEPT ("place_from_end")
    FROM (
     SELECT
      *
     FROM (
      SELECT
       "t2"."deal_id" AS "deal_id",
       "t2"."customer_id" AS "customer_id",
       "t2"."rep_id" AS "rep_id",
       "t2"."pipeline_id" AS "pipeline_id",
       "t2"."stage_id" AS "stage_id",
       "t2"."status" AS "status",
       "t2"."created_at" AS "created_at",
       "t2"."closed_at" AS "closed_at",
       "t2"."amount_base" AS "amount_base",
       "t2"."cost_base" AS "cost_base",
       "t2"."source" AS "source",
       "t2"."segment" AS "segment",
       "t2"."deal_kind" AS "deal_kind",
       "t2"."lost_reason" AS "lost_reason",
       "t2"."at" AS "at",
       "t2"."event" AS "event",
       "t2"."of" AS "of",
       ROW_NUMBER() OVER (
        PARTITION BY "t2"."customer_id", "t2"."of"
        ORDER BY "t2"."at" DESC, "t2"."event" DESC
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
      ) AS "t2"
     ) AS "t5"
     WHERE
      "t5"."place_from_end" = 0
    ) AS "t6"
   ) AS "t7"
   WHERE
    (
     "t7"."of" + INTERVAL '2' MONTH
    ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
  ) AS "t9"
  LEFT OUTER JOIN (
   SELECT
    "t1"."customer_id" AS "customer_id",
    "t1"."at" AS "at",
    1.0 AS "is_kept"
   FROM (
    SELECT DISTINCT
     "t0"."customer_id" AS "customer_id",
     CAST(dateTrunc('MONTH', "t0"."closed_at") AS Nullable(DateTime)) AS "at"
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
  ) AS "t4"
   ON "t9"."customer_id" = "t4"."customer_id" AND "t9"."at" = "t4"."at"
 ) AS "t10"
 WHERE
  "t10"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t11"
GROUP BY
 CAST(dateTrunc('MONTH', "t11"."at") AS Nullable(DateTime))
