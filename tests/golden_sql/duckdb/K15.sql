WITH "t16" AS (
 SELECT
  "t15"."scope",
  "t15"."key",
  "t15"."part",
  "t15"."at",
  "t15"."until",
  "t15"."fits",
  "t15"."value"
 FROM (
  SELECT
   "t13".*
   EXCLUDE ("place_from_end")
  FROM (
   SELECT
    *
   FROM (
    SELECT
     "t8"."plan_id",
     "t8"."scope",
     "t8"."scope_id",
     "t8"."metric",
     "t8"."segment",
     "t8"."period_start_on",
     "t8"."period_end_on",
     "t8"."value",
     "t8"."unit",
     "t8"."version",
     "t8"."approved_at",
     "t8"."key",
     "t8"."part",
     "t8"."approved",
     "t8"."edition",
     "t8"."name",
     "t8"."at",
     "t8"."until",
     "t8"."fits",
     ROW_NUMBER() OVER (
      PARTITION BY "t8"."scope", "t8"."key", "t8"."part", "t8"."at", "t8"."until"
      ORDER BY "t8"."approved" DESC, "t8"."edition" DESC, "t8"."name" DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
     ) - 1 AS "place_from_end"
    FROM (
     SELECT
      "t1"."plan_id",
      COALESCE("t1"."scope", 'company') AS "scope",
      "t1"."scope_id",
      "t1"."metric",
      "t1"."segment",
      "t1"."period_start_on",
      "t1"."period_end_on",
      "t1"."value",
      "t1"."unit",
      "t1"."version",
      "t1"."approved_at",
      CASE
       WHEN COALESCE("t1"."scope", 'company') = 'company'
       THEN ''
       WHEN COALESCE("t1"."scope", 'company') = 'segment'
       THEN COALESCE("t1"."scope_id", "t1"."segment", '')
       ELSE COALESCE("t1"."scope_id", '')
      END AS "key",
      CASE
       WHEN COALESCE("t1"."scope", 'company') = 'segment'
       THEN ''
       ELSE COALESCE("t1"."segment", '')
      END AS "part",
      COALESCE("t1"."approved_at", MAKE_TIMESTAMP(1970, 1, 1, 0, 0, 0.0)) AS "approved",
      COALESCE("t1"."version", '') AS "edition",
      COALESCE("t1"."plan_id", '') AS "name",
      "t1"."period_start_on" AS "at",
      "t1"."period_end_on" + INTERVAL '1' DAY AS "until",
      DATE_TRUNC('MONTH', "t1"."period_start_on") = DATE_TRUNC('MONTH', "t1"."period_end_on") AS "fits"
     FROM "plans" AS "t1"
     WHERE
      COALESCE("t1"."metric", 'revenue') = 'profit'
      AND "t1"."value" IS NOT NULL
      AND (
       (
        "t1"."approved_at" IS NULL
       )
       OR (
        "t1"."approved_at" <= "t1"."period_start_on"
       )
      )
      AND COALESCE("t1"."scope", 'company') = 'company'
      AND "t1"."period_start_on" IS NOT NULL
      AND "t1"."period_end_on" >= "t1"."period_start_on"
      AND (
       "t1"."period_end_on" + INTERVAL '1' DAY
      ) <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
    ) AS "t8"
   ) AS "t10"
   WHERE
    "t10"."place_from_end" = 0
  ) AS "t13"
 ) AS "t15"
), "t40" AS (
 SELECT
  "t36"."scope",
  "t36"."key",
  "t36"."part",
  "t36"."at",
  "t36"."until",
  "t36"."fits",
  "t36"."value",
  CASE
   WHEN "t36"."scope" = 'rep'
   THEN 0.0
   WHEN "t36"."scope" = 'team'
   THEN 1.0
   WHEN "t36"."scope" = 'segment'
   THEN 2.0
   WHEN "t36"."scope" = 'company'
   THEN 3.0
   ELSE NULL
  END + (
   (
    1.0 - CASE WHEN "t36"."fits" THEN 1.0 ELSE 0.0 END
   ) * 10.0
  ) AS "rank"
 FROM (
  SELECT
   "t35".*
   EXCLUDE ("is_found")
  FROM (
   SELECT
    "t32"."scope",
    "t32"."key",
    "t32"."part",
    "t32"."at",
    "t32"."until",
    "t32"."fits",
    "t32"."value",
    "t32"."is_found"
   FROM (
    SELECT
     "t19"."scope",
     "t19"."key",
     "t19"."part",
     "t19"."at",
     "t19"."until",
     "t19"."fits",
     "t19"."value",
     "t29"."scope" AS "scope_right",
     "t29"."key" AS "key_right",
     "t29"."part" AS "part_right",
     "t29"."at" AS "at_right",
     "t29"."until" AS "until_right",
     "t29"."is_found"
    FROM "t16" AS "t19"
    LEFT OUTER JOIN (
     SELECT
      "t27"."scope",
      "t27"."key",
      "t27"."part",
      "t27"."at",
      "t27"."until",
      1.0 AS "is_found"
     FROM (
      SELECT DISTINCT
       *
      FROM (
       SELECT
        "t19"."scope",
        "t19"."key",
        "t19"."part",
        "t19"."at",
        "t19"."until"
       FROM "t16" AS "t19"
       INNER JOIN "t16" AS "t20"
        ON "t19"."scope" = "t20"."scope"
        AND "t19"."key" = "t20"."key"
        AND "t20"."at" >= "t19"."at"
        AND "t20"."until" <= "t19"."until"
        AND (
         (
          "t19"."part" = ''
         ) OR (
          "t19"."part" = "t20"."part"
         )
        )
        AND (
         (
          "t20"."at" > "t19"."at"
         )
         OR (
          "t20"."until" < "t19"."until"
         )
         OR (
          (
           "t19"."part" = ''
          ) AND (
           "t20"."part" <> ''
          )
         )
        )
      ) AS "t26"
     ) AS "t27"
    ) AS "t29"
     ON "t19"."scope" = "t29"."scope"
     AND "t19"."key" = "t29"."key"
     AND "t19"."part" = "t29"."part"
     AND "t19"."at" = "t29"."at"
     AND "t19"."until" = "t29"."until"
   ) AS "t32"
   WHERE
    "t32"."is_found" IS NULL
  ) AS "t35"
 ) AS "t36"
)
SELECT
 DATE_TRUNC('MONTH', "t66"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t66"."x") AS "x_0",
 SUM("t66"."y") AS "y_0"
FROM (
 SELECT
  "t65"."at",
  "t65"."until",
  "t65"."fits",
  "t65"."value",
  "t65"."profit",
  "t65"."known_days",
  CASE
   WHEN "t65"."fits"
   AND (
    "t65"."known_days" >= (
     CAST(EPOCH(CAST("t65"."until" AS TIMESTAMP)) - EPOCH(CAST("t65"."at" AS TIMESTAMP)) AS DOUBLE) / 86400.0
    )
   )
   THEN "t65"."profit"
   ELSE 0.0
  END AS "x",
  CASE
   WHEN "t65"."fits"
   AND (
    "t65"."known_days" >= (
     CAST(EPOCH(CAST("t65"."until" AS TIMESTAMP)) - EPOCH(CAST("t65"."at" AS TIMESTAMP)) AS DOUBLE) / 86400.0
    )
   )
   THEN "t65"."value"
   ELSE 0.0
  END AS "y"
 FROM (
  SELECT
   "t64".*
   EXCLUDE ("at_right", "until_right")
  FROM (
   SELECT
    "t58"."at",
    "t58"."until",
    "t58"."fits",
    "t58"."value",
    "t63"."at" AS "at_right",
    "t63"."until" AS "until_right",
    "t63"."profit",
    "t63"."known_days"
   FROM (
    SELECT
     "t54"."at",
     "t54"."until",
     "t54"."fits",
     "t54"."value"
    FROM (
     SELECT
      "t53".*
      EXCLUDE ("rank")
     FROM (
      SELECT
       "t52".*
       EXCLUDE ("is_found")
      FROM (
       SELECT
        *
       FROM (
        SELECT
         "t50".*
         EXCLUDE ("at_right", "rank_right", "until_right")
        FROM (
         SELECT
          "t44"."scope",
          "t44"."key",
          "t44"."part",
          "t44"."at",
          "t44"."until",
          "t44"."fits",
          "t44"."value",
          "t44"."rank",
          "t49"."rank" AS "rank_right",
          "t49"."at" AS "at_right",
          "t49"."until" AS "until_right",
          "t49"."is_found"
         FROM "t40" AS "t44"
         LEFT OUTER JOIN (
          SELECT
           "t47"."rank",
           "t47"."at",
           "t47"."until",
           1.0 AS "is_found"
          FROM (
           SELECT DISTINCT
            *
           FROM (
            SELECT
             "t44"."rank",
             "t44"."at",
             "t44"."until"
            FROM "t40" AS "t44"
            INNER JOIN "t40" AS "t45"
             ON "t45"."rank" < "t44"."rank"
             AND "t45"."at" < "t44"."until"
             AND "t45"."until" > "t44"."at"
           ) AS "t46"
          ) AS "t47"
         ) AS "t49"
          ON "t44"."rank" = "t49"."rank"
          AND "t44"."at" = "t49"."at"
          AND "t44"."until" = "t49"."until"
        ) AS "t50"
       ) AS "t51"
       WHERE
        "t51"."is_found" IS NULL
      ) AS "t52"
     ) AS "t53"
    ) AS "t54"
   ) AS "t58"
   LEFT OUTER JOIN (
    SELECT
     "t61"."at",
     "t61"."until",
     SUM("t61"."profit") AS "profit",
     SUM("t61"."length") AS "known_days"
    FROM (
     SELECT
      "t60"."profit",
      CAST(EPOCH(CAST("t60"."until" AS TIMESTAMP)) - EPOCH(CAST("t60"."at" AS TIMESTAMP)) AS DOUBLE) / 86400.0 AS "length",
      "t60"."goal_at" AS "at",
      "t60"."goal_until" AS "until"
     FROM (
      SELECT
       "t59"."goal_at",
       "t59"."goal_until",
       "t59"."at",
       "t59"."until",
       SUM("t59"."amount_base") AS "profit"
      FROM (
       SELECT
        "t43"."profit_id",
        "t43"."period_start_on",
        "t43"."period_end_on",
        "t43"."level",
        "t43"."segment",
        "t43"."amount_base",
        "t43"."revenue_base",
        "t43"."at",
        "t43"."until",
        "t43"."fits",
        "t43"."part",
        "t57"."goal_at",
        "t57"."goal_until"
       FROM (
        SELECT
         "t39".*
         EXCLUDE ("is_found")
        FROM (
         SELECT
          *
         FROM (
          SELECT
           "t37".*
           EXCLUDE ("at_right", "level_right", "part_right", "until_right")
          FROM (
           SELECT
            "t24"."profit_id",
            "t24"."period_start_on",
            "t24"."period_end_on",
            "t24"."level",
            "t24"."segment",
            "t24"."amount_base",
            "t24"."revenue_base",
            "t24"."at",
            "t24"."until",
            "t24"."fits",
            "t24"."part",
            "t34"."level" AS "level_right",
            "t34"."part" AS "part_right",
            "t34"."at" AS "at_right",
            "t34"."until" AS "until_right",
            "t34"."is_found"
           FROM (
            SELECT
             "t22".*
             EXCLUDE ("is_found")
            FROM (
             SELECT
              *
             FROM (
              SELECT
               "t18".*
               EXCLUDE ("at_right", "part_right", "until_right")
              FROM (
               SELECT
                "t5"."profit_id",
                "t5"."period_start_on",
                "t5"."period_end_on",
                "t5"."level",
                "t5"."segment",
                "t5"."amount_base",
                "t5"."revenue_base",
                "t5"."at",
                "t5"."until",
                "t5"."fits",
                "t5"."part",
                "t14"."part" AS "part_right",
                "t14"."at" AS "at_right",
                "t14"."until" AS "until_right",
                "t14"."is_found"
               FROM (
                SELECT
                 "t0"."profit_id",
                 "t0"."period_start_on",
                 "t0"."period_end_on",
                 'net' AS "level",
                 "t0"."segment",
                 "t0"."amount_base",
                 "t0"."revenue_base",
                 "t0"."period_start_on" AS "at",
                 "t0"."period_end_on" + INTERVAL '1' DAY AS "until",
                 DATE_TRUNC('MONTH', "t0"."period_start_on") = DATE_TRUNC('MONTH', "t0"."period_end_on") AS "fits",
                 COALESCE("t0"."segment", '') AS "part"
                FROM "profits" AS "t0"
                WHERE
                 COALESCE("t0"."level", 'net') = 'net'
                 AND "t0"."amount_base" IS NOT NULL
                 AND "t0"."period_start_on" IS NOT NULL
                 AND "t0"."period_end_on" >= "t0"."period_start_on"
                 AND (
                  "t0"."period_end_on" + INTERVAL '1' DAY
                 ) <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
               ) AS "t5"
               LEFT OUTER JOIN (
                SELECT
                 "t11"."part",
                 "t11"."at",
                 "t11"."until",
                 1.0 AS "is_found"
                FROM (
                 SELECT DISTINCT
                  *
                 FROM (
                  SELECT
                   "t6"."part",
                   "t6"."at",
                   "t6"."until"
                  FROM (
                   SELECT
                    "t0"."profit_id",
                    "t0"."period_start_on",
                    "t0"."period_end_on",
                    'net' AS "level",
                    "t0"."segment",
                    "t0"."amount_base",
                    "t0"."revenue_base",
                    "t0"."period_start_on" AS "at",
                    "t0"."period_end_on" + INTERVAL '1' DAY AS "until",
                    DATE_TRUNC('MONTH', "t0"."period_start_on") = DATE_TRUNC('MONTH', "t0"."period_end_on") AS "fits",
                    COALESCE("t0"."segment", '') AS "part"
                   FROM "profits" AS "t0"
                   WHERE
                    COALESCE("t0"."level", 'net') = 'net'
                    AND "t0"."amount_base" IS NOT NULL
                    AND "t0"."period_start_on" IS NOT NULL
                    AND "t0"."period_end_on" >= "t0"."period_start_on"
                    AND (
                     "t0"."period_end_on" + INTERVAL '1' DAY
                    ) <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
                    AND COALESCE("t0"."segment", '') <> ''
                  ) AS "t6"
                  INNER JOIN (
                   SELECT
                    "t0"."period_start_on" AS "whole_at",
                    "t0"."period_end_on" + INTERVAL '1' DAY AS "whole_until"
                   FROM "profits" AS "t0"
                   WHERE
                    COALESCE("t0"."level", 'net') = 'net'
                    AND "t0"."amount_base" IS NOT NULL
                    AND "t0"."period_start_on" IS NOT NULL
                    AND "t0"."period_end_on" >= "t0"."period_start_on"
                    AND (
                     "t0"."period_end_on" + INTERVAL '1' DAY
                    ) <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
                    AND COALESCE("t0"."segment", '') = ''
                  ) AS "t7"
                   ON "t7"."whole_at" < "t6"."until" AND "t7"."whole_until" > "t6"."at"
                 ) AS "t9"
                ) AS "t11"
               ) AS "t14"
                ON "t5"."part" = "t14"."part"
                AND "t5"."at" = "t14"."at"
                AND "t5"."until" = "t14"."until"
              ) AS "t18"
             ) AS "t21"
             WHERE
              "t21"."is_found" IS NULL
            ) AS "t22"
           ) AS "t24"
           LEFT OUTER JOIN (
            SELECT
             "t31"."level",
             "t31"."part",
             "t31"."at",
             "t31"."until",
             1.0 AS "is_found"
            FROM (
             SELECT DISTINCT
              *
             FROM (
              SELECT
               "t24"."level",
               "t24"."part",
               "t24"."at",
               "t24"."until"
              FROM (
               SELECT
                "t22".*
                EXCLUDE ("is_found")
               FROM (
                SELECT
                 *
                FROM (
                 SELECT
                  "t18".*
                  EXCLUDE ("at_right", "part_right", "until_right")
                 FROM (
                  SELECT
                   "t5"."profit_id",
                   "t5"."period_start_on",
                   "t5"."period_end_on",
                   "t5"."level",
                   "t5"."segment",
                   "t5"."amount_base",
                   "t5"."revenue_base",
                   "t5"."at",
                   "t5"."until",
                   "t5"."fits",
                   "t5"."part",
                   "t14"."part" AS "part_right",
                   "t14"."at" AS "at_right",
                   "t14"."until" AS "until_right",
                   "t14"."is_found"
                  FROM (
                   SELECT
                    "t0"."profit_id",
                    "t0"."period_start_on",
                    "t0"."period_end_on",
                    'net' AS "level",
                    "t0"."segment",
                    "t0"."amount_base",
                    "t0"."revenue_base",
                    "t0"."period_start_on" AS "at",
                    "t0"."period_end_on" + INTERVAL '1' DAY AS "until",
                    DATE_TRUNC('MONTH', "t0"."period_start_on") = DATE_TRUNC('MONTH', "t0"."period_end_on") AS "fits",
                    COALESCE("t0"."segment", '') AS "part"
                   FROM "profits" AS "t0"
                   WHERE
                    COALESCE("t0"."level", 'net') = 'net'
                    AND "t0"."amount_base" IS NOT NULL
                    AND "t0"."period_start_on" IS NOT NULL
                    AND "t0"."period_end_on" >= "t0"."period_start_on"
                    AND (
                     "t0"."period_end_on" + INTERVAL '1' DAY
                    ) <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
                  ) AS "t5"
                  LEFT OUTER JOIN (
                   SELECT
                    "t11"."part",
                    "t11"."at",
                    "t11"."until",
                    1.0 AS "is_found"
                   FROM (
                    SELECT DISTINCT
                     *
                    FROM (
                     SELECT
                      "t6"."part",
                      "t6"."at",
                      "t6"."until"
                     FROM (
                      SELECT
                       "t0"."profit_id",
                       "t0"."period_start_on",
                       "t0"."period_end_on",
                       'net' AS "level",
                       "t0"."segment",
                       "t0"."amount_base",
                       "t0"."revenue_base",
                       "t0"."period_start_on" AS "at",
                       "t0"."period_end_on" + INTERVAL '1' DAY AS "until",
                       DATE_TRUNC('MONTH', "t0"."period_start_on") = DATE_TRUNC('MONTH', "t0"."period_end_on") AS "fits",
                       COALESCE("t0"."segment", '') AS "part"
                      FROM "profits" AS "t0"
                      WHERE
                       COALESCE("t0"."level", 'net') = 'net'
                       AND "t0"."amount_base" IS NOT NULL
                       AND "t0"."period_start_on" IS NOT NULL
                       AND "t0"."period_end_on" >= "t0"."period_start_on"
                       AND (
                        "t0"."period_end_on" + INTERVAL '1' DAY
                       ) <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
                       AND COALESCE("t0"."segment", '') <> ''
                     ) AS "t6"
                     INNER JOIN (
                      SELECT
                       "t0"."period_start_on" AS "whole_at",
                       "t0"."period_end_on" + INTERVAL '1' DAY AS "whole_until"
                      FROM "profits" AS "t0"
                      WHERE
                       COALESCE("t0"."level", 'net') = 'net'
                       AND "t0"."amount_base" IS NOT NULL
                       AND "t0"."period_start_on" IS NOT NULL
                       AND "t0"."period_end_on" >= "t0"."period_start_on"
                       AND (
                        "t0"."period_end_on" + INTERVAL '1' DAY
                       ) <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
                       AND COALESCE("t0"."segment", '') = ''
                     ) AS "t7"
                      ON "t7"."whole_at" < "t6"."until" AND "t7"."whole_until" > "t6"."at"
                    ) AS "t9"
                   ) AS "t11"
                  ) AS "t14"
                   ON "t5"."part" = "t14"."part"
                   AND "t5"."at" = "t14"."at"
                   AND "t5"."until" = "t14"."until"
                 ) AS "t18"
                ) AS "t21"
                WHERE
                 "t21"."is_found" IS NULL
               ) AS "t22"
              ) AS "t24"
              INNER JOIN (
               SELECT
                "t22".*
                EXCLUDE ("is_found")
               FROM (
                SELECT
                 *
                FROM (
                 SELECT
                  "t18".*
                  EXCLUDE ("at_right", "part_right", "until_right")
                 FROM (
                  SELECT
                   "t5"."profit_id",
                   "t5"."period_start_on",
                   "t5"."period_end_on",
                   "t5"."level",
                   "t5"."segment",
                   "t5"."amount_base",
                   "t5"."revenue_base",
                   "t5"."at",
                   "t5"."until",
                   "t5"."fits",
                   "t5"."part",
                   "t14"."part" AS "part_right",
                   "t14"."at" AS "at_right",
                   "t14"."until" AS "until_right",
                   "t14"."is_found"
                  FROM (
                   SELECT
                    "t0"."profit_id",
                    "t0"."period_start_on",
                    "t0"."period_end_on",
                    'net' AS "level",
                    "t0"."segment",
                    "t0"."amount_base",
                    "t0"."revenue_base",
                    "t0"."period_start_on" AS "at",
                    "t0"."period_end_on" + INTERVAL '1' DAY AS "until",
                    DATE_TRUNC('MONTH', "t0"."period_start_on") = DATE_TRUNC('MONTH', "t0"."period_end_on") AS "fits",
                    COALESCE("t0"."segment", '') AS "part"
                   FROM "profits" AS "t0"
                   WHERE
                    COALESCE("t0"."level", 'net') = 'net'
                    AND "t0"."amount_base" IS NOT NULL
                    AND "t0"."period_start_on" IS NOT NULL
                    AND "t0"."period_end_on" >= "t0"."period_start_on"
                    AND (
                     "t0"."period_end_on" + INTERVAL '1' DAY
                    ) <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
                  ) AS "t5"
                  LEFT OUTER JOIN (
                   SELECT
                    "t11"."part",
                    "t11"."at",
                    "t11"."until",
                    1.0 AS "is_found"
                   FROM (
                    SELECT DISTINCT
                     *
                    FROM (
                     SELECT
                      "t6"."part",
                      "t6"."at",
                      "t6"."until"
                     FROM (
                      SELECT
                       "t0"."profit_id",
                       "t0"."period_start_on",
                       "t0"."period_end_on",
                       'net' AS "level",
                       "t0"."segment",
                       "t0"."amount_base",
                       "t0"."revenue_base",
                       "t0"."period_start_on" AS "at",
                       "t0"."period_end_on" + INTERVAL '1' DAY AS "until",
                       DATE_TRUNC('MONTH', "t0"."period_start_on") = DATE_TRUNC('MONTH', "t0"."period_end_on") AS "fits",
                       COALESCE("t0"."segment", '') AS "part"
                      FROM "profits" AS "t0"
                      WHERE
                       COALESCE("t0"."level", 'net') = 'net'
                       AND "t0"."amount_base" IS NOT NULL
                       AND "t0"."period_start_on" IS NOT NULL
                       AND "t0"."period_end_on" >= "t0"."period_start_on"
                       AND (
                        "t0"."period_end_on" + INTERVAL '1' DAY
                       ) <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
                       AND COALESCE("t0"."segment", '') <> ''
                     ) AS "t6"
                     INNER JOIN (
                      SELECT
                       "t0"."period_start_on" AS "whole_at",
                       "t0"."period_end_on" + INTERVAL '1' DAY AS "whole_until"
                      FROM "profits" AS "t0"
                      WHERE
                       COALESCE("t0"."level", 'net') = 'net'
                       AND "t0"."amount_base" IS NOT NULL
                       AND "t0"."period_start_on" IS NOT NULL
                       AND "t0"."period_end_on" >= "t0"."period_start_on"
                       AND (
                        "t0"."period_end_on" + INTERVAL '1' DAY
                       ) <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
                       AND COALESCE("t0"."segment", '') = ''
                     ) AS "t7"
                      ON "t7"."whole_at" < "t6"."until" AND "t7"."whole_until" > "t6"."at"
                    ) AS "t9"
                   ) AS "t11"
                  ) AS "t14"
                   ON "t5"."part" = "t14"."part"
                   AND "t5"."at" = "t14"."at"
                   AND "t5"."until" = "t14"."until"
                 ) AS "t18"
                ) AS "t21"
                WHERE
                 "t21"."is_found" IS NULL
               ) AS "t22"
              ) AS "t25"
               ON "t24"."level" = "t25"."level"
               AND "t25"."at" >= "t24"."at"
               AND "t25"."until" <= "t24"."until"
               AND (
                (
                 "t24"."part" = ''
                ) OR (
                 "t24"."part" = "t25"."part"
                )
               )
               AND (
                (
                 "t25"."at" > "t24"."at"
                )
                OR (
                 "t25"."until" < "t24"."until"
                )
                OR (
                 (
                  "t24"."part" = ''
                 ) AND (
                  "t25"."part" <> ''
                 )
                )
               )
             ) AS "t30"
            ) AS "t31"
           ) AS "t34"
            ON "t24"."level" = "t34"."level"
            AND "t24"."part" = "t34"."part"
            AND "t24"."at" = "t34"."at"
            AND "t24"."until" = "t34"."until"
          ) AS "t37"
         ) AS "t38"
         WHERE
          "t38"."is_found" IS NULL
        ) AS "t39"
       ) AS "t43"
       INNER JOIN (
        SELECT
         "t54"."at" AS "goal_at",
         "t54"."until" AS "goal_until"
        FROM (
         SELECT
          "t53".*
          EXCLUDE ("rank")
         FROM (
          SELECT
           "t52".*
           EXCLUDE ("is_found")
          FROM (
           SELECT
            *
           FROM (
            SELECT
             "t50".*
             EXCLUDE ("at_right", "rank_right", "until_right")
            FROM (
             SELECT
              "t44"."scope",
              "t44"."key",
              "t44"."part",
              "t44"."at",
              "t44"."until",
              "t44"."fits",
              "t44"."value",
              "t44"."rank",
              "t49"."rank" AS "rank_right",
              "t49"."at" AS "at_right",
              "t49"."until" AS "until_right",
              "t49"."is_found"
             FROM "t40" AS "t44"
             LEFT OUTER JOIN (
              SELECT
               "t47"."rank",
               "t47"."at",
               "t47"."until",
               1.0 AS "is_found"
              FROM (
               SELECT DISTINCT
                *
               FROM (
                SELECT
                 "t44"."rank",
                 "t44"."at",
                 "t44"."until"
                FROM "t40" AS "t44"
                INNER JOIN "t40" AS "t45"
                 ON "t45"."rank" < "t44"."rank"
                 AND "t45"."at" < "t44"."until"
                 AND "t45"."until" > "t44"."at"
               ) AS "t46"
              ) AS "t47"
             ) AS "t49"
              ON "t44"."rank" = "t49"."rank"
              AND "t44"."at" = "t49"."at"
              AND "t44"."until" = "t49"."until"
            ) AS "t50"
           ) AS "t51"
           WHERE
            "t51"."is_found" IS NULL
          ) AS "t52"
         ) AS "t53"
        ) AS "t54"
       ) AS "t57"
        ON "t43"."at" >= "t57"."goal_at" AND "t43"."until" <= "t57"."goal_until"
      ) AS "t59"
      GROUP BY
       1,
       2,
       3,
       4
     ) AS "t60"
    ) AS "t61"
    GROUP BY
     1,
     2
   ) AS "t63"
    ON "t58"."at" = "t63"."at" AND "t58"."until" = "t63"."until"
  ) AS "t64"
 ) AS "t65"
) AS "t66"
GROUP BY
 1
