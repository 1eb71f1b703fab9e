SELECT
 DATE_TRUNC('MONTH', "t16"."at") AS "by_period",
 COUNT(*) FILTER(WHERE
  (
   "t16"."met" IS NOT NULL
  ) AND (
   "t16"."weight" > 0
  )) AS "n_0",
 SUM("t16"."weight" * "t16"."met") FILTER(WHERE
  (
   "t16"."met" IS NOT NULL
  ) AND (
   "t16"."weight" > 0
  )) AS "x_0",
 SUM("t16"."weight" * "t16"."met" * (
  "t16"."weight" * "t16"."met"
 )) FILTER(WHERE
  (
   "t16"."met" IS NOT NULL
  ) AND (
   "t16"."weight" > 0
  )) AS "xx_0",
 SUM("t16"."weight") FILTER(WHERE
  (
   "t16"."met" IS NOT NULL
  ) AND (
   "t16"."weight" > 0
  )) AS "y_0",
 SUM("t16"."weight" * "t16"."weight") FILTER(WHERE
  (
   "t16"."met" IS NOT NULL
  ) AND (
   "t16"."weight" > 0
  )) AS "yy_0",
 SUM("t16"."weight" * "t16"."met" * "t16"."weight") FILTER(WHERE
  (
   "t16"."met" IS NOT NULL
  ) AND (
   "t16"."weight" > 0
  )) AS "xy_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t14".*
   EXCLUDE ("kpi_id_right")
  FROM (
   SELECT
    "t13"."kpi_id",
    "t13"."rep_id",
    "t13"."role",
    "t13"."at",
    "t13"."until",
    "t13"."met",
    "t5"."kpi_id" AS "kpi_id_right",
    "t5"."obligation",
    "t5"."weight"
   FROM (
    SELECT
     "t11".*
     EXCLUDE ("own_role")
    FROM (
     SELECT
      "t10"."kpi_id",
      "t10"."rep_id",
      COALESCE("t10"."role", "t10"."own_role") AS "role",
      "t10"."at",
      "t10"."until",
      "t10"."met",
      "t10"."own_role"
     FROM (
      SELECT
       "t9".*
       EXCLUDE ("rep_id_right")
      FROM (
       SELECT
        "t8"."kpi_id",
        "t8"."rep_id",
        "t8"."role",
        "t8"."at",
        "t8"."until",
        "t8"."met",
        "t6"."rep_id" AS "rep_id_right",
        "t6"."own_role"
       FROM (
        SELECT
         "t1"."kpi_id",
         "t1"."rep_id",
         "t1"."role",
         "t1"."period_start_on" AS "at",
         "t1"."period_end_on" + INTERVAL '1' DAY AS "until",
         CASE
          WHEN "t1"."is_met" IS NOT NULL
          THEN CASE WHEN "t1"."is_met" THEN 1.0 ELSE 0.0 END
          WHEN "t1"."attainment" IS NOT NULL
          THEN CASE WHEN "t1"."attainment" >= 0.999999999 THEN 1.0 ELSE 0.0 END
          ELSE NULL
         END AS "met"
        FROM "kpi_facts" AS "t1"
        WHERE
         "t1"."period_start_on" IS NOT NULL
         AND (
          "t1"."period_end_on" + INTERVAL '1' DAY
         ) <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
       ) AS "t8"
       LEFT OUTER JOIN (
        SELECT
         "t2"."rep_id",
         "t2"."role" AS "own_role"
        FROM "reps" AS "t2"
       ) AS "t6"
        ON "t8"."rep_id" = "t6"."rep_id"
      ) AS "t9"
     ) AS "t10"
    ) AS "t11"
   ) AS "t13"
   LEFT OUTER JOIN (
    SELECT
     "t0"."kpi_id",
     "t0"."obligation",
     "t0"."weight_in_pay" AS "weight"
    FROM "kpis" AS "t0"
   ) AS "t5"
    ON "t13"."kpi_id" = "t5"."kpi_id"
  ) AS "t14"
 ) AS "t15"
 WHERE
  "t15"."at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
) AS "t16"
GROUP BY
 1
