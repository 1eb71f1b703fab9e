SELECT
 DATE_TRUNC('MONTH', "t14"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t14"."x") AS "x_0"
FROM (
 SELECT
  "t13"."customer_id",
  "t13"."x",
  "t13"."end_at" AS "at"
 FROM (
  SELECT
   "t12"."customer_id",
   "t12"."at",
   "t12"."x",
   "t11"."end_at"
  FROM (
   SELECT
    "t8"."customer_id",
    DATE_TRUNC('MONTH', "t8"."at") AS "at",
    SUM("t8"."x") AS "x"
   FROM (
    SELECT
     *
    FROM (
     SELECT
      *
     FROM (
      SELECT
       "t0"."issued_on" AS "at",
       "t0"."customer_id",
       "t0"."amount_base" AS "x"
      FROM "invoices" AS "t0"
      WHERE
       NOT (
        COALESCE("t0"."is_cancelled", FALSE)
       )
       AND COALESCE("t0"."doc_kind", 'invoice') IN ('invoice', 'return')
     ) AS "t3"
     UNION ALL
     SELECT
      *
     FROM (
      SELECT
       "t1"."paid_on" AS "at",
       "t1"."customer_id",
       -(
        CASE
         WHEN "t1"."is_refund"
         THEN -(
          ABS("t1"."amount_base")
         )
         ELSE "t1"."amount_base"
        END
       ) AS "x"
      FROM "payments" AS "t1"
      WHERE
       "t1"."paid_on" IS NOT NULL
     ) AS "t5"
    ) AS "t6"
    WHERE
     "t6"."at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
   ) AS "t8"
   GROUP BY
    1,
    2
  ) AS "t12"
  INNER JOIN (
   SELECT
    CASE
     WHEN "t7"."at" > CAST('2026-07-01T00:00:00' AS TIMESTAMP)
     THEN CAST('2026-07-01T00:00:00' AS TIMESTAMP)
     ELSE "t7"."at"
    END AS "end_at"
   FROM (
    SELECT
     "t4"."of",
     MAX("t4"."at") AS "at"
    FROM (
     SELECT
      (
       "t2"."date" + INTERVAL '1 DAY'
      ) - INTERVAL '1 SECOND' AS "at",
      DATE_TRUNC('MONTH', (
       "t2"."date" + INTERVAL '1 DAY'
      ) - INTERVAL '1 SECOND') AS "of"
     FROM "calendar" AS "t2"
     WHERE
      (
       "t2"."date" + INTERVAL '1 DAY' + INTERVAL '-1 DAY'
      ) < CAST('2026-07-01T00:00:00' AS TIMESTAMP)
    ) AS "t4"
    GROUP BY
     1
   ) AS "t7"
  ) AS "t11"
   ON "t12"."at" <= "t11"."end_at"
 ) AS "t13"
 WHERE
  "t13"."end_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS "t14"
GROUP BY
 1
