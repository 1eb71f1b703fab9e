WITH `t9` AS (
 SELECT
  `t6`.`of`,
  MAX(`t6`.`at`) AS `at`
 FROM (
  SELECT
   (
    `t2`.`date` + INTERVAL '1' DAY
   ) - INTERVAL '1' SECOND AS `at`,
   DATE_TRUNC('month', (
    `t2`.`date` + INTERVAL '1' DAY
   ) - INTERVAL '1' SECOND) AS `of`
  FROM `calendar` AS `t2`
  WHERE
   (
    `t2`.`date` + INTERVAL '1' DAY + INTERVAL '-1' DAY
   ) < CAST('2026-07-01T00:00:00' AS TIMESTAMP)
 ) AS `t6`
 GROUP BY
  1
)
SELECT
 DATE_TRUNC('month', `t21`.`at`) AS `by_period`,
 COUNT(*) AS `n_0`,
 SUM(`t21`.`x`) AS `x_0`,
 SUM(`t21`.`y`) AS `y_0`
FROM (
 SELECT
  *
 FROM (
  SELECT
   `t19`.`end_at` AS `at`,
   `t19`.`customer_id`,
   `t19`.`x` * 90.0 AS `x`,
   0.0 AS `y`
  FROM (
   SELECT
    `t15`.`customer_id`,
    `t15`.`at`,
    `t15`.`x`,
    `t17`.`end_at`
   FROM (
    SELECT
     `t11`.`customer_id`,
     DATE_TRUNC('month', `t11`.`at`) AS `at`,
     SUM(`t11`.`x`) AS `x`
    FROM (
     SELECT
      *
     FROM (
      SELECT
       *
      FROM (
       SELECT
        `t0`.`issued_on` AS `at`,
        `t0`.`customer_id`,
        `t0`.`amount_base` AS `x`
       FROM `invoices` AS `t0`
       WHERE
        NOT (
         COALESCE(`t0`.`is_cancelled`, FALSE)
        )
        AND COALESCE(`t0`.`doc_kind`, 'invoice') IN ('invoice', 'return')
      ) AS `t4`
      UNION ALL
      SELECT
       *
      FROM (
       SELECT
        `t1`.`paid_on` AS `at`,
        `t1`.`customer_id`,
        -(
         CASE
          WHEN `t1`.`is_refund`
          THEN -(
           ABS(`t1`.`amount_base`)
          )
          ELSE `t1`.`amount_base`
         END
        ) AS `x`
       FROM `payments` AS `t1`
       WHERE
        `t1`.`paid_on` IS NOT NULL
      ) AS `t7`
     ) AS `t8`
     WHERE
      `t8`.`at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
    ) AS `t11`
    GROUP BY
     1,
     2
   ) AS `t15`
   INNER JOIN (
    SELECT
     CASE
      WHEN `t10`.`at` > CAST('2026-07-01T00:00:00' AS TIMESTAMP)
      THEN CAST('2026-07-01T00:00:00' AS TIMESTAMP)
      ELSE `t10`.`at`
     END AS `end_at`
    FROM `t9` AS `t10`
   ) AS `t17`
    ON `t15`.`at` <= `t17`.`end_at`
  ) AS `t19`
 ) AS `t20`
 UNION ALL
 SELECT
  *
 FROM (
  SELECT
   `t16`.`at`,
   `t5`.`customer_id`,
   0.0 AS `x`,
   `t5`.`y`
  FROM (
   SELECT
    `t0`.`issued_on` AS `sold_at`,
    `t0`.`customer_id`,
    `t0`.`amount_base` AS `y`
   FROM `invoices` AS `t0`
   WHERE
    NOT (
     COALESCE(`t0`.`is_cancelled`, FALSE)
    )
    AND COALESCE(`t0`.`doc_kind`, 'invoice') IN ('invoice', 'return')
  ) AS `t5`
  INNER JOIN (
   SELECT
    CASE
     WHEN `t10`.`at` > CAST('2026-07-01T00:00:00' AS TIMESTAMP)
     THEN CAST('2026-07-01T00:00:00' AS TIMESTAMP)
     ELSE `t10`.`at`
    END AS `at`
   FROM `t9` AS `t10`
  ) AS `t16`
   ON `t5`.`sold_at` <= `t16`.`at`
   AND (
    `t5`.`sold_at` + INTERVAL '90' DAY
   ) > `t16`.`at`
 ) AS `t18`
) AS `t21`
GROUP BY
 1
