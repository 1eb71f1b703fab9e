SELECT
 CAST(dateTrunc('MONTH', "t3"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM(CAST("t3"."products" AS Nullable(Float64))) AS "x_0",
 SUM(
  CAST("t3"."products" AS Nullable(Float64)) * CAST("t3"."products" AS Nullable(Float64))
 ) AS "xx_0",
 COUNT(CAST("t3"."products" AS Nullable(Float64))) AS "filled_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t1"."invoice_id" AS "invoice_id",
   MIN("t1"."at") AS "at",
   MIN("t1"."customer_id") AS "customer_id",
   MIN("t1"."rep_id") AS "rep_id",
   uniq("t1"."product_id") AS "products"
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
    "t0"."issued_on" AS "at",
    COALESCE("t0"."line_id", "t0"."invoice_id", '') AS "event"
   FROM "order_lines" AS "t0"
   WHERE
    COALESCE("t0"."doc_kind", '') <> 'cancelled'
    AND NOT (
     COALESCE("t0"."doc_kind" = 'return', FALSE)
     OR COALESCE("t0"."amount_base" < 0, FALSE)
    )
    AND "t0"."issued_on" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
    AND isNotNull("t0"."product_id")
    AND isNotNull("t0"."invoice_id")
  ) AS "t1"
  GROUP BY
   "t1"."invoice_id"
 ) AS "t2"
 WHERE
  "t2"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t3"
GROUP BY
 CAST(dateTrunc('MONTH', "t3"."at") AS Nullable(DateTime))
