WITH "t18" AS (
 SELECT
  "t17"."scope",
  "t17"."key",
  "t17"."part",
  "t17"."at",
  "t17"."until",
  "t17"."fits",
  "t17"."value"
 FROM (
  SELECT
   "t16"."plan_id",
   "t16"."scope",
   "t16"."scope_id",
   "t16"."metric",
   "t16"."segment",
   "t16"."period_start_on",
   "t16"."period_end_on",
   "t16"."value",
   "t16"."unit",
   "t16"."version",
   "t16"."approved_at",
   "t16"."key",
   "t16"."part",
   "t16"."approved",
   "t16"."edition",
   "t16"."name",
   "t16"."at",
   "t16"."until",
   "t16"."fits"
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
      ORDER BY "t8"."approved" DESC NULLS LAST, "t8"."edition" DESC NULLS LAST, "t8"."name" DESC NULLS LAST
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
      COALESCE("t1"."approved_at", CAST('1970-01-01T00:00:00' AS TIMESTAMP)) AS "approved",
      COALESCE("t1"."version", '') AS "edition",
      COALESCE("t1"."plan_id", '') AS "name",
      "t1"."period_start_on" AS "at",
      "t1"."period_end_on" + INTERVAL '1 DAY' AS "until",
      DATE_TRUNC('MONTH', "t1"."period_start_on") = DATE_TRUNC('MONTH', "t1"."period_end_on") AS "fits"
     FROM "plans" AS "t1"
     WHERE
      COALESCE("t1"."metric", 'revenue') = 'revenue'
      AND "t1"."value" IS NOT NULL
      AND (
       (
        "t1"."approved_at" IS NULL
       )
       OR (
        "t1"."approved_at" <= "t1"."period_start_on"
       )
      )
      AND COALESCE("t1"."scope", 'company') IN ('rep', 'segment', 'company')
      AND "t1"."period_start_on" IS NOT NULL
      AND "t1"."period_end_on" >= "t1"."period_start_on"
      AND (
       "t1"."period_end_on" + INTERVAL '1 DAY'
      ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
    ) AS "t8"
   ) AS "t15"
   WHERE
    "t15"."place_from_end" = 0
  ) AS "t16"
 ) AS "t17"
), "t29" AS (
 SELECT
  "t28"."scope",
  "t28"."key",
  "t28"."part",
  "t28"."at",
  "t28"."until",
  "t28"."fits",
  "t28"."value",
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
   "t27"."scope",
   "t27"."key",
   "t27"."part",
   "t27"."at",
   "t27"."until",
   "t27"."fits",
   "t27"."value"
  FROM (
   SELECT
    "t26"."scope",
    "t26"."key",
    "t26"."part",
    "t26"."at",
    "t26"."until",
    "t26"."fits",
    "t26"."value",
    "t26"."is_found"
   FROM (
    SELECT
     "t20"."scope",
     "t20"."key",
     "t20"."part",
     "t20"."at",
     "t20"."until",
     "t20"."fits",
     "t20"."value",
     "t25"."scope" AS "scope_right",
     "t25"."key" AS "key_right",
     "t25"."part" AS "part_right",
     "t25"."at" AS "at_right",
     "t25"."until" AS "until_right",
     "t25"."is_found"
    FROM "t18" AS "t20"
    LEFT OUTER JOIN (
     SELECT
      "t23"."scope",
      "t23"."key",
      "t23"."part",
      "t23"."at",
      "t23"."until",
      1.0 AS "is_found"
     FROM (
      SELECT DISTINCT
       *
      FROM (
       SELECT
        "t20"."scope",
        "t20"."key",
        "t20"."part",
        "t20"."at",
        "t20"."until"
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
    "t26"."is_found" IS NULL
  ) AS "t27"
 ) AS "t28"
)
SELECT
 DATE_TRUNC('MONTH', "t54"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t54"."x") AS "x_0",
 SUM("t54"."y") AS "y_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t50"."at",
   "t50"."rep_id",
   "t50"."segment",
   "t50"."x",
   0.0 AS "y"
  FROM (
   SELECT
    *
   FROM (
    SELECT
     "t46"."at",
     CASE WHEN "t46"."scope" = 'rep' THEN "t46"."key" ELSE CAST(NULL AS VARCHAR) END AS "rep_id",
     CASE
      WHEN "t46"."scope" = 'segment'
      THEN "t46"."key"
      ELSE NULLIF("t46"."part", '')
     END AS "segment",
     "t46"."x"
    FROM (
     SELECT
      "t13"."sold_at",
      "t13"."x",
      "t13"."scope",
      "t13"."key",
      "t13"."own_part",
      "t43"."scope" AS "plan_scope",
      "t43"."key" AS "plan_key",
      "t43"."part",
      "t43"."at",
      "t43"."until",
      "t43"."fits",
      "t43"."value"
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
         (
          "t0"."created_at" IS NULL
         )
         OR (
          "t0"."created_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
         )
        )
        AND (
         "t0"."pipeline_id" IN ('P1') OR (
          "t0"."pipeline_id" IS NULL
         )
        )
        AND "t0"."status" = 'won'
        AND "t0"."closed_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
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
          (
           "t0"."created_at" IS NULL
          )
          OR (
           "t0"."created_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
          )
         )
         AND (
          "t0"."pipeline_id" IN ('P1') OR (
           "t0"."pipeline_id" IS NULL
          )
         )
         AND "t0"."status" = 'won'
         AND "t0"."closed_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
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
          (
           "t0"."created_at" IS NULL
          )
          OR (
           "t0"."created_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
          )
         )
         AND (
          "t0"."pipeline_id" IN ('P1') OR (
           "t0"."pipeline_id" IS NULL
          )
         )
         AND "t0"."status" = 'won'
         AND "t0"."closed_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
       ) AS "t5"
      ) AS "t9"
     ) AS "t13"
     INNER JOIN (
      SELECT
       *
      FROM (
       SELECT
        "t40"."scope",
        "t40"."key",
        "t40"."part",
        "t40"."at",
        "t40"."until",
        "t40"."fits",
        "t40"."value"
       FROM (
        SELECT
         "t39"."scope",
         "t39"."key",
         "t39"."part",
         "t39"."at",
         "t39"."until",
         "t39"."fits",
         "t39"."value",
         "t39"."rank"
        FROM (
         SELECT
          *
         FROM (
          SELECT
           "t37"."scope",
           "t37"."key",
           "t37"."part",
           "t37"."at",
           "t37"."until",
           "t37"."fits",
           "t37"."value",
           "t37"."rank",
           "t37"."is_found"
          FROM (
           SELECT
            "t31"."scope",
            "t31"."key",
            "t31"."part",
            "t31"."at",
            "t31"."until",
            "t31"."fits",
            "t31"."value",
            "t31"."rank",
            "t36"."rank" AS "rank_right",
            "t36"."at" AS "at_right",
            "t36"."until" AS "until_right",
            "t36"."is_found"
           FROM "t29" AS "t31"
           LEFT OUTER JOIN (
            SELECT
             "t34"."rank",
             "t34"."at",
             "t34"."until",
             1.0 AS "is_found"
            FROM (
             SELECT DISTINCT
              *
             FROM (
              SELECT
               "t31"."rank",
               "t31"."at",
               "t31"."until"
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
          "t38"."is_found" IS NULL
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
     "t41"."at",
     CASE WHEN "t41"."scope" = 'rep' THEN "t41"."key" ELSE CAST(NULL AS VARCHAR) END AS "rep_id",
     CASE
      WHEN "t41"."scope" = 'segment'
      THEN "t41"."key"
      ELSE NULLIF("t41"."part", '')
     END AS "segment",
     -(
      "t41"."value"
     ) AS "x"
    FROM (
     SELECT
      "t40"."scope",
      "t40"."key",
      "t40"."part",
      "t40"."at",
      "t40"."until",
      "t40"."fits",
      "t40"."value"
     FROM (
      SELECT
       "t39"."scope",
       "t39"."key",
       "t39"."part",
       "t39"."at",
       "t39"."until",
       "t39"."fits",
       "t39"."value",
       "t39"."rank"
      FROM (
       SELECT
        *
       FROM (
        SELECT
         "t37"."scope",
         "t37"."key",
         "t37"."part",
         "t37"."at",
         "t37"."until",
         "t37"."fits",
         "t37"."value",
         "t37"."rank",
         "t37"."is_found"
        FROM (
         SELECT
          "t31"."scope",
          "t31"."key",
          "t31"."part",
          "t31"."at",
          "t31"."until",
          "t31"."fits",
          "t31"."value",
          "t31"."rank",
          "t36"."rank" AS "rank_right",
          "t36"."at" AS "at_right",
          "t36"."until" AS "until_right",
          "t36"."is_found"
         FROM "t29" AS "t31"
         LEFT OUTER JOIN (
          SELECT
           "t34"."rank",
           "t34"."at",
           "t34"."until",
           1.0 AS "is_found"
          FROM (
           SELECT DISTINCT
            *
           FROM (
            SELECT
             "t31"."rank",
             "t31"."at",
             "t31"."until"
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
        "t38"."is_found" IS NULL
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
   "t51"."at",
   "t51"."rep_id",
   "t51"."segment",
   0.0 AS "x",
   "t51"."y"
  FROM (
   SELECT
    *
   FROM (
    SELECT
     "t47"."at",
     CASE WHEN "t47"."scope" = 'rep' THEN "t47"."key" ELSE CAST(NULL AS VARCHAR) END AS "rep_id",
     CASE
      WHEN "t47"."scope" = 'segment'
      THEN "t47"."key"
      ELSE NULLIF("t47"."part", '')
     END AS "segment",
     "t47"."x" AS "y"
    FROM (
     SELECT
      "t14"."sold_at",
      "t14"."x",
      "t14"."scope",
      "t14"."key",
      "t14"."own_part",
      "t43"."scope" AS "plan_scope",
      "t43"."key" AS "plan_key",
      "t43"."part",
      "t43"."at",
      "t43"."until",
      "t43"."fits",
      "t43"."value"
     FROM (
      SELECT
       *
      FROM (
       SELECT
        "t0"."closed_at" + INTERVAL '1 MONTH' AS "sold_at",
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
         (
          "t0"."created_at" IS NULL
         )
         OR (
          "t0"."created_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
         )
        )
        AND (
         "t0"."pipeline_id" IN ('P1') OR (
          "t0"."pipeline_id" IS NULL
         )
        )
        AND "t0"."status" = 'won'
        AND "t0"."closed_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
      ) AS "t3"
      UNION ALL
      SELECT
       *
      FROM (
       SELECT
        *
       FROM (
        SELECT
         "t0"."closed_at" + INTERVAL '1 MONTH' AS "sold_at",
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
          (
           "t0"."created_at" IS NULL
          )
          OR (
           "t0"."created_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
          )
         )
         AND (
          "t0"."pipeline_id" IN ('P1') OR (
           "t0"."pipeline_id" IS NULL
          )
         )
         AND "t0"."status" = 'won'
         AND "t0"."closed_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
       ) AS "t6"
       UNION ALL
       SELECT
        *
       FROM (
        SELECT
         "t0"."closed_at" + INTERVAL '1 MONTH' AS "sold_at",
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
          (
           "t0"."created_at" IS NULL
          )
          OR (
           "t0"."created_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
          )
         )
         AND (
          "t0"."pipeline_id" IN ('P1') OR (
           "t0"."pipeline_id" IS NULL
          )
         )
         AND "t0"."status" = 'won'
         AND "t0"."closed_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
       ) AS "t7"
      ) AS "t10"
     ) AS "t14"
     INNER JOIN (
      SELECT
       *
      FROM (
       SELECT
        "t40"."scope",
        "t40"."key",
        "t40"."part",
        "t40"."at",
        "t40"."until",
        "t40"."fits",
        "t40"."value"
       FROM (
        SELECT
         "t39"."scope",
         "t39"."key",
         "t39"."part",
         "t39"."at",
         "t39"."until",
         "t39"."fits",
         "t39"."value",
         "t39"."rank"
        FROM (
         SELECT
          *
         FROM (
          SELECT
           "t37"."scope",
           "t37"."key",
           "t37"."part",
           "t37"."at",
           "t37"."until",
           "t37"."fits",
           "t37"."value",
           "t37"."rank",
           "t37"."is_found"
          FROM (
           SELECT
            "t31"."scope",
            "t31"."key",
            "t31"."part",
            "t31"."at",
            "t31"."until",
            "t31"."fits",
            "t31"."value",
            "t31"."rank",
            "t36"."rank" AS "rank_right",
            "t36"."at" AS "at_right",
            "t36"."until" AS "until_right",
            "t36"."is_found"
           FROM "t29" AS "t31"
           LEFT OUTER JOIN (
            SELECT
             "t34"."rank",
             "t34"."at",
             "t34"."until",
             1.0 AS "is_found"
            FROM (
             SELECT DISTINCT
              *
             FROM (
              SELECT
               "t31"."rank",
               "t31"."at",
               "t31"."until"
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
          "t38"."is_found" IS NULL
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
     "t41"."at",
     CASE WHEN "t41"."scope" = 'rep' THEN "t41"."key" ELSE CAST(NULL AS VARCHAR) END AS "rep_id",
     CASE
      WHEN "t41"."scope" = 'segment'
      THEN "t41"."key"
      ELSE NULLIF("t41"."part", '')
     END AS "segment",
     0.0 AS "y"
    FROM (
     SELECT
      "t40"."scope",
      "t40"."key",
      "t40"."part",
      "t40"."at",
      "t40"."until",
      "t40"."fits",
      "t40"."value"
     FROM (
      SELECT
       "t39"."scope",
       "t39"."key",
       "t39"."part",
       "t39"."at",
       "t39"."until",
       "t39"."fits",
       "t39"."value",
       "t39"."rank"
      FROM (
       SELECT
        *
       FROM (
        SELECT
         "t37"."scope",
         "t37"."key",
         "t37"."part",
         "t37"."at",
         "t37"."until",
         "t37"."fits",
         "t37"."value",
         "t37"."rank",
         "t37"."is_found"
        FROM (
         SELECT
          "t31"."scope",
          "t31"."key",
          "t31"."part",
          "t31"."at",
          "t31"."until",
          "t31"."fits",
          "t31"."value",
          "t31"."rank",
          "t36"."rank" AS "rank_right",
          "t36"."at" AS "at_right",
          "t36"."until" AS "until_right",
          "t36"."is_found"
         FROM "t29" AS "t31"
         LEFT OUTER JOIN (
          SELECT
           "t34"."rank",
           "t34"."at",
           "t34"."until",
           1.0 AS "is_found"
          FROM (
           SELECT DISTINCT
            *
           FROM (
            SELECT
             "t31"."rank",
             "t31"."at",
             "t31"."until"
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
        "t38"."is_found" IS NULL
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
 1
