WITH "t11" AS (
 SELECT
  "t3"."deal_id",
  "t3"."customer_id",
  "t3"."owner_id" AS "rep_id",
  "t3"."pipeline_id",
  "t3"."stage_id",
  "t3"."status",
  "t3"."created_at",
  "t3"."closed_at",
  "t3"."amount_base",
  "t3"."cost_base",
  "t3"."source",
  "t3"."segment",
  "t3"."deal_kind",
  "t3"."lost_reason",
  "t3"."closed_at" AS "at",
  "t3"."deal_id" AS "event"
 FROM "deals" AS "t3"
 WHERE
  NOT (
   COALESCE("t3"."is_test", FALSE) OR COALESCE("t3"."is_duplicate", FALSE)
  )
  AND (
   (
    "t3"."created_at" IS NULL
   )
   OR (
    "t3"."created_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
   )
  )
  AND (
   "t3"."pipeline_id" IN ('P1') OR (
    "t3"."pipeline_id" IS NULL
   )
  )
  AND "t3"."status" = 'won'
  AND "t3"."customer_id" IS NOT NULL
  AND "t3"."closed_at" IS NOT NULL
  AND "t3"."closed_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
), "t14" AS (
 SELECT
  "t10"."of",
  MAX("t10"."at") AS "at"
 FROM (
  SELECT
   (
    "t2"."date" + INTERVAL '1 DAY'
   ) - INTERVAL '1 SECOND' AS "at",
   DATE_TRUNC('MONTH', (
    "t2"."date" + INTERVAL '1 DAY'
   ) - INTERVAL '1 SECOND') AS "of"
  FROM "calendar" AS "t2"
  WHERE
   (
    "t2"."date" + INTERVAL '1 DAY' + INTERVAL '-1 DAY'
   ) < CAST('2026-07-01T00:00:00' AS TIMESTAMP)
 ) AS "t10"
 GROUP BY
  1
)
SELECT
 DATE_TRUNC('MONTH', "t40"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t40"."x") AS "x_0",
 SUM("t40"."y") AS "y_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t38"."at",
   "t38"."segment",
   "t38"."region",
   1.0 AS "x",
   0.0 AS "y"
  FROM (
   SELECT
    "t37"."customer_id",
    "t37"."rep_id",
    "t37"."at",
    "t37"."home_segment",
    "t37"."home_region",
    "t9"."segment",
    "t9"."region"
   FROM (
    SELECT
     "t35"."customer_id",
     "t35"."rep_id",
     "t35"."at",
     "t35"."home_segment",
     "t35"."home_region"
    FROM (
     SELECT
      "t34"."customer_id",
      "t34"."rep_id",
      "t34"."at",
      "t7"."customer_id" AS "customer_id_right",
      "t7"."home_segment",
      "t7"."home_region"
     FROM (
      SELECT
       "t32"."customer_id",
       "t32"."rep_id",
       "t32"."at"
      FROM (
       SELECT
        "t31"."deal_id",
        "t31"."customer_id",
        "t31"."rep_id",
        "t31"."pipeline_id",
        "t31"."stage_id",
        "t31"."status",
        "t31"."created_at",
        "t31"."closed_at",
        "t31"."amount_base",
        "t31"."cost_base",
        "t31"."source",
        "t31"."segment",
        "t31"."deal_kind",
        "t31"."lost_reason",
        "t31"."at",
        "t31"."event",
        "t31"."bought_at"
       FROM (
        SELECT
         *
        FROM (
         SELECT
          "t27"."deal_id",
          "t27"."customer_id",
          "t27"."rep_id",
          "t27"."pipeline_id",
          "t27"."stage_id",
          "t27"."status",
          "t27"."created_at",
          "t27"."closed_at",
          "t27"."amount_base",
          "t27"."cost_base",
          "t27"."source",
          "t27"."segment",
          "t27"."deal_kind",
          "t27"."lost_reason",
          "t27"."at",
          "t27"."event",
          "t27"."bought_at",
          ROW_NUMBER() OVER (
           PARTITION BY "t27"."customer_id", "t27"."at"
           ORDER BY "t27"."bought_at" DESC NULLS LAST, "t27"."event" DESC NULLS LAST
           ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) - 1 AS "place_from_end"
         FROM (
          SELECT
           "t26"."deal_id",
           "t26"."customer_id",
           "t26"."rep_id",
           "t26"."pipeline_id",
           "t26"."stage_id",
           "t26"."status",
           "t26"."created_at",
           "t26"."closed_at",
           "t26"."amount_base",
           "t26"."cost_base",
           "t26"."source",
           "t26"."segment",
           "t26"."deal_kind",
           "t26"."lost_reason",
           "t26"."at",
           "t26"."event",
           "t26"."bought_at"
          FROM (
           SELECT
            "t23"."deal_id",
            "t23"."customer_id",
            "t23"."rep_id",
            "t23"."pipeline_id",
            "t23"."stage_id",
            "t23"."status",
            "t23"."created_at",
            "t23"."closed_at",
            "t23"."amount_base",
            "t23"."cost_base",
            "t23"."source",
            "t23"."segment",
            "t23"."deal_kind",
            "t23"."lost_reason",
            "t23"."moment" AS "at",
            "t23"."event",
            "t23"."moment",
            "t23"."at" AS "bought_at"
           FROM (
            SELECT
             "t13"."deal_id",
             "t13"."customer_id",
             "t13"."rep_id",
             "t13"."pipeline_id",
             "t13"."stage_id",
             "t13"."status",
             "t13"."created_at",
             "t13"."closed_at",
             "t13"."amount_base",
             "t13"."cost_base",
             "t13"."source",
             "t13"."segment",
             "t13"."deal_kind",
             "t13"."lost_reason",
             "t13"."at",
             "t13"."event",
             "t21"."moment"
            FROM "t11" AS "t13"
            INNER JOIN (
             SELECT
              CASE
               WHEN "t15"."at" > CAST('2026-07-01T00:00:00' AS TIMESTAMP)
               THEN CAST('2026-07-01T00:00:00' AS TIMESTAMP)
               ELSE "t15"."at"
              END AS "moment"
             FROM "t14" AS "t15"
            ) AS "t21"
             ON "t13"."at" <= "t21"."moment"
             AND (
              "t13"."at" + INTERVAL '90 DAY'
             ) > "t21"."moment"
           ) AS "t23"
          ) AS "t26"
         ) AS "t27"
        ) AS "t30"
        WHERE
         "t30"."place_from_end" = 0
       ) AS "t31"
      ) AS "t32"
     ) AS "t34"
     LEFT OUTER JOIN (
      SELECT
       "t1"."customer_id",
       "t1"."segment" AS "home_segment",
       "t1"."region" AS "home_region"
      FROM "customers" AS "t1"
     ) AS "t7"
      ON "t34"."customer_id" = "t7"."customer_id"
    ) AS "t35"
   ) AS "t37"
   CROSS JOIN (
    SELECT DISTINCT
     "t0"."segment",
     "t0"."region"
    FROM "markets" AS "t0"
    WHERE
     "t0"."target_firms" IS NOT NULL
   ) AS "t9"
  ) AS "t38"
  WHERE
   (
    (
     "t38"."segment" IS NULL
    ) OR (
     "t38"."segment" = "t38"."home_segment"
    )
   )
   AND (
    (
     "t38"."region" IS NULL
    ) OR (
     "t38"."region" = "t38"."home_region"
    )
   )
 ) AS "t39"
 UNION ALL
 SELECT
  *
 FROM (
  SELECT
   "t28"."at",
   "t28"."segment",
   "t28"."region",
   0.0 AS "x",
   "t28"."target_firms" AS "y"
  FROM (
   SELECT
    "t8"."segment",
    "t8"."region",
    "t8"."target_firms",
    "t8"."potential_base",
    "t25"."at"
   FROM (
    SELECT
     "t0"."segment",
     "t0"."region",
     "t0"."target_firms",
     "t0"."potential_base"
    FROM "markets" AS "t0"
    WHERE
     "t0"."target_firms" IS NOT NULL
   ) AS "t8"
   CROSS JOIN (
    SELECT
     "t22"."at"
    FROM (
     SELECT
      "t20"."at",
      "t17"."first_at"
     FROM (
      SELECT
       CASE
        WHEN "t15"."at" > CAST('2026-07-01T00:00:00' AS TIMESTAMP)
        THEN CAST('2026-07-01T00:00:00' AS TIMESTAMP)
        ELSE "t15"."at"
       END AS "at"
      FROM "t14" AS "t15"
     ) AS "t20"
     CROSS JOIN (
      SELECT
       MIN("t12"."at") AS "first_at"
      FROM "t11" AS "t12"
     ) AS "t17"
    ) AS "t22"
    WHERE
     "t22"."at" >= "t22"."first_at"
   ) AS "t25"
  ) AS "t28"
 ) AS "t29"
) AS "t40"
GROUP BY
 1
