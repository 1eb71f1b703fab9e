SELECT
 CAST(dateTrunc('MONTH', "t14"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t14"."in_time") AS "x_0",
 SUM("t14"."in_time" * "t14"."in_time") AS "xx_0",
 SUM("t14"."amount_base") AS "y_0",
 SUM("t14"."amount_base" * "t14"."amount_base") AS "yy_0",
 SUM("t14"."in_time" * "t14"."amount_base") AS "xy_0"
FROM (
 SELECT
  "t13"."invoice_id" AS "invoice_id",
  "t13"."customer_id" AS "customer_id",
  "t13"."rep_id" AS "rep_id",
  "t13"."due_on" AS "due_on",
  "t13"."amount_base" AS "amount_base",
  "t13"."paid" AS "paid",
  "t13"."paid_in_time" AS "paid_in_time",
  "t13"."late" AS "late",
  "t13"."due_on" AS "at",
  LEAST(COALESCE("t13"."paid_in_time", 0.0), "t13"."amount_base") AS "in_time",
  GREATEST("t13"."amount_base" - COALESCE("t13"."paid", 0.0), 0.0) AS "unpaid",
  CAST(dateTrunc('DAY', parseDateTimeBestEffort('2026-07-01T00:00:00')) AS Nullable(DateTime)) AS "today"
 FROM (
  SELECT
   "t12".*
   EXCEPT ("invoice_id_right")
  FROM (
   SELECT
    "t5"."invoice_id" AS "invoice_id",
    "t5"."customer_id" AS "customer_id",
    "t5"."rep_id" AS "rep_id",
    "t5"."due_on" AS "due_on",
    "t5"."amount_base" AS "amount_base",
    "t11"."invoice_id" AS "invoice_id_right",
    "t11"."paid" AS "paid",
    "t11"."paid_in_time" AS "paid_in_time",
    "t11"."late" AS "late"
   FROM (
    SELECT
     "t2".*
     EXCEPT ("at")
    FROM (
     SELECT
      "t0"."invoice_id" AS "invoice_id",
      "t0"."customer_id" AS "customer_id",
      "t0"."rep_id" AS "rep_id",
      "t0"."due_on" AS "due_on",
      "t0"."amount_base" AS "amount_base",
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
      ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
    ) AS "t2"
   ) AS "t5"
   LEFT OUTER JOIN (
    SELECT
     "t9"."invoice_id" AS "invoice_id",
     SUM("t9"."paid") AS "paid",
     sumIf("t9"."paid", "t9"."paid_on" <= "t9"."due_on") AS "paid_in_time",
     SUM(
      "t9"."paid" * GREATEST(
       CAST(toRelativeSecondNum("t9"."paid_on") - toRelativeSecondNum("t9"."due_on") AS Nullable(Float64)) / 86400.0,
       0.0
      )
     ) AS "late"
    FROM (
     SELECT
      "t6"."invoice_id" AS "invoice_id",
      "t6"."paid_on" AS "paid_on",
      "t6"."paid" AS "paid",
      "t8"."due_on" AS "due_on"
     FROM (
      SELECT
       "t1"."invoice_id" AS "invoice_id",
       "t1"."paid_on" AS "paid_on",
       CASE
        WHEN "t1"."is_refund"
        THEN -(
         ABS("t1"."amount_base")
        )
        ELSE "t1"."amount_base"
       END AS "paid"
      FROM "payments" AS "t1"
      WHERE
       isNotNull("t1"."paid_on")
     ) AS "t6"
     INNER JOIN (
      SELECT
       "t3"."invoice_id" AS "invoice_id",
       "t3"."due_on" AS "due_on"
      FROM (
       SELECT
        "t2".*
        EXCEPT ("at")
       FROM (
        SELECT
         "t0"."invoice_id" AS "invoice_id",
         "t0"."customer_id" AS "customer_id",
         "t0"."rep_id" AS "rep_id",
         "t0"."due_on" AS "due_on",
         "t0"."amount_base" AS "amount_base",
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
         ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
       ) AS "t2"
      ) AS "t3"
     ) AS "t8"
      ON "t6"."invoice_id" = "t8"."invoice_id"
    ) AS "t9"
    GROUP BY
     "t9"."invoice_id"
   ) AS "t11"
    ON "t5"."invoice_id" = "t11"."invoice_id"
  ) AS "t12"
 ) AS "t13"
 WHERE
  "t13"."due_on" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t14"
GROUP BY
 CAST(dateTrunc('MONTH', "t14"."at") AS Nullable(DateTime))
