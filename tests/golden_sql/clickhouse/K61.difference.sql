WITH "t22" AS (
 SELECT
  "t19"."scope" AS "scope",
  "t19"."key" AS "key",
  "t19"."part" AS "part",
  "t19"."at" AS "at",
  "t19"."until" AS "until",
  "t19"."fits" AS "fits",
  "t19"."value" AS "value"
 FROM (
  SELECT
   "t17".*
   EXCEPT ("place_from_end")
  FROM (
   SELECT
    *
   FROM (
    SELECT
     "t11"."plan_id" AS "plan_id",
     "t11"."scope" AS "scope",
     "t11"."scope_id" AS "scope_id",
     "t11"."metric" AS "metric",
     "t11"."segment" AS "segment",
     "t11"."period_start_on" AS "period_start_on",
     "t11"."period_end_on" AS "period_end_on",
     "t11"."value" AS "value",
     "t11"."unit" AS "unit",
     "t11"."version" AS "version",
     "t11"."approved_at" AS "approved_at",
     "t11"."key" AS "key",
     "t11"."part" AS "part",
     "t11"."approved" AS "approved",
     "t11"."edition" AS "edition",
     "t11"."name" AS "name",
     "t11"."at" AS "at",
     "t11"."until" AS "until",
     "t11"."fits" AS "fits",
     ROW_NUMBER() OVER (
      PARTITION BY "t11"."scope", "t11"."key", "t11"."part", "t11"."at", "t11"."until"
      ORDER BY "t11"."approved" DESC, "t11"."edition" DESC, "t11"."name" DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
     ) - 1 AS "place_from_end"
    FROM (
     SELECT
      "t4"."plan_id" AS "plan_id",
      COALESCE("t4"."scope", 'company') AS "scope",
      "t4"."scope_id" AS "scope_id",
      "t4"."metric" AS "metric",
      "t4"."segment" AS "segment",
      "t4"."period_start_on" AS "period_start_on",
      "t4"."period_end_on" AS "period_end_on",
      "t4"."value" AS "value",
      "t4"."unit" AS "unit",
      "t4"."version" AS "version",
      "t4"."approved_at" AS "approved_at",
      CASE
       WHEN COALESCE("t4"."scope", 'company') = 'company'
       THEN ''
       WHEN COALESCE("t4"."scope", 'company') = 'segment'
       THEN COALESCE("t4"."scope_id", "t4"."segment", '')
       ELSE COALESCE("t4"."scope_id", '')
      END AS "key",
      CASE
       WHEN COALESCE("t4"."scope", 'company') = 'segment'
       THEN ''
       ELSE COALESCE("t4"."segment", '')
      END AS "part",
      COALESCE("t4"."approved_at", parseDateTimeBestEffort('1970-01-01T00:00:00')) AS "approved",
      COALESCE("t4"."version", '') AS "edition",
      COALESCE("t4"."plan_id", '') AS "name",
      "t4"."period_start_on" AS "at",
      "t4"."period_end_on" + INTERVAL '1' DAY AS "until",
      isNotNull("t4"."period_start_on") AS "fits"
     FROM "plans" AS "t4"
     WHERE
      COALESCE("t4"."metric", 'revenue') = 'revenue'
      AND isNotNull("t4"."value")
      AND (
       isNull("t4"."approved_at") OR (
        "t4"."approved_at" <= "t4"."period_start_on"
       )
      )
      AND COALESCE("t4"."scope", 'company') = 'rep'
      AND isNotNull("t4"."period_start_on")
      AND "t4"."period_end_on" >= "t4"."period_start_on"
      AND (
       "t4"."period_end_on" + INTERVAL '1' DAY
      ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
    ) AS "t11"
   ) AS "t15"
   WHERE
    "t15"."place_from_end" = 0
  ) AS "t17"
 ) AS "t19"
), "t36" AS (
 SELECT
  "t35"."scope" AS "scope",
  "t35"."key" AS "key",
  "t35"."part" AS "part",
  "t35"."at" AS "at",
  "t35"."until" AS "until",
  "t35"."fits" AS "fits",
  "t35"."value" AS "value",
  CASE
   WHEN "t35"."scope" = 'rep'
   THEN 0.0
   WHEN "t35"."scope" = 'team'
   THEN 1.0
   WHEN "t35"."scope" = 'segment'
   THEN 2.0
   WHEN "t35"."scope" = 'company'
   THEN 3.0
   ELSE NULL
  END + (
   (
    1.0 - CASE WHEN "t35"."fits" THEN 1.0 ELSE 0.0 END
   ) * 10.0
  ) AS "rank"
 FROM (
  SELECT
   "t34".*
   EXCEPT ("is_found")
  FROM (
   SELECT
    "t33"."scope" AS "scope",
    "t33"."key" AS "key",
    "t33"."part" AS "part",
    "t33"."at" AS "at",
    "t33"."until" AS "until",
    "t33"."fits" AS "fits",
    "t33"."value" AS "value",
    "t33"."is_found" AS "is_found"
   FROM (
    SELECT
     "t24"."scope" AS "scope",
     "t24"."key" AS "key",
     "t24"."part" AS "part",
     "t24"."at" AS "at",
     "t24"."until" AS "until",
     "t24"."fits" AS "fits",
     "t24"."value" AS "value",
     "t32"."scope" AS "scope_right",
     "t32"."key" AS "key_right",
     "t32"."part" AS "part_right",
     "t32"."at" AS "at_right",
     "t32"."until" AS "until_right",
     "t32"."is_found" AS "is_found"
    FROM "t22" AS "t24"
    LEFT OUTER JOIN (
     SELECT
      "t30"."scope" AS "scope",
      "t30"."key" AS "key",
      "t30"."part" AS "part",
      "t30"."at" AS "at",
      "t30"."until" AS "until",
      1.0 AS "is_found"
     FROM (
      SELECT DISTINCT
       *
      FROM (
       SELECT
        "t24"."scope" AS "scope",
        "t24"."key" AS "key",
        "t24"."part" AS "part",
        "t24"."at" AS "at",
        "t24"."until" AS "until"
       FROM "t22" AS "t24"
       INNER JOIN "t22" AS "t25"
        ON "t24"."scope" = "t25"."scope"
        AND "t24"."key" = "t25"."key"
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
      ) AS "t29"
     ) AS "t30"
    ) AS "t32"
     ON "t24"."scope" = "t32"."scope"
     AND "t24"."key" = "t32"."key"
     AND "t24"."part" = "t32"."part"
     AND "t24"."at" = "t32"."at"
     AND "t24"."until" = "t32"."until"
   ) AS "t33"
   WHERE
    isNull("t33"."is_found")
  ) AS "t34"
 ) AS "t35"
)
SELECT
 CAST(dateTrunc('MONTH', "t58"."at") AS Nullable(DateTime)) AS "by_period",
 countIf(isNotNull("t58"."met")) AS "n_0",
 sumIf("t58"."met", isNotNull("t58"."met")) AS "x_0",
 sumIf("t58"."plan_met", isNotNull("t58"."met")) AS "y_0",
 sumIf("t58"."met" * "t58"."plan_met", isNotNull("t58"."met")) AS "xy_0"
FROM (
 SELECT
  "t28"."kpi_id" AS "kpi_id",
  "t28"."rep_id" AS "rep_id",
  "t28"."role" AS "role",
  "t28"."at" AS "at",
  "t28"."until" AS "until",
  "t28"."met" AS "met",
  "t28"."obligation" AS "obligation",
  "t28"."weight" AS "weight",
  "t57"."plan_met" AS "plan_met"
 FROM (
  SELECT
   "t26".*
   EXCEPT ("kpi_id_right")
  FROM (
   SELECT
    "t21"."kpi_id" AS "kpi_id",
    "t21"."rep_id" AS "rep_id",
    "t21"."role" AS "role",
    "t21"."at" AS "at",
    "t21"."until" AS "until",
    "t21"."met" AS "met",
    "t7"."kpi_id" AS "kpi_id_right",
    "t7"."obligation" AS "obligation",
    "t7"."weight" AS "weight"
   FROM (
    SELECT
     "t18".*
     EXCEPT ("own_role")
    FROM (
     SELECT
      "t16"."kpi_id" AS "kpi_id",
      "t16"."rep_id" AS "rep_id",
      COALESCE("t16"."role", "t16"."own_role") AS "role",
      "t16"."at" AS "at",
      "t16"."until" AS "until",
      "t16"."met" AS "met",
      "t16"."own_role" AS "own_role"
     FROM (
      SELECT
       "t14".*
       EXCEPT ("rep_id_right")
      FROM (
       SELECT
        "t13"."kpi_id" AS "kpi_id",
        "t13"."rep_id" AS "rep_id",
        "t13"."role" AS "role",
        "t13"."at" AS "at",
        "t13"."until" AS "until",
        "t13"."met" AS "met",
        "t8"."rep_id" AS "rep_id_right",
        "t8"."own_role" AS "own_role"
       FROM (
        SELECT
         "t2"."kpi_id" AS "kpi_id",
         "t2"."rep_id" AS "rep_id",
         "t2"."role" AS "role",
         "t2"."period_start_on" AS "at",
         "t2"."period_end_on" + INTERVAL '1' DAY AS "until",
         CASE
          WHEN isNotNull("t2"."is_met")
          THEN CASE WHEN "t2"."is_met" THEN 1.0 ELSE 0.0 END
          WHEN isNotNull("t2"."attainment")
          THEN CASE WHEN "t2"."attainment" >= 0.999999999 THEN 1.0 ELSE 0.0 END
          ELSE NULL
         END AS "met"
        FROM "kpi_facts" AS "t2"
        WHERE
         isNotNull("t2"."period_start_on")
         AND (
          "t2"."period_end_on" + INTERVAL '1' DAY
         ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
       ) AS "t13"
       LEFT OUTER JOIN (
        SELECT
         "t3"."rep_id" AS "rep_id",
         "t3"."role" AS "own_role"
        FROM "reps" AS "t3"
       ) AS "t8"
        ON "t13"."rep_id" = "t8"."rep_id"
      ) AS "t14"
     ) AS "t16"
    ) AS "t18"
   ) AS "t21"
   LEFT OUTER JOIN (
    SELECT
     "t0"."kpi_id" AS "kpi_id",
     "t0"."obligation" AS "obligation",
     "t0"."weight_in_pay" AS "weight"
    FROM "kpis" AS "t0"
   ) AS "t7"
    ON "t21"."kpi_id" = "t7"."kpi_id"
  ) AS "t26"
 ) AS "t28"
 INNER JOIN (
  SELECT
   "t55"."key" AS "rep_id",
   "t55"."at" AS "at",
   "t55"."until" AS "until",
   CASE
    WHEN (
     "t55"."x" / nullIf("t55"."y", 0.0)
    ) >= 0.999999999
    THEN 1.0
    ELSE 0.0
   END AS "plan_met"
  FROM (
   SELECT
    "t54"."key" AS "key",
    "t54"."at" AS "at",
    "t54"."until" AS "until",
    SUM("t54"."x") AS "x",
    SUM("t54"."y") AS "y"
   FROM (
    SELECT
     *
    FROM (
     SELECT
      "t52"."key" AS "key",
      "t52"."at" AS "at",
      "t52"."until" AS "until",
      "t52"."x" AS "x",
      0.0 AS "y"
     FROM (
      SELECT
       "t12"."sold_at" AS "sold_at",
       "t12"."x" AS "x",
       "t12"."scope" AS "scope",
       "t12"."key" AS "key",
       "t12"."own_part" AS "own_part",
       "t51"."scope" AS "plan_scope",
       "t51"."key" AS "plan_key",
       "t51"."part" AS "part",
       "t51"."at" AS "at",
       "t51"."until" AS "until",
       "t51"."fits" AS "fits",
       "t51"."value" AS "value"
      FROM (
       SELECT
        "t1"."closed_at" AS "sold_at",
        "t1"."amount_base" AS "x",
        'rep' AS "scope",
        "t1"."owner_id" AS "key",
        "t1"."segment" AS "own_part"
       FROM "deals" AS "t1"
       WHERE
        NOT (
         COALESCE("t1"."is_test", FALSE) OR COALESCE("t1"."is_duplicate", FALSE)
        )
        AND (
         isNull("t1"."created_at")
         OR (
          "t1"."created_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
         )
        )
        AND (
         "t1"."pipeline_id" IN ('P1') OR isNull("t1"."pipeline_id")
        )
        AND "t1"."status" = 'won'
        AND "t1"."closed_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
      ) AS "t12"
      INNER JOIN (
       SELECT
        *
       FROM (
        SELECT
         "t47".*
         EXCEPT ("rank")
        FROM (
         SELECT
          "t46".*
          EXCEPT ("is_found")
         FROM (
          SELECT
           *
          FROM (
           SELECT
            "t44".*
            EXCEPT ("at_right", "rank_right", "until_right")
           FROM (
            SELECT
             "t38"."scope" AS "scope",
             "t38"."key" AS "key",
             "t38"."part" AS "part",
             "t38"."at" AS "at",
             "t38"."until" AS "until",
             "t38"."fits" AS "fits",
             "t38"."value" AS "value",
             "t38"."rank" AS "rank",
             "t43"."rank" AS "rank_right",
             "t43"."at" AS "at_right",
             "t43"."until" AS "until_right",
             "t43"."is_found" AS "is_found"
            FROM "t36" AS "t38"
            LEFT OUTER JOIN (
             SELECT
              "t41"."rank" AS "rank",
              "t41"."at" AS "at",
              "t41"."until" AS "until",
              1.0 AS "is_found"
             FROM (
              SELECT DISTINCT
               *
              FROM (
               SELECT
                "t38"."rank" AS "rank",
                "t38"."at" AS "at",
                "t38"."until" AS "until"
               FROM "t36" AS "t38"
               INNER JOIN "t36" AS "t39"
                ON "t39"."rank" < "t38"."rank"
                AND "t39"."at" < "t38"."until"
                AND "t39"."until" > "t38"."at"
              ) AS "t40"
             ) AS "t41"
            ) AS "t43"
             ON "t38"."rank" = "t43"."rank"
             AND "t38"."at" = "t43"."at"
             AND "t38"."until" = "t43"."until"
           ) AS "t44"
          ) AS "t45"
          WHERE
           isNull("t45"."is_found")
         ) AS "t46"
        ) AS "t47"
       ) AS "t48"
       WHERE
        "t48"."fits"
      ) AS "t51"
       ON "t12"."scope" = "t51"."scope"
       AND "t12"."key" = "t51"."key"
       AND "t12"."sold_at" >= "t51"."at"
       AND "t12"."sold_at" < "t51"."until"
       AND (
        (
         "t51"."part" = ''
        ) OR (
         "t51"."part" = "t12"."own_part"
        )
       )
     ) AS "t52"
    ) AS "t53"
    UNION ALL
    SELECT
     *
    FROM (
     SELECT
      "t48"."key" AS "key",
      "t48"."at" AS "at",
      "t48"."until" AS "until",
      0.0 AS "x",
      "t48"."value" AS "y"
     FROM (
      SELECT
       "t47".*
       EXCEPT ("rank")
      FROM (
       SELECT
        "t46".*
        EXCEPT ("is_found")
       FROM (
        SELECT
         *
        FROM (
         SELECT
          "t44".*
          EXCEPT ("at_right", "rank_right", "until_right")
         FROM (
          SELECT
           "t38"."scope" AS "scope",
           "t38"."key" AS "key",
           "t38"."part" AS "part",
           "t38"."at" AS "at",
           "t38"."until" AS "until",
           "t38"."fits" AS "fits",
           "t38"."value" AS "value",
           "t38"."rank" AS "rank",
           "t43"."rank" AS "rank_right",
           "t43"."at" AS "at_right",
           "t43"."until" AS "until_right",
           "t43"."is_found" AS "is_found"
          FROM "t36" AS "t38"
          LEFT OUTER JOIN (
           SELECT
            "t41"."rank" AS "rank",
            "t41"."at" AS "at",
            "t41"."until" AS "until",
            1.0 AS "is_found"
           FROM (
            SELECT DISTINCT
             *
            FROM (
             SELECT
              "t38"."rank" AS "rank",
              "t38"."at" AS "at",
              "t38"."until" AS "until"
             FROM "t36" AS "t38"
             INNER JOIN "t36" AS "t39"
              ON "t39"."rank" < "t38"."rank"
              AND "t39"."at" < "t38"."until"
              AND "t39"."until" > "t38"."at"
            ) AS "t40"
           ) AS "t41"
          ) AS "t43"
           ON "t38"."rank" = "t43"."rank"
           AND "t38"."at" = "t43"."at"
           AND "t38"."until" = "t43"."until"
         ) AS "t44"
        ) AS "t45"
        WHERE
         isNull("t45"."is_found")
       ) AS "t46"
      ) AS "t47"
     ) AS "t48"
    ) AS "t49"
   ) AS "t54"
   GROUP BY
    "t54"."key",
    "t54"."at",
    "t54"."until"
  ) AS "t55"
  WHERE
   "t55"."y" > 0
 ) AS "t57"
  ON "t28"."rep_id" = "t57"."rep_id"
  AND "t28"."at" = "t57"."at"
  AND "t28"."until" = "t57"."until"
) AS "t58"
GROUP BY
 CAST(dateTrunc('MONTH', "t58"."at") AS Nullable(DateTime))
