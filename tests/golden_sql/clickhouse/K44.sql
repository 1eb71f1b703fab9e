WITH "t12" AS (
 SELECT
  "t11"."scope" AS "scope",
  "t11"."key" AS "key",
  "t11"."part" AS "part",
  "t11"."at" AS "at",
  "t11"."until" AS "until",
  "t11"."fits" AS "fits",
  "t11"."value" AS "value"
 FROM (
  SELECT
   "t10".*
   EXCEPT ("place_from_end")
  FROM (
   SELECT
    *
   FROM (
    SELECT
     "t5"."plan_id" AS "plan_id",
     "t5"."scope" AS "scope",
     "t5"."scope_id" AS "scope_id",
     "t5"."metric" AS "metric",
     "t5"."segment" AS "segment",
     "t5"."period_start_on" AS "period_start_on",
     "t5"."period_end_on" AS "period_end_on",
     "t5"."value" AS "value",
     "t5"."unit" AS "unit",
     "t5"."version" AS "version",
     "t5"."approved_at" AS "approved_at",
     "t5"."key" AS "key",
     "t5"."part" AS "part",
     "t5"."approved" AS "approved",
     "t5"."edition" AS "edition",
     "t5"."name" AS "name",
     "t5"."at" AS "at",
     "t5"."until" AS "until",
     "t5"."fits" AS "fits",
     ROW_NUMBER() OVER (
      PARTITION BY "t5"."scope", "t5"."key", "t5"."part", "t5"."at", "t5"."until"
      ORDER BY "t5"."approved" DESC, "t5"."edition" DESC, "t5"."name" DESC
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
    ) AS "t5"
   ) AS "t9"
   WHERE
    "t9"."place_from_end" = 0
  ) AS "t10"
 ) AS "t11"
), "t23" AS (
 SELECT
  "t22"."scope" AS "scope",
  "t22"."key" AS "key",
  "t22"."part" AS "part",
  "t22"."at" AS "at",
  "t22"."until" AS "until",
  "t22"."fits" AS "fits",
  "t22"."value" AS "value",
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
   EXCEPT ("is_found")
  FROM (
   SELECT
    "t20"."scope" AS "scope",
    "t20"."key" AS "key",
    "t20"."part" AS "part",
    "t20"."at" AS "at",
    "t20"."until" AS "until",
    "t20"."fits" AS "fits",
    "t20"."value" AS "value",
    "t20"."is_found" AS "is_found"
   FROM (
    SELECT
     "t14"."scope" AS "scope",
     "t14"."key" AS "key",
     "t14"."part" AS "part",
     "t14"."at" AS "at",
     "t14"."until" AS "until",
     "t14"."fits" AS "fits",
     "t14"."value" AS "value",
     "t19"."scope" AS "scope_right",
     "t19"."key" AS "key_right",
     "t19"."part" AS "part_right",
     "t19"."at" AS "at_right",
     "t19"."until" AS "until_right",
     "t19"."is_found" AS "is_found"
    FROM "t12" AS "t14"
    LEFT OUTER JOIN (
     SELECT
      "t17"."scope" AS "scope",
      "t17"."key" AS "key",
      "t17"."part" AS "part",
      "t17"."at" AS "at",
      "t17"."until" AS "until",
      1.0 AS "is_found"
     FROM (
      SELECT DISTINCT
       *
      FROM (
       SELECT
        "t14"."scope" AS "scope",
        "t14"."key" AS "key",
        "t14"."part" AS "part",
        "t14"."at" AS "at",
        "t14"."until" AS "until"
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
    isNull("t20"."is_found")
  ) AS "t21"
 ) AS "t22"
)
SELECT
 CAST(dateTrunc('MONTH', "t42"."at") AS Nullable(DateTime)) AS "by_period",
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
    "t39"."at" AS "at",
    CASE
     WHEN "t39"."scope" = 'rep'
     THEN "t39"."key"
     ELSE CAST(NULL AS Nullable(String))
    END AS "rep_id",
    CASE
     WHEN "t39"."scope" = 'segment'
     THEN "t39"."key"
     ELSE nullIf("t39"."part", '')
    END AS "segment",
    "t39"."x" AS "x",
    0.0 AS "y"
   FROM (
    SELECT
     "t8"."sold_at" AS "sold_at",
     "t8"."x" AS "x",
     "t8"."scope" AS "scope",
     "t8"."key" AS "key",
     "t8"."own_part" AS "own_part",
     "t37"."scope" AS "plan_scope",
     "t37"."key" AS "plan_key",
     "t37"."part" AS "part",
     "t37"."at" AS "at",
     "t37"."until" AS "until",
     "t37"."fits" AS "fits",
     "t37"."value" AS "value"
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
     ) AS "t6"
    ) AS "t8"
    INNER JOIN (
     SELECT
      *
     FROM (
      SELECT
       "t34".*
       EXCEPT ("rank")
      FROM (
       SELECT
        "t33".*
        EXCEPT ("is_found")
       FROM (
        SELECT
         *
        FROM (
         SELECT
          "t31".*
          EXCEPT ("at_right", "rank_right", "until_right")
         FROM (
          SELECT
           "t25"."scope" AS "scope",
           "t25"."key" AS "key",
           "t25"."part" AS "part",
           "t25"."at" AS "at",
           "t25"."until" AS "until",
           "t25"."fits" AS "fits",
           "t25"."value" AS "value",
           "t25"."rank" AS "rank",
           "t30"."rank" AS "rank_right",
           "t30"."at" AS "at_right",
           "t30"."until" AS "until_right",
           "t30"."is_found" AS "is_found"
          FROM "t23" AS "t25"
          LEFT OUTER JOIN (
           SELECT
            "t28"."rank" AS "rank",
            "t28"."at" AS "at",
            "t28"."until" AS "until",
            1.0 AS "is_found"
           FROM (
            SELECT DISTINCT
             *
            FROM (
             SELECT
              "t25"."rank" AS "rank",
              "t25"."at" AS "at",
              "t25"."until" AS "until"
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
         isNull("t32"."is_found")
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
    "t35"."at" AS "at",
    CASE
     WHEN "t35"."scope" = 'rep'
     THEN "t35"."key"
     ELSE CAST(NULL AS Nullable(String))
    END AS "rep_id",
    CASE
     WHEN "t35"."scope" = 'segment'
     THEN "t35"."key"
     ELSE nullIf("t35"."part", '')
    END AS "segment",
    0.0 AS "x",
    CASE WHEN "t35"."fits" THEN "t35"."value" ELSE 0.0 END AS "y"
   FROM (
    SELECT
     "t34".*
     EXCEPT ("rank")
    FROM (
     SELECT
      "t33".*
      EXCEPT ("is_found")
     FROM (
      SELECT
       *
      FROM (
       SELECT
        "t31".*
        EXCEPT ("at_right", "rank_right", "until_right")
       FROM (
        SELECT
         "t25"."scope" AS "scope",
         "t25"."key" AS "key",
         "t25"."part" AS "part",
         "t25"."at" AS "at",
         "t25"."until" AS "until",
         "t25"."fits" AS "fits",
         "t25"."value" AS "value",
         "t25"."rank" AS "rank",
         "t30"."rank" AS "rank_right",
         "t30"."at" AS "at_right",
         "t30"."until" AS "until_right",
         "t30"."is_found" AS "is_found"
        FROM "t23" AS "t25"
        LEFT OUTER JOIN (
         SELECT
          "t28"."rank" AS "rank",
          "t28"."at" AS "at",
          "t28"."until" AS "until",
          1.0 AS "is_found"
         FROM (
          SELECT DISTINCT
           *
          FROM (
           SELECT
            "t25"."rank" AS "rank",
            "t25"."at" AS "at",
            "t25"."until" AS "until"
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
       isNull("t32"."is_found")
     ) AS "t33"
    ) AS "t34"
   ) AS "t35"
  ) AS "t38"
 ) AS "t41"
 WHERE
  "t41"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t42"
GROUP BY
 CAST(dateTrunc('MONTH', "t42"."at") AS Nullable(DateTime))
