SELECT
 DATE_TRUNC('month', `t1`.`at`) AS `by_period`,
 COUNT(*) AS `n_0`,
 SUM(`t1`.`units`) AS `x_0`,
 SUM(`t1`.`units` * `t1`.`units`) AS `xx_0`
FROM (
 SELECT
  `t0`.`line_id`,
  `t0`.`invoice_id`,
  `t0`.`customer_id`,
  `t0`.`rep_id`,
  `t0`.`product_id`,
  `t0`.`product_group`,
  `t0`.`units`,
  `t0`.`amount_base`,
  `t0`.`cost_base`,
  `t0`.`doc_kind`,
  `t0`.`issued_on` AS `at`
 FROM `order_lines` AS `t0`
 WHERE
  COALESCE(`t0`.`doc_kind`, '') <> 'cancelled'
  AND `t0`.`issued_on` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS `t1`
GROUP BY
 1
