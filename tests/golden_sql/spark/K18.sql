SELECT
 DATE_TRUNC('month', `t12`.`at`) AS `by_period`,
 SUM(
  CAST((
   `t12`.`at` + INTERVAL '90' DAY
  ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP) AS BIGINT)
 ) AS `n_0`,
 SUM(
  IF(
   (
    `t12`.`at` + INTERVAL '90' DAY
   ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP),
   `t12`.`x`,
   NULL
  )
 ) AS `x_0`,
 SUM(
  IF(
   (
    `t12`.`at` + INTERVAL '90' DAY
   ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP),
   `t12`.`x` * `t12`.`x`,
   NULL
  )
 ) AS `xx_0`,
 SUM(
  IF(
   (
    `t12`.`at` + INTERVAL '90' DAY
   ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP),
   `t12`.`y`,
   NULL
  )
 ) AS `y_0`
FROM (
 SELECT
  *
 FROM (
  SELECT
   *
  FROM (
   SELECT
    `t9`.`at`,
    `t9`.`customer_id`,
    `t9`.`rep_id`,
    `t9`.`back` AS `x`,
    0.0 AS `y`
   FROM (
    SELECT
     `t8`.`customer_id`,
     `t8`.`at`,
     `t8`.`back`,
     `t5`.`customer_id` AS `customer_id_right`,
     `t5`.`at` AS `at_right`,
     `t5`.`rep_id`
    FROM (
     SELECT
      `t6`.`customer_id`,
      `t6`.`last_at` AS `at`,
      -(
       `t6`.`amount_base`
      ) AS `back`
     FROM (
      SELECT
       `t1`.`invoice_id`,
       `t1`.`doc_kind`,
       `t1`.`customer_id`,
       `t1`.`deal_id`,
       `t1`.`rep_id`,
       `t1`.`issued_on`,
       `t1`.`due_on`,
       `t1`.`amount`,
       `t1`.`currency`,
       `t1`.`amount_base`,
       `t1`.`cost_base`,
       `t1`.`contract_end_on`,
       `t1`.`is_cancelled`,
       `t1`.`at`,
       `t1`.`came_back`,
       MAX(
        CASE
         WHEN (
          `t1`.`came_back` = 0
         ) AND (
          `t1`.`amount_base` > 0
         )
         THEN `t1`.`at`
         ELSE NULL
        END
       ) OVER (
        PARTITION BY `t1`.`customer_id`
        ORDER BY `t1`.`at` ASC NULLS LAST, `t1`.`came_back` ASC NULLS LAST
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
       ) AS `last_at`
      FROM (
       SELECT
        `t0`.`invoice_id`,
        `t0`.`doc_kind`,
        `t0`.`customer_id`,
        `t0`.`deal_id`,
        `t0`.`rep_id`,
        `t0`.`issued_on`,
        `t0`.`due_on`,
        `t0`.`amount`,
        `t0`.`currency`,
        `t0`.`amount_base`,
        `t0`.`cost_base`,
        `t0`.`contract_end_on`,
        `t0`.`is_cancelled`,
        `t0`.`issued_on` AS `at`,
        CASE WHEN `t0`.`doc_kind` = 'return' THEN 1.0 ELSE 0.0 END AS `came_back`
       FROM `invoices` AS `t0`
       WHERE
        COALESCE(`t0`.`doc_kind`, 'invoice') IN ('invoice', 'return')
        AND (
         `t0`.`amount_base` IS NOT NULL AND NOT ISNAN(`t0`.`amount_base`)
        )
        AND `t0`.`issued_on` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
        AND NOT (
         COALESCE(`t0`.`is_cancelled`, FALSE)
        )
      ) AS `t1`
     ) AS `t6`
     WHERE
      `t6`.`came_back` = 1 AND `t6`.`at` <= (
       `t6`.`last_at` + INTERVAL '90' DAY
      )
    ) AS `t8`
    LEFT OUTER JOIN (
     SELECT
      `t3`.`customer_id`,
      `t3`.`at`,
      MAX(`t3`.`rep_id`) AS `rep_id`
     FROM (
      SELECT
       `t0`.`invoice_id`,
       `t0`.`doc_kind`,
       `t0`.`customer_id`,
       `t0`.`deal_id`,
       `t0`.`rep_id`,
       `t0`.`issued_on`,
       `t0`.`due_on`,
       `t0`.`amount`,
       `t0`.`currency`,
       `t0`.`amount_base`,
       `t0`.`cost_base`,
       `t0`.`contract_end_on`,
       `t0`.`is_cancelled`,
       `t0`.`issued_on` AS `at`,
       CASE WHEN `t0`.`doc_kind` = 'return' THEN 1.0 ELSE 0.0 END AS `came_back`
      FROM `invoices` AS `t0`
      WHERE
       COALESCE(`t0`.`doc_kind`, 'invoice') IN ('invoice', 'return')
       AND (
        `t0`.`amount_base` IS NOT NULL AND NOT ISNAN(`t0`.`amount_base`)
       )
       AND `t0`.`issued_on` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
       AND NOT (
        COALESCE(`t0`.`is_cancelled`, FALSE)
       )
       AND CASE WHEN `t0`.`doc_kind` = 'return' THEN 1.0 ELSE 0.0 END = 0
       AND `t0`.`amount_base` > 0
     ) AS `t3`
     GROUP BY
      1,
      2
    ) AS `t5`
     ON `t8`.`customer_id` = `t5`.`customer_id` AND `t8`.`at` = `t5`.`at`
   ) AS `t9`
  ) AS `t10`
  UNION ALL
  SELECT
   *
  FROM (
   SELECT
    `t0`.`issued_on` AS `at`,
    `t0`.`customer_id`,
    `t0`.`rep_id`,
    0.0 AS `x`,
    `t0`.`amount_base` AS `y`
   FROM `invoices` AS `t0`
   WHERE
    COALESCE(`t0`.`doc_kind`, 'invoice') IN ('invoice', 'return')
    AND (
     `t0`.`amount_base` IS NOT NULL AND NOT ISNAN(`t0`.`amount_base`)
    )
    AND `t0`.`issued_on` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
    AND NOT (
     COALESCE(`t0`.`is_cancelled`, FALSE)
    )
    AND CASE WHEN `t0`.`doc_kind` = 'return' THEN 1.0 ELSE 0.0 END = 0
    AND `t0`.`amount_base` > 0
  ) AS `t2`
 ) AS `t11`
 WHERE
  `t11`.`at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS `t12`
GROUP BY
 1
