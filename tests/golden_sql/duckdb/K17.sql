SELECT
 DATE_TRUNC('MONTH', "t14"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t14"."in_time") AS "x_0",
 SUM("t14"."in_time" * "t14"."in_time") AS "xx_0",
 SUM("t14"."amount_base") AS "y_0",
 SUM("t14"."amount_base" * "t14"."amount_base") AS "yy_0",
 SUM("t14"."in_time" * "t14"."amount_base") AS "xy_0"
FROM (
 SELECT
  "t13"."invoice_id",
  "t13"."customer_id",
  "t13"."rep_id",
  "t13"."due_on",
  "t13"."amount_base",
  "t13"."paid",
  "t13"."paid_in_time",
  "t13"."late",
  "t13"."due_on" AS "at",
  LEAST(COALESCE("t13"."paid_in_time", 0.0), "t13"."amount_base") AS "in_time",
  GREATEST("t13"."amount_base" - COALESCE("t13"."paid", 0.0), 0.0) AS "unpaid",
  DATE_TRUNC('DAY', MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)) AS "today"
 FROM (
  SELECT
   "t12".*
   EXCLUDE ("invoice_id_right")
  FROM (
   SELECT
    "t5"."invoice_id",
    "t5"."customer_id",
    "t5"."rep_id",
    "t5"."due_on",
    "t5"."amount_base",
    "t11"."invoice_id" AS "invoice_id_right",
    "t11"."paid",
    "t11"."paid_in_time",
    "t11"."late"
   FROM (
    SELECT
     "t2".*
     EXCLUDE ("at")
    FROM (
     SELECT
      "t0"."invoice_id",
      "t0"."customer_id",
      "t0"."rep_id",
      "t0"."due_on",
      "t0"."amount_base",
      "t0"."issued_on" AS "at"
     FROM "invoices" AS "t0"
     WHERE
      NOT (
       COALESCE("t0"."is_cancelled", FALSE)
      )
      AND COALESCE("t0"."doc_kind", 'invoice') IN ('invoice', 'return')
      AND "t0"."amount_base" > 0
      AND (
       "t0"."due_on" + INTERVAL '1' DAY
      ) <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
    ) AS "t2"
   ) AS "t5"
   LEFT OUTER JOIN (
    SELECT
     "t9"."invoice_id",
     SUM("t9"."paid") AS "paid",
     SUM("t9"."paid") FILTER(WHERE
      "t9"."paid_on" <= "t9"."due_on") AS "paid_in_time",
     SUM(
      "t9"."paid" * GREATEST(
       CAST(EPOCH(CAST("t9"."paid_on" AS TIMESTAMP)) - EPOCH(CAST("t9"."due_on" AS TIMESTAMP)) AS DOUBLE) / 86400.0,
       0.0
      )
     ) AS "late"
    FROM (
     SELECT
      "t6"."invoice_id",
      "t6"."paid_on",
      "t6"."paid",
      "t8"."due_on"
     FROM (
      SELECT
       "t1"."invoice_id",
       "t1"."paid_on",
       CASE
        WHEN "t1"."is_refund"
        THEN -(
         ABS("t1"."amount_base")
        )
        ELSE "t1"."amount_base"
       END AS "paid"
      FROM "payments" AS "t1"
      WHERE
       "t1"."paid_on" IS NOT NULL
     ) AS "t6"
     INNER JOIN (
      SELECT
       "t3"."invoice_id",
       "t3"."due_on"
      FROM (
       SELECT
        "t2".*
        EXCLUDE ("at")
       FROM (
        SELECT
         "t0"."invoice_id",
         "t0"."customer_id",
         "t0"."rep_id",
         "t0"."due_on",
         "t0"."amount_base",
         "t0"."issued_on" AS "at"
        FROM "invoices" AS "t0"
        WHERE
         NOT (
          COALESCE("t0"."is_cancelled", FALSE)
         )
         AND COALESCE("t0"."doc_kind", 'invoice') IN ('invoice', 'return')
         AND "t0"."amount_base" > 0
         AND (
          "t0"."due_on" + INTERVAL '1' DAY
         ) <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
       ) AS "t2"
      ) AS "t3"
     ) AS "t8"
      ON "t6"."invoice_id" = "t8"."invoice_id"
    ) AS "t9"
    GROUP BY
     1
   ) AS "t11"
    ON "t5"."invoice_id" = "t11"."invoice_id"
  ) AS "t12"
 ) AS "t13"
 WHERE
  "t13"."due_on" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
) AS "t14"
GROUP BY
 1
