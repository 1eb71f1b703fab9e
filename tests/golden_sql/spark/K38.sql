SELECT
 DATE_TRUNC('month', `t17`.`at`) AS `by_period`,
 SUM(
  CAST((
   (
    `t17`.`best_order` IS NOT NULL
   )
   OR (
    `t17`.`status` IN ('won', 'lost')
    AND NOT (
     COALESCE(`t17`.`closed_at` > CAST('2026-07-01T00:00:00' AS TIMESTAMP), FALSE)
    )
    AND (
     `t17`.`status` = 'won'
    )
   )
  )
  AND (
   (
    `t17`.`at` + INTERVAL '60' DAY
   ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
  ) AS BIGINT)
 ) AS `n_0`,
 SUM(
  IF(
   (
    (
     `t17`.`best_order` IS NOT NULL
    )
    OR (
     `t17`.`status` IN ('won', 'lost')
     AND NOT (
      COALESCE(`t17`.`closed_at` > CAST('2026-07-01T00:00:00' AS TIMESTAMP), FALSE)
     )
     AND (
      `t17`.`status` = 'won'
     )
    )
   )
   AND (
    (
     `t17`.`at` + INTERVAL '60' DAY
    ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
   ),
   CASE
    WHEN COALESCE(`t17`.`best_order` >= 2, FALSE)
    OR (
     `t17`.`status` IN ('won', 'lost')
     AND NOT (
      COALESCE(`t17`.`closed_at` > CAST('2026-07-01T00:00:00' AS TIMESTAMP), FALSE)
     )
     AND (
      `t17`.`status` = 'won'
     )
    )
    THEN 1.0
    ELSE 0.0
   END,
   NULL
  )
 ) AS `x_0`
FROM (
 SELECT
  *
 FROM (
  SELECT
   `t15`.`deal_id`,
   `t15`.`customer_id`,
   `t15`.`rep_id`,
   `t15`.`pipeline_id`,
   `t15`.`stage_id`,
   `t15`.`status`,
   `t15`.`created_at`,
   `t15`.`closed_at`,
   `t15`.`amount_base`,
   `t15`.`cost_base`,
   `t15`.`source`,
   `t15`.`segment`,
   `t15`.`deal_kind`,
   `t15`.`lost_reason`,
   `t15`.`at`,
   `t15`.`best_order`
  FROM (
   SELECT
    `t8`.`deal_id`,
    `t8`.`customer_id`,
    `t8`.`rep_id`,
    `t8`.`pipeline_id`,
    `t8`.`stage_id`,
    `t8`.`status`,
    `t8`.`created_at`,
    `t8`.`closed_at`,
    `t8`.`amount_base`,
    `t8`.`cost_base`,
    `t8`.`source`,
    `t8`.`segment`,
    `t8`.`deal_kind`,
    `t8`.`lost_reason`,
    `t8`.`at`,
    `t14`.`deal_id` AS `deal_id_right`,
    `t14`.`best_order`
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
   ) AS `t8`
   LEFT OUTER JOIN (
    SELECT
     `t12`.`deal_id`,
     COALESCE(`t12`.`best_order`, 0) AS `best_order`
    FROM (
     SELECT
      `t11`.`deal_id`,
      MAX(`t11`.`rank`) AS `best_order`
     FROM (
      SELECT
       `t10`.`deal_id`,
       `t10`.`stage_id`,
       `t10`.`entered_at`,
       `t10`.`pipeline`,
       `t10`.`seq`,
       `t10`.`stage_order`,
       `t10`.`semantic`,
       CASE
        WHEN `t10`.`semantic` = 'open'
        THEN `t10`.`stage_order`
        WHEN `t10`.`semantic` = 'won'
        THEN 1000000
        ELSE NULL
       END AS `rank`
      FROM (
       SELECT
        `t9`.`deal_id`,
        `t9`.`stage_id`,
        `t9`.`entered_at`,
        `t9`.`pipeline`,
        `t9`.`seq`,
        `t9`.`stage_order`,
        `t9`.`semantic`
       FROM (
        SELECT
         `t7`.`deal_id`,
         `t7`.`stage_id`,
         `t7`.`entered_at`,
         `t7`.`pipeline`,
         `t7`.`seq`,
         `t5`.`stage_id` AS `stage_id_right`,
         `t5`.`stage_order`,
         `t5`.`semantic`,
         `t5`.`pipeline` AS `pipeline_right`
        FROM (
         SELECT
          `t1`.`deal_id`,
          `t1`.`stage_id`,
          `t1`.`entered_at`,
          COALESCE(`t1`.`pipeline_id`, '') AS `pipeline`,
          COALESCE(`t1`.`seq`, 0) AS `seq`
         FROM `stage_events` AS `t1`
         WHERE
          `t1`.`entered_at` IS NOT NULL
          AND `t1`.`entered_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
          AND `t1`.`deal_id` IS NOT NULL
          AND (
           `t1`.`pipeline_id` IN ('P1') OR (
            `t1`.`pipeline_id` IS NULL
           )
          )
        ) AS `t7`
        LEFT OUTER JOIN (
         SELECT
          `t2`.`stage_id`,
          `t2`.`stage_order`,
          `t2`.`semantic`,
          COALESCE(`t2`.`pipeline_id`, '') AS `pipeline`
         FROM `stages` AS `t2`
        ) AS `t5`
         ON `t7`.`pipeline` = `t5`.`pipeline` AND `t7`.`stage_id` = `t5`.`stage_id`
       ) AS `t9`
      ) AS `t10`
     ) AS `t11`
     GROUP BY
      1
    ) AS `t12`
   ) AS `t14`
    ON `t8`.`deal_id` = `t14`.`deal_id`
  ) AS `t15`
 ) AS `t16`
 WHERE
  `t16`.`at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS `t17`
GROUP BY
 1
