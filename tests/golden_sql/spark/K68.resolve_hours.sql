SELECT
 DATE_TRUNC('month', `t13`.`at`) AS `by_period`,
 CAST(FLOOR(`t13`.`length` / 3600.0) AS BIGINT) AS `bin`,
 SUM(CAST(`t13`.`ended` AS BIGINT)) AS `over`,
 SUM(CAST(NOT (
  `t13`.`ended`
 ) AS BIGINT)) AS `unfinished`,
 SUM(`t13`.`length`) AS `total`,
 SUM(IF(`t13`.`ended`, `t13`.`length`, NULL)) AS `total_over`
FROM (
 SELECT
  `t12`.`at`,
  `t12`.`customer_id`,
  `t12`.`rep_id`,
  `t12`.`stopped_at`,
  `t12`.`is_over`,
  `t12`.`from_s`,
  `t12`.`to_s`,
  `t12`.`to_s` - `t12`.`from_s` AS `length`,
  COALESCE(`t12`.`is_over`, FALSE) AS `ended`
 FROM (
  SELECT
   `t11`.`at`,
   `t11`.`customer_id`,
   `t11`.`rep_id`,
   `t11`.`stopped_at`,
   `t11`.`is_over`,
   `t11`.`from_s`,
   `t11`.`before_s` + (
    GREATEST(
     LEAST(
      CAST(UNIX_TIMESTAMP(CAST(`t11`.`stopped_at` AS TIMESTAMP)) - UNIX_TIMESTAMP(CAST(`t11`.`calendar_day` AS TIMESTAMP)) AS DOUBLE),
      `t11`.`end_s`
     ) - `t11`.`start_s`,
     0.0
    ) * COALESCE(`t11`.`work_s` / NULLIF(`t11`.`end_s` - `t11`.`start_s`, 0.0), 0.0)
   ) AS `to_s`
  FROM (
   SELECT
    `t10`.`at`,
    `t10`.`customer_id`,
    `t10`.`rep_id`,
    `t10`.`stopped_at`,
    `t10`.`is_over`,
    `t10`.`from_s`,
    `t10`.`calendar_day`,
    `t10`.`work_s`,
    `t10`.`start_s`,
    `t10`.`end_s`,
    `t10`.`before_s`
   FROM (
    SELECT
     `t9`.`at`,
     `t9`.`customer_id`,
     `t9`.`rep_id`,
     `t9`.`stopped_at`,
     `t9`.`is_over`,
     `t9`.`from_s`,
     `t9`.`calendar_day`,
     `t3`.`calendar_day` AS `calendar_day_right`,
     `t3`.`work_s`,
     `t3`.`start_s`,
     `t3`.`end_s`,
     `t3`.`before_s`
    FROM (
     SELECT
      `t7`.`at`,
      `t7`.`customer_id`,
      `t7`.`rep_id`,
      `t7`.`stopped_at`,
      `t7`.`is_over`,
      `t7`.`before_s` + (
       GREATEST(
        LEAST(
         CAST(UNIX_TIMESTAMP(CAST(`t7`.`at` AS TIMESTAMP)) - UNIX_TIMESTAMP(CAST(`t7`.`calendar_day` AS TIMESTAMP)) AS DOUBLE),
         `t7`.`end_s`
        ) - `t7`.`start_s`,
        0.0
       ) * COALESCE(`t7`.`work_s` / NULLIF(`t7`.`end_s` - `t7`.`start_s`, 0.0), 0.0)
      ) AS `from_s`,
      DATE_TRUNC('day', `t7`.`stopped_at`) AS `calendar_day`
     FROM (
      SELECT
       `t6`.`at`,
       `t6`.`customer_id`,
       `t6`.`rep_id`,
       `t6`.`stopped_at`,
       `t6`.`is_over`,
       `t6`.`calendar_day`,
       `t6`.`work_s`,
       `t6`.`start_s`,
       `t6`.`end_s`,
       `t6`.`before_s`
      FROM (
       SELECT
        `t5`.`at`,
        `t5`.`customer_id`,
        `t5`.`rep_id`,
        `t5`.`stopped_at`,
        `t5`.`is_over`,
        `t5`.`calendar_day`,
        `t3`.`calendar_day` AS `calendar_day_right`,
        `t3`.`work_s`,
        `t3`.`start_s`,
        `t3`.`end_s`,
        `t3`.`before_s`
       FROM (
        SELECT
         `t1`.`opened_at` AS `at`,
         `t1`.`customer_id`,
         `t1`.`rep_id`,
         LEAST(
          COALESCE(`t1`.`resolved_at`, CAST('2026-07-01T00:00:00' AS TIMESTAMP)),
          CAST('2026-07-01T00:00:00' AS TIMESTAMP)
         ) AS `stopped_at`,
         `t1`.`resolved_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP) AS `is_over`,
         DATE_TRUNC('day', `t1`.`opened_at`) AS `calendar_day`
        FROM `tickets` AS `t1`
        WHERE
         `t1`.`kind` = 'service'
         AND `t1`.`opened_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
       ) AS `t5`
       LEFT OUTER JOIN (
        SELECT
         `t0`.`date` AS `calendar_day`,
         `t0`.`work_s`,
         `t0`.`start_s`,
         `t0`.`end_s`,
         `t0`.`before_s`
        FROM `calendar` AS `t0`
       ) AS `t3`
        ON `t5`.`calendar_day` = `t3`.`calendar_day`
      ) AS `t6`
     ) AS `t7`
    ) AS `t9`
    LEFT OUTER JOIN (
     SELECT
      `t0`.`date` AS `calendar_day`,
      `t0`.`work_s`,
      `t0`.`start_s`,
      `t0`.`end_s`,
      `t0`.`before_s`
     FROM `calendar` AS `t0`
    ) AS `t3`
     ON `t9`.`calendar_day` = `t3`.`calendar_day`
   ) AS `t10`
  ) AS `t11`
  WHERE
   `t11`.`at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
 ) AS `t12`
 WHERE
  (
   (
    `t12`.`to_s` - `t12`.`from_s`
   ) IS NOT NULL
   AND NOT ISNAN(`t12`.`to_s` - `t12`.`from_s`)
  )
  AND (
   `t12`.`to_s` - `t12`.`from_s`
  ) >= 0
) AS `t13`
GROUP BY
 1,
 2
