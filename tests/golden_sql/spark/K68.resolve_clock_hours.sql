SELECT
 DATE_TRUNC('month', `t2`.`at`) AS `by_period`,
 CAST(FLOOR(`t2`.`length` / 3600.0) AS BIGINT) AS `bin`,
 SUM(CAST(`t2`.`ended` AS BIGINT)) AS `over`,
 SUM(CAST(NOT (
  `t2`.`ended`
 ) AS BIGINT)) AS `unfinished`,
 SUM(`t2`.`length`) AS `total`,
 SUM(IF(`t2`.`ended`, `t2`.`length`, NULL)) AS `total_over`
FROM (
 SELECT
  *
 FROM (
  SELECT
   `t0`.`opened_at` AS `at`,
   `t0`.`customer_id`,
   `t0`.`rep_id`,
   LEAST(
    COALESCE(`t0`.`resolved_at`, CAST('2026-07-01T00:00:00' AS TIMESTAMP)),
    CAST('2026-07-01T00:00:00' AS TIMESTAMP)
   ) AS `stopped_at`,
   `t0`.`resolved_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP) AS `is_over`,
   CAST(UNIX_TIMESTAMP(
    CAST(LEAST(
     COALESCE(`t0`.`resolved_at`, CAST('2026-07-01T00:00:00' AS TIMESTAMP)),
     CAST('2026-07-01T00:00:00' AS TIMESTAMP)
    ) AS TIMESTAMP)
   ) - UNIX_TIMESTAMP(CAST(`t0`.`opened_at` AS TIMESTAMP)) AS DOUBLE) AS `length`,
   COALESCE(`t0`.`resolved_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP), FALSE) AS `ended`
  FROM `tickets` AS `t0`
  WHERE
   `t0`.`kind` = 'service'
   AND `t0`.`opened_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
 ) AS `t1`
 WHERE
  (
   `t1`.`length` IS NOT NULL AND NOT ISNAN(`t1`.`length`)
  )
  AND `t1`.`length` >= 0
) AS `t2`
GROUP BY
 1,
 2
