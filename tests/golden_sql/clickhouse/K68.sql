SELECT
 CAST(dateTrunc('MONTH', "t1"."at") AS Nullable(DateTime)) AS "by_period",
 countIf(
  (
   "t1"."at" + INTERVAL '1' DAY
  ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
 ) AS "n_0",
 sumIf(
  CASE WHEN "t1"."delivered_on" <= "t1"."at" THEN 1.0 ELSE 0.0 END,
  (
   "t1"."at" + INTERVAL '1' DAY
  ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
 ) AS "x_0"
FROM (
 SELECT
  "t0"."promised_on" AS "at",
  "t0"."customer_id" AS "customer_id",
  "t0"."delivered_on" AS "delivered_on"
 FROM "deliveries" AS "t0"
 WHERE
  "t0"."promised_on" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t1"
GROUP BY
 CAST(dateTrunc('MONTH', "t1"."at") AS Nullable(DateTime))
