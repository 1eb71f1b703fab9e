SELECT
 DATE_TRUNC('month', `t52`.`at`) AS `by_period`,
 CAST(FLOOR(`t52`.`length` / 3600.0) AS BIGINT) AS `bin`,
 SUM(CAST(`t52`.`ended` AS BIGINT)) AS `over`,
 SUM(CAST(NOT (
  `t52`.`ended`
 ) AS BIGINT)) AS `unfinished`,
 SUM(`t52`.`length`) AS `total`,
 SUM(IF(`t52`.`ended`, `t52`.`length`, NULL)) AS `total_over`
FROM (
 SELECT
  `t51`.`at`,
  `t51`.`begun_at`,
  `t51`.`is_over`,
  `t51`.`rep_id`,
  `t51`.`customer_id`,
  `t51`.`segment`,
  `t51`.`source`,
  `t51`.`status`,
  `t51`.`deal_kind`,
  `t51`.`until_at`,
  `t51`.`clock_s`,
  `t51`.`begun_s`,
  `t51`.`until_s`,
  CASE
   WHEN `t51`.`clock_s` IS NOT NULL AND NOT ISNAN(`t51`.`clock_s`)
   THEN `t51`.`until_s` - `t51`.`begun_s`
   ELSE NULL
  END AS `worked_s`,
  CASE
   WHEN `t51`.`clock_s` IS NOT NULL AND NOT ISNAN(`t51`.`clock_s`)
   THEN `t51`.`until_s` - `t51`.`begun_s`
   ELSE NULL
  END AS `length`,
  COALESCE(`t51`.`is_over`, FALSE) AS `ended`
 FROM (
  SELECT
   `t50`.`at`,
   `t50`.`begun_at`,
   `t50`.`is_over`,
   `t50`.`rep_id`,
   `t50`.`customer_id`,
   `t50`.`segment`,
   `t50`.`source`,
   `t50`.`status`,
   `t50`.`deal_kind`,
   `t50`.`until_at`,
   `t50`.`clock_s`,
   `t50`.`begun_s`,
   `t50`.`until_s`
  FROM (
   SELECT
    `t49`.`at`,
    `t49`.`begun_at`,
    `t49`.`is_over`,
    `t49`.`rep_id`,
    `t49`.`customer_id`,
    `t49`.`segment`,
    `t49`.`source`,
    `t49`.`status`,
    `t49`.`deal_kind`,
    `t49`.`until_at`,
    `t49`.`clock_s`,
    `t49`.`begun_s`,
    `t49`.`calendar_day`,
    `t49`.`work_s`,
    `t49`.`start_s`,
    `t49`.`end_s`,
    `t49`.`before_s`,
    `t49`.`before_s` + (
     GREATEST(
      LEAST(
       CAST(UNIX_TIMESTAMP(CAST(`t49`.`until_at` AS TIMESTAMP)) - UNIX_TIMESTAMP(CAST(`t49`.`calendar_day` AS TIMESTAMP)) AS DOUBLE),
       `t49`.`end_s`
      ) - `t49`.`start_s`,
      0.0
     ) * COALESCE(`t49`.`work_s` / NULLIF(`t49`.`end_s` - `t49`.`start_s`, 0.0), 0.0)
    ) AS `until_s`
   FROM (
    SELECT
     `t48`.`at`,
     `t48`.`begun_at`,
     `t48`.`is_over`,
     `t48`.`rep_id`,
     `t48`.`customer_id`,
     `t48`.`segment`,
     `t48`.`source`,
     `t48`.`status`,
     `t48`.`deal_kind`,
     `t48`.`until_at`,
     `t48`.`clock_s`,
     `t48`.`begun_s`,
     `t48`.`calendar_day`,
     `t48`.`work_s`,
     `t48`.`start_s`,
     `t48`.`end_s`,
     `t48`.`before_s`
    FROM (
     SELECT
      `t47`.`at`,
      `t47`.`begun_at`,
      `t47`.`is_over`,
      `t47`.`rep_id`,
      `t47`.`customer_id`,
      `t47`.`segment`,
      `t47`.`source`,
      `t47`.`status`,
      `t47`.`deal_kind`,
      `t47`.`until_at`,
      `t47`.`clock_s`,
      `t47`.`begun_s`,
      `t47`.`calendar_day`,
      `t6`.`calendar_day` AS `calendar_day_right`,
      `t6`.`work_s`,
      `t6`.`start_s`,
      `t6`.`end_s`,
      `t6`.`before_s`
     FROM (
      SELECT
       `t45`.`at`,
       `t45`.`begun_at`,
       `t45`.`is_over`,
       `t45`.`rep_id`,
       `t45`.`customer_id`,
       `t45`.`segment`,
       `t45`.`source`,
       `t45`.`status`,
       `t45`.`deal_kind`,
       `t45`.`until_at`,
       `t45`.`clock_s`,
       `t45`.`begun_s`,
       DATE_TRUNC('day', `t45`.`until_at`) AS `calendar_day`
      FROM (
       SELECT
        `t44`.`at`,
        `t44`.`begun_at`,
        `t44`.`is_over`,
        `t44`.`rep_id`,
        `t44`.`customer_id`,
        `t44`.`segment`,
        `t44`.`source`,
        `t44`.`status`,
        `t44`.`deal_kind`,
        `t44`.`until_at`,
        `t44`.`clock_s`,
        `t44`.`begun_s`
       FROM (
        SELECT
         `t43`.`at`,
         `t43`.`begun_at`,
         `t43`.`is_over`,
         `t43`.`rep_id`,
         `t43`.`customer_id`,
         `t43`.`segment`,
         `t43`.`source`,
         `t43`.`status`,
         `t43`.`deal_kind`,
         `t43`.`until_at`,
         `t43`.`clock_s`,
         `t43`.`calendar_day`,
         `t43`.`work_s`,
         `t43`.`start_s`,
         `t43`.`end_s`,
         `t43`.`before_s`,
         `t43`.`before_s` + (
          GREATEST(
           LEAST(
            CAST(UNIX_TIMESTAMP(CAST(`t43`.`begun_at` AS TIMESTAMP)) - UNIX_TIMESTAMP(CAST(`t43`.`calendar_day` AS TIMESTAMP)) AS DOUBLE),
            `t43`.`end_s`
           ) - `t43`.`start_s`,
           0.0
          ) * COALESCE(`t43`.`work_s` / NULLIF(`t43`.`end_s` - `t43`.`start_s`, 0.0), 0.0)
         ) AS `begun_s`
        FROM (
         SELECT
          `t42`.`at`,
          `t42`.`begun_at`,
          `t42`.`is_over`,
          `t42`.`rep_id`,
          `t42`.`customer_id`,
          `t42`.`segment`,
          `t42`.`source`,
          `t42`.`status`,
          `t42`.`deal_kind`,
          `t42`.`until_at`,
          `t42`.`clock_s`,
          `t42`.`calendar_day`,
          `t42`.`work_s`,
          `t42`.`start_s`,
          `t42`.`end_s`,
          `t42`.`before_s`
         FROM (
          SELECT
           `t41`.`at`,
           `t41`.`begun_at`,
           `t41`.`is_over`,
           `t41`.`rep_id`,
           `t41`.`customer_id`,
           `t41`.`segment`,
           `t41`.`source`,
           `t41`.`status`,
           `t41`.`deal_kind`,
           `t41`.`until_at`,
           `t41`.`clock_s`,
           `t41`.`calendar_day`,
           `t6`.`calendar_day` AS `calendar_day_right`,
           `t6`.`work_s`,
           `t6`.`start_s`,
           `t6`.`end_s`,
           `t6`.`before_s`
          FROM (
           SELECT
            `t39`.`at`,
            `t39`.`begun_at`,
            `t39`.`is_over`,
            `t39`.`rep_id`,
            `t39`.`customer_id`,
            `t39`.`segment`,
            `t39`.`source`,
            `t39`.`status`,
            `t39`.`deal_kind`,
            `t39`.`until_at`,
            CASE
             WHEN CAST(UNIX_TIMESTAMP(CAST(`t39`.`until_at` AS TIMESTAMP)) - UNIX_TIMESTAMP(CAST(`t39`.`begun_at` AS TIMESTAMP)) AS DOUBLE) >= 0
             THEN CAST(UNIX_TIMESTAMP(CAST(`t39`.`until_at` AS TIMESTAMP)) - UNIX_TIMESTAMP(CAST(`t39`.`begun_at` AS TIMESTAMP)) AS DOUBLE)
             ELSE NULL
            END AS `clock_s`,
            DATE_TRUNC('day', `t39`.`begun_at`) AS `calendar_day`
           FROM (
            SELECT
             `t38`.`at`,
             `t38`.`begun_at`,
             `t38`.`paid_at` IS NOT NULL AS `is_over`,
             `t38`.`rep_id`,
             `t38`.`customer_id`,
             `t38`.`segment`,
             `t38`.`source`,
             `t38`.`status`,
             `t38`.`deal_kind`,
             CASE
              WHEN DATE_TRUNC('day', `t38`.`begun_at`) = DATE_TRUNC(
               'day',
               COALESCE(
                `t38`.`paid_at`,
                CASE
                 WHEN `t38`.`alive` > 0
                 THEN CAST('2026-07-01T00:00:00' AS TIMESTAMP)
                 ELSE `t38`.`lost_at`
                END
               )
              )
              THEN GREATEST(
               `t38`.`begun_at`,
               COALESCE(
                `t38`.`paid_at`,
                CASE
                 WHEN `t38`.`alive` > 0
                 THEN CAST('2026-07-01T00:00:00' AS TIMESTAMP)
                 ELSE `t38`.`lost_at`
                END
               )
              )
              ELSE COALESCE(
               `t38`.`paid_at`,
               CASE
                WHEN `t38`.`alive` > 0
                THEN CAST('2026-07-01T00:00:00' AS TIMESTAMP)
                ELSE `t38`.`lost_at`
               END
              )
             END AS `until_at`
            FROM (
             SELECT
              `t37`.`deal_id`,
              `t37`.`customer_id`,
              `t37`.`rep_id`,
              `t37`.`pipeline_id`,
              `t37`.`stage_id`,
              `t37`.`status`,
              `t37`.`created_at`,
              `t37`.`closed_at`,
              `t37`.`amount_base`,
              `t37`.`cost_base`,
              `t37`.`source`,
              `t37`.`segment`,
              `t37`.`deal_kind`,
              `t37`.`lost_reason`,
              `t37`.`at`,
              `t37`.`begun_at`,
              `t37`.`alive`,
              `t37`.`lost_at`,
              `t37`.`won_at`,
              `t37`.`paid_at`
             FROM (
              SELECT
               `t36`.`deal_id`,
               `t36`.`customer_id`,
               `t36`.`rep_id`,
               `t36`.`pipeline_id`,
               `t36`.`stage_id`,
               `t36`.`status`,
               `t36`.`created_at`,
               `t36`.`closed_at`,
               `t36`.`amount_base`,
               `t36`.`cost_base`,
               `t36`.`source`,
               `t36`.`segment`,
               `t36`.`deal_kind`,
               `t36`.`lost_reason`,
               `t36`.`at`,
               `t36`.`begun_at`,
               `t36`.`alive`,
               `t36`.`lost_at`,
               `t36`.`won_at`,
               `t12`.`customer_id` AS `customer_id_right`,
               `t12`.`paid_at`
              FROM (
               SELECT
                `t34`.`deal_id`,
                `t34`.`customer_id`,
                `t34`.`rep_id`,
                `t34`.`pipeline_id`,
                `t34`.`stage_id`,
                `t34`.`status`,
                `t34`.`created_at`,
                `t34`.`closed_at`,
                `t34`.`amount_base`,
                `t34`.`cost_base`,
                `t34`.`source`,
                `t34`.`segment`,
                `t34`.`deal_kind`,
                `t34`.`lost_reason`,
                `t34`.`at`,
                `t34`.`begun_at`,
                `t34`.`alive`,
                `t34`.`lost_at`,
                `t34`.`won_at`
               FROM (
                SELECT
                 `t33`.`deal_id`,
                 `t33`.`customer_id`,
                 `t33`.`rep_id`,
                 `t33`.`pipeline_id`,
                 `t33`.`stage_id`,
                 `t33`.`status`,
                 `t33`.`created_at`,
                 `t33`.`closed_at`,
                 `t33`.`amount_base`,
                 `t33`.`cost_base`,
                 `t33`.`source`,
                 `t33`.`segment`,
                 `t33`.`deal_kind`,
                 `t33`.`lost_reason`,
                 `t33`.`at`,
                 `t33`.`begun_at`,
                 `t16`.`customer_id` AS `customer_id_right`,
                 `t16`.`alive`,
                 `t16`.`lost_at`,
                 `t16`.`won_at`
                FROM (
                 SELECT
                  `t31`.`deal_id`,
                  `t31`.`customer_id`,
                  `t31`.`rep_id`,
                  `t31`.`pipeline_id`,
                  `t31`.`stage_id`,
                  `t31`.`status`,
                  `t31`.`created_at`,
                  `t31`.`closed_at`,
                  `t31`.`amount_base`,
                  `t31`.`cost_base`,
                  `t31`.`source`,
                  `t31`.`segment`,
                  `t31`.`deal_kind`,
                  `t31`.`lost_reason`,
                  `t31`.`at`,
                  `t31`.`at` AS `begun_at`
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
                   `t30`.`at`
                  FROM (
                   SELECT
                    `t21`.`deal_id`,
                    `t21`.`customer_id`,
                    `t21`.`rep_id`,
                    `t21`.`pipeline_id`,
                    `t21`.`stage_id`,
                    `t21`.`status`,
                    `t21`.`created_at`,
                    `t21`.`closed_at`,
                    `t21`.`amount_base`,
                    `t21`.`cost_base`,
                    `t21`.`source`,
                    `t21`.`segment`,
                    `t21`.`deal_kind`,
                    `t21`.`lost_reason`
                   FROM (
                    SELECT
                     *
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
                      `t17`.`at`
                     FROM (
                      SELECT
                       *
                      FROM (
                       SELECT
                        `t9`.`deal_id`,
                        `t9`.`customer_id`,
                        `t9`.`rep_id`,
                        `t9`.`pipeline_id`,
                        `t9`.`stage_id`,
                        `t9`.`status`,
                        `t9`.`created_at`,
                        `t9`.`closed_at`,
                        `t9`.`amount_base`,
                        `t9`.`cost_base`,
                        `t9`.`source`,
                        `t9`.`segment`,
                        `t9`.`deal_kind`,
                        `t9`.`lost_reason`,
                        `t9`.`at`,
                        ROW_NUMBER() OVER (
                         PARTITION BY `t9`.`customer_id`
                         ORDER BY `t9`.`created_at` ASC NULLS LAST, `t9`.`deal_id` ASC NULLS LAST
                        ) - 1 AS `position`
                       FROM (
                        SELECT
                         `t2`.`deal_id`,
                         `t2`.`customer_id`,
                         `t2`.`owner_id` AS `rep_id`,
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
                         `t2`.`lost_reason`,
                         `t2`.`created_at` AS `at`
                        FROM `deals` AS `t2`
                        WHERE
                         NOT (
                          COALESCE(`t2`.`is_test`, FALSE) OR COALESCE(`t2`.`is_duplicate`, FALSE)
                         )
                         AND (
                          (
                           `t2`.`created_at` IS NULL
                          )
                          OR (
                           `t2`.`created_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
                          )
                         )
                         AND (
                          `t2`.`pipeline_id` IN ('P1') OR (
                           `t2`.`pipeline_id` IS NULL
                          )
                         )
                         AND `t2`.`customer_id` IS NOT NULL
                         AND `t2`.`created_at` IS NOT NULL
                       ) AS `t9`
                      ) AS `t14`
                      WHERE
                       `t14`.`position` = 0
                     ) AS `t17`
                    ) AS `t19`
                    WHERE
                     COALESCE(`t19`.`deal_kind`, 'new') = 'new'
                   ) AS `t21`
                  ) AS `t25`
                  INNER JOIN (
                   SELECT
                    `t28`.`customer_id`,
                    MIN(`t28`.`at`) AS `at`
                   FROM (
                    SELECT
                     *
                    FROM (
                     SELECT
                      `t26`.`activity_id`,
                      `t26`.`at`,
                      `t26`.`rep_id`,
                      `t26`.`customer_id`,
                      `t26`.`deal_id`,
                      `t26`.`purpose`,
                      `t26`.`minutes`,
                      `t26`.`of_kind`
                     FROM (
                      SELECT
                       `t24`.`activity_id`,
                       `t24`.`at`,
                       `t24`.`rep_id`,
                       COALESCE(`t24`.`customer_id`, `t24`.`deal_customer`) AS `customer_id`,
                       `t24`.`deal_id`,
                       `t24`.`purpose`,
                       `t24`.`minutes`,
                       `t24`.`deal_customer`,
                       `t24`.`of_kind`
                      FROM (
                       SELECT
                        `t22`.`activity_id`,
                        `t22`.`at`,
                        `t22`.`rep_id`,
                        `t22`.`customer_id`,
                        `t22`.`deal_id`,
                        `t22`.`purpose`,
                        `t22`.`minutes`,
                        `t22`.`deal_customer`,
                        `t22`.`of_kind`
                       FROM (
                        SELECT
                         `t20`.`activity_id`,
                         `t20`.`at`,
                         `t20`.`rep_id`,
                         `t20`.`customer_id`,
                         `t20`.`deal_id`,
                         `t20`.`purpose`,
                         `t20`.`minutes`,
                         `t7`.`deal_id` AS `deal_id_right`,
                         `t7`.`deal_customer`,
                         `t7`.`of_kind`
                        FROM (
                         SELECT
                          `t13`.`activity_id`,
                          `t13`.`at`,
                          `t13`.`rep_id`,
                          `t13`.`customer_id`,
                          `t13`.`deal_id`,
                          `t13`.`purpose`,
                          (
                           COALESCE(`t13`.`duration_s`, 0.0) / 60.0
                          ) + CASE WHEN `t13`.`is_meeting` THEN 30.0 WHEN `t13`.`is_contact` THEN 4.0 ELSE 0.0 END AS `minutes`
                         FROM (
                          SELECT
                           `t3`.`activity_id`,
                           `t3`.`kind`,
                           `t3`.`direction`,
                           `t3`.`rep_id`,
                           `t3`.`customer_id`,
                           `t3`.`deal_id`,
                           `t3`.`attribution`,
                           `t3`.`started_at`,
                           `t3`.`duration_s`,
                           `t3`.`is_completed`,
                           `t3`.`is_connected`,
                           `t3`.`result`,
                           `t3`.`phone`,
                           `t3`.`is_automatic`,
                           `t3`.`created_at`,
                           `t3`.`purpose`,
                           `t3`.`started_at` AS `at`,
                           (
                            `t3`.`kind` = 'call'
                           )
                           AND (
                            COALESCE(`t3`.`is_connected`, FALSE)
                            AND (
                             COALESCE(`t3`.`duration_s`, 20.0) >= 20.0
                            )
                           ) AS `is_call`,
                           `t3`.`kind` IN ('meeting', 'visit', 'demo')
                           AND COALESCE(`t3`.`is_completed`, TRUE) AS `is_meeting`,
                           (
                            (
                             `t3`.`kind` = 'call'
                            )
                            AND (
                             COALESCE(`t3`.`is_connected`, FALSE)
                             AND (
                              COALESCE(`t3`.`duration_s`, 20.0) >= 20.0
                             )
                            )
                           )
                           OR (
                            `t3`.`kind` IN ('meeting', 'visit', 'demo')
                            AND COALESCE(`t3`.`is_completed`, TRUE)
                           )
                           OR (
                            (
                             `t3`.`kind` = 'chat'
                            ) AND COALESCE(`t3`.`is_completed`, TRUE)
                           ) AS `is_contact`
                          FROM `activities` AS `t3`
                          WHERE
                           NOT (
                            COALESCE(`t3`.`is_automatic`, FALSE)
                           )
                           AND `t3`.`started_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
                         ) AS `t13`
                         WHERE
                          `t13`.`is_contact`
                        ) AS `t20`
                        LEFT OUTER JOIN (
                         SELECT
                          `t2`.`deal_id`,
                          `t2`.`customer_id` AS `deal_customer`,
                          `t2`.`deal_kind` AS `of_kind`
                         FROM `deals` AS `t2`
                        ) AS `t7`
                         ON `t20`.`deal_id` = `t7`.`deal_id`
                       ) AS `t22`
                      ) AS `t24`
                     ) AS `t26`
                    ) AS `t27`
                    WHERE
                     `t27`.`customer_id` IS NOT NULL
                   ) AS `t28`
                   GROUP BY
                    1
                  ) AS `t30`
                   ON `t25`.`customer_id` = `t30`.`customer_id`
                 ) AS `t31`
                ) AS `t33`
                LEFT OUTER JOIN (
                 SELECT
                  `t11`.`customer_id`,
                  SUM(CAST(NOT (
                   `t11`.`is_lost`
                  ) AS BIGINT)) AS `alive`,
                  MAX(IF(`t11`.`is_lost`, `t11`.`closed_at`, NULL)) AS `lost_at`,
                  MIN(IF(`t11`.`is_sold`, `t11`.`closed_at`, NULL)) AS `won_at`
                 FROM (
                  SELECT
                   `t2`.`deal_id`,
                   `t2`.`customer_id`,
                   `t2`.`owner_id` AS `rep_id`,
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
                   `t2`.`lost_reason`,
                   `t2`.`created_at` AS `at`,
                   `t2`.`status` IN ('won', 'lost')
                   AND NOT (
                    COALESCE(`t2`.`closed_at` > CAST('2026-07-01T00:00:00' AS TIMESTAMP), FALSE)
                   )
                   AND (
                    `t2`.`status` = 'lost'
                   ) AS `is_lost`,
                   `t2`.`status` IN ('won', 'lost')
                   AND NOT (
                    COALESCE(`t2`.`closed_at` > CAST('2026-07-01T00:00:00' AS TIMESTAMP), FALSE)
                   )
                   AND (
                    `t2`.`status` = 'won'
                   ) AS `is_sold`
                  FROM `deals` AS `t2`
                  WHERE
                   NOT (
                    COALESCE(`t2`.`is_test`, FALSE) OR COALESCE(`t2`.`is_duplicate`, FALSE)
                   )
                   AND (
                    (
                     `t2`.`created_at` IS NULL
                    )
                    OR (
                     `t2`.`created_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
                    )
                   )
                   AND (
                    `t2`.`pipeline_id` IN ('P1') OR (
                     `t2`.`pipeline_id` IS NULL
                    )
                   )
                   AND `t2`.`customer_id` IS NOT NULL
                 ) AS `t11`
                 GROUP BY
                  1
                ) AS `t16`
                 ON `t33`.`customer_id` = `t16`.`customer_id`
               ) AS `t34`
              ) AS `t36`
              LEFT OUTER JOIN (
               SELECT
                `t8`.`customer_id`,
                MIN(`t8`.`at`) AS `paid_at`
               FROM (
                SELECT
                 `t1`.`payment_id`,
                 `t1`.`invoice_id`,
                 `t1`.`customer_id`,
                 `t1`.`paid_on`,
                 `t1`.`amount_base`,
                 `t1`.`is_refund`,
                 `t1`.`paid_on` AS `at`
                FROM `payments` AS `t1`
                WHERE
                 NOT (
                  COALESCE(`t1`.`is_refund`, FALSE)
                 )
                 AND `t1`.`amount_base` > 0
                 AND `t1`.`customer_id` IS NOT NULL
                 AND `t1`.`paid_on` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
               ) AS `t8`
               GROUP BY
                1
              ) AS `t12`
               ON `t36`.`customer_id` = `t12`.`customer_id`
             ) AS `t37`
            ) AS `t38`
           ) AS `t39`
          ) AS `t41`
          LEFT OUTER JOIN (
           SELECT
            `t0`.`date` AS `calendar_day`,
            `t0`.`work_s`,
            `t0`.`start_s`,
            `t0`.`end_s`,
            `t0`.`before_s`
           FROM `calendar` AS `t0`
          ) AS `t6`
           ON `t41`.`calendar_day` = `t6`.`calendar_day`
         ) AS `t42`
        ) AS `t43`
       ) AS `t44`
      ) AS `t45`
     ) AS `t47`
     LEFT OUTER JOIN (
      SELECT
       `t0`.`date` AS `calendar_day`,
       `t0`.`work_s`,
       `t0`.`start_s`,
       `t0`.`end_s`,
       `t0`.`before_s`
      FROM `calendar` AS `t0`
     ) AS `t6`
      ON `t47`.`calendar_day` = `t6`.`calendar_day`
    ) AS `t48`
   ) AS `t49`
  ) AS `t50`
 ) AS `t51`
 WHERE
  `t51`.`at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
  AND (
   CASE
    WHEN `t51`.`clock_s` IS NOT NULL AND NOT ISNAN(`t51`.`clock_s`)
    THEN `t51`.`until_s` - `t51`.`begun_s`
    ELSE NULL
   END IS NOT NULL
   AND NOT ISNAN(
    CASE
     WHEN `t51`.`clock_s` IS NOT NULL AND NOT ISNAN(`t51`.`clock_s`)
     THEN `t51`.`until_s` - `t51`.`begun_s`
     ELSE NULL
    END
   )
  )
  AND CASE
   WHEN `t51`.`clock_s` IS NOT NULL AND NOT ISNAN(`t51`.`clock_s`)
   THEN `t51`.`until_s` - `t51`.`begun_s`
   ELSE NULL
  END >= 0
) AS `t52`
GROUP BY
 1,
 2
