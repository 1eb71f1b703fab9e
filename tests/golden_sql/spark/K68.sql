SELECT
 DATE_TRUNC('month', `t1`.`at`) AS `by_period`,
 SUM(
  CAST((
   `t1`.`at` + INTERVAL '1' DAY
  ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP) AS BIGINT)
 ) AS `n_0`,
 SUM(
  IF(
   (
    `t1`.`at` + INTERVAL '1' DAY
   ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP),
   CASE WHEN `t1`.`delivered_on` <= `t1`.`at` THEN 1.0 ELSE 0.0 END,
   NULL
  )
 ) AS `x_0`
FROM (
 SELECT
  `t0`.`promised_on` AS `at`,
  `t0`.`customer_id`,
  `t0`.`delivered_on`
 FROM `deliveries` AS `t0`
 WHERE
  `t0`.`promised_on` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS `t1`
GROUP BY
 1
