SELECT
 DATE_TRUNC('month', `t11`.`at`) AS `by_period`,
 COUNT(DISTINCT `t11`.`deal_id`) AS `n_0`
FROM (
 SELECT
  *
 FROM (
  SELECT
   `t7`.`deal_id`,
   `t7`.`customer_id`,
   `t7`.`rep_id`,
   `t7`.`pipeline_id`,
   `t7`.`stage_id`,
   `t7`.`status`,
   `t7`.`created_at`,
   `t7`.`closed_at`,
   `t7`.`amount_base`,
   `t7`.`cost_base`,
   `t7`.`source`,
   `t7`.`segment`,
   `t7`.`deal_kind`,
   `t7`.`lost_reason`,
   `t7`.`gone_at`,
   `t9`.`at`
  FROM (
   SELECT
    `t4`.`deal_id`,
    `t4`.`customer_id`,
    `t4`.`rep_id`,
    `t4`.`pipeline_id`,
    `t4`.`stage_id`,
    `t4`.`status`,
    `t4`.`created_at`,
    `t4`.`closed_at`,
    `t4`.`amount_base`,
    `t4`.`cost_base`,
    `t4`.`source`,
    `t4`.`segment`,
    `t4`.`deal_kind`,
    `t4`.`lost_reason`,
    CASE
     WHEN `t4`.`status` = 'open'
     THEN CAST('2200-01-01T00:00:00' AS TIMESTAMP)
     ELSE `t4`.`closed_at`
    END AS `gone_at`
   FROM (
    SELECT
     `t2`.`deal_id`,
     `t2`.`customer_id`,
     `t2`.`rep_id`,
     `t2`.`pipeline_id`,
     `t2`.`stage_id`,
     `t2`.`status`,
     `t2`.`created_at`,
     `t2`.`closed_at`,
     `t2`.`amount_base`,
     `t2`.`cost_base`,
     `t2`.`source`,
     `t2`.`segment`,
     `t2`.`deal_kind`,
     `t2`.`lost_reason`
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
    ) AS `t2`
   ) AS `t4`
  ) AS `t7`
  INNER JOIN (
   SELECT
    CASE
     WHEN `t5`.`at` > CAST('2026-07-01T00:00:00' AS TIMESTAMP)
     THEN CAST('2026-07-01T00:00:00' AS TIMESTAMP)
     ELSE `t5`.`at`
    END AS `at`
   FROM (
    SELECT
     `t3`.`of`,
     MAX(`t3`.`at`) AS `at`
    FROM (
     SELECT
      (
       `t1`.`date` + INTERVAL '1' DAY
      ) - INTERVAL '1' SECOND AS `at`,
      DATE_TRUNC('month', (
       `t1`.`date` + INTERVAL '1' DAY
      ) - INTERVAL '1' SECOND) AS `of`
     FROM `calendar` AS `t1`
     WHERE
      (
       `t1`.`date` + INTERVAL '1' DAY + INTERVAL '-1' DAY
      ) < CAST('2026-07-01T00:00:00' AS TIMESTAMP)
    ) AS `t3`
    GROUP BY
     1
   ) AS `t5`
  ) AS `t9`
   ON `t7`.`created_at` <= `t9`.`at` AND `t7`.`gone_at` > `t9`.`at`
 ) AS `t10`
 WHERE
  `t10`.`at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS `t11`
GROUP BY
 1
