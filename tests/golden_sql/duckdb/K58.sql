SELECT
 DATE_TRUNC('MONTH', "t5"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t5"."available_h") AS "x_0",
 SUM("t5"."required_h") AS "y_0"
FROM (
 SELECT
  "t4"."role",
  "t4"."at",
  SUM("t4"."contacts") AS "contacts",
  SUM("t4"."required_h") AS "required_h",
  SUM("t4"."available_h") AS "available_h",
  SUM("t4"."hours_per_fte") AS "hours_per_fte",
  SUM("t4"."fte") AS "fte",
  SUM("t4"."required_fte") AS "required_fte",
  SUM("t4"."work_days") AS "work_days"
 FROM (
  SELECT
   *
  FROM (
   SELECT
    "t0"."role",
    "t0"."month_start_on" AS "at",
    "t0"."required_contacts" AS "contacts",
    "t0"."required_h",
    CAST(NULL AS DOUBLE) AS "available_h",
    CAST(NULL AS DOUBLE) AS "hours_per_fte",
    CAST(NULL AS DOUBLE) AS "fte",
    CAST(NULL AS DOUBLE) AS "required_fte",
    CAST(NULL AS DOUBLE) AS "work_days"
   FROM "workload" AS "t0"
  ) AS "t2"
  UNION ALL
  SELECT
   *
  FROM (
   SELECT
    "t1"."role",
    "t1"."month_start_on" AS "at",
    CAST(NULL AS DOUBLE) AS "contacts",
    CAST(NULL AS DOUBLE) AS "required_h",
    "t1"."available_h",
    "t1"."hours_per_fte",
    "t1"."fte",
    "t1"."required_fte",
    "t1"."work_days"
   FROM "capacity" AS "t1"
  ) AS "t3"
 ) AS "t4"
 GROUP BY
  1,
  2
) AS "t5"
GROUP BY
 1
