SELECT
 CAST(dateTrunc('MONTH', "t13"."at") AS Nullable(DateTime)) AS "by_period",
 CAST(FLOOR("t13"."length" / 3600.0) AS Nullable(Int64)) AS "bin",
 countIf("t13"."ended") AS "over",
 countIf(NOT (
  "t13"."ended"
 )) AS "unfinished",
 SUM("t13"."length") AS "total",
 sumIf("t13"."length", "t13"."ended") AS "total_over"
FROM (
 SELECT
  "t12"."at" AS "at",
  "t12"."customer_id" AS "customer_id",
  "t12"."rep_id" AS "rep_id",
  "t12"."stopped_at" AS "stopped_at",
  "t12"."is_over" AS "is_over",
  "t12"."from_s" AS "from_s",
  "t12"."to_s" AS "to_s",
  "t12"."to_s" - "t12"."from_s" AS "length",
  COALESCE("t12"."is_over", FALSE) AS "ended"
 FROM (
  SELECT
   "t11"."at" AS "at",
   "t11"."customer_id" AS "customer_id",
   "t11"."rep_id" AS "rep_id",
   "t11"."stopped_at" AS "stopped_at",
   "t11"."is_over" AS "is_over",
   "t11"."from_s" AS "from_s",
   "t11"."before_s" + (
    GREATEST(
     LEAST(
      CAST(toRelativeSecondNum("t11"."stopped_at") - toRelativeSecondNum("t11"."calendar_day") AS Nullable(Float64)),
      "t11"."end_s"
     ) - "t11"."start_s",
     0.0
    ) * COALESCE("t11"."work_s" / nullIf("t11"."end_s" - "t11"."start_s", 0.0), 0.0)
   ) AS "to_s"
  FROM (
   SELECT
    "t10".*
    EXCEPT ("calendar_day_right")
   FROM (
    SELECT
     "t9"."at" AS "at",
     "t9"."customer_id" AS "customer_id",
     "t9"."rep_id" AS "rep_id",
     "t9"."stopped_at" AS "stopped_at",
     "t9"."is_over" AS "is_over",
     "t9"."from_s" AS "from_s",
     "t9"."calendar_day" AS "calendar_day",
     "t3"."calendar_day" AS "calendar_day_right",
     "t3"."work_s" AS "work_s",
     "t3"."start_s" AS "start_s",
     "t3"."end_s" AS "end_s",
     "t3"."before_s" AS "before_s"
    FROM (
     SELECT
      "t7"."at" AS "at",
      "t7"."customer_id" AS "customer_id",
      "t7"."rep_id" AS "rep_id",
      "t7"."stopped_at" AS "stopped_at",
      "t7"."is_over" AS "is_over",
      "t7"."before_s" + (
       GREATEST(
        LEAST(
         CAST(toRelativeSecondNum("t7"."at") - toRelativeSecondNum("t7"."calendar_day") AS Nullable(Float64)),
         "t7"."end_s"
        ) - "t7"."start_s",
        0.0
       ) * COALESCE("t7"."work_s" / nullIf("t7"."end_s" - "t7"."start_s", 0.0), 0.0)
      ) AS "from_s",
      CAST(dateTrunc('DAY', "t7"."stopped_at") AS Nullable(DateTime)) AS "calendar_day"
     FROM (
      SELECT
       "t6".*
       EXCEPT ("calendar_day_right")
      FROM (
       SELECT
        "t5"."at" AS "at",
        "t5"."customer_id" AS "customer_id",
        "t5"."rep_id" AS "rep_id",
        "t5"."stopped_at" AS "stopped_at",
        "t5"."is_over" AS "is_over",
        "t5"."calendar_day" AS "calendar_day",
        "t3"."calendar_day" AS "calendar_day_right",
        "t3"."work_s" AS "work_s",
        "t3"."start_s" AS "start_s",
        "t3"."end_s" AS "end_s",
        "t3"."before_s" AS "before_s"
       FROM (
        SELECT
         "t1"."opened_at" AS "at",
         "t1"."customer_id" AS "customer_id",
         "t1"."rep_id" AS "rep_id",
         LEAST(
          COALESCE("t1"."resolved_at", parseDateTimeBestEffort('2026-07-01T00:00:00')),
          parseDateTimeBestEffort('2026-07-01T00:00:00')
         ) AS "stopped_at",
         "t1"."resolved_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00') AS "is_over",
         CAST(dateTrunc('DAY', "t1"."opened_at") AS Nullable(DateTime)) AS "calendar_day"
        FROM "tickets" AS "t1"
        WHERE
         "t1"."kind" = 'service'
         AND "t1"."opened_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
       ) AS "t5"
       LEFT OUTER JOIN (
        SELECT
         "t0"."date" AS "calendar_day",
         "t0"."work_s" AS "work_s",
         "t0"."start_s" AS "start_s",
         "t0"."end_s" AS "end_s",
         "t0"."before_s" AS "before_s"
        FROM "calendar" AS "t0"
       ) AS "t3"
        ON "t5"."calendar_day" = "t3"."calendar_day"
      ) AS "t6"
     ) AS "t7"
    ) AS "t9"
    LEFT OUTER JOIN (
     SELECT
      "t0"."date" AS "calendar_day",
      "t0"."work_s" AS "work_s",
      "t0"."start_s" AS "start_s",
      "t0"."end_s" AS "end_s",
      "t0"."before_s" AS "before_s"
     FROM "calendar" AS "t0"
    ) AS "t3"
     ON "t9"."calendar_day" = "t3"."calendar_day"
   ) AS "t10"
  ) AS "t11"
  WHERE
   "t11"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
 ) AS "t12"
 WHERE
  isNotNull("t12"."to_s" - "t12"."from_s")
  AND (
   "t12"."to_s" - "t12"."from_s"
  ) >= 0
) AS "t13"
GROUP BY
 CAST(dateTrunc('MONTH', "t13"."at") AS Nullable(DateTime)),
 CAST(FLOOR("t13"."length" / 3600.0) AS Nullable(Int64))
