WITH `t28` AS (
 SELECT
  `t25`.`role_key`,
  `t25`.`contacts` / NULLIF(`t25`.`days`, 0.0) AS `norm`
 FROM (
  SELECT
   `t22`.`role_key`,
   SUM(`t22`.`contacts`) AS `contacts`,
   SUM(`t22`.`needed_days`) AS `days`
  FROM (
   SELECT
    `t19`.`role`,
    `t19`.`at`,
    `t19`.`contacts`,
    `t19`.`required_h`,
    `t19`.`available_h`,
    `t19`.`hours_per_fte`,
    `t19`.`fte`,
    `t19`.`required_fte`,
    `t19`.`work_days`,
    COALESCE(`t19`.`role`, '') AS `role_key`,
    `t19`.`required_fte` * `t19`.`work_days` AS `needed_days`
   FROM (
    SELECT
     `t11`.`role`,
     `t11`.`at`,
     SUM(`t11`.`contacts`) AS `contacts`,
     SUM(`t11`.`required_h`) AS `required_h`,
     SUM(`t11`.`available_h`) AS `available_h`,
     SUM(`t11`.`hours_per_fte`) AS `hours_per_fte`,
     SUM(`t11`.`fte`) AS `fte`,
     SUM(`t11`.`required_fte`) AS `required_fte`,
     SUM(`t11`.`work_days`) AS `work_days`
    FROM (
     SELECT
      *
     FROM (
      SELECT
       `t3`.`role`,
       `t3`.`month_start_on` AS `at`,
       `t3`.`required_contacts` AS `contacts`,
       `t3`.`required_h`,
       CAST(NULL AS DOUBLE) AS `available_h`,
       CAST(NULL AS DOUBLE) AS `hours_per_fte`,
       CAST(NULL AS DOUBLE) AS `fte`,
       CAST(NULL AS DOUBLE) AS `required_fte`,
       CAST(NULL AS DOUBLE) AS `work_days`
      FROM `workload` AS `t3`
     ) AS `t6`
     UNION ALL
     SELECT
      *
     FROM (
      SELECT
       `t4`.`role`,
       `t4`.`month_start_on` AS `at`,
       CAST(NULL AS DOUBLE) AS `contacts`,
       CAST(NULL AS DOUBLE) AS `required_h`,
       `t4`.`available_h`,
       `t4`.`hours_per_fte`,
       `t4`.`fte`,
       `t4`.`required_fte`,
       `t4`.`work_days`
      FROM `capacity` AS `t4`
     ) AS `t7`
    ) AS `t11`
    GROUP BY
     1,
     2
   ) AS `t19`
  ) AS `t22`
  GROUP BY
   1
 ) AS `t25`
)
SELECT
 DATE_TRUNC('month', `t46`.`at`) AS `by_period`,
 COUNT(*) AS `n_0`,
 SUM(`t46`.`x`) AS `x_0`,
 SUM(`t46`.`x` * `t46`.`x`) AS `xx_0`,
 SUM(`t46`.`y`) AS `y_0`
FROM (
 SELECT
  *
 FROM (
  SELECT
   *
  FROM (
   SELECT
    `t41`.`at`,
    `t41`.`rep_id`,
    1.0 AS `x`,
    0.0 AS `y`
   FROM (
    SELECT
     `t38`.`at`,
     `t38`.`rep_id`,
     `t38`.`role`,
     `t38`.`minutes`,
     `t38`.`role_key`
    FROM (
     SELECT
      `t32`.`at`,
      `t32`.`rep_id`,
      `t32`.`role`,
      `t32`.`minutes`,
      COALESCE(`t32`.`role`, '') AS `role_key`
     FROM (
      SELECT
       `t27`.`at`,
       `t27`.`rep_id`,
       `t14`.`role`,
       `t27`.`minutes`
      FROM (
       SELECT
        `t21`.`activity_id`,
        `t21`.`kind`,
        `t21`.`direction`,
        `t21`.`rep_id`,
        `t21`.`customer_id`,
        `t21`.`deal_id`,
        `t21`.`started_at`,
        `t21`.`created_at`,
        `t21`.`duration_s`,
        `t21`.`is_connected`,
        `t21`.`is_completed`,
        `t21`.`result`,
        `t21`.`purpose`,
        `t21`.`at`,
        `t21`.`is_call`,
        `t21`.`is_meeting`,
        `t21`.`is_contact`,
        (
         COALESCE(`t21`.`duration_s`, 0.0) / 60.0
        ) + CASE WHEN `t21`.`is_meeting` THEN 30.0 WHEN `t21`.`is_contact` THEN 4.0 ELSE 0.0 END AS `minutes`,
        DATE_TRUNC('day', `t21`.`at`) AS `day`
       FROM (
        SELECT
         `t0`.`activity_id`,
         `t0`.`kind`,
         `t0`.`direction`,
         `t0`.`rep_id`,
         `t0`.`customer_id`,
         `t0`.`deal_id`,
         `t0`.`attribution`,
         `t0`.`started_at`,
         `t0`.`duration_s`,
         `t0`.`is_completed`,
         `t0`.`is_connected`,
         `t0`.`result`,
         `t0`.`phone`,
         `t0`.`is_automatic`,
         `t0`.`created_at`,
         `t0`.`purpose`,
         `t0`.`started_at` AS `at`,
         (
          `t0`.`kind` = 'call'
         )
         AND (
          COALESCE(`t0`.`is_connected`, FALSE)
          AND (
           COALESCE(`t0`.`duration_s`, 20.0) >= 20.0
          )
         ) AS `is_call`,
         `t0`.`kind` IN ('meeting', 'visit', 'demo')
         AND COALESCE(`t0`.`is_completed`, TRUE) AS `is_meeting`,
         (
          (
           `t0`.`kind` = 'call'
          )
          AND (
           COALESCE(`t0`.`is_connected`, FALSE)
           AND (
            COALESCE(`t0`.`duration_s`, 20.0) >= 20.0
           )
          )
         )
         OR (
          `t0`.`kind` IN ('meeting', 'visit', 'demo')
          AND COALESCE(`t0`.`is_completed`, TRUE)
         )
         OR (
          (
           `t0`.`kind` = 'chat'
          ) AND COALESCE(`t0`.`is_completed`, TRUE)
         ) AS `is_contact`
        FROM `activities` AS `t0`
        WHERE
         NOT (
          COALESCE(`t0`.`is_automatic`, FALSE)
         )
         AND `t0`.`started_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
       ) AS `t21`
       WHERE
        `t21`.`is_contact`
      ) AS `t27`
      INNER JOIN (
       SELECT
        `t1`.`rep_id` AS `person`,
        `t1`.`role`,
        `t1`.`hired_on`,
        `t1`.`left_on`,
        COALESCE(`t1`.`fte`, 1.0) AS `fte`
       FROM `reps` AS `t1`
       WHERE
        COALESCE(`t1`.`is_human`, TRUE) AND `t1`.`rep_id` IS NOT NULL
      ) AS `t14`
       ON `t27`.`rep_id` = `t14`.`person`
       AND (
        (
         `t14`.`hired_on` IS NULL
        ) OR (
         `t14`.`hired_on` <= `t27`.`day`
        )
       )
       AND (
        (
         `t14`.`left_on` IS NULL
        ) OR (
         `t14`.`left_on` >= `t27`.`day`
        )
       )
     ) AS `t32`
    ) AS `t38`
    INNER JOIN (
     SELECT
      `t30`.`role_key`
     FROM `t28` AS `t30`
     WHERE
      `t30`.`norm` IS NOT NULL AND NOT ISNAN(`t30`.`norm`)
    ) AS `t35`
     ON `t38`.`role_key` = `t35`.`role_key`
   ) AS `t41`
  ) AS `t43`
  UNION ALL
  SELECT
   *
  FROM (
   SELECT
    `t42`.`at`,
    `t42`.`rep_id`,
    0.0 AS `x`,
    `t42`.`norm` * `t42`.`present` AS `y`
   FROM (
    SELECT
     `t40`.`rep_id`,
     `t40`.`role`,
     `t40`.`hired_on`,
     `t40`.`left_on`,
     `t40`.`fte`,
     `t40`.`day`,
     `t40`.`work_s`,
     `t40`.`away`,
     `t40`.`at`,
     `t40`.`present`,
     `t40`.`role_key`,
     `t36`.`norm`
    FROM (
     SELECT
      `t31`.`rep_id`,
      `t31`.`role`,
      `t31`.`hired_on`,
      `t31`.`left_on`,
      `t31`.`fte`,
      `t31`.`day`,
      `t31`.`work_s`,
      `t31`.`away`,
      `t31`.`day` AS `at`,
      `t31`.`fte` * (
       1.0 - LEAST(COALESCE(`t31`.`away`, 0.0), 1.0)
      ) AS `present`,
      COALESCE(`t31`.`role`, '') AS `role_key`
     FROM (
      SELECT
       `t29`.`rep_id`,
       `t29`.`role`,
       `t29`.`hired_on`,
       `t29`.`left_on`,
       `t29`.`fte`,
       `t29`.`day`,
       `t29`.`work_s`,
       `t29`.`away`
      FROM (
       SELECT
        `t15`.`rep_id`,
        `t15`.`role`,
        `t15`.`hired_on`,
        `t15`.`left_on`,
        `t15`.`fte`,
        `t24`.`day`,
        `t24`.`work_s`,
        `t18`.`rep_id` AS `rep_id_right`,
        `t18`.`day` AS `day_right`,
        `t18`.`away`
       FROM (
        SELECT
         `t1`.`rep_id`,
         `t1`.`role`,
         `t1`.`hired_on`,
         `t1`.`left_on`,
         COALESCE(`t1`.`fte`, 1.0) AS `fte`
        FROM `reps` AS `t1`
        WHERE
         COALESCE(`t1`.`is_human`, TRUE) AND `t1`.`rep_id` IS NOT NULL
       ) AS `t15`
       INNER JOIN (
        SELECT
         `t20`.`date` AS `day`,
         `t20`.`work_s`
        FROM (
         SELECT
          `t17`.`date`,
          `t17`.`work_s`,
          `t17`.`start_s`,
          `t17`.`end_s`,
          `t17`.`before_s`,
          `t13`.`first_at`
         FROM (
          SELECT
           *
          FROM `calendar` AS `t5`
          WHERE
           `t5`.`work_s` > 0 AND `t5`.`date` < CAST('2026-07-01T00:00:00' AS TIMESTAMP)
         ) AS `t17`
         CROSS JOIN (
          SELECT
           MIN(`t0`.`started_at`) AS `first_at`
          FROM `activities` AS `t0`
         ) AS `t13`
        ) AS `t20`
        WHERE
         `t20`.`date` >= DATE_TRUNC('day', `t20`.`first_at`)
       ) AS `t24`
        ON (
         (
          `t15`.`hired_on` IS NULL
         ) OR (
          `t15`.`hired_on` <= `t24`.`day`
         )
        )
        AND (
         (
          `t15`.`left_on` IS NULL
         ) OR (
          `t15`.`left_on` >= `t24`.`day`
         )
        )
       LEFT OUTER JOIN (
        SELECT
         `t2`.`rep_id`,
         DATE_TRUNC('day', `t2`.`date`) AS `day`,
         MAX(COALESCE(`t2`.`share`, 1.0)) AS `away`
        FROM `absences` AS `t2`
        GROUP BY
         1,
         2
       ) AS `t18`
        ON `t15`.`rep_id` = `t18`.`rep_id` AND `t24`.`day` = `t18`.`day`
      ) AS `t29`
     ) AS `t31`
    ) AS `t40`
    INNER JOIN (
     SELECT
      *
     FROM `t28` AS `t30`
     WHERE
      `t30`.`norm` IS NOT NULL AND NOT ISNAN(`t30`.`norm`)
    ) AS `t36`
     ON `t40`.`role_key` = `t36`.`role_key`
   ) AS `t42`
  ) AS `t44`
 ) AS `t45`
 WHERE
  `t45`.`at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS `t46`
GROUP BY
 1
