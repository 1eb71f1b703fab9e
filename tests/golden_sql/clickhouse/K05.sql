WITH "t18" AS (
 SELECT
  "t17"."scope" AS "scope",
  "t17"."key" AS "key",
  "t17"."part" AS "part",
  "t17"."at" AS "at",
  "t17"."until" AS "until",
  "t17"."fits" AS "fits",
  "t17"."value" AS "value"
 FROM (
  SELECT
   "t16".*
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
      COALESCE("t1"."metric", 'revenue') = 'revenue'
      AND isNotNull("t1"."value")
      AND (
       isNull("t1"."approved_at") OR (
        "t1"."approved_at" <= "t1"."period_start_on"
       )
      )
      AND COALESCE("t1"."scope", 'company') IN ('rep', 'segment', 'company')
      AND isNotNull("t1"."period_start_on")
      AND "t1"."period_end_on" >= "t1"."period_start_on"
      AND (
       "t1"."period_end_on" + INTERVAL '1' DAY
      ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
    ) AS "t8"
   ) AS "t15"
   WHERE
    "t15"."place_from_end" = 0
  ) AS "t16"
 ) AS "t17"
), "t29" AS (
 SELECT
  "t28"."scope" AS "scope",
  "t28"."key" AS "key",
  "t28"."part" AS "part",
  "t28"."at" AS "at",
  "t28"."until" AS "until",
  "t28"."fits" AS "fits",
  "t28"."value" AS "value",
  CASE
   WHEN "t28"."scope" = 'rep'
   THEN 0.0
   WHEN "t28"."scope" = 'team'
   THEN 1.0
   WHEN "t28"."scope" = 'segment'
   THEN 2.0
   WHEN "t28"."scope" = 'company'
   THEN 3.0
   ELSE NULL
  END + (
   (
    1.0 - CASE WHEN "t28"."fits" THEN 1.0 ELSE 0.0 END
   ) * 10.0
  ) AS "rank"
 FROM (
  SELECT
   "t27".*
   EXCEPT ("is_found")
  FROM (
   SELECT
    "t26"."scope" AS "scope",
    "t26"."key" AS "key",
    "t26"."part" AS "part",
    "t26"."at" AS "at",
    "t26"."until" AS "until",
    "t26"."fits" AS "fits",
    "t26"."value" AS "value",
    "t26"."is_found" AS "is_found"
   FROM (
    SELECT
     "t20"."scope" AS "scope",
     "t20"."key" AS "key",
     "t20"."part" AS "part",
     "t20"."at" AS "at",
     "t20"."until" AS "until",
     "t20"."fits" AS "fits",
     "t20"."value" AS "value",
     "t25"."scope" AS "scope_right",
     "t25"."key" AS "key_right",
     "t25"."part" AS "part_right",
     "t25"."at" AS "at_right",
     "t25"."until" AS "until_right",
     "t25"."is_found" AS "is_found"
    FROM "t18" AS "t20"
    LEFT OUTER JOIN (
     SELECT
      "t23"."scope" AS "scope",
      "t23"."key" AS "key",
      "t23"."part" AS "part",
      "t23"."at" AS "at",
      "t23"."until" AS "until",
      1.0 AS "is_found"
     FROM (
      SELECT DISTINCT
       *
      FROM (
       SELECT
        "t20"."scope" AS "scope",
        "t20"."key" AS "key",
        "t20"."part" AS "part",
        "t20"."at" AS "at",
        "t20"."until" AS "until"
       FROM "t18" AS "t20"
       INNER JOIN "t18" AS "t21"
        ON "t20"."scope" = "t21"."scope"
        AND "t20"."key" = "t21"."key"
        AND "t21"."at" >= "t20"."at"
        AND "t21"."until" <= "t20"."until"
        AND (
         (
          "t20"."part" = ''
         ) OR (
          "t20"."part" = "t21"."part"
         )
        )
        AND (
         (
          "t21"."at" > "t20"."at"
         )
         OR (
          "t21"."until" < "t20"."until"
         )
         OR (
          (
           "t20"."part" = ''
          ) AND (
           "t21"."part" <> ''
          )
         )
        )
      ) AS "t22"
     ) AS "t23"
    ) AS "t25"
     ON "t20"."scope" = "t25"."scope"
     AND "t20"."key" = "t25"."key"
     AND "t20"."part" = "t25"."part"
     AND "t20"."at" = "t25"."at"
     AND "t20"."until" = "t25"."until"
   ) AS "t26"
   WHERE
    isNull("t26"."is_found")
  ) AS "t27"
 ) AS "t28"
)
SELECT
 CAST(dateTrunc('MONTH', "t54"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t54"."x") AS "x_0",
 SUM("t54"."y") AS "y_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t50"."at" AS "at",
   "t50"."rep_id" AS "rep_id",
   "t50"."segment" AS "segment",
   "t50"."x" AS "x",
   0.0 AS "y"
  FROM (
   SELECT
    *
   FROM (
    SELECT
     "t46"."at" AS "at",
     CASE
      WHEN "t46"."scope" = 'rep'
      THEN "t46"."key"
      ELSE CAST(NULL AS Nullable(String))
     END AS "rep_id",
     CASE
      WHEN "t46"."scope" = 'segment'
      THEN "t46"."key"
      ELSE nullIf("t46"."part", '')
     END AS "segment",
     "t46"."x" AS "x"
    FROM (
     SELECT
      "t13"."sold_at" AS "sold_at",
      "t13"."x" AS "x",
      "t13"."scope" AS "scope",
      "t13"."key" AS "key",
      "t13"."own_part" AS "own_part",
      "t43"."scope" AS "plan_scope",
      "t43"."key" AS "plan_key",
      "t43"."part" AS "part",
      "t43"."at" AS "at",
      "t43"."until" AS "until",
      "t43"."fits" AS "fits",
      "t43"."value" AS "value"
     FROM (
      SELECT
       *
      FROM (
       SELECT
        "t0"."closed_at" AS "sold_at",
        "t0"."amount_base" AS "x",
        'company' AS "scope",
        '' AS "key",
        "t0"."segment" AS "own_part"
       FROM "deals" AS "t0"
       WHERE
        NOT (
         COALESCE("t0"."is_test", FALSE) OR COALESCE("t0"."is_duplicate", FALSE)
        )
        AND (
         isNull("t0"."created_at")
         OR (
          "t0"."created_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
         )
        )
        AND (
         "t0"."pipeline_id" IN ('P1') OR isNull("t0"."pipeline_id")
        )
        AND "t0"."status" = 'won'
        AND "t0"."closed_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
      ) AS "t2"
      UNION ALL
      SELECT
       *
      FROM (
       SELECT
        *
       FROM (
        SELECT
         "t0"."closed_at" AS "sold_at",
         "t0"."amount_base" AS "x",
         'rep' AS "scope",
         "t0"."owner_id" AS "key",
         "t0"."segment" AS "own_part"
        FROM "deals" AS "t0"
        WHERE
         NOT (
          COALESCE("t0"."is_test", FALSE) OR COALESCE("t0"."is_duplicate", FALSE)
         )
         AND (
          isNull("t0"."created_at")
          OR (
           "t0"."created_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
          )
         )
         AND (
          "t0"."pipeline_id" IN ('P1') OR isNull("t0"."pipeline_id")
         )
         AND "t0"."status" = 'won'
         AND "t0"."closed_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
       ) AS "t4"
       UNION ALL
       SELECT
        *
       FROM (
        SELECT
         "t0"."closed_at" AS "sold_at",
         "t0"."amount_base" AS "x",
         'segment' AS "scope",
         "t0"."segment" AS "key",
         "t0"."segment" AS "own_part"
        FROM "deals" AS "t0"
        WHERE
         NOT (
          COALESCE("t0"."is_test", FALSE) OR COALESCE("t0"."is_duplicate", FALSE)
         )
         AND (
          isNull("t0"."created_at")
          OR (
           "t0"."created_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
          )
         )
         AND (
          "t0"."pipeline_id" IN ('P1') OR isNull("t0"."pipeline_id")
         )
         AND "t0"."status" = 'won'
         AND "t0"."closed_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
       ) AS "t5"
      ) AS "t9"
     ) AS "t13"
     INNER JOIN (
      SELECT
       *
      FROM (
       SELECT
        "t40".*
        EXCEPT ("rank")
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
           EXCEPT ("at_right", "rank_right", "until_right")
          FROM (
           SELECT
            "t31"."scope" AS "scope",
            "t31"."key" AS "key",
            "t31"."part" AS "part",
            "t31"."at" AS "at",
            "t31"."until" AS "until",
            "t31"."fits" AS "fits",
            "t31"."value" AS "value",
            "t31"."rank" AS "rank",
            "t36"."rank" AS "rank_right",
            "t36"."at" AS "at_right",
            "t36"."until" AS "until_right",
            "t36"."is_found" AS "is_found"
           FROM "t29" AS "t31"
           LEFT OUTER JOIN (
            SELECT
             "t34"."rank" AS "rank",
             "t34"."at" AS "at",
             "t34"."until" AS "until",
             1.0 AS "is_found"
            FROM (
             SELECT DISTINCT
              *
             FROM (
              SELECT
               "t31"."rank" AS "rank",
               "t31"."at" AS "at",
               "t31"."until" AS "until"
              FROM "t29" AS "t31"
              INNER JOIN "t29" AS "t32"
               ON "t32"."rank" < "t31"."rank"
               AND "t32"."at" < "t31"."until"
               AND "t32"."until" > "t31"."at"
             ) AS "t33"
            ) AS "t34"
           ) AS "t36"
            ON "t31"."rank" = "t36"."rank"
            AND "t31"."at" = "t36"."at"
            AND "t31"."until" = "t36"."until"
          ) AS "t37"
         ) AS "t38"
         WHERE
          isNull("t38"."is_found")
        ) AS "t39"
       ) AS "t40"
      ) AS "t41"
      WHERE
       "t41"."fits"
     ) AS "t43"
      ON "t13"."scope" = "t43"."scope"
      AND "t13"."key" = "t43"."key"
      AND "t13"."sold_at" >= "t43"."at"
      AND "t13"."sold_at" < "t43"."until"
      AND (
       (
        "t43"."part" = ''
       ) OR (
        "t43"."part" = "t13"."own_part"
       )
      )
    ) AS "t46"
   ) AS "t48"
   UNION ALL
   SELECT
    *
   FROM (
    SELECT
     "t41"."at" AS "at",
     CASE
      WHEN "t41"."scope" = 'rep'
      THEN "t41"."key"
      ELSE CAST(NULL AS Nullable(String))
     END AS "rep_id",
     CASE
      WHEN "t41"."scope" = 'segment'
      THEN "t41"."key"
      ELSE nullIf("t41"."part", '')
     END AS "segment",
     -(
      "t41"."value"
     ) AS "x"
    FROM (
     SELECT
      "t40".*
      EXCEPT ("rank")
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
         EXCEPT ("at_right", "rank_right", "until_right")
        FROM (
         SELECT
          "t31"."scope" AS "scope",
          "t31"."key" AS "key",
          "t31"."part" AS "part",
          "t31"."at" AS "at",
          "t31"."until" AS "until",
          "t31"."fits" AS "fits",
          "t31"."value" AS "value",
          "t31"."rank" AS "rank",
          "t36"."rank" AS "rank_right",
          "t36"."at" AS "at_right",
          "t36"."until" AS "until_right",
          "t36"."is_found" AS "is_found"
         FROM "t29" AS "t31"
         LEFT OUTER JOIN (
          SELECT
           "t34"."rank" AS "rank",
           "t34"."at" AS "at",
           "t34"."until" AS "until",
           1.0 AS "is_found"
          FROM (
           SELECT DISTINCT
            *
           FROM (
            SELECT
             "t31"."rank" AS "rank",
             "t31"."at" AS "at",
             "t31"."until" AS "until"
            FROM "t29" AS "t31"
            INNER JOIN "t29" AS "t32"
             ON "t32"."rank" < "t31"."rank"
             AND "t32"."at" < "t31"."until"
             AND "t32"."until" > "t31"."at"
           ) AS "t33"
          ) AS "t34"
         ) AS "t36"
          ON "t31"."rank" = "t36"."rank"
          AND "t31"."at" = "t36"."at"
          AND "t31"."until" = "t36"."until"
        ) AS "t37"
       ) AS "t38"
       WHERE
        isNull("t38"."is_found")
      ) AS "t39"
     ) AS "t40"
    ) AS "t41"
    WHERE
     "t41"."fits"
   ) AS "t44"
  ) AS "t50"
 ) AS "t52"
 UNION ALL
 SELECT
  *
 FROM (
  SELECT
   "t51"."at" AS "at",
   "t51"."rep_id" AS "rep_id",
   "t51"."segment" AS "segment",
   0.0 AS "x",
   "t51"."y" AS "y"
  FROM (
   SELECT
    *
   FROM (
    SELECT
     "t47"."at" AS "at",
     CASE
      WHEN "t47"."scope" = 'rep'
      THEN "t47"."key"
      ELSE CAST(NULL AS Nullable(String))
     END AS "rep_id",
     CASE
      WHEN "t47"."scope" = 'segment'
      THEN "t47"."key"
      ELSE nullIf("t47"."part", '')
     END AS "segment",
     "t47"."x" AS "y"
    FROM (
     SELECT
      "t14"."sold_at" AS "sold_at",
      "t14"."x" AS "x",
      "t14"."scope" AS "scope",
      "t14"."key" AS "key",
      "t14"."own_part" AS "own_part",
      "t43"."scope" AS "plan_scope",
      "t43"."key" AS "plan_key",
      "t43"."part" AS "part",
      "t43"."at" AS "at",
      "t43"."until" AS "until",
      "t43"."fits" AS "fits",
      "t43"."value" AS "value"
     FROM (
      SELECT
       *
      FROM (
       SELECT
        "t0"."closed_at" + INTERVAL '1' MONTH AS "sold_at",
        "t0"."amount_base" AS "x",
        'company' AS "scope",
        '' AS "key",
        "t0"."segment" AS "own_part"
       FROM "deals" AS "t0"
       WHERE
        NOT (
         COALESCE("t0"."is_test", FALSE) OR COALESCE("t0"."is_duplicate", FALSE)
        )
        AND (
         isNull("t0"."created_at")
         OR (
          "t0"."created_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
         )
        )
        AND (
         "t0"."pipeline_id" IN ('P1') OR isNull("t0"."pipeline_id")
        )
        AND "t0"."status" = 'won'
        AND "t0"."closed_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
      ) AS "t3"
      UNION ALL
      SELECT
       *
      FROM (
       SELECT
        *
       FROM (
        SELECT
         "t0"."closed_at" + INTERVAL '1' MONTH AS "sold_at",
         "t0"."amount_base" AS "x",
         'rep' AS "scope",
         "t0"."owner_id" AS "key",
         "t0"."segment" AS "own_part"
        FROM "deals" AS "t0"
        WHERE
         NOT (
          COALESCE("t0"."is_test", FALSE) OR COALESCE("t0"."is_duplicate", FALSE)
         )
         AND (
          isNull("t0"."created_at")
          OR (
           "t0"."created_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
          )
         )
         AND (
          "t0"."pipeline_id" IN ('P1') OR isNull("t0"."pipeline_id")
         )
         AND "t0"."status" = 'won'
         AND "t0"."closed_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
       ) AS "t6"
       UNION ALL
       SELECT
        *
       FROM (
        SELECT
         "t0"."closed_at" + INTERVAL '1' MONTH AS "sold_at",
         "t0"."amount_base" AS "x",
         'segment' AS "scope",
         "t0"."segment" AS "key",
         "t0"."segment" AS "own_part"
        FROM "deals" AS "t0"
        WHERE
         NOT (
          COALESCE("t0"."is_test", FALSE) OR COALESCE("t0"."is_duplicate", FALSE)
         )
         AND (
          isNull("t0"."created_at")
          OR (
           "t0"."created_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
          )
         )
         AND (
          "t0"."pipeline_id" IN ('P1') OR isNull("t0"."pipeline_id")
         )
         AND "t0"."status" = 'won'
         AND "t0"."closed_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
       ) AS "t7"
      ) AS "t10"
     ) AS "t14"
     INNER JOIN (
      SELECT
       *
      FROM (
       SELECT
        "t40".*
        EXCEPT ("rank")
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
           EXCEPT ("at_right", "rank_right", "until_right")
          FROM (
           SELECT
            "t31"."scope" AS "scope",
            "t31"."key" AS "key",
            "t31"."part" AS "part",
            "t31"."at" AS "at",
            "t31"."until" AS "until",
            "t31"."fits" AS "fits",
            "t31"."value" AS "value",
            "t31"."rank" AS "rank",
            "t36"."rank" AS "rank_right",
            "t36"."at" AS "at_right",
            "t36"."until" AS "until_right",
            "t36"."is_found" AS "is_found"
           FROM "t29" AS "t31"
           LEFT OUTER JOIN (
            SELECT
             "t34"."rank" AS "rank",
             "t34"."at" AS "at",
             "t34"."until" AS "until",
             1.0 AS "is_found"
            FROM (
             SELECT DISTINCT
              *
             FROM (
              SELECT
               "t31"."rank" AS "rank",
               "t31"."at" AS "at",
               "t31"."until" AS "until"
              FROM "t29" AS "t31"
              INNER JOIN "t29" AS "t32"
               ON "t32"."rank" < "t31"."rank"
               AND "t32"."at" < "t31"."until"
               AND "t32"."until" > "t31"."at"
             ) AS "t33"
            ) AS "t34"
           ) AS "t36"
            ON "t31"."rank" = "t36"."rank"
            AND "t31"."at" = "t36"."at"
            AND "t31"."until" = "t36"."until"
          ) AS "t37"
         ) AS "t38"
         WHERE
          isNull("t38"."is_found")
        ) AS "t39"
       ) AS "t40"
      ) AS "t41"
      WHERE
       "t41"."fits"
     ) AS "t43"
      ON "t14"."scope" = "t43"."scope"
      AND "t14"."key" = "t43"."key"
      AND "t14"."sold_at" >= "t43"."at"
      AND "t14"."sold_at" < "t43"."until"
      AND (
       (
        "t43"."part" = ''
       ) OR (
        "t43"."part" = "t14"."own_part"
       )
      )
    ) AS "t47"
   ) AS "t49"
   UNION ALL
   SELECT
    *
   FROM (
    SELECT
     "t41"."at" AS "at",
     CASE
      WHEN "t41"."scope" = 'rep'
      THEN "t41"."key"
      ELSE CAST(NULL AS Nullable(String))
     END AS "rep_id",
     CASE
      WHEN "t41"."scope" = 'segment'
      THEN "t41"."key"
      ELSE nullIf("t41"."part", '')
     END AS "segment",
     0.0 AS "y"
    FROM (
     SELECT
      "t40".*
      EXCEPT ("rank")
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
         EXCEPT ("at_right", "rank_right", "until_right")
        FROM (
         SELECT
          "t31"."scope" AS "scope",
          "t31"."key" AS "key",
          "t31"."part" AS "part",
          "t31"."at" AS "at",
          "t31"."until" AS "until",
          "t31"."fits" AS "fits",
          "t31"."value" AS "value",
          "t31"."rank" AS "rank",
          "t36"."rank" AS "rank_right",
          "t36"."at" AS "at_right",
          "t36"."until" AS "until_right",
          "t36"."is_found" AS "is_found"
         FROM "t29" AS "t31"
         LEFT OUTER JOIN (
          SELECT
           "t34"."rank" AS "rank",
           "t34"."at" AS "at",
           "t34"."until" AS "until",
           1.0 AS "is_found"
          FROM (
           SELECT DISTINCT
            *
           FROM (
            SELECT
             "t31"."rank" AS "rank",
             "t31"."at" AS "at",
             "t31"."until" AS "until"
            FROM "t29" AS "t31"
            INNER JOIN "t29" AS "t32"
             ON "t32"."rank" < "t31"."rank"
             AND "t32"."at" < "t31"."until"
             AND "t32"."until" > "t31"."at"
           ) AS "t33"
          ) AS "t34"
         ) AS "t36"
          ON "t31"."rank" = "t36"."rank"
          AND "t31"."at" = "t36"."at"
          AND "t31"."until" = "t36"."until"
        ) AS "t37"
       ) AS "t38"
       WHERE
        isNull("t38"."is_found")
      ) AS "t39"
     ) AS "t40"
    ) AS "t41"
    WHERE
     NOT (
      "t41"."fits"
     )
   ) AS "t45"
  ) AS "t51"
 ) AS "t53"
) AS "t54"
GROUP BY
 CAST(dateTrunc('MONTH', "t54"."at") AS Nullable(DateTime))
