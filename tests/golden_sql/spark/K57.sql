SELECT
 DATE_TRUNC('month', `t8`.`at`) AS `by_period`,
 COUNT(*) AS `n_0`,
 SUM(`t8`.`x`) AS `x_0`,
 SUM(`t8`.`y`) AS `y_0`
FROM (
 SELECT
  `t7`.`at`,
  CAST(NULL AS STRING) AS `role`,
  CASE WHEN `t7`.`unknown` = 0 THEN `t7`.`staff` ELSE NULL END AS `x`,
  1.0 AS `y`
 FROM (
  SELECT
   `t6`.`at`,
   SUM(`t6`.`staff`) AS `staff`,
   SUM(
    CAST((
     `t6`.`staff` IS NULL OR ISNAN(`t6`.`staff`)
    ) AND (
     `t6`.`required_h` > 0
    ) AS BIGINT)
   ) AS `unknown`
  FROM (
   SELECT
    `t5`.`role`,
    `t5`.`at`,
    `t5`.`contacts`,
    `t5`.`required_h`,
    `t5`.`available_h`,
    `t5`.`hours_per_fte`,
    `t5`.`fte`,
    `t5`.`required_fte`,
    `t5`.`work_days`,
    `t5`.`required_h` / NULLIF(`t5`.`hours_per_fte`, 0.0) AS `staff`
   FROM (
    SELECT
     `t4`.`role`,
     `t4`.`at`,
     SUM(`t4`.`contacts`) AS `contacts`,
     SUM(`t4`.`required_h`) AS `required_h`,
     SUM(`t4`.`available_h`) AS `available_h`,
     SUM(`t4`.`hours_per_fte`) AS `hours_per_fte`,
     SUM(`t4`.`fte`) AS `fte`,
     SUM(`t4`.`required_fte`) AS `required_fte`,
     SUM(`t4`.`work_days`) AS `work_days`
    FROM (
     SELECT
      *
     FROM (
      SELECT
       `t0`.`role`,
       `t0`.`month_start_on` AS `at`,
       `t0`.`required_contacts` AS `contacts`,
       `t0`.`required_h`,
       CAST(NULL AS DOUBLE) AS `available_h`,
       CAST(NULL AS DOUBLE) AS `hours_per_fte`,
       CAST(NULL AS DOUBLE) AS `fte`,
       CAST(NULL AS DOUBLE) AS `required_fte`,
       CAST(NULL AS DOUBLE) AS `work_days`
      FROM `workload` AS `t0`
     ) AS `t2`
     UNION ALL
     SELECT
      *
     FROM (
      SELECT
       `t1`.`role`,
       `t1`.`month_start_on` AS `at`,
       CAST(NULL AS DOUBLE) AS `contacts`,
       CAST(NULL AS DOUBLE) AS `required_h`,
       `t1`.`available_h`,
       `t1`.`hours_per_fte`,
       `t1`.`fte`,
       `t1`.`required_fte`,
       `t1`.`work_days`
      FROM `capacity` AS `t1`
     ) AS `t3`
    ) AS `t4`
    GROUP BY
     1,
     2
   ) AS `t5`
  ) AS `t6`
  GROUP BY
   1
 ) AS `t7`
 WHERE
  CASE WHEN `t7`.`unknown` = 0 THEN `t7`.`staff` ELSE NULL END IS NOT NULL
  AND NOT ISNAN(CASE WHEN `t7`.`unknown` = 0 THEN `t7`.`staff` ELSE NULL END)
) AS `t8`
GROUP BY
 1
