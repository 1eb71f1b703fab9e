SELECT
 CAST(dateTrunc('MONTH', "t6"."at") AS Nullable(DateTime)) AS "by_period",
 countIf(isNotNull("t6"."hours_per_fte")) AS "n_0",
 sumIf("t6"."required_h", isNotNull("t6"."hours_per_fte")) AS "x_0",
 sumIf("t6"."hours_per_fte", isNotNull("t6"."hours_per_fte")) AS "y_0"
FROM (
 SELECT
  "t5"."role" AS "role",
  "t5"."at" AS "at",
  "t5"."contacts" AS "contacts",
  "t5"."required_h" AS "required_h",
  "t5"."available_h" AS "available_h",
  "t5"."hours_per_fte" AS "hours_per_fte",
  "t5"."fte" AS "fte",
  "t5"."required_fte" AS "required_fte",
  "t5"."work_days" AS "work_days",
  "t5"."required_h" / nullIf("t5"."hours_per_fte", 0.0) AS "staff"
 FROM (
  SELECT
   "t4"."role" AS "role",
   "t4"."at" AS "at",
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
     "t0"."role" AS "role",
     "t0"."month_start_on" AS "at",
     "t0"."required_contacts" AS "contacts",
     "t0"."required_h" AS "required_h",
     CAST(NULL AS Nullable(Float64)) AS "available_h",
     CAST(NULL AS Nullable(Float64)) AS "hours_per_fte",
     CAST(NULL AS Nullable(Float64)) AS "fte",
     CAST(NULL AS Nullable(Float64)) AS "required_fte",
     CAST(NULL AS Nullable(Float64)) AS "work_days"
    FROM "workload" AS "t0"
   ) AS "t2"
   UNION ALL
   SELECT
    *
   FROM (
    SELECT
     "t1"."role" AS "role",
     "t1"."month_start_on" AS "at",
     CAST(NULL AS Nullable(Float64)) AS "contacts",
     CAST(NULL AS Nullable(Float64)) AS "required_h",
     "t1"."available_h" AS "available_h",
     "t1"."hours_per_fte" AS "hours_per_fte",
     "t1"."fte" AS "fte",
     "t1"."required_fte" AS "required_fte",
     "t1"."work_days" AS "work_days"
    FROM "capacity" AS "t1"
   ) AS "t3"
  ) AS "t4"
  GROUP BY
   "t4"."role",
   "t4"."at"
 ) AS "t5"
) AS "t6"
GROUP BY
 CAST(dateTrunc('MONTH', "t6"."at") AS Nullable(DateTime))
