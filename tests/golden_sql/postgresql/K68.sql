SELECT
 DATE_TRUNC('MONTH', "t1"."at") AS "by_period",
 COUNT(*) FILTER(WHERE
  (
   "t1"."at" + INTERVAL '1 DAY'
  ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)) AS "n_0",
 SUM(CASE WHEN "t1"."delivered_on" <= "t1"."at" THEN 1.0 ELSE 0.0 END) FILTER(WHERE
  (
   "t1"."at" + INTERVAL '1 DAY'
  ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)) AS "x_0"
FROM (
 SELECT
  "t0"."promised_on" AS "at",
  "t0"."customer_id",
  "t0"."delivered_on"
 FROM "deliveries" AS "t0"
 WHERE
  "t0"."promised_on" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS "t1"
GROUP BY
 1
