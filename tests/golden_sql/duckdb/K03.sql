SELECT
 DATE_TRUNC('MONTH', "t1"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t1"."amount_base") AS "x_0",
 SUM("t1"."amount_base" * "t1"."amount_base") AS "xx_0"
FROM (
 SELECT
  "t0"."paid_on" AS "at",
  "t0"."customer_id",
  "t0"."invoice_id",
  CASE
   WHEN "t0"."is_refund"
   THEN -(
    ABS("t0"."amount_base")
   )
   ELSE "t0"."amount_base"
  END AS "amount_base"
 FROM "payments" AS "t0"
 WHERE
  "t0"."paid_on" IS NOT NULL
  AND "t0"."paid_on" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
) AS "t1"
GROUP BY
 1
