SELECT
 CAST(dateTrunc('MONTH', "t1"."at") AS Nullable(DateTime)) AS "by_period",
 countIf(
  isNotNull("t1"."amount_base")
  AND isNotNull("t1"."cost_base")
  AND COALESCE(
   (
    (
     "t1"."amount_base" - "t1"."cost_base"
    ) / nullIf("t1"."amount_base", 0.0)
   ) >= 0.29999999899999996,
   FALSE
  )
 ) AS "n_0",
 sumIf(
  "t1"."amount_base",
  isNotNull("t1"."amount_base")
  AND isNotNull("t1"."cost_base")
  AND COALESCE(
   (
    (
     "t1"."amount_base" - "t1"."cost_base"
    ) / nullIf("t1"."amount_base", 0.0)
   ) >= 0.29999999899999996,
   FALSE
  )
 ) AS "x_0",
 sumIf(
  "t1"."amount_base" * "t1"."amount_base",
  isNotNull("t1"."amount_base")
  AND isNotNull("t1"."cost_base")
  AND COALESCE(
   (
    (
     "t1"."amount_base" - "t1"."cost_base"
    ) / nullIf("t1"."amount_base", 0.0)
   ) >= 0.29999999899999996,
   FALSE
  )
 ) AS "xx_0"
FROM (
 SELECT
  "t0"."line_id" AS "line_id",
  "t0"."invoice_id" AS "invoice_id",
  "t0"."customer_id" AS "customer_id",
  "t0"."rep_id" AS "rep_id",
  "t0"."product_id" AS "product_id",
  "t0"."product_group" AS "product_group",
  "t0"."units" AS "units",
  "t0"."amount_base" AS "amount_base",
  "t0"."cost_base" AS "cost_base",
  "t0"."doc_kind" AS "doc_kind",
  "t0"."issued_on" AS "at"
 FROM "order_lines" AS "t0"
 WHERE
  COALESCE("t0"."doc_kind", '') <> 'cancelled'
  AND "t0"."issued_on" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t1"
GROUP BY
 CAST(dateTrunc('MONTH', "t1"."at") AS Nullable(DateTime))
