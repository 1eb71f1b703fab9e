SELECT
 DATE_TRUNC('month', `t1`.`at`) AS `by_period`,
 SUM(
  CAST(`t1`.`amount_base` IS NOT NULL
  AND NOT ISNAN(`t1`.`amount_base`)
  AND (
   `t1`.`cost_base` IS NOT NULL AND NOT ISNAN(`t1`.`cost_base`)
  ) AS BIGINT)
 ) AS `n_0`,
 SUM(
  IF(
   `t1`.`amount_base` IS NOT NULL
   AND NOT ISNAN(`t1`.`amount_base`)
   AND (
    `t1`.`cost_base` IS NOT NULL AND NOT ISNAN(`t1`.`cost_base`)
   ),
   `t1`.`amount_base` - `t1`.`cost_base`,
   NULL
  )
 ) AS `x_0`,
 SUM(
  IF(
   `t1`.`amount_base` IS NOT NULL
   AND NOT ISNAN(`t1`.`amount_base`)
   AND (
    `t1`.`cost_base` IS NOT NULL AND NOT ISNAN(`t1`.`cost_base`)
   ),
   (
    `t1`.`amount_base` - `t1`.`cost_base`
   ) * (
    `t1`.`amount_base` - `t1`.`cost_base`
   ),
   NULL
  )
 ) AS `xx_0`,
 COUNT(
  IF(
   `t1`.`amount_base` IS NOT NULL
   AND NOT ISNAN(`t1`.`amount_base`)
   AND (
    `t1`.`cost_base` IS NOT NULL AND NOT ISNAN(`t1`.`cost_base`)
   ),
   `t1`.`amount_base` - `t1`.`cost_base`,
   NULL
  )
 ) AS `filled_0`,
 PERCENTILE(
  CASE
   WHEN `t1`.`amount_base` IS NOT NULL
   AND NOT ISNAN(`t1`.`amount_base`)
   AND (
    `t1`.`cost_base` IS NOT NULL AND NOT ISNAN(`t1`.`cost_base`)
   )
   THEN `t1`.`amount_base` - `t1`.`cost_base`
   ELSE CAST(NULL AS DOUBLE)
  END,
  0.5
 ) AS `median_0`
FROM (
 SELECT
  `t0`.`deal_id`,
  `t0`.`customer_id`,
  `t0`.`owner_id` AS `rep_id`,
  `t0`.`pipeline_id`,
  `t0`.`stage_id`,
  `t0`.`status`,
  `t0`.`created_at`,
  `t0`.`closed_at`,
  `t0`.`amount_base`,
  `t0`.`cost_base`,
  `t0`.`source`,
  `t0`.`segment`,
  `t0`.`deal_kind`,
  `t0`.`lost_reason`,
  `t0`.`closed_at` AS `at`
 FROM `deals` AS `t0`
 WHERE
  NOT (
   COALESCE(`t0`.`is_test`, FALSE) OR COALESCE(`t0`.`is_duplicate`, FALSE)
  )
  AND (
   (
    `t0`.`created_at` IS NULL
   )
   OR (
    `t0`.`created_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
   )
  )
  AND (
   `t0`.`pipeline_id` IN ('P1') OR (
    `t0`.`pipeline_id` IS NULL
   )
  )
  AND `t0`.`status` = 'won'
  AND `t0`.`closed_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS `t1`
GROUP BY
 1
