SELECT
 DATE_TRUNC('month', `t1`.`at`) AS `by_period`,
 COUNT(*) AS `n_0`,
 SUM(
  CASE WHEN `t1`.`score` IS NOT NULL AND NOT ISNAN(`t1`.`score`) THEN 1.0 ELSE 0.0 END
 ) AS `x_0`
FROM (
 SELECT
  `t0`.`sent_on` AS `at`,
  `t0`.`customer_id`,
  `t0`.`rep_id`,
  `t0`.`score`
 FROM `surveys` AS `t0`
 WHERE
  `t0`.`sent_on` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS `t1`
GROUP BY
 1
