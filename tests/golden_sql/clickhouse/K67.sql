SELECT
 CAST(dateTrunc('MONTH', "t1"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM(
  CASE
   WHEN (
    "t1"."valid_from_on" >= parseDateTimeBestEffort('2025-07-01T00:00:00')
   )
   AND (
    "t1"."valid_from_on" < parseDateTimeBestEffort('2026-07-01T00:00:00')
   )
   THEN 1.0
   ELSE 0.0
  END + CASE
   WHEN (
    (
     "t1"."valid_to_on" + INTERVAL '1' DAY
    ) > parseDateTimeBestEffort('2025-07-01T00:00:00')
   )
   AND (
    (
     "t1"."valid_to_on" + INTERVAL '1' DAY
    ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
   )
   THEN 1.0
   ELSE 0.0
  END + CASE
   WHEN (
    "t1"."redefined_on" >= parseDateTimeBestEffort('2025-07-01T00:00:00')
   )
   AND (
    "t1"."redefined_on" < parseDateTimeBestEffort('2026-07-01T00:00:00')
   )
   THEN 1.0
   ELSE 0.0
  END
 ) AS "x_0",
 SUM(
  GREATEST(
   CAST(toRelativeSecondNum(
    LEAST(
     COALESCE(
      "t1"."valid_to_on" + INTERVAL '1' DAY,
      parseDateTimeBestEffort('2026-07-01T00:00:00')
     ),
     parseDateTimeBestEffort('2026-07-01T00:00:00')
    )
   ) - toRelativeSecondNum(
    GREATEST(
     COALESCE("t1"."valid_from_on", parseDateTimeBestEffort('2025-07-01T00:00:00')),
     parseDateTimeBestEffort('2025-07-01T00:00:00')
    )
   ) AS Nullable(Float64)),
   0.0
  ) / 31536000.0
 ) AS "y_0"
FROM (
 SELECT
  "t0"."kpi_id" AS "kpi_id",
  "t0"."name" AS "name",
  "t0"."name_lang" AS "name_lang",
  "t0"."local_name" AS "local_name",
  "t0"."definition" AS "definition",
  "t0"."formula_text" AS "formula_text",
  "t0"."formula_expr" AS "formula_expr",
  "t0"."example" AS "example",
  "t0"."unit" AS "unit",
  "t0"."direction" AS "direction",
  "t0"."role" AS "role",
  "t0"."function" AS "function",
  "t0"."behaviour" AS "behaviour",
  "t0"."purpose" AS "purpose",
  "t0"."goal" AS "goal",
  "t0"."parent_kpi_id" AS "parent_kpi_id",
  "t0"."goal_group" AS "goal_group",
  "t0"."obligation" AS "obligation",
  "t0"."cadence" AS "cadence",
  "t0"."horizon" AS "horizon",
  "t0"."data_source" AS "data_source",
  "t0"."source_count" AS "source_count",
  "t0"."manual_steps" AS "manual_steps",
  "t0"."controller" AS "controller",
  "t0"."checker" AS "checker",
  "t0"."check_routine" AS "check_routine",
  "t0"."last_checked_on" AS "last_checked_on",
  "t0"."reviewed_on" AS "reviewed_on",
  "t0"."valid_from_on" AS "valid_from_on",
  "t0"."valid_to_on" AS "valid_to_on",
  "t0"."redefined_on" AS "redefined_on",
  "t0"."target" AS "target",
  "t0"."target_low" AS "target_low",
  "t0"."target_high" AS "target_high",
  "t0"."target_base" AS "target_base",
  "t0"."in_pay" AS "in_pay",
  "t0"."weight_in_pay" AS "weight_in_pay",
  "t0"."reward" AS "reward",
  "t0"."consequence" AS "consequence",
  "t0"."minutes_to_collect" AS "minutes_to_collect",
  "t0"."minutes_to_explain" AS "minutes_to_explain",
  "t0"."is_visible_to_rep" AS "is_visible_to_rep",
  "t0"."delay_days" AS "delay_days",
  parseDateTimeBestEffort('2026-06-30T23:59:59') AS "at"
 FROM "kpis" AS "t0"
 WHERE
  isNotNull("t0"."name")
) AS "t1"
GROUP BY
 CAST(dateTrunc('MONTH', "t1"."at") AS Nullable(DateTime))
