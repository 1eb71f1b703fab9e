WITH `t13` AS (
 SELECT
  `t12`.`deal_id`,
  `t12`.`customer_id`,
  `t12`.`at`
 FROM (
  SELECT
   `t11`.`activity_id`,
   `t11`.`kind`,
   `t11`.`direction`,
   `t11`.`rep_id`,
   `t11`.`customer_id`,
   `t11`.`deal_id`,
   `t11`.`started_at`,
   `t11`.`created_at`,
   `t11`.`duration_s`,
   `t11`.`is_connected`,
   `t11`.`is_completed`,
   `t11`.`result`,
   `t11`.`purpose`,
   `t11`.`at`,
   `t11`.`is_call`,
   `t11`.`is_meeting`,
   `t11`.`is_contact`,
   (
    COALESCE(`t11`.`duration_s`, 0.0) / 60.0
   ) + CASE WHEN `t11`.`is_meeting` THEN 30.0 WHEN `t11`.`is_contact` THEN 4.0 ELSE 0.0 END AS `minutes`,
   COALESCE(
    (
     (
      (
       `t11`.`kind` = 'call'
      ) AND COALESCE(`t11`.`is_connected`, FALSE)
     )
     OR (
      `t11`.`kind` IN ('chat', 'email') AND COALESCE(`t11`.`is_completed`, TRUE)
     )
    )
    AND (
     `t11`.`direction` = 'out'
    ),
    FALSE
   )
   OR `t11`.`is_meeting` AS `is_ours`,
   (
    (
     `t11`.`kind` = 'call'
    ) AND COALESCE(`t11`.`is_connected`, FALSE)
   )
   OR `t11`.`is_meeting` AS `is_talk`
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
  ) AS `t11`
 ) AS `t12`
 WHERE
  `t12`.`is_ours`
)
SELECT
 DATE_TRUNC('month', `t43`.`at`) AS `by_period`,
 CAST(FLOOR(`t43`.`length` / 60.0) AS BIGINT) AS `bin`,
 SUM(CAST(`t43`.`ended` AS BIGINT)) AS `over`,
 SUM(CAST(NOT (
  `t43`.`ended`
 ) AS BIGINT)) AS `unfinished`,
 SUM(`t43`.`length`) AS `total`,
 SUM(IF(`t43`.`ended`, `t43`.`length`, NULL)) AS `total_over`
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
  `t42`.`begun_s`,
  `t42`.`until_s`,
  CASE
   WHEN `t42`.`clock_s` IS NOT NULL AND NOT ISNAN(`t42`.`clock_s`)
   THEN `t42`.`until_s` - `t42`.`begun_s`
   ELSE NULL
  END AS `worked_s`,
  `t42`.`clock_s` AS `length`,
  COALESCE(`t42`.`is_over`, FALSE) AS `ended`
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
   `t41`.`begun_s`,
   `t41`.`until_s`
  FROM (
   SELECT
    `t40`.`at`,
    `t40`.`begun_at`,
    `t40`.`is_over`,
    `t40`.`rep_id`,
    `t40`.`customer_id`,
    `t40`.`segment`,
    `t40`.`source`,
    `t40`.`status`,
    `t40`.`deal_kind`,
    `t40`.`until_at`,
    `t40`.`clock_s`,
    `t40`.`begun_s`,
    `t40`.`calendar_day`,
    `t40`.`work_s`,
    `t40`.`start_s`,
    `t40`.`end_s`,
    `t40`.`before_s`,
    `t40`.`before_s` + (
     GREATEST(
      LEAST(
       CAST(UNIX_TIMESTAMP(CAST(`t40`.`until_at` AS TIMESTAMP)) - UNIX_TIMESTAMP(CAST(`t40`.`calendar_day` AS TIMESTAMP)) AS DOUBLE),
       `t40`.`end_s`
      ) - `t40`.`start_s`,
      0.0
     ) * COALESCE(`t40`.`work_s` / NULLIF(`t40`.`end_s` - `t40`.`start_s`, 0.0), 0.0)
    ) AS `until_s`
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
     `t39`.`clock_s`,
     `t39`.`begun_s`,
     `t39`.`calendar_day`,
     `t39`.`work_s`,
     `t39`.`start_s`,
     `t39`.`end_s`,
     `t39`.`before_s`
    FROM (
     SELECT
      `t38`.`at`,
      `t38`.`begun_at`,
      `t38`.`is_over`,
      `t38`.`rep_id`,
      `t38`.`customer_id`,
      `t38`.`segment`,
      `t38`.`source`,
      `t38`.`status`,
      `t38`.`deal_kind`,
      `t38`.`until_at`,
      `t38`.`clock_s`,
      `t38`.`begun_s`,
      `t38`.`calendar_day`,
      `t4`.`calendar_day` AS `calendar_day_right`,
      `t4`.`work_s`,
      `t4`.`start_s`,
      `t4`.`end_s`,
      `t4`.`before_s`
     FROM (
      SELECT
       `t36`.`at`,
       `t36`.`begun_at`,
       `t36`.`is_over`,
       `t36`.`rep_id`,
       `t36`.`customer_id`,
       `t36`.`segment`,
       `t36`.`source`,
       `t36`.`status`,
       `t36`.`deal_kind`,
       `t36`.`until_at`,
       `t36`.`clock_s`,
       `t36`.`begun_s`,
       DATE_TRUNC('day', `t36`.`until_at`) AS `calendar_day`
      FROM (
       SELECT
        `t35`.`at`,
        `t35`.`begun_at`,
        `t35`.`is_over`,
        `t35`.`rep_id`,
        `t35`.`customer_id`,
        `t35`.`segment`,
        `t35`.`source`,
        `t35`.`status`,
        `t35`.`deal_kind`,
        `t35`.`until_at`,
        `t35`.`clock_s`,
        `t35`.`begun_s`
       FROM (
        SELECT
         `t34`.`at`,
         `t34`.`begun_at`,
         `t34`.`is_over`,
         `t34`.`rep_id`,
         `t34`.`customer_id`,
         `t34`.`segment`,
         `t34`.`source`,
         `t34`.`status`,
         `t34`.`deal_kind`,
         `t34`.`until_at`,
         `t34`.`clock_s`,
         `t34`.`calendar_day`,
         `t34`.`work_s`,
         `t34`.`start_s`,
         `t34`.`end_s`,
         `t34`.`before_s`,
         `t34`.`before_s` + (
          GREATEST(
           LEAST(
            CAST(UNIX_TIMESTAMP(CAST(`t34`.`begun_at` AS TIMESTAMP)) - UNIX_TIMESTAMP(CAST(`t34`.`calendar_day` AS TIMESTAMP)) AS DOUBLE),
            `t34`.`end_s`
           ) - `t34`.`start_s`,
           0.0
          ) * COALESCE(`t34`.`work_s` / NULLIF(`t34`.`end_s` - `t34`.`start_s`, 0.0), 0.0)
         ) AS `begun_s`
        FROM (
         SELECT
          `t33`.`at`,
          `t33`.`begun_at`,
          `t33`.`is_over`,
          `t33`.`rep_id`,
          `t33`.`customer_id`,
          `t33`.`segment`,
          `t33`.`source`,
          `t33`.`status`,
          `t33`.`deal_kind`,
          `t33`.`until_at`,
          `t33`.`clock_s`,
          `t33`.`calendar_day`,
          `t33`.`work_s`,
          `t33`.`start_s`,
          `t33`.`end_s`,
          `t33`.`before_s`
         FROM (
          SELECT
           `t32`.`at`,
           `t32`.`begun_at`,
           `t32`.`is_over`,
           `t32`.`rep_id`,
           `t32`.`customer_id`,
           `t32`.`segment`,
           `t32`.`source`,
           `t32`.`status`,
           `t32`.`deal_kind`,
           `t32`.`until_at`,
           `t32`.`clock_s`,
           `t32`.`calendar_day`,
           `t4`.`calendar_day` AS `calendar_day_right`,
           `t4`.`work_s`,
           `t4`.`start_s`,
           `t4`.`end_s`,
           `t4`.`before_s`
          FROM (
           SELECT
            `t30`.`at`,
            `t30`.`begun_at`,
            `t30`.`is_over`,
            `t30`.`rep_id`,
            `t30`.`customer_id`,
            `t30`.`segment`,
            `t30`.`source`,
            `t30`.`status`,
            `t30`.`deal_kind`,
            `t30`.`until_at`,
            CASE
             WHEN CAST(UNIX_TIMESTAMP(CAST(`t30`.`until_at` AS TIMESTAMP)) - UNIX_TIMESTAMP(CAST(`t30`.`begun_at` AS TIMESTAMP)) AS DOUBLE) >= 0
             THEN CAST(UNIX_TIMESTAMP(CAST(`t30`.`until_at` AS TIMESTAMP)) - UNIX_TIMESTAMP(CAST(`t30`.`begun_at` AS TIMESTAMP)) AS DOUBLE)
             ELSE NULL
            END AS `clock_s`,
            DATE_TRUNC('day', `t30`.`begun_at`) AS `calendar_day`
           FROM (
            SELECT
             `t29`.`at`,
             `t29`.`at` AS `begun_at`,
             `t29`.`answered_at` IS NOT NULL AS `is_over`,
             `t29`.`rep_id`,
             `t29`.`customer_id`,
             `t29`.`segment`,
             `t29`.`source`,
             `t29`.`status`,
             `t29`.`deal_kind`,
             CASE
              WHEN DATE_TRUNC('day', `t29`.`at`) = DATE_TRUNC('day', COALESCE(`t29`.`answered_at`, CAST('2026-07-01T00:00:00' AS TIMESTAMP)))
              THEN GREATEST(
               `t29`.`at`,
               COALESCE(`t29`.`answered_at`, CAST('2026-07-01T00:00:00' AS TIMESTAMP))
              )
              ELSE COALESCE(`t29`.`answered_at`, CAST('2026-07-01T00:00:00' AS TIMESTAMP))
             END AS `until_at`
            FROM (
             SELECT
              `t28`.`deal_id`,
              `t28`.`customer_id`,
              `t28`.`rep_id`,
              `t28`.`pipeline_id`,
              `t28`.`stage_id`,
              `t28`.`status`,
              `t28`.`created_at`,
              `t28`.`closed_at`,
              `t28`.`amount_base`,
              `t28`.`cost_base`,
              `t28`.`source`,
              `t28`.`segment`,
              `t28`.`deal_kind`,
              `t28`.`lost_reason`,
              `t28`.`at`,
              `t28`.`answered_at`
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
               `t27`.`deal_id` AS `deal_id_right`,
               `t27`.`answered_at`
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
                `t1`.`created_at` AS `at`
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
              ) AS `t8`
              LEFT OUTER JOIN (
               SELECT
                `t25`.`lead` AS `deal_id`,
                MIN(`t25`.`moved_at`) AS `answered_at`
               FROM (
                SELECT
                 *
                FROM (
                 SELECT
                  `t21`.`lead`,
                  MIN(`t21`.`moved_at`) AS `moved_at`
                 FROM (
                  SELECT
                   `t9`.`at`,
                   `t9`.`lead`,
                   `t9`.`key`,
                   `t19`.`moved_at`,
                   `t19`.`key_too`
                  FROM (
                   SELECT
                    `t1`.`created_at` AS `at`,
                    `t1`.`deal_id` AS `lead`,
                    `t1`.`deal_id` AS `key`
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
                    AND `t1`.`deal_id` IS NOT NULL
                  ) AS `t9`
                  INNER JOIN (
                   SELECT
                    `t15`.`at` AS `moved_at`,
                    `t15`.`deal_id` AS `key_too`
                   FROM `t13` AS `t15`
                   WHERE
                    `t15`.`deal_id` IS NOT NULL
                  ) AS `t19`
                   ON `t9`.`key` = `t19`.`key_too` AND `t19`.`moved_at` >= `t9`.`at`
                 ) AS `t21`
                 GROUP BY
                  1
                ) AS `t23`
                UNION ALL
                SELECT
                 *
                FROM (
                 SELECT
                  `t22`.`lead`,
                  MIN(`t22`.`moved_at`) AS `moved_at`
                 FROM (
                  SELECT
                   `t10`.`at`,
                   `t10`.`lead`,
                   `t10`.`key`,
                   `t20`.`moved_at`,
                   `t20`.`key_too`
                  FROM (
                   SELECT
                    `t1`.`created_at` AS `at`,
                    `t1`.`deal_id` AS `lead`,
                    `t1`.`customer_id` AS `key`
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
                    AND `t1`.`customer_id` IS NOT NULL
                  ) AS `t10`
                  INNER JOIN (
                   SELECT
                    `t16`.`at` AS `moved_at`,
                    `t16`.`customer_id` AS `key_too`
                   FROM `t13` AS `t16`
                   WHERE
                    `t16`.`customer_id` IS NOT NULL
                  ) AS `t20`
                   ON `t10`.`key` = `t20`.`key_too` AND `t20`.`moved_at` >= `t10`.`at`
                 ) AS `t22`
                 GROUP BY
                  1
                ) AS `t24`
               ) AS `t25`
               GROUP BY
                1
              ) AS `t27`
               ON `t8`.`deal_id` = `t27`.`deal_id`
             ) AS `t28`
            ) AS `t29`
           ) AS `t30`
          ) AS `t32`
          LEFT OUTER JOIN (
           SELECT
            `t0`.`date` AS `calendar_day`,
            `t0`.`work_s`,
            `t0`.`start_s`,
            `t0`.`end_s`,
            `t0`.`before_s`
           FROM `calendar` AS `t0`
          ) AS `t4`
           ON `t32`.`calendar_day` = `t4`.`calendar_day`
         ) AS `t33`
        ) AS `t34`
       ) AS `t35`
      ) AS `t36`
     ) AS `t38`
     LEFT OUTER JOIN (
      SELECT
       `t0`.`date` AS `calendar_day`,
       `t0`.`work_s`,
       `t0`.`start_s`,
       `t0`.`end_s`,
       `t0`.`before_s`
      FROM `calendar` AS `t0`
     ) AS `t4`
      ON `t38`.`calendar_day` = `t4`.`calendar_day`
    ) AS `t39`
   ) AS `t40`
  ) AS `t41`
 ) AS `t42`
 WHERE
  `t42`.`at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
  AND (
   `t42`.`clock_s` IS NOT NULL AND NOT ISNAN(`t42`.`clock_s`)
  )
  AND `t42`.`clock_s` >= 0
) AS `t43`
GROUP BY
 1,
 2
