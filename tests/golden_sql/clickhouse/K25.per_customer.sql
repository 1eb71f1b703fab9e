WITH "t1" AS (
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
  COALESCE("t0"."line_id", "t0"."invoice_id", '') AS "event",
  CAST(dateTrunc('MONTH', "t0"."issued_on") AS Nullable(DateTime)) AS "of"
 FROM "order_lines" AS "t0"
 WHERE
  COALESCE("t0"."doc_kind", '') <> 'cancelled'
  AND NOT (
   COALESCE("t0"."doc_kind" = 'return', FALSE)
   OR COALESCE("t0"."amount_base" < 0, FALSE)
  )
  AND "t0"."issued_on" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
  AND isNotNull("t0"."product_id")
  AND isNotNull("t0"."customer_id")
)
SELECT
 CAST(dateTrunc('MONTH', "t11"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM(CAST("t11"."products" AS Nullable(Float64))) AS "x_0",
 SUM(
  CAST("t11"."products" AS Nullable(Float64)) * CAST("t11"."products" AS Nullable(Float64))
 ) AS "xx_0",
 COUNT(CAST("t11"."products" AS Nullable(Float64))) AS "filled_0"
FROM (
 SELECT
  "t10"."customer_id" AS "customer_id",
  "t10"."of" AS "of",
  "t10"."rep_id" AS "rep_id",
  "t10"."at" AS "at",
  "t10"."products" AS "products"
 FROM (
  SELECT
   "t9"."customer_id" AS "customer_id",
   "t9"."of" AS "of",
   "t9"."rep_id" AS "rep_id",
   "t9"."at" AS "at",
   "t4"."customer_id" AS "customer_id_right",
   "t4"."of" AS "of_right",
   "t4"."products" AS "products"
  FROM (
   SELECT
    "t7"."customer_id" AS "customer_id",
    "t7"."of" AS "of",
    "t7"."rep_id" AS "rep_id",
    "t7"."at" AS "at"
   FROM (
    SELECT
     "t6".*
     EXCEPT ("place_from_end")
    FROM (
     SELECT
      *
     FROM (
      SELECT
       "t2"."line_id" AS "line_id",
       "t2"."invoice_id" AS "invoice_id",
       "t2"."customer_id" AS "customer_id",
       "t2"."rep_id" AS "rep_id",
       "t2"."product_id" AS "product_id",
       "t2"."product_group" AS "product_group",
       "t2"."units" AS "units",
       "t2"."amount_base" AS "amount_base",
       "t2"."cost_base" AS "cost_base",
       "t2"."doc_kind" AS "doc_kind",
       "t2"."at" AS "at",
       "t2"."event" AS "event",
       "t2"."of" AS "of",
       ROW_NUMBER() OVER (
        PARTITION BY "t2"."customer_id", "t2"."of"
        ORDER BY "t2"."at" DESC, "t2"."event" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
       ) - 1 AS "place_from_end"
      FROM "t1" AS "t2"
     ) AS "t5"
     WHERE
      "t5"."place_from_end" = 0
    ) AS "t6"
   ) AS "t7"
  ) AS "t9"
  LEFT OUTER JOIN (
   SELECT
    "t2"."customer_id" AS "customer_id",
    "t2"."of" AS "of",
    uniq("t2"."product_id") AS "products"
   FROM "t1" AS "t2"
   GROUP BY
    "t2"."customer_id",
    "t2"."of"
  ) AS "t4"
   ON "t9"."customer_id" = "t4"."customer_id" AND "t9"."of" = "t4"."of"
 ) AS "t10"
 WHERE
  "t10"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t11"
GROUP BY
 CAST(dateTrunc('MONTH', "t11"."at") AS Nullable(DateTime))
