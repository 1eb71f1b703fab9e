SELECT
 DATE_TRUNC('MONTH', "t3"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM(CAST("t3"."products" AS DOUBLE)) AS "x_0",
 SUM(CAST("t3"."products" AS DOUBLE) * CAST("t3"."products" AS DOUBLE)) AS "xx_0",
 COUNT(CAST("t3"."products" AS DOUBLE)) AS "filled_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t1"."invoice_id",
   MIN("t1"."at") AS "at",
   MIN("t1"."customer_id") AS "customer_id",
   MIN("t1"."rep_id") AS "rep_id",
   COUNT(DISTINCT "t1"."product_id") AS "products"
  FROM (
   SELECT
    "t0"."line_id",
    "t0"."invoice_id",
    "t0"."customer_id",
    "t0"."rep_id",
    "t0"."product_id",
    "t0"."product_group",
    "t0"."units",
    "t0"."amount_base",
    "t0"."cost_base",
    "t0"."doc_kind",
    "t0"."issued_on" AS "at",
    COALESCE("t0"."line_id", "t0"."invoice_id", '') AS "event"
   FROM "order_lines" AS "t0"
   WHERE
    COALESCE("t0"."doc_kind", '') <> 'cancelled'
    AND NOT (
     COALESCE("t0"."doc_kind" = 'return', FALSE)
     OR COALESCE("t0"."amount_base" < 0, FALSE)
    )
    AND "t0"."issued_on" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
    AND "t0"."product_id" IS NOT NULL
    AND "t0"."invoice_id" IS NOT NULL
  ) AS "t1"
  GROUP BY
   1
 ) AS "t2"
 WHERE
  "t2"."at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
) AS "t3"
GROUP BY
 1
