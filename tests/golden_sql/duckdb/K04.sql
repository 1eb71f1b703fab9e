WITH "t12" AS (
 SELECT
  "t11"."scope",
  "t11"."key",
  "t11"."part",
  "t11"."at",
  "t11"."until",
  "t11"."fits",
  "t11"."value"
 FROM (
  SELECT
   "t10".*
   EXCLUDE ("place_from_end")
  FROM (
   SELECT
    *
   FROM (
    SELECT
     "t5"."plan_id",
     "t5"."scope",
     "t5"."scope_id",
     "t5"."metric",
     "t5"."segment",
     "t5"."period_start_on",
     "t5"."period_end_on",
     "t5"."value",
     "t5"."unit",
     "t5"."version",
     "t5"."approved_at",
     "t5"."key",
     "t5"."part",
     "t5"."approved",
     "t5"."edition",
     "t5"."name",
     "t5"."at",
     "t5"."until",
     "t5"."fits",
     ROW_NUMBER() OVER (
      PARTITION BY "t5"."scope", "t5"."key", "t5"."part", "t5"."at", "t5"."until"
      ORDER BY "t5"."approved" DESC, "t5"."edition" DESC, "t5"."name" DESC
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
       "t1"."period_end_on" + INTERVAL '1' DAY
      ) <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
    ) AS "t5"
   ) AS "t9"
   WHERE
    "t9"."place_from_end" = 0
  ) AS "t10"
 ) AS "t11"
), "t23" AS (
 SELECT
  "t22"."scope",
  "t22"."key",
  "t22"."part",
  "t22"."at",
  "t22"."until",
  "t22"."fits",
  "t22"."value",
  CASE
   WHEN "t22"."scope" = 'rep'
   THEN 0.0
   WHEN "t22"."scope" = 'team'
   THEN 1.0
   WHEN "t22"."scope" = 'segment'
   THEN 2.0
   WHEN "t22"."scope" = 'company'
   THEN 3.0
   ELSE NULL
  END + (
   (
    1.0 - CASE WHEN "t22"."fits" THEN 1.0 ELSE 0.0 END
   ) * 10.0
  ) AS "rank"
 FROM (
  SELECT
   "t21".*
   EXCLUDE ("is_found")
  FROM (
   SELECT
    "t20"."scope",
    "t20"."key",
    "t20"."part",
    "t20"."at",
    "t20"."until",
    "t20"."fits",
    "t20"."value",
    "t20"."is_found"
   FROM (
    SELECT
     "t14"."scope",
     "t14"."key",
     "t14"."part",
     "t14"."at",
     "t14"."until",
     "t14"."fits",
     "t14"."value",
     "t19"."scope" AS "scope_right",
     "t19"."key" AS "key_right",
     "t19"."part" AS "part_right",
     "t19"."at" AS "at_right",
     "t19"."until" AS "until_right",
     "t19"."is_found"
    FROM "t12" AS "t14"
    LEFT OUTER JOIN (
     SELECT
      "t17"."scope",
      "t17"."key",
      "t17"."part",
      "t17"."at",
      "t17"."until",
      1.0 AS "is_found"
     FROM (
      SELECT DISTINCT
       *
      FROM (
       SELECT
        "t14"."scope",
        "t14"."key",
        "t14"."part",
        "t14"."at",
        "t14"."until"
       FROM "t12" AS "t14"
       INNER JOIN "t12" AS "t15"
        ON "t14"."scope" = "t15"."scope"
        AND "t14"."key" = "t15"."key"
        AND "t15"."at" >= "t14"."at"
        AND "t15"."until" <= "t14"."until"
        AND (
         (
          "t14"."part" = ''
         ) OR (
          "t14"."part" = "t15"."part"
         )
        )
        AND (
         (
          "t15"."at" > "t14"."at"
         )
         OR (
          "t15"."until" < "t14"."until"
         )
         OR (
          (
           "t14"."part" = ''
          ) AND (
           "t15"."part" <> ''
          )
         )
        )
      ) AS "t16"
     ) AS "t17"
    ) AS "t19"
     ON "t14"."scope" = "t19"."scope"
     AND "t14"."key" = "t19"."key"
     AND "t14"."part" = "t19"."part"
     AND "t14"."at" = "t19"."at"
     AND "t14"."until" = "t19"."until"
   ) AS "t20"
   WHERE
    "t20"."is_found" IS NULL
  ) AS "t21"
 ) AS "t22"
)
SELECT
 DATE_TRUNC('MONTH', "t42"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t42"."x") AS "x_0",
 SUM("t42"."x" * "t42"."x") AS "xx_0",
 SUM("t42"."y") AS "y_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   *
  FROM (
   SELECT
    "t39"."at",
    CASE WHEN "t39"."scope" = 'rep' THEN "t39"."key" ELSE CAST(NULL AS TEXT) END AS "rep_id",
    CASE
     WHEN "t39"."scope" = 'segment'
     THEN "t39"."key"
     ELSE NULLIF("t39"."part", '')
    END AS "segment",
    "t39"."x",
    0.0 AS "y"
   FROM (
    SELECT
     "t8"."sold_at",
     "t8"."x",
     "t8"."scope",
     "t8"."key",
     "t8"."own_part",
     "t37"."scope" AS "plan_scope",
     "t37"."key" AS "plan_key",
     "t37"."part",
     "t37"."at",
     "t37"."until",
     "t37"."fits",
     "t37"."value"
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
         "t0"."created_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
        )
       )
       AND (
        "t0"."pipeline_id" IN ('P1') OR (
         "t0"."pipeline_id" IS NULL
        )
       )
       AND "t0"."status" = 'won'
       AND "t0"."closed_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
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
          "t0"."created_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
         )
        )
        AND (
         "t0"."pipeline_id" IN ('P1') OR (
          "t0"."pipeline_id" IS NULL
         )
        )
        AND "t0"."status" = 'won'
        AND "t0"."closed_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
      ) AS "t3"
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
          "t0"."created_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
         )
        )
        AND (
         "t0"."pipeline_id" IN ('P1') OR (
          "t0"."pipeline_id" IS NULL
         )
        )
        AND "t0"."status" = 'won'
        AND "t0"."closed_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
      ) AS "t4"
     ) AS "t6"
    ) AS "t8"
    INNER JOIN (
     SELECT
      *
     FROM (
      SELECT
       "t34".*
       EXCLUDE ("rank")
      FROM (
       SELECT
        "t33".*
        EXCLUDE ("is_found")
       FROM (
        SELECT
         *
        FROM (
         SELECT
          "t31".*
          EXCLUDE ("at_right", "rank_right", "until_right")
         FROM (
          SELECT
           "t25"."scope",
           "t25"."key",
           "t25"."part",
           "t25"."at",
           "t25"."until",
           "t25"."fits",
           "t25"."value",
           "t25"."rank",
           "t30"."rank" AS "rank_right",
           "t30"."at" AS "at_right",
           "t30"."until" AS "until_right",
           "t30"."is_found"
          FROM "t23" AS "t25"
          LEFT OUTER JOIN (
           SELECT
            "t28"."rank",
            "t28"."at",
            "t28"."until",
            1.0 AS "is_found"
           FROM (
            SELECT DISTINCT
             *
            FROM (
             SELECT
              "t25"."rank",
              "t25"."at",
              "t25"."until"
             FROM "t23" AS "t25"
             INNER JOIN "t23" AS "t26"
              ON "t26"."rank" < "t25"."rank"
              AND "t26"."at" < "t25"."until"
              AND "t26"."until" > "t25"."at"
            ) AS "t27"
           ) AS "t28"
          ) AS "t30"
           ON "t25"."rank" = "t30"."rank"
           AND "t25"."at" = "t30"."at"
           AND "t25"."until" = "t30"."until"
         ) AS "t31"
        ) AS "t32"
        WHERE
         "t32"."is_found" IS NULL
       ) AS "t33"
      ) AS "t34"
     ) AS "t35"
     WHERE
      "t35"."fits"
    ) AS "t37"
     ON "t8"."scope" = "t37"."scope"
     AND "t8"."key" = "t37"."key"
     AND "t8"."sold_at" >= "t37"."at"
     AND "t8"."sold_at" < "t37"."until"
     AND (
      (
       "t37"."part" = ''
      ) OR (
       "t37"."part" = "t8"."own_part"
      )
     )
   ) AS "t39"
  ) AS "t40"
  UNION ALL
  SELECT
   *
  FROM (
   SELECT
    "t35"."at",
    CASE WHEN "t35"."scope" = 'rep' THEN "t35"."key" ELSE CAST(NULL AS TEXT) END AS "rep_id",
    CASE
     WHEN "t35"."scope" = 'segment'
     THEN "t35"."key"
     ELSE NULLIF("t35"."part", '')
    END AS "segment",
    0.0 AS "x",
    CASE WHEN "t35"."fits" THEN "t35"."value" ELSE 0.0 END AS "y"
   FROM (
    SELECT
     "t34".*
     EXCLUDE ("rank")
    FROM (
     SELECT
      "t33".*
      EXCLUDE ("is_found")
     FROM (
      SELECT
       *
      FROM (
       SELECT
        "t31".*
        EXCLUDE ("at_right", "rank_right", "until_right")
       FROM (
        SELECT
         "t25"."scope",
         "t25"."key",
         "t25"."part",
         "t25"."at",
         "t25"."until",
         "t25"."fits",
         "t25"."value",
         "t25"."rank",
         "t30"."rank" AS "rank_right",
         "t30"."at" AS "at_right",
         "t30"."until" AS "until_right",
         "t30"."is_found"
        FROM "t23" AS "t25"
        LEFT OUTER JOIN (
         SELECT
          "t28"."rank",
          "t28"."at",
          "t28"."until",
          1.0 AS "is_found"
         FROM (
          SELECT DISTINCT
           *
          FROM (
           SELECT
            "t25"."rank",
            "t25"."at",
            "t25"."until"
           FROM "t23" AS "t25"
           INNER JOIN "t23" AS "t26"
            ON "t26"."rank" < "t25"."rank"
            AND "t26"."at" < "t25"."until"
            AND "t26"."until" > "t25"."at"
          ) AS "t27"
         ) AS "t28"
        ) AS "t30"
         ON "t25"."rank" = "t30"."rank"
         AND "t25"."at" = "t30"."at"
         AND "t25"."until" = "t30"."until"
       ) AS "t31"
      ) AS "t32"
      WHERE
       "t32"."is_found" IS NULL
     ) AS "t33"
    ) AS "t34"
   ) AS "t35"
  ) AS "t38"
 ) AS "t41"
 WHERE
  "t41"."at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
) AS "t42"
GROUP BY
 1
