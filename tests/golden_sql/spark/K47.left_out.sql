WITH `t15` AS (
 SELECT
  `t14`.`deal_id`,
  `t14`.`entered_at`,
  CASE
   WHEN `t14`.`semantic` = 'open'
   THEN `t14`.`stage_order`
   WHEN `t14`.`semantic` = 'won'
   THEN 1000000
   ELSE NULL
  END AS `rank`
 FROM (
  SELECT
   `t13`.`deal_id`,
   `t13`.`stage_id`,
   `t13`.`entered_at`,
   `t13`.`pipeline`,
   `t13`.`seq`,
   `t13`.`stage_order`,
   `t13`.`semantic`
  FROM (
   SELECT
    `t10`.`deal_id`,
    `t10`.`stage_id`,
    `t10`.`entered_at`,
    `t10`.`pipeline`,
    `t10`.`seq`,
    `t8`.`stage_id` AS `stage_id_right`,
    `t8`.`stage_order`,
    `t8`.`semantic`,
    `t8`.`pipeline` AS `pipeline_right`
   FROM (
    SELECT
     `t2`.`deal_id`,
     `t2`.`stage_id`,
     `t2`.`entered_at`,
     COALESCE(`t2`.`pipeline_id`, '') AS `pipeline`,
     COALESCE(`t2`.`seq`, 0) AS `seq`
    FROM `stage_events` AS `t2`
    WHERE
     `t2`.`entered_at` IS NOT NULL
     AND `t2`.`entered_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
     AND `t2`.`deal_id` IS NOT NULL
     AND (
      `t2`.`pipeline_id` IN ('P1') OR (
       `t2`.`pipeline_id` IS NULL
      )
     )
   ) AS `t10`
   LEFT OUTER JOIN (
    SELECT
     `t3`.`stage_id`,
     `t3`.`stage_order`,
     `t3`.`semantic`,
     COALESCE(`t3`.`pipeline_id`, '') AS `pipeline`
    FROM `stages` AS `t3`
   ) AS `t8`
    ON `t10`.`pipeline` = `t8`.`pipeline` AND `t10`.`stage_id` = `t8`.`stage_id`
  ) AS `t13`
 ) AS `t14`
)
SELECT
 DATE_TRUNC('month', `t45`.`at`) AS `by_period`,
 SUM(CAST(`t45`.`worked_s` IS NULL OR ISNAN(`t45`.`worked_s`) AS BIGINT)) AS `n_0`
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
  `t44`.`begun_s`,
  `t44`.`until_s`,
  CASE
   WHEN `t44`.`clock_s` IS NOT NULL AND NOT ISNAN(`t44`.`clock_s`)
   THEN `t44`.`until_s` - `t44`.`begun_s`
   ELSE NULL
  END AS `worked_s`
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
   `t43`.`begun_s`,
   `t43`.`until_s`
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
    `t42`.`calendar_day`,
    `t42`.`work_s`,
    `t42`.`start_s`,
    `t42`.`end_s`,
    `t42`.`before_s`,
    `t42`.`before_s` + (
     GREATEST(
      LEAST(
       CAST(UNIX_TIMESTAMP(CAST(`t42`.`until_at` AS TIMESTAMP)) - UNIX_TIMESTAMP(CAST(`t42`.`calendar_day` AS TIMESTAMP)) AS DOUBLE),
       `t42`.`end_s`
      ) - `t42`.`start_s`,
      0.0
     ) * COALESCE(`t42`.`work_s` / NULLIF(`t42`.`end_s` - `t42`.`start_s`, 0.0), 0.0)
    ) AS `until_s`
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
     `t41`.`calendar_day`,
     `t41`.`work_s`,
     `t41`.`start_s`,
     `t41`.`end_s`,
     `t41`.`before_s`
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
      `t5`.`calendar_day` AS `calendar_day_right`,
      `t5`.`work_s`,
      `t5`.`start_s`,
      `t5`.`end_s`,
      `t5`.`before_s`
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
       DATE_TRUNC('day', `t38`.`until_at`) AS `calendar_day`
      FROM (
       SELECT
        `t37`.`at`,
        `t37`.`begun_at`,
        `t37`.`is_over`,
        `t37`.`rep_id`,
        `t37`.`customer_id`,
        `t37`.`segment`,
        `t37`.`source`,
        `t37`.`status`,
        `t37`.`deal_kind`,
        `t37`.`until_at`,
        `t37`.`clock_s`,
        `t37`.`begun_s`
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
         `t36`.`calendar_day`,
         `t36`.`work_s`,
         `t36`.`start_s`,
         `t36`.`end_s`,
         `t36`.`before_s`,
         `t36`.`before_s` + (
          GREATEST(
           LEAST(
            CAST(UNIX_TIMESTAMP(CAST(`t36`.`begun_at` AS TIMESTAMP)) - UNIX_TIMESTAMP(CAST(`t36`.`calendar_day` AS TIMESTAMP)) AS DOUBLE),
            `t36`.`end_s`
           ) - `t36`.`start_s`,
           0.0
          ) * COALESCE(`t36`.`work_s` / NULLIF(`t36`.`end_s` - `t36`.`start_s`, 0.0), 0.0)
         ) AS `begun_s`
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
          `t35`.`calendar_day`,
          `t35`.`work_s`,
          `t35`.`start_s`,
          `t35`.`end_s`,
          `t35`.`before_s`
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
           `t5`.`calendar_day` AS `calendar_day_right`,
           `t5`.`work_s`,
           `t5`.`start_s`,
           `t5`.`end_s`,
           `t5`.`before_s`
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
            CASE
             WHEN CAST(UNIX_TIMESTAMP(CAST(`t32`.`until_at` AS TIMESTAMP)) - UNIX_TIMESTAMP(CAST(`t32`.`begun_at` AS TIMESTAMP)) AS DOUBLE) >= 0
             THEN CAST(UNIX_TIMESTAMP(CAST(`t32`.`until_at` AS TIMESTAMP)) - UNIX_TIMESTAMP(CAST(`t32`.`begun_at` AS TIMESTAMP)) AS DOUBLE)
             ELSE NULL
            END AS `clock_s`,
            DATE_TRUNC('day', `t32`.`begun_at`) AS `calendar_day`
           FROM (
            SELECT
             `t31`.`at`,
             `t31`.`begun_at`,
             `t31`.`signed_at` IS NOT NULL AS `is_over`,
             `t31`.`rep_id`,
             `t31`.`customer_id`,
             `t31`.`segment`,
             `t31`.`source`,
             `t31`.`status`,
             `t31`.`deal_kind`,
             CASE
              WHEN DATE_TRUNC('day', `t31`.`begun_at`) = DATE_TRUNC(
               'day',
               COALESCE(
                `t31`.`signed_at`,
                CASE
                 WHEN `t31`.`is_gone`
                 THEN `t31`.`closed_at`
                 ELSE CAST('2026-07-01T00:00:00' AS TIMESTAMP)
                END
               )
              )
              THEN GREATEST(
               `t31`.`begun_at`,
               COALESCE(
                `t31`.`signed_at`,
                CASE
                 WHEN `t31`.`is_gone`
                 THEN `t31`.`closed_at`
                 ELSE CAST('2026-07-01T00:00:00' AS TIMESTAMP)
                END
               )
              )
              ELSE COALESCE(
               `t31`.`signed_at`,
               CASE
                WHEN `t31`.`is_gone`
                THEN `t31`.`closed_at`
                ELSE CAST('2026-07-01T00:00:00' AS TIMESTAMP)
               END
              )
             END AS `until_at`
            FROM (
             SELECT
              `t30`.`deal_id`,
              `t30`.`customer_id`,
              `t30`.`rep_id`,
              `t30`.`pipeline_id`,
              `t30`.`stage_id`,
              `t30`.`status`,
              `t30`.`created_at`,
              `t30`.`closed_at`,
              `t30`.`amount_base`,
              `t30`.`cost_base`,
              `t30`.`source`,
              `t30`.`segment`,
              `t30`.`deal_kind`,
              `t30`.`lost_reason`,
              `t30`.`begun_at`,
              COALESCE(
               `t30`.`signed_at`,
               CASE
                WHEN `t30`.`status` IN ('won', 'lost')
                AND NOT (
                 COALESCE(`t30`.`closed_at` > CAST('2026-07-01T00:00:00' AS TIMESTAMP), FALSE)
                )
                AND (
                 `t30`.`status` = 'won'
                )
                THEN `t30`.`closed_at`
                ELSE NULL
               END
              ) AS `signed_at`,
              `t30`.`begun_at` AS `at`,
              `t30`.`status` IN ('won', 'lost')
              AND NOT (
               COALESCE(`t30`.`closed_at` > CAST('2026-07-01T00:00:00' AS TIMESTAMP), FALSE)
              ) AS `is_gone`,
              `t30`.`status` IN ('won', 'lost')
              AND NOT (
               COALESCE(`t30`.`closed_at` > CAST('2026-07-01T00:00:00' AS TIMESTAMP), FALSE)
              )
              AND (
               `t30`.`status` = 'won'
              ) AS `is_sold`
             FROM (
              SELECT
               `t29`.`deal_id`,
               `t29`.`customer_id`,
               `t29`.`rep_id`,
               `t29`.`pipeline_id`,
               `t29`.`stage_id`,
               `t29`.`status`,
               `t29`.`created_at`,
               `t29`.`closed_at`,
               `t29`.`amount_base`,
               `t29`.`cost_base`,
               `t29`.`source`,
               `t29`.`segment`,
               `t29`.`deal_kind`,
               `t29`.`lost_reason`,
               `t29`.`begun_at`,
               `t29`.`signed_at`
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
                `t22`.`begun_at`,
                `t28`.`deal_id` AS `deal_id_right`,
                `t28`.`signed_at`
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
                 `t9`.`lost_reason`
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
                ) AS `t9`
               ) AS `t12`
               INNER JOIN (
                SELECT
                 `t20`.`deal_id`,
                 `t20`.`first_at` AS `begun_at`
                FROM (
                 SELECT
                  `t17`.`deal_id`,
                  MIN(`t17`.`entered_at`) AS `first_at`
                 FROM (
                  SELECT
                   *
                  FROM `t15` AS `t16`
                  WHERE
                   `t16`.`rank` = 2
                 ) AS `t17`
                 GROUP BY
                  1
                ) AS `t20`
               ) AS `t22`
                ON `t12`.`deal_id` = `t22`.`deal_id`
               LEFT OUTER JOIN (
                SELECT
                 `t26`.`deal_id`,
                 `t26`.`first_at` AS `signed_at`
                FROM (
                 SELECT
                  `t25`.`deal_id`,
                  MIN(`t25`.`entered_at`) AS `first_at`
                 FROM (
                  SELECT
                   *
                  FROM (
                   SELECT
                    `t23`.`deal_id`,
                    `t23`.`entered_at`,
                    `t23`.`rank`,
                    `t23`.`begun_at`
                   FROM (
                    SELECT
                     `t19`.`deal_id`,
                     `t19`.`entered_at`,
                     `t19`.`rank`,
                     `t22`.`deal_id` AS `deal_id_right`,
                     `t22`.`begun_at`
                    FROM (
                     SELECT
                      *
                     FROM `t15` AS `t16`
                     WHERE
                      `t16`.`rank` >= 3
                    ) AS `t19`
                    LEFT OUTER JOIN (
                     SELECT
                      `t20`.`deal_id`,
                      `t20`.`first_at` AS `begun_at`
                     FROM (
                      SELECT
                       `t17`.`deal_id`,
                       MIN(`t17`.`entered_at`) AS `first_at`
                      FROM (
                       SELECT
                        *
                       FROM `t15` AS `t16`
                       WHERE
                        `t16`.`rank` = 2
                      ) AS `t17`
                      GROUP BY
                       1
                     ) AS `t20`
                    ) AS `t22`
                     ON `t19`.`deal_id` = `t22`.`deal_id`
                   ) AS `t23`
                  ) AS `t24`
                  WHERE
                   `t24`.`entered_at` >= `t24`.`begun_at` AND `t24`.`entered_at` IS NOT NULL
                 ) AS `t25`
                 GROUP BY
                  1
                ) AS `t26`
               ) AS `t28`
                ON `t12`.`deal_id` = `t28`.`deal_id`
              ) AS `t29`
             ) AS `t30`
            ) AS `t31`
           ) AS `t32`
          ) AS `t34`
          LEFT OUTER JOIN (
           SELECT
            `t0`.`date` AS `calendar_day`,
            `t0`.`work_s`,
            `t0`.`start_s`,
            `t0`.`end_s`,
            `t0`.`before_s`
           FROM `calendar` AS `t0`
          ) AS `t5`
           ON `t34`.`calendar_day` = `t5`.`calendar_day`
         ) AS `t35`
        ) AS `t36`
       ) AS `t37`
      ) AS `t38`
     ) AS `t40`
     LEFT OUTER JOIN (
      SELECT
       `t0`.`date` AS `calendar_day`,
       `t0`.`work_s`,
       `t0`.`start_s`,
       `t0`.`end_s`,
       `t0`.`before_s`
      FROM `calendar` AS `t0`
     ) AS `t5`
      ON `t40`.`calendar_day` = `t5`.`calendar_day`
    ) AS `t41`
   ) AS `t42`
  ) AS `t43`
 ) AS `t44`
 WHERE
  `t44`.`at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS `t45`
GROUP BY
 1
