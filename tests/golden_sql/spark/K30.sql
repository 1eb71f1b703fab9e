SELECT
 DATE_TRUNC('month', `t1`.`at`) AS `by_period`,
 SUM(CAST(`t1`.`score` IS NOT NULL AND NOT ISNAN(`t1`.`score`) AS BIGINT)) AS `n_0`,
 SUM(IF(`t1`.`score` IS NOT NULL AND NOT ISNAN(`t1`.`score`), `t1`.`score`, NULL)) AS `x_0`,
 SUM(
  IF(
   `t1`.`score` IS NOT NULL AND NOT ISNAN(`t1`.`score`),
   `t1`.`score` * `t1`.`score`,
   NULL
  )
 ) AS `xx_0`,
 COUNT(IF(`t1`.`score` IS NOT NULL AND NOT ISNAN(`t1`.`score`), `t1`.`score`, NULL)) AS `filled_0`
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
