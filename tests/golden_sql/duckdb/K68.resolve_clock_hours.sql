SELECT
 DATE_TRUNC('MONTH', "t2"."at") AS "by_period",
 CAST(FLOOR("t2"."length" / 3600.0) AS BIGINT) AS "bin",
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
    COALESCE("t0"."resolved_at", MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)),
    MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
   ) AS "stopped_at",
   "t0"."resolved_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0) AS "is_over",
   CAST(EPOCH(
    CAST(LEAST(
     COALESCE("t0"."resolved_at", MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)),
     MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
    ) AS TIMESTAMP)
   ) - EPOCH(CAST("t0"."opened_at" AS TIMESTAMP)) AS DOUBLE) AS "length",
   COALESCE("t0"."resolved_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0), FALSE) AS "ended"
  FROM "tickets" AS "t0"
  WHERE
   "t0"."kind" = 'service'
   AND "t0"."opened_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
 ) AS "t1"
 WHERE
  "t1"."length" IS NOT NULL AND "t1"."length" >= 0
) AS "t2"
GROUP BY
 1,
 2
