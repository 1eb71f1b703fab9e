SELECT
 DATE_TRUNC('MONTH', "t2"."at") AS "by_period",
 COUNT(*) FILTER(WHERE
  "t2"."kind" = 'call') AS "n_0"
FROM (
 SELECT
  "t1"."activity_id",
  "t1"."kind",
  "t1"."direction",
  "t1"."rep_id",
  "t1"."customer_id",
  "t1"."deal_id",
  "t1"."started_at",
  "t1"."created_at",
  "t1"."duration_s",
  "t1"."is_connected",
  "t1"."is_completed",
  "t1"."result",
  "t1"."purpose",
  "t1"."at",
  "t1"."is_call",
  "t1"."is_meeting",
  "t1"."is_contact",
  (
   CAST(COALESCE("t1"."duration_s", 0.0) AS DOUBLE PRECISION) / 60.0
  ) + CASE WHEN "t1"."is_meeting" THEN 30.0 WHEN "t1"."is_contact" THEN 4.0 ELSE 0.0 END AS "minutes"
 FROM (
  SELECT
   "t0"."activity_id",
   "t0"."kind",
   "t0"."direction",
   "t0"."rep_id",
   "t0"."customer_id",
   "t0"."deal_id",
   "t0"."attribution",
   "t0"."started_at",
   "t0"."duration_s",
   "t0"."is_completed",
   "t0"."is_connected",
   "t0"."result",
   "t0"."phone",
   "t0"."is_automatic",
   "t0"."created_at",
   "t0"."purpose",
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
   AND "t0"."started_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
 ) AS "t1"
 WHERE
  "t1"."at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS "t2"
GROUP BY
 1
