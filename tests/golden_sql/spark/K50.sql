WITH `t15` AS (
 SELECT
  `t14`.`deal_id` AS `talk_deal`,
  `t14`.`at` AS `talked_at`
 FROM (
  SELECT
   `t13`.`activity_id`,
   `t13`.`at`,
   `t13`.`rep_id`,
   `t13`.`customer_id`,
   `t13`.`deal_id`,
   `t13`.`purpose`,
   `t13`.`minutes`,
   `t13`.`of_kind`
  FROM (
   SELECT
    `t12`.`activity_id`,
    `t12`.`at`,
    `t12`.`rep_id`,
    COALESCE(`t12`.`customer_id`, `t12`.`deal_customer`) AS `customer_id`,
    `t12`.`deal_id`,
    `t12`.`purpose`,
    `t12`.`minutes`,
    `t12`.`deal_customer`,
    `t12`.`of_kind`
   FROM (
    SELECT
     `t11`.`activity_id`,
     `t11`.`at`,
     `t11`.`rep_id`,
     `t11`.`customer_id`,
     `t11`.`deal_id`,
     `t11`.`purpose`,
     `t11`.`minutes`,
     `t11`.`deal_customer`,
     `t11`.`of_kind`
    FROM (
     SELECT
      `t10`.`activity_id`,
      `t10`.`at`,
      `t10`.`rep_id`,
      `t10`.`customer_id`,
      `t10`.`deal_id`,
      `t10`.`purpose`,
      `t10`.`minutes`,
      `t3`.`deal_id` AS `deal_id_right`,
      `t3`.`deal_customer`,
      `t3`.`of_kind`
     FROM (
      SELECT
       `t8`.`activity_id`,
       `t8`.`at`,
       `t8`.`rep_id`,
       `t8`.`customer_id`,
       `t8`.`deal_id`,
       `t8`.`purpose`,
       (
        COALESCE(`t8`.`duration_s`, 0.0) / 60.0
       ) + CASE WHEN `t8`.`is_meeting` THEN 30.0 WHEN `t8`.`is_contact` THEN 4.0 ELSE 0.0 END AS `minutes`
      FROM (
       SELECT
        `t1`.`activity_id`,
        `t1`.`kind`,
        `t1`.`direction`,
        `t1`.`rep_id`,
        `t1`.`customer_id`,
        `t1`.`deal_id`,
        `t1`.`attribution`,
        `t1`.`started_at`,
        `t1`.`duration_s`,
        `t1`.`is_completed`,
        `t1`.`is_connected`,
        `t1`.`result`,
        `t1`.`phone`,
        `t1`.`is_automatic`,
        `t1`.`created_at`,
        `t1`.`purpose`,
        `t1`.`started_at` AS `at`,
        (
         `t1`.`kind` = 'call'
        )
        AND (
         COALESCE(`t1`.`is_connected`, FALSE)
         AND (
          COALESCE(`t1`.`duration_s`, 20.0) >= 20.0
         )
        ) AS `is_call`,
        `t1`.`kind` IN ('meeting', 'visit', 'demo')
        AND COALESCE(`t1`.`is_completed`, TRUE) AS `is_meeting`,
        (
         (
          `t1`.`kind` = 'call'
         )
         AND (
          COALESCE(`t1`.`is_connected`, FALSE)
          AND (
           COALESCE(`t1`.`duration_s`, 20.0) >= 20.0
          )
         )
        )
        OR (
         `t1`.`kind` IN ('meeting', 'visit', 'demo')
         AND COALESCE(`t1`.`is_completed`, TRUE)
        )
        OR (
         (
          `t1`.`kind` = 'chat'
         ) AND COALESCE(`t1`.`is_completed`, TRUE)
        ) AS `is_contact`
       FROM `activities` AS `t1`
       WHERE
        NOT (
         COALESCE(`t1`.`is_automatic`, FALSE)
        )
        AND `t1`.`started_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
      ) AS `t8`
      WHERE
       `t8`.`is_contact`
     ) AS `t10`
     LEFT OUTER JOIN (
      SELECT
       `t0`.`deal_id`,
       `t0`.`customer_id` AS `deal_customer`,
       `t0`.`deal_kind` AS `of_kind`
      FROM `deals` AS `t0`
     ) AS `t3`
      ON `t10`.`deal_id` = `t3`.`deal_id`
    ) AS `t11`
   ) AS `t12`
  ) AS `t13`
 ) AS `t14`
 WHERE
  `t14`.`deal_id` IS NOT NULL
)
SELECT
 DATE_TRUNC('month', `t27`.`at`) AS `by_period`,
 SUM(CAST(`t27`.`is_seen` AS BIGINT)) AS `n_0`,
 SUM(IF(`t27`.`is_seen`, CAST(`t27`.`contacts` AS DOUBLE), NULL)) AS `x_0`,
 SUM(
  IF(
   `t27`.`is_seen`,
   CAST(`t27`.`contacts` AS DOUBLE) * CAST(`t27`.`contacts` AS DOUBLE),
   NULL
  )
 ) AS `xx_0`,
 COUNT(IF(`t27`.`is_seen`, CAST(`t27`.`contacts` AS DOUBLE), NULL)) AS `filled_0`
FROM (
 SELECT
  `t26`.`deal_id`,
  `t26`.`customer_id`,
  `t26`.`rep_id`,
  `t26`.`pipeline_id`,
  `t26`.`stage_id`,
  `t26`.`status`,
  `t26`.`created_at`,
  `t26`.`closed_at`,
  `t26`.`amount_base`,
  `t26`.`cost_base`,
  `t26`.`source`,
  `t26`.`segment`,
  `t26`.`deal_kind`,
  `t26`.`lost_reason`,
  `t26`.`at`,
  COALESCE(`t26`.`contacts`, 0) AS `contacts`,
  `t26`.`log_at`,
  (
   DATE_TRUNC('day', `t26`.`at`) + INTERVAL '1' DAY
  ) > `t26`.`log_at` AS `is_seen`
 FROM (
  SELECT
   `t25`.`deal_id`,
   `t25`.`customer_id`,
   `t25`.`rep_id`,
   `t25`.`pipeline_id`,
   `t25`.`stage_id`,
   `t25`.`status`,
   `t25`.`created_at`,
   `t25`.`closed_at`,
   `t25`.`amount_base`,
   `t25`.`cost_base`,
   `t25`.`source`,
   `t25`.`segment`,
   `t25`.`deal_kind`,
   `t25`.`lost_reason`,
   `t25`.`at`,
   `t25`.`contacts`,
   `t19`.`log_at`
  FROM (
   SELECT
    `t23`.`deal_id`,
    `t23`.`customer_id`,
    `t23`.`rep_id`,
    `t23`.`pipeline_id`,
    `t23`.`stage_id`,
    `t23`.`status`,
    `t23`.`created_at`,
    `t23`.`closed_at`,
    `t23`.`amount_base`,
    `t23`.`cost_base`,
    `t23`.`source`,
    `t23`.`segment`,
    `t23`.`deal_kind`,
    `t23`.`lost_reason`,
    `t23`.`at`,
    `t23`.`contacts`
   FROM (
    SELECT
     `t6`.`deal_id`,
     `t6`.`customer_id`,
     `t6`.`rep_id`,
     `t6`.`pipeline_id`,
     `t6`.`stage_id`,
     `t6`.`status`,
     `t6`.`created_at`,
     `t6`.`closed_at`,
     `t6`.`amount_base`,
     `t6`.`cost_base`,
     `t6`.`source`,
     `t6`.`segment`,
     `t6`.`deal_kind`,
     `t6`.`lost_reason`,
     `t6`.`at`,
     `t22`.`deal_id` AS `deal_id_right`,
     `t22`.`contacts`
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
      AND `t0`.`status` IN ('won', 'lost')
    ) AS `t6`
    LEFT OUTER JOIN (
     SELECT
      `t20`.`deal_id`,
      COUNT(*) AS `contacts`
     FROM (
      SELECT
       `t7`.`deal_id`,
       `t7`.`end_at`,
       `t17`.`talk_deal`,
       `t17`.`talked_at`
      FROM (
       SELECT
        `t0`.`deal_id`,
        DATE_TRUNC('day', `t0`.`closed_at`) + INTERVAL '1' DAY AS `end_at`
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
        AND `t0`.`status` IN ('won', 'lost')
      ) AS `t7`
      INNER JOIN `t15` AS `t17`
       ON `t7`.`deal_id` = `t17`.`talk_deal` AND `t17`.`talked_at` < `t7`.`end_at`
     ) AS `t20`
     GROUP BY
      1
    ) AS `t22`
     ON `t6`.`deal_id` = `t22`.`deal_id`
   ) AS `t23`
  ) AS `t25`
  CROSS JOIN (
   SELECT
    MIN(`t16`.`talked_at`) AS `log_at`
   FROM `t15` AS `t16`
  ) AS `t19`
 ) AS `t26`
 WHERE
  `t26`.`at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS `t27`
GROUP BY
 1
