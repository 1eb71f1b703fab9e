SELECT
 CAST(dateTrunc('MONTH', "t11"."at") AS Nullable(DateTime)) AS "by_period",
 uniq("t11"."customer_id") AS "n_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t9".*
   EXCEPT ("moment")
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
    "t8"."moment" AS "at",
    "t8"."event" AS "event",
    "t8"."moment" AS "moment",
    "t8"."at" AS "bought_at"
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
     "t7"."moment" AS "moment"
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
      "t0"."deal_id" AS "event"
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
    ) AS "t4"
    INNER JOIN (
     SELECT
      CASE
       WHEN "t5"."at" > parseDateTimeBestEffort('2026-07-01T00:00:00')
       THEN parseDateTimeBestEffort('2026-07-01T00:00:00')
       ELSE "t5"."at"
      END AS "moment"
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
    ) AS "t7"
     ON "t4"."at" <= "t7"."moment" AND (
      "t4"."at" + INTERVAL '90' DAY
     ) > "t7"."moment"
   ) AS "t8"
  ) AS "t9"
 ) AS "t10"
 WHERE
  "t10"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t11"
GROUP BY
 CAST(dateTrunc('MONTH', "t11"."at") AS Nullable(DateTime))
