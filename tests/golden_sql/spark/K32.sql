SELECT
 DATE_TRUNC('month', `t21`.`at`) AS `by_period`,
 COUNT(*) AS `n_0`,
 SUM(`t21`.`x`) AS `x_0`
FROM (
 SELECT
  `t20`.`region`,
  `t20`.`at`,
  `t20`.`customers`,
  1.0 AS `x`
 FROM (
  SELECT
   `t19`.`region`,
   `t19`.`at`,
   COUNT(DISTINCT `t19`.`customer_id`) AS `customers`
  FROM (
   SELECT
    `t18`.`customer_id`,
    `t18`.`rep_id`,
    `t18`.`at`,
    `t4`.`region`
   FROM (
    SELECT
     `t16`.`customer_id`,
     `t16`.`rep_id`,
     `t16`.`at`
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
      `t15`.`event`,
      `t15`.`bought_at`
     FROM (
      SELECT
       *
      FROM (
       SELECT
        `t13`.`deal_id`,
        `t13`.`customer_id`,
        `t13`.`rep_id`,
        `t13`.`pipeline_id`,
        `t13`.`stage_id`,
        `t13`.`status`,
        `t13`.`created_at`,
        `t13`.`closed_at`,
        `t13`.`amount_base`,
        `t13`.`cost_base`,
        `t13`.`source`,
        `t13`.`segment`,
        `t13`.`deal_kind`,
        `t13`.`lost_reason`,
        `t13`.`at`,
        `t13`.`event`,
        `t13`.`bought_at`,
        ROW_NUMBER() OVER (
         PARTITION BY `t13`.`customer_id`, `t13`.`at`
         ORDER BY `t13`.`bought_at` DESC, `t13`.`event` DESC
        ) - 1 AS `place_from_end`
       FROM (
        SELECT
         `t12`.`deal_id`,
         `t12`.`customer_id`,
         `t12`.`rep_id`,
         `t12`.`pipeline_id`,
         `t12`.`stage_id`,
         `t12`.`status`,
         `t12`.`created_at`,
         `t12`.`closed_at`,
         `t12`.`amount_base`,
         `t12`.`cost_base`,
         `t12`.`source`,
         `t12`.`segment`,
         `t12`.`deal_kind`,
         `t12`.`lost_reason`,
         `t12`.`at`,
         `t12`.`event`,
         `t12`.`bought_at`
        FROM (
         SELECT
          `t11`.`deal_id`,
          `t11`.`customer_id`,
          `t11`.`rep_id`,
          `t11`.`pipeline_id`,
          `t11`.`stage_id`,
          `t11`.`status`,
          `t11`.`created_at`,
          `t11`.`closed_at`,
          `t11`.`amount_base`,
          `t11`.`cost_base`,
          `t11`.`source`,
          `t11`.`segment`,
          `t11`.`deal_kind`,
          `t11`.`lost_reason`,
          `t11`.`moment` AS `at`,
          `t11`.`event`,
          `t11`.`moment`,
          `t11`.`at` AS `bought_at`
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
           `t7`.`at`,
           `t7`.`event`,
           `t10`.`moment`
          FROM (
           SELECT
            `t1`.`deal_id`,
            `t1`.`customer_id`,
            `t1`.`owner_id` AS `rep_id`,
            `t1`.`pipeline_id`,
            `t1`.`stage_id`,
            `t1`.`status`,
            `t1`.`created_at`,
            `t1`.`closed_at`,
            `t1`.`amount_base`,
            `t1`.`cost_base`,
            `t1`.`source`,
            `t1`.`segment`,
            `t1`.`deal_kind`,
            `t1`.`lost_reason`,
            `t1`.`closed_at` AS `at`,
            `t1`.`deal_id` AS `event`
           FROM `deals` AS `t1`
           WHERE
            NOT (
             COALESCE(`t1`.`is_test`, FALSE) OR COALESCE(`t1`.`is_duplicate`, FALSE)
            )
            AND (
             (
              `t1`.`created_at` IS NULL
             )
             OR (
              `t1`.`created_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
             )
            )
            AND (
             `t1`.`pipeline_id` IN ('P1') OR (
              `t1`.`pipeline_id` IS NULL
             )
            )
            AND `t1`.`status` = 'won'
            AND `t1`.`customer_id` IS NOT NULL
            AND `t1`.`closed_at` IS NOT NULL
            AND `t1`.`closed_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
          ) AS `t7`
          INNER JOIN (
           SELECT
            CASE
             WHEN `t8`.`at` > CAST('2026-07-01T00:00:00' AS TIMESTAMP)
             THEN CAST('2026-07-01T00:00:00' AS TIMESTAMP)
             ELSE `t8`.`at`
            END AS `moment`
           FROM (
            SELECT
             `t6`.`of`,
             MAX(`t6`.`at`) AS `at`
            FROM (
             SELECT
              (
               `t2`.`date` + INTERVAL '1' DAY
              ) - INTERVAL '1' SECOND AS `at`,
              DATE_TRUNC('month', (
               `t2`.`date` + INTERVAL '1' DAY
              ) - INTERVAL '1' SECOND) AS `of`
             FROM `calendar` AS `t2`
             WHERE
              (
               `t2`.`date` + INTERVAL '1' DAY + INTERVAL '-1' DAY
              ) < CAST('2026-07-01T00:00:00' AS TIMESTAMP)
            ) AS `t6`
            GROUP BY
             1
           ) AS `t8`
          ) AS `t10`
           ON `t7`.`at` <= `t10`.`moment`
           AND (
            `t7`.`at` + INTERVAL '90' DAY
           ) > `t10`.`moment`
         ) AS `t11`
        ) AS `t12`
       ) AS `t13`
      ) AS `t14`
      WHERE
       `t14`.`place_from_end` = 0
     ) AS `t15`
    ) AS `t16`
   ) AS `t18`
   INNER JOIN (
    SELECT
     `t0`.`customer_id`,
     `t0`.`region`
    FROM `customers` AS `t0`
    WHERE
     `t0`.`region` IS NOT NULL
   ) AS `t4`
    ON `t18`.`customer_id` = `t4`.`customer_id`
  ) AS `t19`
  GROUP BY
   1,
   2
 ) AS `t20`
 WHERE
  `t20`.`customers` >= 1 AND `t20`.`at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS `t21`
GROUP BY
 1
