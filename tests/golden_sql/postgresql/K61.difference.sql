WITH "t22" AS (
 SELECT
  "t19"."scope",
  "t19"."key",
  "t19"."part",
  "t19"."at",
  "t19"."until",
  "t19"."fits",
  "t19"."value"
 FROM (
  SELECT
   "t17"."plan_id",
   "t17"."scope",
   "t17"."scope_id",
   "t17"."metric",
   "t17"."segment",
   "t17"."period_start_on",
   "t17"."period_end_on",
   "t17"."value",
   "t17"."unit",
   "t17"."version",
   "t17"."approved_at",
   "t17"."key",
   "t17"."part",
   "t17"."approved",
   "t17"."edition",
   "t17"."name",
   "t17"."at",
   "t17"."until",
   "t17"."fits"
  FROM (
   SELECT
    *
   FROM (
    SELECT
     "t11"."plan_id",
     "t11"."scope",
     "t11"."scope_id",
     "t11"."metric",
     "t11"."segment",
     "t11"."period_start_on",
     "t11"."period_end_on",
     "t11"."value",
     "t11"."unit",
     "t11"."version",
     "t11"."approved_at",
     "t11"."key",
     "t11"."part",
     "t11"."approved",
     "t11"."edition",
     "t11"."name",
     "t11"."at",
     "t11"."until",
     "t11"."fits",
     ROW_NUMBER() OVER (
      PARTITION BY "t11"."scope", "t11"."key", "t11"."part", "t11"."at", "t11"."until"
      ORDER BY "t11"."approved" DESC NULLS LAST, "t11"."edition" DESC NULLS LAST, "t11"."name" DESC NULLS LAST
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
     ) - 1 AS "place_from_end"
    FROM (
     SELECT
      "t4"."plan_id",
      COALESCE("t4"."scope", 'company') AS "scope",
      "t4"."scope_id",
      "t4"."metric",
      "t4"."segment",
      "t4"."period_start_on",
      "t4"."period_end_on",
      "t4"."value",
      "t4"."unit",
      "t4"."version",
      "t4"."approved_at",
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
      COALESCE("t4"."approved_at", CAST('1970-01-01T00:00:00' AS TIMESTAMP)) AS "approved",
      COALESCE("t4"."version", '') AS "edition",
      COALESCE("t4"."plan_id", '') AS "name",
      "t4"."period_start_on" AS "at",
      "t4"."period_end_on" + INTERVAL '1 DAY' AS "until",
      "t4"."period_start_on" IS NOT NULL AS "fits"
     FROM "plans" AS "t4"
     WHERE
      COALESCE("t4"."metric", 'revenue') = 'revenue'
      AND "t4"."value" IS NOT NULL
      AND (
       (
        "t4"."approved_at" IS NULL
       )
       OR (
        "t4"."approved_at" <= "t4"."period_start_on"
       )
      )
      AND COALESCE("t4"."scope", 'company') = 'rep'
      AND "t4"."period_start_on" IS NOT NULL
      AND "t4"."period_end_on" >= "t4"."period_start_on"
      AND (
       "t4"."period_end_on" + INTERVAL '1 DAY'
      ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
    ) AS "t11"
   ) AS "t15"
   WHERE
    "t15"."place_from_end" = 0
  ) AS "t17"
 ) AS "t19"
), "t36" AS (
 SELECT
  "t35"."scope",
  "t35"."key",
  "t35"."part",
  "t35"."at",
  "t35"."until",
  "t35"."fits",
  "t35"."value",
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
   "t34"."scope",
   "t34"."key",
   "t34"."part",
   "t34"."at",
   "t34"."until",
   "t34"."fits",
   "t34"."value"
  FROM (
   SELECT
    "t33"."scope",
    "t33"."key",
    "t33"."part",
    "t33"."at",
    "t33"."until",
    "t33"."fits",
    "t33"."value",
    "t33"."is_found"
   FROM (
    SELECT
     "t24"."scope",
     "t24"."key",
     "t24"."part",
     "t24"."at",
     "t24"."until",
     "t24"."fits",
     "t24"."value",
     "t32"."scope" AS "scope_right",
     "t32"."key" AS "key_right",
     "t32"."part" AS "part_right",
     "t32"."at" AS "at_right",
     "t32"."until" AS "until_right",
     "t32"."is_found"
    FROM "t22" AS "t24"
    LEFT OUTER JOIN (
     SELECT
      "t30"."scope",
      "t30"."key",
      "t30"."part",
      "t30"."at",
      "t30"."until",
      1.0 AS "is_found"
     FROM (
      SELECT DISTINCT
       *
      FROM (
       SELECT
        "t24"."scope",
        "t24"."key",
        "t24"."part",
        "t24"."at",
        "t24"."until"
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
    "t33"."is_found" IS NULL
  ) AS "t34"
 ) AS "t35"
)
SELECT
 DATE_TRUNC('MONTH', "t58"."at") AS "by_period",
 COUNT(*) FILTER(WHERE
  "t58"."met" IS NOT NULL) AS "n_0",
 SUM("t58"."met") FILTER(WHERE
  "t58"."met" IS NOT NULL) AS "x_0",
 SUM("t58"."plan_met") FILTER(WHERE
  "t58"."met" IS NOT NULL) AS "y_0",
 SUM("t58"."met" * "t58"."plan_met") FILTER(WHERE
  "t58"."met" IS NOT NULL) AS "xy_0"
FROM (
 SELECT
  "t28"."kpi_id",
  "t28"."rep_id",
  "t28"."role",
  "t28"."at",
  "t28"."until",
  "t28"."met",
  "t28"."obligation",
  "t28"."weight",
  "t57"."plan_met"
 FROM (
  SELECT
   "t26"."kpi_id",
   "t26"."rep_id",
   "t26"."role",
   "t26"."at",
   "t26"."until",
   "t26"."met",
   "t26"."obligation",
   "t26"."weight"
  FROM (
   SELECT
    "t21"."kpi_id",
    "t21"."rep_id",
    "t21"."role",
    "t21"."at",
    "t21"."until",
    "t21"."met",
    "t7"."kpi_id" AS "kpi_id_right",
    "t7"."obligation",
    "t7"."weight"
   FROM (
    SELECT
     "t18"."kpi_id",
     "t18"."rep_id",
     "t18"."role",
     "t18"."at",
     "t18"."until",
     "t18"."met"
    FROM (
     SELECT
      "t16"."kpi_id",
      "t16"."rep_id",
      COALESCE("t16"."role", "t16"."own_role") AS "role",
      "t16"."at",
      "t16"."until",
      "t16"."met",
      "t16"."own_role"
     FROM (
      SELECT
       "t14"."kpi_id",
       "t14"."rep_id",
       "t14"."role",
       "t14"."at",
       "t14"."until",
       "t14"."met",
       "t14"."own_role"
      FROM (
       SELECT
        "t13"."kpi_id",
        "t13"."rep_id",
        "t13"."role",
        "t13"."at",
        "t13"."until",
        "t13"."met",
        "t8"."rep_id" AS "rep_id_right",
        "t8"."own_role"
       FROM (
        SELECT
         "t2"."kpi_id",
         "t2"."rep_id",
         "t2"."role",
         "t2"."period_start_on" AS "at",
         "t2"."period_end_on" + INTERVAL '1 DAY' AS "until",
         CASE
          WHEN "t2"."is_met" IS NOT NULL
          THEN CASE WHEN "t2"."is_met" THEN 1.0 ELSE 0.0 END
          WHEN "t2"."attainment" IS NOT NULL
          THEN CASE WHEN "t2"."attainment" >= 0.999999999 THEN 1.0 ELSE 0.0 END
          ELSE NULL
         END AS "met"
        FROM "kpi_facts" AS "t2"
        WHERE
         "t2"."period_start_on" IS NOT NULL
         AND (
          "t2"."period_end_on" + INTERVAL '1 DAY'
         ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
       ) AS "t13"
       LEFT OUTER JOIN (
        SELECT
         "t3"."rep_id",
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
     "t0"."kpi_id",
     "t0"."obligation",
     "t0"."weight_in_pay" AS "weight"
    FROM "kpis" AS "t0"
   ) AS "t7"
    ON "t21"."kpi_id" = "t7"."kpi_id"
  ) AS "t26"
 ) AS "t28"
 INNER JOIN (
  SELECT
   "t55"."key" AS "rep_id",
   "t55"."at",
   "t55"."until",
   CASE
    WHEN (
     CAST("t55"."x" AS DOUBLE PRECISION) / NULLIF("t55"."y", 0.0)
    ) >= 0.999999999
    THEN 1.0
    ELSE 0.0
   END AS "plan_met"
  FROM (
   SELECT
    "t54"."key",
    "t54"."at",
    "t54"."until",
    SUM("t54"."x") AS "x",
    SUM("t54"."y") AS "y"
   FROM (
    SELECT
     *
    FROM (
     SELECT
      "t52"."key",
      "t52"."at",
      "t52"."until",
      "t52"."x",
      0.0 AS "y"
     FROM (
      SELECT
       "t12"."sold_at",
       "t12"."x",
       "t12"."scope",
       "t12"."key",
       "t12"."own_part",
       "t51"."scope" AS "plan_scope",
       "t51"."key" AS "plan_key",
       "t51"."part",
       "t51"."at",
       "t51"."until",
       "t51"."fits",
       "t51"."value"
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
         (
          "t1"."created_at" IS NULL
         )
         OR (
          "t1"."created_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
         )
        )
        AND (
         "t1"."pipeline_id" IN ('P1') OR (
          "t1"."pipeline_id" IS NULL
         )
        )
        AND "t1"."status" = 'won'
        AND "t1"."closed_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
      ) AS "t12"
      INNER JOIN (
       SELECT
        *
       FROM (
        SELECT
         "t47"."scope",
         "t47"."key",
         "t47"."part",
         "t47"."at",
         "t47"."until",
         "t47"."fits",
         "t47"."value"
        FROM (
         SELECT
          "t46"."scope",
          "t46"."key",
          "t46"."part",
          "t46"."at",
          "t46"."until",
          "t46"."fits",
          "t46"."value",
          "t46"."rank"
         FROM (
          SELECT
           *
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
            "t44"."is_found"
           FROM (
            SELECT
             "t38"."scope",
             "t38"."key",
             "t38"."part",
             "t38"."at",
             "t38"."until",
             "t38"."fits",
             "t38"."value",
             "t38"."rank",
             "t43"."rank" AS "rank_right",
             "t43"."at" AS "at_right",
             "t43"."until" AS "until_right",
             "t43"."is_found"
            FROM "t36" AS "t38"
            LEFT OUTER JOIN (
             SELECT
              "t41"."rank",
              "t41"."at",
              "t41"."until",
              1.0 AS "is_found"
             FROM (
              SELECT DISTINCT
               *
              FROM (
               SELECT
                "t38"."rank",
                "t38"."at",
                "t38"."until"
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
           "t45"."is_found" IS NULL
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
      "t48"."key",
      "t48"."at",
      "t48"."until",
      0.0 AS "x",
      "t48"."value" AS "y"
     FROM (
      SELECT
       "t47"."scope",
       "t47"."key",
       "t47"."part",
       "t47"."at",
       "t47"."until",
       "t47"."fits",
       "t47"."value"
      FROM (
       SELECT
        "t46"."scope",
        "t46"."key",
        "t46"."part",
        "t46"."at",
        "t46"."until",
        "t46"."fits",
        "t46"."value",
        "t46"."rank"
       FROM (
        SELECT
         *
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
          "t44"."is_found"
         FROM (
          SELECT
           "t38"."scope",
           "t38"."key",
           "t38"."part",
           "t38"."at",
           "t38"."until",
           "t38"."fits",
           "t38"."value",
           "t38"."rank",
           "t43"."rank" AS "rank_right",
           "t43"."at" AS "at_right",
           "t43"."until" AS "until_right",
           "t43"."is_found"
          FROM "t36" AS "t38"
          LEFT OUTER JOIN (
           SELECT
            "t41"."rank",
            "t41"."at",
            "t41"."until",
            1.0 AS "is_found"
           FROM (
            SELECT DISTINCT
             *
            FROM (
             SELECT
              "t38"."rank",
              "t38"."at",
              "t38"."until"
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
         "t45"."is_found" IS NULL
       ) AS "t46"
      ) AS "t47"
     ) AS "t48"
    ) AS "t49"
   ) AS "t54"
   GROUP BY
    1,
    2,
    3
  ) AS "t55"
  WHERE
   "t55"."y" > 0
 ) AS "t57"
  ON "t28"."rep_id" = "t57"."rep_id"
  AND "t28"."at" = "t57"."at"
  AND "t28"."until" = "t57"."until"
) AS "t58"
GROUP BY
 1
