SELECT
 CAST(dateTrunc('MONTH', "t22"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t22"."x") AS "x_0"
FROM (
 SELECT
  "t21"."customer_id" AS "customer_id",
  "t21"."x" AS "x",
  "t21"."end_at" AS "at"
 FROM (
  SELECT
   "t20"."customer_id" AS "customer_id",
   "t20"."at" AS "at",
   "t20"."x" AS "x",
   "t16"."end_at" AS "end_at"
  FROM (
   SELECT
    "t18"."customer_id" AS "customer_id",
    CAST(dateTrunc('MONTH', "t18"."at") AS Nullable(DateTime)) AS "at",
    SUM("t18"."x") AS "x"
   FROM (
    SELECT
     "t17"."at" AS "at",
     "t17"."customer_id" AS "customer_id",
     CASE WHEN "t17"."links" > 0 THEN "t17"."x" ELSE NULL END AS "x"
    FROM (
     SELECT
      "t15"."customer_id" AS "customer_id",
      "t15"."at" AS "at",
      "t15"."x" AS "x",
      "t6"."links" AS "links"
     FROM (
      SELECT
       *
      FROM (
       SELECT
        "t1"."customer_id" AS "customer_id",
        "t1"."due_on" + INTERVAL '1' DAY AS "at",
        "t1"."amount_base" AS "x"
       FROM "invoices" AS "t1"
       WHERE
        NOT (
         COALESCE("t1"."is_cancelled", FALSE)
        )
        AND COALESCE("t1"."doc_kind", 'invoice') IN ('invoice', 'return')
        AND "t1"."amount_base" > 0
        AND isNotNull("t1"."due_on")
      ) AS "t4"
      UNION ALL
      SELECT
       *
      FROM (
       SELECT
        "t8"."customer_id" AS "customer_id",
        GREATEST("t8"."from_at", "t10"."paid_at") AS "at",
        -(
         "t10"."paid"
        ) AS "x"
       FROM (
        SELECT
         "t2"."invoice_id" AS "invoice_id",
         "t2"."paid_on" AS "paid_at",
         CASE
          WHEN "t2"."is_refund"
          THEN -(
           ABS("t2"."amount_base")
          )
          ELSE "t2"."amount_base"
         END AS "paid"
        FROM "payments" AS "t2"
        WHERE
         isNotNull("t2"."paid_on")
       ) AS "t10"
       INNER JOIN (
        SELECT
         "t1"."invoice_id" AS "invoice_id",
         "t1"."customer_id" AS "customer_id",
         "t1"."due_on" + INTERVAL '1' DAY AS "from_at"
        FROM "invoices" AS "t1"
        WHERE
         NOT (
          COALESCE("t1"."is_cancelled", FALSE)
         )
         AND COALESCE("t1"."doc_kind", 'invoice') IN ('invoice', 'return')
         AND "t1"."amount_base" > 0
         AND isNotNull("t1"."due_on")
       ) AS "t8"
        ON "t10"."invoice_id" = "t8"."invoice_id"
      ) AS "t12"
     ) AS "t15"
     CROSS JOIN (
      SELECT
       COUNT("t2"."invoice_id") AS "links"
      FROM "payments" AS "t2"
     ) AS "t6"
    ) AS "t17"
    WHERE
     "t17"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
   ) AS "t18"
   GROUP BY
    "t18"."customer_id",
    CAST(dateTrunc('MONTH', "t18"."at") AS Nullable(DateTime))
  ) AS "t20"
  INNER JOIN (
   SELECT
    CASE
     WHEN "t11"."at" > parseDateTimeBestEffort('2026-07-01T00:00:00')
     THEN parseDateTimeBestEffort('2026-07-01T00:00:00')
     ELSE "t11"."at"
    END AS "end_at"
   FROM (
    SELECT
     "t7"."of" AS "of",
     MAX("t7"."at") AS "at"
    FROM (
     SELECT
      (
       "t0"."date" + INTERVAL '1' DAY
      ) - INTERVAL '1' SECOND AS "at",
      CAST(dateTrunc('MONTH', (
       "t0"."date" + INTERVAL '1' DAY
      ) - INTERVAL '1' SECOND) AS Nullable(DateTime)) AS "of"
     FROM "calendar" AS "t0"
     WHERE
      (
       "t0"."date" + INTERVAL '1' DAY + INTERVAL '-1' DAY
      ) < parseDateTimeBestEffort('2026-07-01T00:00:00')
    ) AS "t7"
    GROUP BY
     "t7"."of"
   ) AS "t11"
  ) AS "t16"
   ON "t20"."at" <= "t16"."end_at"
 ) AS "t21"
 WHERE
  "t21"."end_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t22"
GROUP BY
 CAST(dateTrunc('MONTH', "t22"."at") AS Nullable(DateTime))
