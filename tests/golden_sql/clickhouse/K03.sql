SELECT
 CAST(dateTrunc('MONTH', "t1"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t1"."amount_base") AS "x_0",
 SUM("t1"."amount_base" * "t1"."amount_base") AS "xx_0"
FROM (
 SELECT
  "t0"."paid_on" AS "at",
  "t0"."customer_id" AS "customer_id",
  "t0"."invoice_id" AS "invoice_id",
  CASE
   WHEN "t0"."is_refund"
   THEN -(
    ABS("t0"."amount_base")
   )
   ELSE "t0"."amount_base"
  END AS "amount_base"
 FROM "payments" AS "t0"
 WHERE
  isNotNull("t0"."paid_on")
  AND "t0"."paid_on" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t1"
GROUP BY
 CAST(dateTrunc('MONTH', "t1"."at") AS Nullable(DateTime))
