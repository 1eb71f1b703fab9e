SELECT
 CAST(dateTrunc('MONTH', "t2"."at") AS Nullable(DateTime)) AS "by_period",
 countIf("t2"."kind" = 'call') AS "n_0"
FROM (
 SELECT
  "t1"."activity_id" AS "activity_id",
  "t1"."kind" AS "kind",
  "t1"."direction" AS "direction",
  "t1"."rep_id" AS "rep_id",
  "t1"."customer_id" AS "customer_id",
  "t1"."deal_id" AS "deal_id",
  "t1"."started_at" AS "started_at",
  "t1"."created_at" AS "created_at",
  "t1"."duration_s" AS "duration_s",
  "t1"."is_connected" AS "is_connected",
  "t1"."is_completed" AS "is_completed",
  "t1"."result" AS "result",
  "t1"."purpose" AS "purpose",
  "t1"."at" AS "at",
  "t1"."is_call" AS "is_call",
  "t1"."is_meeting" AS "is_meeting",
  "t1"."is_contact" AS "is_contact",
  (
   COALESCE("t1"."duration_s", 0.0) / 60.0
  ) + CASE WHEN "t1"."is_meeting" THEN 30.0 WHEN "t1"."is_contact" THEN 4.0 ELSE 0.0 END AS "minutes"
 FROM (
  SELECT
   "t0"."activity_id" AS "activity_id",
   "t0"."kind" AS "kind",
   "t0"."direction" AS "direction",
   "t0"."rep_id" AS "rep_id",
   "t0"."customer_id" AS "customer_id",
   "t0"."deal_id" AS "deal_id",
   "t0"."attribution" AS "attribution",
   "t0"."started_at" AS "started_at",
   "t0"."duration_s" AS "duration_s",
   "t0"."is_completed" AS "is_completed",
   "t0"."is_connected" AS "is_connected",
   "t0"."result" AS "result",
   "t0"."phone" AS "phone",
   "t0"."is_automatic" AS "is_automatic",
   "t0"."created_at" AS "created_at",
   "t0"."purpose" AS "purpose",
   "t0"."started_at" AS "at",
   (
    "t0"."kind" = 'call'
   )
   AND (
    COALESCE("t0"."is_connected", FALSE)
    AND (
     COALESCE("t0"."duration_s", 20.0) >= 20.0
    )
   ) AS "is_call",
   "t0"."kind" IN ('meeting', 'visit', 'demo')
   AND COALESCE("t0"."is_completed", TRUE) AS "is_meeting",
   (
    (
     "t0"."kind" = 'call'
    )
    AND (
     COALESCE("t0"."is_connected", FALSE)
     AND (
      COALESCE("t0"."duration_s", 20.0) >= 20.0
     )
    )
   )
   OR (
    "t0"."kind" IN ('meeting', 'visit', 'demo')
    AND COALESCE("t0"."is_completed", TRUE)
   )
   OR (
    (
     "t0"."kind" = 'chat'
    ) AND COALESCE("t0"."is_completed", TRUE)
   ) AS "is_contact"
  FROM "activities" AS "t0"
  WHERE
   NOT (
    COALESCE("t0"."is_automatic", FALSE)
   )
   AND "t0"."started_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
 ) AS "t1"
 WHERE
  "t1"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t2"
GROUP BY
 CAST(dateTrunc('MONTH', "t2"."at") AS Nullable(DateTime))
