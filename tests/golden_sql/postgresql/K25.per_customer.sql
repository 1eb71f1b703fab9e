WITH "t1" AS (
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
  COALESCE("t0"."line_id", "t0"."invoice_id", '') AS "event",
  DATE_TRUNC('MONTH', "t0"."issued_on") AS "of"
 FROM "order_lines" AS "t0"
 WHERE
  COALESCE("t0"."doc_kind", '') <> 'cancelled'
  AND NOT (
   COALESCE("t0"."doc_kind" = 'return', FALSE)
   OR COALESCE("t0"."amount_base" < 0, FALSE)
  )
  AND "t0"."issued_on" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
  AND "t0"."product_id" IS NOT NULL
  AND "t0"."customer_id" IS NOT NULL
)
SELECT
 DATE_TRUNC('MONTH', "t11"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM(CAST("t11"."products" AS DOUBLE PRECISION)) AS "x_0",
 SUM(
  CAST("t11"."products" AS DOUBLE PRECISION) * CAST("t11"."products" AS DOUBLE PRECISION)
 ) AS "xx_0",
 COUNT(CAST("t11"."products" AS DOUBLE PRECISION)) AS "filled_0"
FROM (
 SELECT
  "t10"."customer_id",
  "t10"."of",
  "t10"."rep_id",
  "t10"."at",
  "t10"."products"
 FROM (
  SELECT
   "t9"."customer_id",
   "t9"."of",
   "t9"."rep_id",
   "t9"."at",
   "t4"."customer_id" AS "customer_id_right",
   "t4"."of" AS "of_right",
   "t4"."products"
  FROM (
   SELECT
    "t7"."customer_id",
    "t7"."of",
    "t7"."rep_id",
    "t7"."at"
   FROM (
    SELECT
     "t6"."line_id",
     "t6"."invoice_id",
     "t6"."customer_id",
     "t6"."rep_id",
     "t6"."product_id",
     "t6"."product_group",
     "t6"."units",
     "t6"."amount_base",
     "t6"."cost_base",
     "t6"."doc_kind",
     "t6"."at",
     "t6"."event",
     "t6"."of"
    FROM (
     SELECT
      *
     FROM (
      SELECT
       "t2"."line_id",
       "t2"."invoice_id",
       "t2"."customer_id",
       "t2"."rep_id",
       "t2"."product_id",
       "t2"."product_group",
       "t2"."units",
       "t2"."amount_base",
       "t2"."cost_base",
       "t2"."doc_kind",
       "t2"."at",
       "t2"."event",
       "t2"."of",
       ROW_NUMBER() OVER (
        PARTITION BY "t2"."customer_id", "t2"."of"
        ORDER BY "t2"."at" DESC NULLS LAST, "t2"."event" DESC NULLS LAST
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
    "t2"."customer_id",
    "t2"."of",
    COUNT(DISTINCT "t2"."product_id") AS "products"
   FROM "t1" AS "t2"
   GROUP BY
    1,
    2
  ) AS "t4"
   ON "t9"."customer_id" = "t4"."customer_id" AND "t9"."of" = "t4"."of"
 ) AS "t10"
 WHERE
  "t10"."at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS "t11"
GROUP BY
 1
