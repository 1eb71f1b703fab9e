SELECT
 CAST(dateTrunc('MONTH', "t16"."at") AS Nullable(DateTime)) AS "by_period",
 countIf(isNotNull("t16"."met") AND (
  "t16"."weight" > 0
 )) AS "n_0",
 sumIf("t16"."weight" * "t16"."met", isNotNull("t16"."met") AND (
  "t16"."weight" > 0
 )) AS "x_0",
 sumIf(
  "t16"."weight" * "t16"."met" * (
   "t16"."weight" * "t16"."met"
  ),
  isNotNull("t16"."met") AND (
   "t16"."weight" > 0
  )
 ) AS "xx_0",
 sumIf("t16"."weight", isNotNull("t16"."met") AND (
  "t16"."weight" > 0
 )) AS "y_0",
 sumIf(
  "t16"."weight" * "t16"."weight",
  isNotNull("t16"."met") AND (
   "t16"."weight" > 0
  )
 ) AS "yy_0",
 sumIf(
  "t16"."weight" * "t16"."met" * "t16"."weight",
  isNotNull("t16"."met") AND (
   "t16"."weight" > 0
  )
 ) AS "xy_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t14".*
   EXCEPT ("kpi_id_right")
  FROM (
   SELECT
    "t13"."kpi_id" AS "kpi_id",
    "t13"."rep_id" AS "rep_id",
    "t13"."role" AS "role",
    "t13"."at" AS "at",
    "t13"."until" AS "until",
    "t13"."met" AS "met",
    "t5"."kpi_id" AS "kpi_id_right",
    "t5"."obligation" AS "obligation",
    "t5"."weight" AS "weight"
   FROM (
    SELECT
     "t11".*
     EXCEPT ("own_role")
    FROM (
     SELECT
      "t10"."kpi_id" AS "kpi_id",
      "t10"."rep_id" AS "rep_id",
      COALESCE("t10"."role", "t10"."own_role") AS "role",
      "t10"."at" AS "at",
      "t10"."until" AS "until",
      "t10"."met" AS "met",
      "t10"."own_role" AS "own_role"
     FROM (
      SELECT
       "t9".*
       EXCEPT ("rep_id_right")
      FROM (
       SELECT
        "t8"."kpi_id" AS "kpi_id",
        "t8"."rep_id" AS "rep_id",
        "t8"."role" AS "role",
        "t8"."at" AS "at",
        "t8"."until" AS "until",
        "t8"."met" AS "met",
        "t6"."rep_id" AS "rep_id_right",
        "t6"."own_role" AS "own_role"
       FROM (
        SELECT
         "t1"."kpi_id" AS "kpi_id",
         "t1"."rep_id" AS "rep_id",
         "t1"."role" AS "role",
         "t1"."period_start_on" AS "at",
         "t1"."period_end_on" + INTERVAL '1' DAY AS "until",
         CASE
          WHEN isNotNull("t1"."is_met")
          THEN CASE WHEN "t1"."is_met" THEN 1.0 ELSE 0.0 END
          WHEN isNotNull("t1"."attainment")
          THEN CASE WHEN "t1"."attainment" >= 0.999999999 THEN 1.0 ELSE 0.0 END
          ELSE NULL
         END AS "met"
        FROM "kpi_facts" AS "t1"
        WHERE
         isNotNull("t1"."period_start_on")
         AND (
          "t1"."period_end_on" + INTERVAL '1' DAY
         ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
       ) AS "t8"
       LEFT OUTER JOIN (
        SELECT
         "t2"."rep_id" AS "rep_id",
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
     "t0"."kpi_id" AS "kpi_id",
     "t0"."obligation" AS "obligation",
     "t0"."weight_in_pay" AS "weight"
    FROM "kpis" AS "t0"
   ) AS "t5"
    ON "t13"."kpi_id" = "t5"."kpi_id"
  ) AS "t14"
 ) AS "t15"
 WHERE
  "t15"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t16"
GROUP BY
 CAST(dateTrunc('MONTH', "t16"."at") AS Nullable(DateTime))
