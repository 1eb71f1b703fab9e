SELECT
 CAST(dateTrunc('MONTH', "t2"."at") AS Nullable(DateTime)) AS "by_period",
 CAST(FLOOR("t2"."length" / 3600.0) AS Nullable(Int64)) AS "bin",
 countIf("t2"."ended") AS "over",
 countIf(NOT (
  "t2"."ended"
 )) AS "unfinished",
 SUM("t2"."length") AS "total",
 sumIf("t2"."length", "t2"."ended") AS "total_over"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t0"."opened_at" AS "at",
   "t0"."customer_id" AS "customer_id",
   "t0"."rep_id" AS "rep_id",
   LEAST(
    COALESCE("t0"."resolved_at", parseDateTimeBestEffort('2026-07-01T00:00:00')),
    parseDateTimeBestEffort('2026-07-01T00:00:00')
   ) AS "stopped_at",
   "t0"."resolved_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00') AS "is_over",
   CAST(toRelativeSecondNum(
    LEAST(
     COALESCE("t0"."resolved_at", parseDateTimeBestEffort('2026-07-01T00:00:00')),
     parseDateTimeBestEffort('2026-07-01T00:00:00')
    )
   ) - toRelativeSecondNum("t0"."opened_at") AS Nullable(Float64)) AS "length",
   COALESCE("t0"."resolved_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00'), FALSE) AS "ended"
  FROM "tickets" AS "t0"
  WHERE
   "t0"."kind" = 'service'
   AND "t0"."opened_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
 ) AS "t1"
 WHERE
  isNotNull("t1"."length") AND "t1"."length" >= 0
) AS "t2"
GROUP BY
 CAST(dateTrunc('MONTH', "t2"."at") AS Nullable(DateTime)),
 CAST(FLOOR("t2"."length" / 3600.0) AS Nullable(Int64))
