SELECT
 CAST(dateTrunc('MONTH', "t3"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM(CASE WHEN "t3"."cadence" = 'weekly' THEN 1.0 ELSE 0.0 END) AS "x_0",
 SUM("t3"."y") AS "y_0"
FROM (
 SELECT
  "t2"."at" AS "at",
  "t2"."role" AS "role",
  "t2"."cadence" AS "cadence",
  "t2"."each" AS "x",
  CASE WHEN "t2"."position" = 0 THEN 1.0 ELSE 0.0 END AS "y"
 FROM (
  SELECT
   "t1"."kpi_id" AS "kpi_id",
   "t1"."name" AS "name",
   "t1"."name_lang" AS "name_lang",
   "t1"."local_name" AS "local_name",
   "t1"."definition" AS "definition",
   "t1"."formula_text" AS "formula_text",
   "t1"."formula_expr" AS "formula_expr",
   "t1"."example" AS "example",
   "t1"."unit" AS "unit",
   "t1"."direction" AS "direction",
   "t1"."role" AS "role",
   "t1"."function" AS "function",
   "t1"."behaviour" AS "behaviour",
   "t1"."purpose" AS "purpose",
   "t1"."goal" AS "goal",
   "t1"."parent_kpi_id" AS "parent_kpi_id",
   "t1"."goal_group" AS "goal_group",
   "t1"."obligation" AS "obligation",
   "t1"."cadence" AS "cadence",
   "t1"."horizon" AS "horizon",
   "t1"."data_source" AS "data_source",
   "t1"."source_count" AS "source_count",
   "t1"."manual_steps" AS "manual_steps",
   "t1"."controller" AS "controller",
   "t1"."checker" AS "checker",
   "t1"."check_routine" AS "check_routine",
   "t1"."last_checked_on" AS "last_checked_on",
   "t1"."reviewed_on" AS "reviewed_on",
   "t1"."valid_from_on" AS "valid_from_on",
   "t1"."valid_to_on" AS "valid_to_on",
   "t1"."redefined_on" AS "redefined_on",
   "t1"."target" AS "target",
   "t1"."target_low" AS "target_low",
   "t1"."target_high" AS "target_high",
   "t1"."target_base" AS "target_base",
   "t1"."in_pay" AS "in_pay",
   "t1"."weight_in_pay" AS "weight_in_pay",
   "t1"."reward" AS "reward",
   "t1"."consequence" AS "consequence",
   "t1"."minutes_to_collect" AS "minutes_to_collect",
   "t1"."minutes_to_explain" AS "minutes_to_explain",
   "t1"."is_visible_to_rep" AS "is_visible_to_rep",
   "t1"."delay_days" AS "delay_days",
   "t1"."at" AS "at",
   "t1"."each" AS "each",
   ROW_NUMBER() OVER (
    PARTITION BY "t1"."role"
    ORDER BY "t1"."name" ASC, "t1"."kpi_id" ASC
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
   ) - 1 AS "position"
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
    parseDateTimeBestEffort('2026-06-30T23:59:59') AS "at",
    1.0 AS "each"
   FROM "kpis" AS "t0"
   WHERE
    isNotNull("t0"."name")
    AND (
     isNull("t0"."valid_from_on")
     OR (
      "t0"."valid_from_on" <= parseDateTimeBestEffort('2026-06-30T23:59:59')
     )
    )
    AND (
     isNull("t0"."valid_to_on")
     OR (
      (
       "t0"."valid_to_on" + INTERVAL '1' DAY
      ) > parseDateTimeBestEffort('2026-06-30T23:59:59')
     )
    )
  ) AS "t1"
 ) AS "t2"
) AS "t3"
GROUP BY
 CAST(dateTrunc('MONTH', "t3"."at") AS Nullable(DateTime))
