SELECT
 CAST(dateTrunc('MONTH', "t1"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM(CASE WHEN isNotNull("t1"."score") THEN 1.0 ELSE 0.0 END) AS "x_0"
FROM (
 SELECT
  "t0"."sent_on" AS "at",
  "t0"."customer_id" AS "customer_id",
  "t0"."rep_id" AS "rep_id",
  "t0"."score" AS "score"
 FROM "surveys" AS "t0"
 WHERE
  "t0"."sent_on" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t1"
GROUP BY
 CAST(dateTrunc('MONTH', "t1"."at") AS Nullable(DateTime))
