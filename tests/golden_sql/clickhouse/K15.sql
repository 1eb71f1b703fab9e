WITH "t16" AS (
 SELECT
  "t15"."scope" AS "scope",
  "t15"."key" AS "key",
  "t15"."part" AS "part",
  "t15"."at" AS "at",
  "t15"."until" AS "until",
  "t15"."fits" AS "fits",
  "t15"."value" AS "value"
 FROM (
  SELECT
   "t13".*
   EXCEPT ("place_from_end")
  FROM (
   SELECT
    *
   FROM (
    SELECT
     "t8"."plan_id" AS "plan_id",
     "t8"."scope" AS "scope",
     "t8"."scope_id" AS "scope_id",
     "t8"."metric" AS "metric",
     "t8"."segment" AS "segment",
     "t8"."period_start_on" AS "period_start_on",
     "t8"."period_end_on" AS "period_end_on",
     "t8"."value" AS "value",
     "t8"."unit" AS "unit",
     "t8"."version" AS "version",
     "t8"."approved_at" AS "approved_at",
     "t8"."key" AS "key",
     "t8"."part" AS "part",
     "t8"."approved" AS "approved",
     "t8"."edition" AS "edition",
     "t8"."name" AS "name",
     "t8"."at" AS "at",
     "t8"."until" AS "until",
     "t8"."fits" AS "fits",
     ROW_NUMBER() OVER (
      PARTITION BY "t8"."scope", "t8"."key", "t8"."part", "t8"."at", "t8"."until"
      ORDER BY "t8"."approved" DESC, "t8"."edition" DESC, "t8"."name" DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
     ) - 1 AS "place_from_end"
    FROM (
     SELECT
      "t1"."plan_id" AS "plan_id",
      COALESCE("t1"."scope", 'company') AS "scope",
      "t1"."scope_id" AS "scope_id",
      "t1"."metric" AS "metric",
      "t1"."segment" AS "segment",
      "t1"."period_start_on" AS "period_start_on",
      "t1"."period_end_on" AS "period_end_on",
      "t1"."value" AS "value",
      "t1"."unit" AS "unit",
      "t1"."version" AS "version",
      "t1"."approved_at" AS "approved_at",
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
      COALESCE("t1"."approved_at", parseDateTimeBestEffort('1970-01-01T00:00:00')) AS "approved",
      COALESCE("t1"."version", '') AS "edition",
      COALESCE("t1"."plan_id", '') AS "name",
      "t1"."period_start_on" AS "at",
      "t1"."period_end_on" + INTERVAL '1' DAY AS "until",
      CAST(dateTrunc('MONTH', "t1"."period_start_on") AS Nullable(DateTime)) = CAST(dateTrunc('MONTH', "t1"."period_end_on") AS Nullable(DateTime)) AS "fits"
     FROM "plans" AS "t1"
     WHERE
      COALESCE("t1"."metric", 'revenue') = 'profit'
      AND isNotNull("t1"."value")
      AND (
       isNull("t1"."approved_at") OR (
        "t1"."approved_at" <= "t1"."period_start_on"
       )
      )
      AND COALESCE("t1"."scope", 'company') = 'company'
      AND isNotNull("t1"."period_start_on")
      AND "t1"."period_end_on" >= "t1"."period_start_on"
      AND (
       "t1"."period_end_on" + INTERVAL '1' DAY
      ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
    ) AS "t8"
   ) AS "t10"
   WHERE
    "t10"."place_from_end" = 0
  ) AS "t13"
 ) AS "t15"
), "t40" AS (
 SELECT
  "t36"."scope" AS "scope",
  "t36"."key" AS "key",
  "t36"."part" AS "part",
  "t36"."at" AS "at",
  "t36"."until" AS "until",
  "t36"."fits" AS "fits",
  "t36"."value" AS "value",
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
   EXCEPT ("is_found")
  FROM (
   SELECT
    "t32"."scope" AS "scope",
    "t32"."key" AS "key",
    "t32"."part" AS "part",
    "t32"."at" AS "at",
    "t32"."until" AS "until",
    "t32"."fits" AS "fits",
    "t32"."value" AS "value",
    "t32"."is_found" AS "is_found"
   FROM (
    SELECT
     "t19"."scope" AS "scope",
     "t19"."key" AS "key",
     "t19"."part" AS "part",
     "t19"."at" AS "at",
     "t19"."until" AS "until",
     "t19"."fits" AS "fits",
     "t19"."value" AS "value",
     "t29"."scope" AS "scope_right",
     "t29"."key" AS "key_right",
     "t29"."part" AS "part_right",
     "t29"."at" AS "at_right",
     "t29"."until" AS "until_right",
     "t29"."is_found" AS "is_found"
    FROM "t16" AS "t19"
    LEFT OUTER JOIN (
     SELECT
      "t27"."scope" AS "scope",
      "t27"."key" AS "key",
      "t27"."part" AS "part",
      "t27"."at" AS "at",
      "t27"."until" AS "until",
      1.0 AS "is_found"
     FROM (
      SELECT DISTINCT
       *
      FROM (
       SELECT
        "t19"."scope" AS "scope",
        "t19"."key" AS "key",
        "t19"."part" AS "part",
        "t19"."at" AS "at",
        "t19"."until" AS "until"
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
    isNull("t32"."is_found")
  ) AS "t35"
 ) AS "t36"
)
SELECT
 CAST(dateTrunc('MONTH', "t66"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t66"."x") AS "x_0",
 SUM("t66"."y") AS "y_0"
FROM (
 SELECT
  "t65"."at" AS "at",
  "t65"."until" AS "until",
  "t65"."fits" AS "fits",
  "t65"."value" AS "value",
  "t65"."profit" AS "profit",
  "t65"."known_days" AS "known_days",
  CASE
   WHEN "t65"."fits"
   AND (
    "t65"."known_days" >= (
     CAST(toRelativeSecondNum("t65"."until") - toRelativeSecondNum("t65"."at") AS Nullable(Float64)) / 86400.0
    )
   )
   THEN "t65"."profit"
   ELSE 0.0
  END AS "x",
  CASE
   WHEN "t65"."fits"
   AND (
    "t65"."known_days" >= (
     CAST(toRelativeSecondNum("t65"."until") - toRelativeSecondNum("t65"."at") AS Nullable(Float64)) / 86400.0
    )
   )
   THEN "t65"."value"
   ELSE 0.0
  END AS "y"
 FROM (
  SELECT
   "t64".*
   EXCEPT ("at_right", "until_right")
  FROM (
   SELECT
    "t58"."at" AS "at",
    "t58"."until" AS "until",
    "t58"."fits" AS "fits",
    "t58"."value" AS "value",
    "t63"."at" AS "at_right",
    "t63"."until" AS "until_right",
    "t63"."profit" AS "profit",
    "t63"."known_days" AS "known_days"
   FROM (
    SELECT
     "t54"."at" AS "at",
     "t54"."until" AS "until",
     "t54"."fits" AS "fits",
     "t54"."value" AS "value"
    FROM (
     SELECT
      "t53".*
      EXCEPT ("rank")
     FROM (
      SELECT
       "t52".*
       EXCEPT ("is_found")
      FROM (
       SELECT
        *
       FROM (
        SELECT
         "t50".*
         EXCEPT ("at_right", "rank_right", "until_right")
        FROM (
         SELECT
          "t44"."scope" AS "scope",
          "t44"."key" AS "key",
          "t44"."part" AS "part",
          "t44"."at" AS "at",
          "t44"."until" AS "until",
          "t44"."fits" AS "fits",
          "t44"."value" AS "value",
          "t44"."rank" AS "rank",
          "t49"."rank" AS "rank_right",
          "t49"."at" AS "at_right",
          "t49"."until" AS "until_right",
          "t49"."is_found" AS "is_found"
         FROM "t40" AS "t44"
         LEFT OUTER JOIN (
          SELECT
           "t47"."rank" AS "rank",
           "t47"."at" AS "at",
           "t47"."until" AS "until",
           1.0 AS "is_found"
          FROM (
           SELECT DISTINCT
            *
           FROM (
            SELECT
             "t44"."rank" AS "rank",
             "t44"."at" AS "at",
             "t44"."until" AS "until"
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
        isNull("t51"."is_found")
      ) AS "t52"
     ) AS "t53"
    ) AS "t54"
   ) AS "t58"
   LEFT OUTER JOIN (
    SELECT
     "t61"."at" AS "at",
     "t61"."until" AS "until",
     SUM("t61"."profit") AS "profit",
     SUM("t61"."length") AS "known_days"
    FROM (
     SELECT
      "t60"."profit" AS "profit",
      CAST(toRelativeSecondNum("t60"."until") - toRelativeSecondNum("t60"."at") AS Nullable(Float64)) / 86400.0 AS "length",
      "t60"."goal_at" AS "at",
      "t60"."goal_until" AS "until"
     FROM (
      SELECT
       "t59"."goal_at" AS "goal_at",
       "t59"."goal_until" AS "goal_until",
       "t59"."at" AS "at",
       "t59"."until" AS "until",
       SUM("t59"."amount_base") AS "profit"
      FROM (
       SELECT
        "t43"."profit_id" AS "profit_id",
        "t43"."period_start_on" AS "period_start_on",
        "t43"."period_end_on" AS "period_end_on",
        "t43"."level" AS "level",
        "t43"."segment" AS "segment",
        "t43"."amount_base" AS "amount_base",
        "t43"."revenue_base" AS "revenue_base",
        "t43"."at" AS "at",
        "t43"."until" AS "until",
        "t43"."fits" AS "fits",
        "t43"."part" AS "part",
        "t57"."goal_at" AS "goal_at",
        "t57"."goal_until" AS "goal_until"
       FROM (
        SELECT
         "t39".*
         EXCEPT ("is_found")
        FROM (
         SELECT
          *
         FROM (
          SELECT
           "t37".*
           EXCEPT ("at_right", "level_right", "part_right", "until_right")
          FROM (
           SELECT
            "t24"."profit_id" AS "profit_id",
            "t24"."period_start_on" AS "period_start_on",
            "t24"."period_end_on" AS "period_end_on",
            "t24"."level" AS "level",
            "t24"."segment" AS "segment",
            "t24"."amount_base" AS "amount_base",
            "t24"."revenue_base" AS "revenue_base",
            "t24"."at" AS "at",
            "t24"."until" AS "until",
            "t24"."fits" AS "fits",
            "t24"."part" AS "part",
            "t34"."level" AS "level_right",
            "t34"."part" AS "part_right",
            "t34"."at" AS "at_right",
            "t34"."until" AS "until_right",
            "t34"."is_found" AS "is_found"
           FROM (
            SELECT
             "t22".*
             EXCEPT ("is_found")
            FROM (
             SELECT
              *
             FROM (
              SELECT
               "t18".*
               EXCEPT ("at_right", "part_right", "until_right")
              FROM (
               SELECT
                "t5"."profit_id" AS "profit_id",
                "t5"."period_start_on" AS "period_start_on",
                "t5"."period_end_on" AS "period_end_on",
                "t5"."level" AS "level",
                "t5"."segment" AS "segment",
                "t5"."amount_base" AS "amount_base",
                "t5"."revenue_base" AS "revenue_base",
                "t5"."at" AS "at",
                "t5"."until" AS "until",
                "t5"."fits" AS "fits",
                "t5"."part" AS "part",
                "t14"."part" AS "part_right",
                "t14"."at" AS "at_right",
                "t14"."until" AS "until_right",
                "t14"."is_found" AS "is_found"
               FROM (
                SELECT
                 "t0"."profit_id" AS "profit_id",
                 "t0"."period_start_on" AS "period_start_on",
                 "t0"."period_end_on" AS "period_end_on",
                 'net' AS "level",
                 "t0"."segment" AS "segment",
                 "t0"."amount_base" AS "amount_base",
                 "t0"."revenue_base" AS "revenue_base",
                 "t0"."period_start_on" AS "at",
                 "t0"."period_end_on" + INTERVAL '1' DAY AS "until",
                 CAST(dateTrunc('MONTH', "t0"."period_start_on") AS Nullable(DateTime)) = CAST(dateTrunc('MONTH', "t0"."period_end_on") AS Nullable(DateTime)) AS "fits",
                 COALESCE("t0"."segment", '') AS "part"
                FROM "profits" AS "t0"
                WHERE
                 COALESCE("t0"."level", 'net') = 'net'
                 AND isNotNull("t0"."amount_base")
                 AND isNotNull("t0"."period_start_on")
                 AND "t0"."period_end_on" >= "t0"."period_start_on"
                 AND (
                  "t0"."period_end_on" + INTERVAL '1' DAY
                 ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
               ) AS "t5"
               LEFT OUTER JOIN (
                SELECT
                 "t11"."part" AS "part",
                 "t11"."at" AS "at",
                 "t11"."until" AS "until",
                 1.0 AS "is_found"
                FROM (
                 SELECT DISTINCT
                  *
                 FROM (
                  SELECT
                   "t6"."part" AS "part",
                   "t6"."at" AS "at",
                   "t6"."until" AS "until"
                  FROM (
                   SELECT
                    "t0"."profit_id" AS "profit_id",
                    "t0"."period_start_on" AS "period_start_on",
                    "t0"."period_end_on" AS "period_end_on",
                    'net' AS "level",
                    "t0"."segment" AS "segment",
                    "t0"."amount_base" AS "amount_base",
                    "t0"."revenue_base" AS "revenue_base",
                    "t0"."period_start_on" AS "at",
                    "t0"."period_end_on" + INTERVAL '1' DAY AS "until",
                    CAST(dateTrunc('MONTH', "t0"."period_start_on") AS Nullable(DateTime)) = CAST(dateTrunc('MONTH', "t0"."period_end_on") AS Nullable(DateTime)) AS "fits",
                    COALESCE("t0"."segment", '') AS "part"
                   FROM "profits" AS "t0"
                   WHERE
                    COALESCE("t0"."level", 'net') = 'net'
                    AND isNotNull("t0"."amount_base")
                    AND isNotNull("t0"."period_start_on")
                    AND "t0"."period_end_on" >= "t0"."period_start_on"
                    AND (
                     "t0"."period_end_on" + INTERVAL '1' DAY
                    ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
                    AND COALESCE("t0"."segment", '') <> ''
                  ) AS "t6"
                  INNER JOIN (
                   SELECT
                    "t0"."period_start_on" AS "whole_at",
                    "t0"."period_end_on" + INTERVAL '1' DAY AS "whole_until"
                   FROM "profits" AS "t0"
                   WHERE
                    COALESCE("t0"."level", 'net') = 'net'
                    AND isNotNull("t0"."amount_base")
                    AND isNotNull("t0"."period_start_on")
                    AND "t0"."period_end_on" >= "t0"."period_start_on"
                    AND (
                     "t0"."period_end_on" + INTERVAL '1' DAY
                    ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
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
              isNull("t21"."is_found")
            ) AS "t22"
           ) AS "t24"
           LEFT OUTER JOIN (
            SELECT
             "t31"."level" AS "level",
             "t31"."part" AS "part",
             "t31"."at" AS "at",
             "t31"."until" AS "until",
             1.0 AS "is_found"
            FROM (
             SELECT DISTINCT
              *
             FROM (
              SELECT
               "t24"."level" AS "level",
               "t24"."part" AS "part",
               "t24"."at" AS "at",
               "t24"."until" AS "until"
              FROM (
               SELECT
                "t22".*
                EXCEPT ("is_found")
               FROM (
                SELECT
                 *
                FROM (
                 SELECT
                  "t18".*
                  EXCEPT ("at_right", "part_right", "until_right")
                 FROM (
                  SELECT
                   "t5"."profit_id" AS "profit_id",
                   "t5"."period_start_on" AS "period_start_on",
                   "t5"."period_end_on" AS "period_end_on",
                   "t5"."level" AS "level",
                   "t5"."segment" AS "segment",
                   "t5"."amount_base" AS "amount_base",
                   "t5"."revenue_base" AS "revenue_base",
                   "t5"."at" AS "at",
                   "t5"."until" AS "until",
                   "t5"."fits" AS "fits",
                   "t5"."part" AS "part",
                   "t14"."part" AS "part_right",
                   "t14"."at" AS "at_right",
                   "t14"."until" AS "until_right",
                   "t14"."is_found" AS "is_found"
                  FROM (
                   SELECT
                    "t0"."profit_id" AS "profit_id",
                    "t0"."period_start_on" AS "period_start_on",
                    "t0"."period_end_on" AS "period_end_on",
                    'net' AS "level",
                    "t0"."segment" AS "segment",
                    "t0"."amount_base" AS "amount_base",
                    "t0"."revenue_base" AS "revenue_base",
                    "t0"."period_start_on" AS "at",
                    "t0"."period_end_on" + INTERVAL '1' DAY AS "until",
                    CAST(dateTrunc('MONTH', "t0"."period_start_on") AS Nullable(DateTime)) = CAST(dateTrunc('MONTH', "t0"."period_end_on") AS Nullable(DateTime)) AS "fits",
                    COALESCE("t0"."segment", '') AS "part"
                   FROM "profits" AS "t0"
                   WHERE
                    COALESCE("t0"."level", 'net') = 'net'
                    AND isNotNull("t0"."amount_base")
                    AND isNotNull("t0"."period_start_on")
                    AND "t0"."period_end_on" >= "t0"."period_start_on"
                    AND (
                     "t0"."period_end_on" + INTERVAL '1' DAY
                    ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
                  ) AS "t5"
                  LEFT OUTER JOIN (
                   SELECT
                    "t11"."part" AS "part",
                    "t11"."at" AS "at",
                    "t11"."until" AS "until",
                    1.0 AS "is_found"
                   FROM (
                    SELECT DISTINCT
                     *
                    FROM (
                     SELECT
                      "t6"."part" AS "part",
                      "t6"."at" AS "at",
                      "t6"."until" AS "until"
                     FROM (
                      SELECT
                       "t0"."profit_id" AS "profit_id",
                       "t0"."period_start_on" AS "period_start_on",
                       "t0"."period_end_on" AS "period_end_on",
                       'net' AS "level",
                       "t0"."segment" AS "segment",
                       "t0"."amount_base" AS "amount_base",
                       "t0"."revenue_base" AS "revenue_base",
                       "t0"."period_start_on" AS "at",
                       "t0"."period_end_on" + INTERVAL '1' DAY AS "until",
                       CAST(dateTrunc('MONTH', "t0"."period_start_on") AS Nullable(DateTime)) = CAST(dateTrunc('MONTH', "t0"."period_end_on") AS Nullable(DateTime)) AS "fits",
                       COALESCE("t0"."segment", '') AS "part"
                      FROM "profits" AS "t0"
                      WHERE
                       COALESCE("t0"."level", 'net') = 'net'
                       AND isNotNull("t0"."amount_base")
                       AND isNotNull("t0"."period_start_on")
                       AND "t0"."period_end_on" >= "t0"."period_start_on"
                       AND (
                        "t0"."period_end_on" + INTERVAL '1' DAY
                       ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
                       AND COALESCE("t0"."segment", '') <> ''
                     ) AS "t6"
                     INNER JOIN (
                      SELECT
                       "t0"."period_start_on" AS "whole_at",
                       "t0"."period_end_on" + INTERVAL '1' DAY AS "whole_until"
                      FROM "profits" AS "t0"
                      WHERE
                       COALESCE("t0"."level", 'net') = 'net'
                       AND isNotNull("t0"."amount_base")
                       AND isNotNull("t0"."period_start_on")
                       AND "t0"."period_end_on" >= "t0"."period_start_on"
                       AND (
                        "t0"."period_end_on" + INTERVAL '1' DAY
                       ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
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
                 isNull("t21"."is_found")
               ) AS "t22"
              ) AS "t24"
              INNER JOIN (
               SELECT
                "t22".*
                EXCEPT ("is_found")
               FROM (
                SELECT
                 *
                FROM (
                 SELECT
                  "t18".*
                  EXCEPT ("at_right", "part_right", "until_right")
                 FROM (
                  SELECT
                   "t5"."profit_id" AS "profit_id",
                   "t5"."period_start_on" AS "period_start_on",
                   "t5"."period_end_on" AS "period_end_on",
                   "t5"."level" AS "level",
                   "t5"."segment" AS "segment",
                   "t5"."amount_base" AS "amount_base",
                   "t5"."revenue_base" AS "revenue_base",
                   "t5"."at" AS "at",
                   "t5"."until" AS "until",
                   "t5"."fits" AS "fits",
                   "t5"."part" AS "part",
                   "t14"."part" AS "part_right",
                   "t14"."at" AS "at_right",
                   "t14"."until" AS "until_right",
                   "t14"."is_found" AS "is_found"
                  FROM (
                   SELECT
                    "t0"."profit_id" AS "profit_id",
                    "t0"."period_start_on" AS "period_start_on",
                    "t0"."period_end_on" AS "period_end_on",
                    'net' AS "level",
                    "t0"."segment" AS "segment",
                    "t0"."amount_base" AS "amount_base",
                    "t0"."revenue_base" AS "revenue_base",
                    "t0"."period_start_on" AS "at",
                    "t0"."period_end_on" + INTERVAL '1' DAY AS "until",
                    CAST(dateTrunc('MONTH', "t0"."period_start_on") AS Nullable(DateTime)) = CAST(dateTrunc('MONTH', "t0"."period_end_on") AS Nullable(DateTime)) AS "fits",
                    COALESCE("t0"."segment", '') AS "part"
                   FROM "profits" AS "t0"
                   WHERE
                    COALESCE("t0"."level", 'net') = 'net'
                    AND isNotNull("t0"."amount_base")
                    AND isNotNull("t0"."period_start_on")
                    AND "t0"."period_end_on" >= "t0"."period_start_on"
                    AND (
                     "t0"."period_end_on" + INTERVAL '1' DAY
                    ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
                  ) AS "t5"
                  LEFT OUTER JOIN (
                   SELECT
                    "t11"."part" AS "part",
                    "t11"."at" AS "at",
                    "t11"."until" AS "until",
                    1.0 AS "is_found"
                   FROM (
                    SELECT DISTINCT
                     *
                    FROM (
                     SELECT
                      "t6"."part" AS "part",
                      "t6"."at" AS "at",
                      "t6"."until" AS "until"
                     FROM (
                      SELECT
                       "t0"."profit_id" AS "profit_id",
                       "t0"."period_start_on" AS "period_start_on",
                       "t0"."period_end_on" AS "period_end_on",
                       'net' AS "level",
                       "t0"."segment" AS "segment",
                       "t0"."amount_base" AS "amount_base",
                       "t0"."revenue_base" AS "revenue_base",
                       "t0"."period_start_on" AS "at",
                       "t0"."period_end_on" + INTERVAL '1' DAY AS "until",
                       CAST(dateTrunc('MONTH', "t0"."period_start_on") AS Nullable(DateTime)) = CAST(dateTrunc('MONTH', "t0"."period_end_on") AS Nullable(DateTime)) AS "fits",
                       COALESCE("t0"."segment", '') AS "part"
                      FROM "profits" AS "t0"
                      WHERE
                       COALESCE("t0"."level", 'net') = 'net'
                       AND isNotNull("t0"."amount_base")
                       AND isNotNull("t0"."period_start_on")
                       AND "t0"."period_end_on" >= "t0"."period_start_on"
                       AND (
                        "t0"."period_end_on" + INTERVAL '1' DAY
                       ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
                       AND COALESCE("t0"."segment", '') <> ''
                     ) AS "t6"
                     INNER JOIN (
                      SELECT
                       "t0"."period_start_on" AS "whole_at",
                       "t0"."period_end_on" + INTERVAL '1' DAY AS "whole_until"
                      FROM "profits" AS "t0"
                      WHERE
                       COALESCE("t0"."level", 'net') = 'net'
                       AND isNotNull("t0"."amount_base")
                       AND isNotNull("t0"."period_start_on")
                       AND "t0"."period_end_on" >= "t0"."period_start_on"
                       AND (
                        "t0"."period_end_on" + INTERVAL '1' DAY
                       ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
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
                 isNull("t21"."is_found")
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
          isNull("t38"."is_found")
        ) AS "t39"
       ) AS "t43"
       INNER JOIN (
        SELECT
         "t54"."at" AS "goal_at",
         "t54"."until" AS "goal_until"
        FROM (
         SELECT
          "t53".*
          EXCEPT ("rank")
         FROM (
          SELECT
           "t52".*
           EXCEPT ("is_found")
          FROM (
           SELECT
            *
           FROM (
            SELECT
             "t50".*
             EXCEPT ("at_right", "rank_right", "until_right")
            FROM (
             SELECT
              "t44"."scope" AS "scope",
              "t44"."key" AS "key",
              "t44"."part" AS "part",
              "t44"."at" AS "at",
              "t44"."until" AS "until",
              "t44"."fits" AS "fits",
              "t44"."value" AS "value",
              "t44"."rank" AS "rank",
              "t49"."rank" AS "rank_right",
              "t49"."at" AS "at_right",
              "t49"."until" AS "until_right",
              "t49"."is_found" AS "is_found"
             FROM "t40" AS "t44"
             LEFT OUTER JOIN (
              SELECT
               "t47"."rank" AS "rank",
               "t47"."at" AS "at",
               "t47"."until" AS "until",
               1.0 AS "is_found"
              FROM (
               SELECT DISTINCT
                *
               FROM (
                SELECT
                 "t44"."rank" AS "rank",
                 "t44"."at" AS "at",
                 "t44"."until" AS "until"
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
            isNull("t51"."is_found")
          ) AS "t52"
         ) AS "t53"
        ) AS "t54"
       ) AS "t57"
        ON "t43"."at" >= "t57"."goal_at" AND "t43"."until" <= "t57"."goal_until"
      ) AS "t59"
      GROUP BY
       "t59"."goal_at",
       "t59"."goal_until",
       "t59"."at",
       "t59"."until"
     ) AS "t60"
    ) AS "t61"
    GROUP BY
     "t61"."at",
     "t61"."until"
   ) AS "t63"
    ON "t58"."at" = "t63"."at" AND "t58"."until" = "t63"."until"
  ) AS "t64"
 ) AS "t65"
) AS "t66"
GROUP BY
 CAST(dateTrunc('MONTH', "t66"."at") AS Nullable(DateTime))
