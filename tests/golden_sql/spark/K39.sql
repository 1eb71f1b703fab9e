SELECT
 DATE_TRUNC('month', `t1`.`at`) AS `by_period`,
 SUM(
  CAST((
   `t1`.`at` + INTERVAL '60' DAY
  ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP) AS BIGINT)
 ) AS `n_0`,
 SUM(
  IF(
   (
    `t1`.`at` + INTERVAL '60' DAY
   ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP),
   CASE
    WHEN `t1`.`status` IN ('won', 'lost')
    AND NOT (
     COALESCE(`t1`.`closed_at` > CAST('2026-07-01T00:00:00' AS TIMESTAMP), FALSE)
    )
    AND (
     `t1`.`status` = 'won'
    )
    THEN 1.0
    ELSE 0.0
   END,
   NULL
  )
 ) AS `x_0`
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
  `t0`.`created_at` AS `at`
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
  AND COALESCE(`t0`.`deal_kind`, 'new') IN ('new', 'unknown')
  AND `t0`.`created_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS `t1`
GROUP BY
 1
