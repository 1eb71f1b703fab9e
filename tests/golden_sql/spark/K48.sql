WITH `t8` AS (
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
  `t0`.`closed_at` AS `at`,
  `t0`.`deal_id` AS `event`
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
  AND `t0`.`customer_id` IS NOT NULL
  AND `t0`.`closed_at` IS NOT NULL
  AND `t0`.`closed_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
)
SELECT
 DATE_TRUNC('month', `t53`.`at`) AS `by_period`,
 COUNT(*) AS `n_0`,
 SUM(CAST(COALESCE(`t53`.`contacts`, 0) AS DOUBLE)) AS `x_0`,
 SUM(
  CAST(COALESCE(`t53`.`contacts`, 0) AS DOUBLE) * CAST(COALESCE(`t53`.`contacts`, 0) AS DOUBLE)
 ) AS `xx_0`,
 COUNT(CAST(COALESCE(`t53`.`contacts`, 0) AS DOUBLE)) AS `filled_0`
FROM (
 SELECT
  `t52`.`customer_id`,
  `t52`.`rep_id`,
  `t52`.`at`,
  `t52`.`of`,
  `t52`.`contacts`
 FROM (
  SELECT
   `t32`.`customer_id`,
   `t32`.`rep_id`,
   `t32`.`at`,
   `t32`.`of`,
   `t51`.`customer_id` AS `customer_id_right`,
   `t51`.`of` AS `of_right`,
   `t51`.`contacts`
  FROM (
   SELECT
    `t27`.`customer_id`,
    `t27`.`rep_id`,
    `t27`.`moment` AS `at`,
    DATE_TRUNC('month', `t27`.`moment`) AS `of`
   FROM (
    SELECT
     `t23`.`customer_id`,
     `t23`.`rep_id`,
     `t19`.`moment`
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
      COALESCE(`t15`.`until`, CAST('2200-01-01T00:00:00' AS TIMESTAMP)) AS `until`
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
       `t11`.`at`,
       `t11`.`event`,
       LEAD(NULLIF(`t11`.`at`, CAST('1970-01-01T00:00:00' AS TIMESTAMP))) OVER (
        PARTITION BY `t11`.`customer_id`
        ORDER BY `t11`.`at` ASC NULLS LAST, `t11`.`event` ASC NULLS LAST
       ) AS `until`
      FROM `t8` AS `t11`
     ) AS `t15`
    ) AS `t23`
    INNER JOIN (
     SELECT
      CASE
       WHEN `t13`.`at` > CAST('2026-07-01T00:00:00' AS TIMESTAMP)
       THEN CAST('2026-07-01T00:00:00' AS TIMESTAMP)
       ELSE `t13`.`at`
      END AS `moment`
     FROM (
      SELECT
       `t10`.`of`,
       MAX(`t10`.`at`) AS `at`
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
      ) AS `t10`
      GROUP BY
       1
     ) AS `t13`
    ) AS `t19`
     ON `t23`.`at` < `t19`.`moment` AND `t23`.`until` >= `t19`.`moment`
   ) AS `t27`
  ) AS `t32`
  LEFT OUTER JOIN (
   SELECT
    `t49`.`customer_id`,
    `t49`.`of`,
    COUNT(*) AS `contacts`
   FROM (
    SELECT
     `t48`.`activity_id`,
     `t48`.`at`,
     `t48`.`rep_id`,
     `t48`.`customer_id`,
     `t48`.`deal_id`,
     `t48`.`purpose`,
     `t48`.`minutes`,
     `t48`.`of_kind`,
     `t48`.`first_at`,
     `t48`.`deals`,
     DATE_TRUNC('month', `t48`.`at`) AS `of`
    FROM (
     SELECT
      `t47`.`activity_id`,
      `t47`.`at`,
      `t47`.`rep_id`,
      `t47`.`customer_id`,
      `t47`.`deal_id`,
      `t47`.`purpose`,
      `t47`.`minutes`,
      `t47`.`of_kind`,
      `t47`.`first_at`,
      `t47`.`deals`
     FROM (
      SELECT
       `t42`.`activity_id`,
       `t42`.`at`,
       `t42`.`rep_id`,
       `t42`.`customer_id`,
       `t42`.`deal_id`,
       `t42`.`purpose`,
       `t42`.`minutes`,
       `t42`.`of_kind`,
       `t42`.`first_at`,
       `t46`.`activity_id` AS `activity_id_right`,
       `t46`.`deals`
      FROM (
       SELECT
        *
       FROM (
        SELECT
         `t38`.`activity_id`,
         `t38`.`at`,
         `t38`.`rep_id`,
         `t38`.`customer_id`,
         `t38`.`deal_id`,
         `t38`.`purpose`,
         `t38`.`minutes`,
         `t38`.`of_kind`,
         `t38`.`first_at`
        FROM (
         SELECT
          `t34`.`activity_id`,
          `t34`.`at`,
          `t34`.`rep_id`,
          `t34`.`customer_id`,
          `t34`.`deal_id`,
          `t34`.`purpose`,
          `t34`.`minutes`,
          `t34`.`of_kind`,
          `t37`.`customer_id` AS `customer_id_right`,
          `t37`.`first_at`
         FROM (
          SELECT
           `t31`.`activity_id`,
           `t31`.`at`,
           `t31`.`rep_id`,
           `t31`.`customer_id`,
           `t31`.`deal_id`,
           `t31`.`purpose`,
           `t31`.`minutes`,
           `t31`.`of_kind`
          FROM (
           SELECT
            `t28`.`activity_id`,
            `t28`.`at`,
            `t28`.`rep_id`,
            COALESCE(`t28`.`customer_id`, `t28`.`deal_customer`) AS `customer_id`,
            `t28`.`deal_id`,
            `t28`.`purpose`,
            `t28`.`minutes`,
            `t28`.`deal_customer`,
            `t28`.`of_kind`
           FROM (
            SELECT
             `t26`.`activity_id`,
             `t26`.`at`,
             `t26`.`rep_id`,
             `t26`.`customer_id`,
             `t26`.`deal_id`,
             `t26`.`purpose`,
             `t26`.`minutes`,
             `t26`.`deal_customer`,
             `t26`.`of_kind`
            FROM (
             SELECT
              `t22`.`activity_id`,
              `t22`.`at`,
              `t22`.`rep_id`,
              `t22`.`customer_id`,
              `t22`.`deal_id`,
              `t22`.`purpose`,
              `t22`.`minutes`,
              `t6`.`deal_id` AS `deal_id_right`,
              `t6`.`deal_customer`,
              `t6`.`of_kind`
             FROM (
              SELECT
               `t14`.`activity_id`,
               `t14`.`at`,
               `t14`.`rep_id`,
               `t14`.`customer_id`,
               `t14`.`deal_id`,
               `t14`.`purpose`,
               (
                COALESCE(`t14`.`duration_s`, 0.0) / 60.0
               ) + CASE WHEN `t14`.`is_meeting` THEN 30.0 WHEN `t14`.`is_contact` THEN 4.0 ELSE 0.0 END AS `minutes`
              FROM (
               SELECT
                `t2`.`activity_id`,
                `t2`.`kind`,
                `t2`.`direction`,
                `t2`.`rep_id`,
                `t2`.`customer_id`,
                `t2`.`deal_id`,
                `t2`.`attribution`,
                `t2`.`started_at`,
                `t2`.`duration_s`,
                `t2`.`is_completed`,
                `t2`.`is_connected`,
                `t2`.`result`,
                `t2`.`phone`,
                `t2`.`is_automatic`,
                `t2`.`created_at`,
                `t2`.`purpose`,
                `t2`.`started_at` AS `at`,
                (
                 `t2`.`kind` = 'call'
                )
                AND (
                 COALESCE(`t2`.`is_connected`, FALSE)
                 AND (
                  COALESCE(`t2`.`duration_s`, 20.0) >= 20.0
                 )
                ) AS `is_call`,
                `t2`.`kind` IN ('meeting', 'visit', 'demo')
                AND COALESCE(`t2`.`is_completed`, TRUE) AS `is_meeting`,
                (
                 (
                  `t2`.`kind` = 'call'
                 )
                 AND (
                  COALESCE(`t2`.`is_connected`, FALSE)
                  AND (
                   COALESCE(`t2`.`duration_s`, 20.0) >= 20.0
                  )
                 )
                )
                OR (
                 `t2`.`kind` IN ('meeting', 'visit', 'demo')
                 AND COALESCE(`t2`.`is_completed`, TRUE)
                )
                OR (
                 (
                  `t2`.`kind` = 'chat'
                 ) AND COALESCE(`t2`.`is_completed`, TRUE)
                ) AS `is_contact`
               FROM `activities` AS `t2`
               WHERE
                NOT (
                 COALESCE(`t2`.`is_automatic`, FALSE)
                )
                AND `t2`.`started_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
              ) AS `t14`
              WHERE
               `t14`.`is_contact`
             ) AS `t22`
             LEFT OUTER JOIN (
              SELECT
               `t0`.`deal_id`,
               `t0`.`customer_id` AS `deal_customer`,
               `t0`.`deal_kind` AS `of_kind`
              FROM `deals` AS `t0`
             ) AS `t6`
              ON `t22`.`deal_id` = `t6`.`deal_id`
            ) AS `t26`
           ) AS `t28`
          ) AS `t31`
         ) AS `t34`
         LEFT OUTER JOIN (
          SELECT
           `t35`.`customer_id`,
           CASE
            WHEN `t35`.`known_at` < `t35`.`first_at`
            THEN `t35`.`known_at`
            ELSE `t35`.`first_at`
           END AS `first_at`
          FROM (
           SELECT
            `t30`.`customer_id`,
            MIN(`t30`.`at`) AS `first_at`,
            MIN(`t30`.`first_order_on`) AS `known_at`
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
             `t25`.`event`,
             `t25`.`position`,
             `t25`.`first_order_on`,
             COALESCE(`t25`.`first_order_on` < DATE_TRUNC('day', `t25`.`at`), FALSE) AS `began_before`
            FROM (
             SELECT
              `t24`.`deal_id`,
              `t24`.`customer_id`,
              `t24`.`rep_id`,
              `t24`.`pipeline_id`,
              `t24`.`stage_id`,
              `t24`.`status`,
              `t24`.`created_at`,
              `t24`.`closed_at`,
              `t24`.`amount_base`,
              `t24`.`cost_base`,
              `t24`.`source`,
              `t24`.`segment`,
              `t24`.`deal_kind`,
              `t24`.`lost_reason`,
              `t24`.`at`,
              `t24`.`event`,
              `t24`.`position`,
              `t24`.`first_order_on`
             FROM (
              SELECT
               `t17`.`deal_id`,
               `t17`.`customer_id`,
               `t17`.`rep_id`,
               `t17`.`pipeline_id`,
               `t17`.`stage_id`,
               `t17`.`status`,
               `t17`.`created_at`,
               `t17`.`closed_at`,
               `t17`.`amount_base`,
               `t17`.`cost_base`,
               `t17`.`source`,
               `t17`.`segment`,
               `t17`.`deal_kind`,
               `t17`.`lost_reason`,
               `t17`.`at`,
               `t17`.`event`,
               `t17`.`position`,
               `t7`.`customer_id` AS `customer_id_right`,
               `t7`.`first_order_on`
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
                `t11`.`at`,
                `t11`.`event`,
                ROW_NUMBER() OVER (
                 PARTITION BY `t11`.`customer_id`
                 ORDER BY `t11`.`at` ASC NULLS LAST, `t11`.`event` ASC NULLS LAST
                ) - 1 AS `position`
               FROM `t8` AS `t11`
              ) AS `t17`
              LEFT OUTER JOIN (
               SELECT
                `t3`.`customer_id`,
                `t3`.`first_order_on`
               FROM `customers` AS `t3`
              ) AS `t7`
               ON `t17`.`customer_id` = `t7`.`customer_id`
             ) AS `t24`
            ) AS `t25`
           ) AS `t30`
           GROUP BY
            1
          ) AS `t35`
         ) AS `t37`
          ON `t34`.`customer_id` = `t37`.`customer_id`
        ) AS `t38`
       ) AS `t39`
       WHERE
        `t39`.`at` > `t39`.`first_at`
      ) AS `t42`
      LEFT OUTER JOIN (
       SELECT
        `t44`.`activity_id`,
        COUNT(*) AS `deals`
       FROM (
        SELECT
         `t43`.`activity_id`,
         `t43`.`at`,
         `t43`.`rep_id`,
         `t43`.`customer_id`,
         `t43`.`deal_id`,
         `t43`.`purpose`,
         `t43`.`minutes`,
         `t43`.`of_kind`,
         `t43`.`first_at`,
         `t12`.`created_at`,
         `t12`.`gone_at`,
         `t12`.`buyer`
        FROM (
         SELECT
          *
         FROM (
          SELECT
           `t38`.`activity_id`,
           `t38`.`at`,
           `t38`.`rep_id`,
           `t38`.`customer_id`,
           `t38`.`deal_id`,
           `t38`.`purpose`,
           `t38`.`minutes`,
           `t38`.`of_kind`,
           `t38`.`first_at`
          FROM (
           SELECT
            `t34`.`activity_id`,
            `t34`.`at`,
            `t34`.`rep_id`,
            `t34`.`customer_id`,
            `t34`.`deal_id`,
            `t34`.`purpose`,
            `t34`.`minutes`,
            `t34`.`of_kind`,
            `t37`.`customer_id` AS `customer_id_right`,
            `t37`.`first_at`
           FROM (
            SELECT
             `t31`.`activity_id`,
             `t31`.`at`,
             `t31`.`rep_id`,
             `t31`.`customer_id`,
             `t31`.`deal_id`,
             `t31`.`purpose`,
             `t31`.`minutes`,
             `t31`.`of_kind`
            FROM (
             SELECT
              `t28`.`activity_id`,
              `t28`.`at`,
              `t28`.`rep_id`,
              COALESCE(`t28`.`customer_id`, `t28`.`deal_customer`) AS `customer_id`,
              `t28`.`deal_id`,
              `t28`.`purpose`,
              `t28`.`minutes`,
              `t28`.`deal_customer`,
              `t28`.`of_kind`
             FROM (
              SELECT
               `t26`.`activity_id`,
               `t26`.`at`,
               `t26`.`rep_id`,
               `t26`.`customer_id`,
               `t26`.`deal_id`,
               `t26`.`purpose`,
               `t26`.`minutes`,
               `t26`.`deal_customer`,
               `t26`.`of_kind`
              FROM (
               SELECT
                `t22`.`activity_id`,
                `t22`.`at`,
                `t22`.`rep_id`,
                `t22`.`customer_id`,
                `t22`.`deal_id`,
                `t22`.`purpose`,
                `t22`.`minutes`,
                `t6`.`deal_id` AS `deal_id_right`,
                `t6`.`deal_customer`,
                `t6`.`of_kind`
               FROM (
                SELECT
                 `t14`.`activity_id`,
                 `t14`.`at`,
                 `t14`.`rep_id`,
                 `t14`.`customer_id`,
                 `t14`.`deal_id`,
                 `t14`.`purpose`,
                 (
                  COALESCE(`t14`.`duration_s`, 0.0) / 60.0
                 ) + CASE WHEN `t14`.`is_meeting` THEN 30.0 WHEN `t14`.`is_contact` THEN 4.0 ELSE 0.0 END AS `minutes`
                FROM (
                 SELECT
                  `t2`.`activity_id`,
                  `t2`.`kind`,
                  `t2`.`direction`,
                  `t2`.`rep_id`,
                  `t2`.`customer_id`,
                  `t2`.`deal_id`,
                  `t2`.`attribution`,
                  `t2`.`started_at`,
                  `t2`.`duration_s`,
                  `t2`.`is_completed`,
                  `t2`.`is_connected`,
                  `t2`.`result`,
                  `t2`.`phone`,
                  `t2`.`is_automatic`,
                  `t2`.`created_at`,
                  `t2`.`purpose`,
                  `t2`.`started_at` AS `at`,
                  (
                   `t2`.`kind` = 'call'
                  )
                  AND (
                   COALESCE(`t2`.`is_connected`, FALSE)
                   AND (
                    COALESCE(`t2`.`duration_s`, 20.0) >= 20.0
                   )
                  ) AS `is_call`,
                  `t2`.`kind` IN ('meeting', 'visit', 'demo')
                  AND COALESCE(`t2`.`is_completed`, TRUE) AS `is_meeting`,
                  (
                   (
                    `t2`.`kind` = 'call'
                   )
                   AND (
                    COALESCE(`t2`.`is_connected`, FALSE)
                    AND (
                     COALESCE(`t2`.`duration_s`, 20.0) >= 20.0
                    )
                   )
                  )
                  OR (
                   `t2`.`kind` IN ('meeting', 'visit', 'demo')
                   AND COALESCE(`t2`.`is_completed`, TRUE)
                  )
                  OR (
                   (
                    `t2`.`kind` = 'chat'
                   ) AND COALESCE(`t2`.`is_completed`, TRUE)
                  ) AS `is_contact`
                 FROM `activities` AS `t2`
                 WHERE
                  NOT (
                   COALESCE(`t2`.`is_automatic`, FALSE)
                  )
                  AND `t2`.`started_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
                ) AS `t14`
                WHERE
                 `t14`.`is_contact`
               ) AS `t22`
               LEFT OUTER JOIN (
                SELECT
                 `t0`.`deal_id`,
                 `t0`.`customer_id` AS `deal_customer`,
                 `t0`.`deal_kind` AS `of_kind`
                FROM `deals` AS `t0`
               ) AS `t6`
                ON `t22`.`deal_id` = `t6`.`deal_id`
              ) AS `t26`
             ) AS `t28`
            ) AS `t31`
           ) AS `t34`
           LEFT OUTER JOIN (
            SELECT
             `t35`.`customer_id`,
             CASE
              WHEN `t35`.`known_at` < `t35`.`first_at`
              THEN `t35`.`known_at`
              ELSE `t35`.`first_at`
             END AS `first_at`
            FROM (
             SELECT
              `t30`.`customer_id`,
              MIN(`t30`.`at`) AS `first_at`,
              MIN(`t30`.`first_order_on`) AS `known_at`
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
               `t25`.`event`,
               `t25`.`position`,
               `t25`.`first_order_on`,
               COALESCE(`t25`.`first_order_on` < DATE_TRUNC('day', `t25`.`at`), FALSE) AS `began_before`
              FROM (
               SELECT
                `t24`.`deal_id`,
                `t24`.`customer_id`,
                `t24`.`rep_id`,
                `t24`.`pipeline_id`,
                `t24`.`stage_id`,
                `t24`.`status`,
                `t24`.`created_at`,
                `t24`.`closed_at`,
                `t24`.`amount_base`,
                `t24`.`cost_base`,
                `t24`.`source`,
                `t24`.`segment`,
                `t24`.`deal_kind`,
                `t24`.`lost_reason`,
                `t24`.`at`,
                `t24`.`event`,
                `t24`.`position`,
                `t24`.`first_order_on`
               FROM (
                SELECT
                 `t17`.`deal_id`,
                 `t17`.`customer_id`,
                 `t17`.`rep_id`,
                 `t17`.`pipeline_id`,
                 `t17`.`stage_id`,
                 `t17`.`status`,
                 `t17`.`created_at`,
                 `t17`.`closed_at`,
                 `t17`.`amount_base`,
                 `t17`.`cost_base`,
                 `t17`.`source`,
                 `t17`.`segment`,
                 `t17`.`deal_kind`,
                 `t17`.`lost_reason`,
                 `t17`.`at`,
                 `t17`.`event`,
                 `t17`.`position`,
                 `t7`.`customer_id` AS `customer_id_right`,
                 `t7`.`first_order_on`
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
                  `t11`.`at`,
                  `t11`.`event`,
                  ROW_NUMBER() OVER (
                   PARTITION BY `t11`.`customer_id`
                   ORDER BY `t11`.`at` ASC NULLS LAST, `t11`.`event` ASC NULLS LAST
                  ) - 1 AS `position`
                 FROM `t8` AS `t11`
                ) AS `t17`
                LEFT OUTER JOIN (
                 SELECT
                  `t3`.`customer_id`,
                  `t3`.`first_order_on`
                 FROM `customers` AS `t3`
                ) AS `t7`
                 ON `t17`.`customer_id` = `t7`.`customer_id`
               ) AS `t24`
              ) AS `t25`
             ) AS `t30`
             GROUP BY
              1
            ) AS `t35`
           ) AS `t37`
            ON `t34`.`customer_id` = `t37`.`customer_id`
          ) AS `t38`
         ) AS `t39`
         WHERE
          `t39`.`at` > `t39`.`first_at`
          AND `t39`.`purpose` IS NULL
          AND `t39`.`deal_id` IS NULL
        ) AS `t43`
        INNER JOIN (
         SELECT
          `t0`.`created_at`,
          CASE
           WHEN `t0`.`status` = 'open'
           THEN CAST('2200-01-01T00:00:00' AS TIMESTAMP)
           ELSE `t0`.`closed_at`
          END AS `gone_at`,
          `t0`.`customer_id` AS `buyer`
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
          AND COALESCE(`t0`.`deal_kind`, 'new') <> 'renewal'
        ) AS `t12`
         ON `t43`.`customer_id` = `t12`.`buyer`
         AND `t12`.`created_at` <= `t43`.`at`
         AND `t12`.`gone_at` > `t43`.`at`
       ) AS `t44`
       GROUP BY
        1
      ) AS `t46`
       ON `t42`.`activity_id` = `t46`.`activity_id`
     ) AS `t47`
    ) AS `t48`
    WHERE
     (
      COALESCE(`t48`.`purpose` = 'retention', FALSE)
      OR (
       (
        `t48`.`purpose` IS NULL
       )
       AND (
        COALESCE(`t48`.`of_kind` = 'renewal', FALSE)
        OR (
         (
          `t48`.`deal_id` IS NULL
         ) AND (
          `t48`.`deals` IS NULL
         )
        )
       )
      )
     )
     AND `t48`.`at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
     AND `t48`.`customer_id` IS NOT NULL
   ) AS `t49`
   GROUP BY
    1,
    2
  ) AS `t51`
   ON `t32`.`customer_id` = `t51`.`customer_id` AND `t32`.`of` = `t51`.`of`
 ) AS `t52`
 WHERE
  `t52`.`at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS `t53`
GROUP BY
 1
