WITH `t12` AS (
 SELECT DISTINCT
  *
 FROM (
  SELECT
   *
  FROM (
   SELECT
    `t1`.`customer_id`,
    `t1`.`contract_end_on` AS `at`
   FROM `customers` AS `t1`
  ) AS `t3`
  UNION ALL
  SELECT
   *
  FROM (
   SELECT
    `t2`.`customer_id`,
    `t2`.`contract_end_on` AS `at`
   FROM `invoices` AS `t2`
   WHERE
    NOT (
     COALESCE(`t2`.`is_cancelled`, FALSE)
    )
    AND COALESCE(`t2`.`doc_kind`, '') <> 'return'
    AND `t2`.`contract_end_on` IS NOT NULL
    AND `t2`.`customer_id` IS NOT NULL
  ) AS `t4`
 ) AS `t9`
 WHERE
  `t9`.`customer_id` IS NOT NULL AND `t9`.`at` IS NOT NULL
)
SELECT
 DATE_TRUNC('month', `t44`.`at`) AS `by_period`,
 SUM(CAST(`t44`.`known_since` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP) AS BIGINT)) AS `n_0`,
 SUM(
  IF(
   `t44`.`known_since` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP),
   `t44`.`is_renewed`,
   NULL
  )
 ) AS `x_0`
FROM (
 SELECT
  *
 FROM (
  SELECT
   *
  FROM (
   SELECT
    `t41`.`customer_id`,
    `t41`.`rep_id`,
    `t41`.`at`,
    `t41`.`is_renewed`,
    `t41`.`at` + INTERVAL '31' DAY AS `known_since`
   FROM (
    SELECT
     `t39`.`customer_id`,
     `t39`.`at`,
     `t39`.`is_renewed`,
     `t33`.`customer_id` AS `customer_id_right`,
     `t33`.`rep_id`,
     `t33`.`at` AS `at_right`
    FROM (
     SELECT
      `t35`.`customer_id`,
      `t35`.`at`,
      COALESCE(`t35`.`is_renewed`, 0.0) AS `is_renewed`
     FROM (
      SELECT
       `t17`.`customer_id`,
       `t17`.`at`,
       `t31`.`customer_id` AS `customer_id_right`,
       `t31`.`at` AS `at_right`,
       `t31`.`is_renewed`
      FROM `t12` AS `t17`
      LEFT OUTER JOIN (
       SELECT
        `t26`.`customer_id`,
        `t26`.`at`,
        1.0 AS `is_renewed`
       FROM (
        SELECT DISTINCT
         *
        FROM (
         SELECT
          `t17`.`customer_id`,
          `t17`.`at`
         FROM `t12` AS `t17`
         INNER JOIN (
          SELECT
           *
          FROM (
           SELECT
            *
           FROM (
            SELECT
             `t0`.`customer_id`,
             `t0`.`closed_at` AS `signed_at`,
             CAST(NULL AS TIMESTAMP) AS `until`
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
             AND `t0`.`deal_kind` = 'renewal'
             AND `t0`.`customer_id` IS NOT NULL
           ) AS `t8`
           UNION ALL
           SELECT
            *
           FROM (
            SELECT
             `t2`.`customer_id`,
             `t2`.`issued_on` AS `signed_at`,
             `t2`.`contract_end_on` AS `until`
            FROM `invoices` AS `t2`
            WHERE
             NOT (
              COALESCE(`t2`.`is_cancelled`, FALSE)
             )
             AND COALESCE(`t2`.`doc_kind`, '') <> 'return'
             AND `t2`.`contract_end_on` IS NOT NULL
             AND `t2`.`customer_id` IS NOT NULL
           ) AS `t5`
          ) AS `t11`
          WHERE
           `t11`.`signed_at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
         ) AS `t16`
          ON `t17`.`customer_id` = `t16`.`customer_id`
          AND `t16`.`signed_at` >= (
           `t17`.`at` + INTERVAL '-90' DAY
          )
          AND `t16`.`signed_at` < (
           `t17`.`at` + INTERVAL '31' DAY
          )
          AND (
           (
            `t16`.`until` IS NULL
           ) OR (
            `t16`.`until` > `t17`.`at`
           )
          )
        ) AS `t24`
       ) AS `t26`
      ) AS `t31`
       ON `t17`.`customer_id` = `t31`.`customer_id` AND `t17`.`at` = `t31`.`at`
     ) AS `t35`
    ) AS `t39`
    LEFT OUTER JOIN (
     SELECT
      `t27`.`customer_id`,
      `t27`.`rep_id`,
      `t27`.`moment` AS `at`
     FROM (
      SELECT
       `t23`.`customer_id`,
       `t23`.`rep_id`,
       `t20`.`moment`
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
         LEAD(NULLIF(`t7`.`at`, CAST('1970-01-01T00:00:00' AS TIMESTAMP))) OVER (
          PARTITION BY `t7`.`customer_id`
          ORDER BY `t7`.`at` ASC NULLS LAST, `t7`.`event` ASC NULLS LAST
         ) AS `until`
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
        ) AS `t7`
       ) AS `t15`
      ) AS `t23`
      INNER JOIN (
       SELECT
        `t14`.`customer_id`,
        `t14`.`at` AS `moment`
       FROM `t12` AS `t14`
      ) AS `t20`
       ON `t23`.`at` < `t20`.`moment`
       AND `t23`.`until` >= `t20`.`moment`
       AND `t23`.`customer_id` = `t20`.`customer_id`
     ) AS `t27`
    ) AS `t33`
     ON `t39`.`customer_id` = `t33`.`customer_id` AND `t39`.`at` = `t33`.`at`
   ) AS `t41`
  ) AS `t42`
  UNION ALL
  SELECT
   *
  FROM (
   SELECT
    `t37`.`customer_id`,
    `t37`.`rep_id`,
    `t37`.`at`,
    CASE WHEN `t37`.`status` = 'won' THEN 1.0 ELSE 0.0 END AS `is_renewed`,
    `t37`.`at` AS `known_since`
   FROM (
    SELECT
     `t36`.`deal_id`,
     `t36`.`customer_id`,
     `t36`.`rep_id`,
     `t36`.`at`,
     `t36`.`status`,
     `t36`.`is_listed`
    FROM (
     SELECT
      `t10`.`deal_id`,
      `t10`.`customer_id`,
      `t10`.`rep_id`,
      `t10`.`at`,
      `t10`.`status`,
      `t34`.`deal_id` AS `deal_id_right`,
      `t34`.`is_listed`
     FROM (
      SELECT
       `t0`.`deal_id`,
       `t0`.`customer_id`,
       `t0`.`owner_id` AS `rep_id`,
       `t0`.`closed_at` AS `at`,
       `t0`.`status`
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
       AND `t0`.`deal_kind` = 'renewal'
       AND `t0`.`customer_id` IS NOT NULL
     ) AS `t10`
     LEFT OUTER JOIN (
      SELECT
       `t28`.`deal_id`,
       1.0 AS `is_listed`
      FROM (
       SELECT DISTINCT
        *
       FROM (
        SELECT
         `t10`.`deal_id`
        FROM (
         SELECT
          `t0`.`deal_id`,
          `t0`.`customer_id`,
          `t0`.`owner_id` AS `rep_id`,
          `t0`.`closed_at` AS `at`,
          `t0`.`status`
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
          AND `t0`.`deal_kind` = 'renewal'
          AND `t0`.`customer_id` IS NOT NULL
        ) AS `t10`
        INNER JOIN (
         SELECT
          `t14`.`customer_id` AS `whose`,
          `t14`.`at` AS `due`
         FROM `t12` AS `t14`
        ) AS `t21`
         ON `t10`.`customer_id` = `t21`.`whose`
         AND `t21`.`due` > (
          `t10`.`at` + INTERVAL '-31' DAY
         )
         AND `t21`.`due` <= (
          `t10`.`at` + INTERVAL '90' DAY
         )
       ) AS `t25`
      ) AS `t28`
     ) AS `t34`
      ON `t10`.`deal_id` = `t34`.`deal_id`
    ) AS `t36`
   ) AS `t37`
   WHERE
    `t37`.`is_listed` IS NULL OR ISNAN(`t37`.`is_listed`)
  ) AS `t40`
 ) AS `t43`
 WHERE
  `t43`.`at` <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS `t44`
GROUP BY
 1
