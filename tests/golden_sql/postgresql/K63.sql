SELECT
 DATE_TRUNC('MONTH', "t1"."at") AS "by_period",
 COUNT(*) FILTER(WHERE
  (
   "t1"."name_lang" IS NOT NULL
  ) OR (
   "t1"."local_name" IS NOT NULL
  )) AS "n_0",
 SUM(
  CASE
   WHEN COALESCE((
    "t1"."name_lang" = 'en'
   ) OR (
    "t1"."local_name" IS NOT NULL
   ), FALSE)
   THEN 1.0
   ELSE 0.0
  END
 ) FILTER(WHERE
  (
   "t1"."name_lang" IS NOT NULL
  ) OR (
   "t1"."local_name" IS NOT NULL
  )) AS "x_0",
 SUM("t1"."each") FILTER(WHERE
  (
   "t1"."name_lang" IS NOT NULL
  ) OR (
   "t1"."local_name" IS NOT NULL
  )) AS "y_0"
FROM (
 SELECT
  "t0"."kpi_id",
  "t0"."name",
  "t0"."name_lang",
  "t0"."local_name",
  "t0"."definition",
  "t0"."formula_text",
  "t0"."formula_expr",
  "t0"."example",
  "t0"."unit",
  "t0"."direction",
  "t0"."role",
  "t0"."function",
  "t0"."behaviour",
  "t0"."purpose",
  "t0"."goal",
  "t0"."parent_kpi_id",
  "t0"."goal_group",
  "t0"."obligation",
  "t0"."cadence",
  "t0"."horizon",
  "t0"."data_source",
  "t0"."source_count",
  "t0"."manual_steps",
  "t0"."controller",
  "t0"."checker",
  "t0"."check_routine",
  "t0"."last_checked_on",
  "t0"."reviewed_on",
  "t0"."valid_from_on",
  "t0"."valid_to_on",
  "t0"."redefined_on",
  "t0"."target",
  "t0"."target_low",
  "t0"."target_high",
  "t0"."target_base",
  "t0"."in_pay",
  "t0"."weight_in_pay",
  "t0"."reward",
  "t0"."consequence",
  "t0"."minutes_to_collect",
  "t0"."minutes_to_explain",
  "t0"."is_visible_to_rep",
  "t0"."delay_days",
  CAST('2026-06-30T23:59:59' AS TIMESTAMP) AS "at",
  1.0 AS "each"
 FROM "kpis" AS "t0"
 WHERE
  "t0"."name" IS NOT NULL
  AND (
   (
    "t0"."valid_from_on" IS NULL
   )
   OR (
    "t0"."valid_from_on" <= CAST('2026-06-30T23:59:59' AS TIMESTAMP)
   )
  )
  AND (
   (
    "t0"."valid_to_on" IS NULL
   )
   OR (
    (
     "t0"."valid_to_on" + INTERVAL '1 DAY'
    ) > CAST('2026-06-30T23:59:59' AS TIMESTAMP)
   )
  )
) AS "t1"
GROUP BY
 1
