SELECT
 DATE_TRUNC('MONTH', "t2"."at") AS "by_period",
 CAST(FLOOR(CAST("t2"."length" AS DOUBLE PRECISION) / 3600.0) AS BIGINT) AS "bin",
 COUNT(*) FILTER(WHERE
  "t2"."ended") AS "over",
 COUNT(*) FILTER(WHERE
  NOT (
   "t2"."ended"
  )) AS "unfinished",
 SUM("t2"."length") AS "total",
 SUM("t2"."length") FILTER(WHERE
  "t2"."ended") AS "total_over"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t0"."opened_at" AS "at",
   "t0"."customer_id",
   "t0"."rep_id",
   LEAST(
    COALESCE("t0"."resolved_at", CAST('2026-07-01T00:00:00' AS TIMESTAMP)),
    CAST('2026-07-01T00:00:00' AS TIMESTAMP)
   ) AS "stopped_at",
   "t0"."resolved_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP) AS "is_over",
   CAST(EXTRACT('epoch' FROM LEAST(
    COALESCE("t0"."resolved_at", CAST('2026-07-01T00:00:00' AS TIMESTAMP)),
    CAST('2026-07-01T00:00:00' AS TIMESTAMP)
   )) - EXTRACT('epoch' FROM "t0"."opened_at") AS DOUBLE PRECISION) AS "length",
   COALESCE("t0"."resolved_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP), FALSE) AS "ended"
  FROM "tickets" AS "t0"
  WHERE
   "t0"."kind" = 'service'
   AND "t0"."opened_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
 ) AS "t1"
 WHERE
  "t1"."length" IS NOT NULL AND "t1"."length" >= 0
) AS "t2"
GROUP BY
 1,
 2
