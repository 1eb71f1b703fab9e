WITH "t6" AS (
 SELECT
  *
 FROM (
  SELECT
   COALESCE("t1"."segment", '') AS "pool",
   CASE
    WHEN "t1"."status" IN ('won', 'lost')
    AND NOT (
     COALESCE("t1"."closed_at" > parseDateTimeBestEffort('2026-07-01T00:00:00'), FALSE)
    )
    AND (
     "t1"."status" = 'won'
    )
    THEN 1.0
    ELSE 0.0
   END AS "won"
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
   AND COALESCE("t1"."deal_kind", 'new') IN ('new', 'unknown')
   AND (
    "t1"."created_at" + INTERVAL '60' DAY
   ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
   AND COALESCE("t1"."segment", '') <> ''
 ) AS "t4"
 UNION ALL
 SELECT
  *
 FROM (
  SELECT
   '' AS "pool",
   CASE
    WHEN "t1"."status" IN ('won', 'lost')
    AND NOT (
     COALESCE("t1"."closed_at" > parseDateTimeBestEffort('2026-07-01T00:00:00'), FALSE)
    )
    AND (
     "t1"."status" = 'won'
    )
    THEN 1.0
    ELSE 0.0
   END AS "won"
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
   AND COALESCE("t1"."deal_kind", 'new') IN ('new', 'unknown')
   AND (
    "t1"."created_at" + INTERVAL '60' DAY
   ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
 ) AS "t5"
)
SELECT
 CAST(dateTrunc('MONTH', "t15"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t15"."won") AS "x_0",
 SUM("t15"."wanted") AS "y_0"
FROM (
 SELECT
  "t14"."segment" AS "segment",
  "t14"."of" AS "of",
  "t14"."at" AS "at",
  "t14"."new_wins" AS "new_wins",
  "t14"."pool" AS "pool",
  "t14"."trials" AS "trials",
  "t14"."won" AS "won",
  "t14"."new_wins" / nullIf(CAST("t14"."trials" AS Nullable(Float64)), 0.0) AS "wanted"
 FROM (
  SELECT
   "t13".*
   EXCEPT ("pool_right")
  FROM (
   SELECT
    "t9"."segment" AS "segment",
    "t9"."of" AS "of",
    "t9"."at" AS "at",
    "t9"."new_wins" AS "new_wins",
    "t9"."pool" AS "pool",
    "t12"."trials" AS "trials",
    "t10"."pool" AS "pool_right",
    "t10"."won" AS "won"
   FROM (
    SELECT
     "t3"."segment" AS "segment",
     "t3"."of" AS "of",
     "t3"."at" AS "at",
     "t3"."new_wins" AS "new_wins",
     CASE
      WHEN COALESCE("t3"."segment", '') = 'all'
      THEN ''
      ELSE COALESCE("t3"."segment", '')
     END AS "pool"
    FROM (
     SELECT
      "t2"."segment" AS "segment",
      CAST(dateTrunc('MONTH', "t2"."at") AS Nullable(DateTime)) AS "of",
      MIN("t2"."at") AS "at",
      SUM("t2"."new_wins") AS "new_wins"
     FROM (
      SELECT
       "t0"."segment" AS "segment",
       "t0"."month_start_on" AS "month_start_on",
       "t0"."new_wins" AS "new_wins",
       "t0"."month_start_on" AS "at"
      FROM "needs" AS "t0"
     ) AS "t2"
     GROUP BY
      "t2"."segment",
      CAST(dateTrunc('MONTH', "t2"."at") AS Nullable(DateTime))
    ) AS "t3"
   ) AS "t9"
   INNER JOIN (
    SELECT
     "t8"."pool" AS "pool",
     COUNT(*) AS "trials"
    FROM "t6" AS "t8"
    GROUP BY
     "t8"."pool"
   ) AS "t12"
    ON "t9"."pool" = "t12"."pool"
   LEFT OUTER JOIN "t6" AS "t10"
    ON "t9"."pool" = "t10"."pool"
  ) AS "t13"
 ) AS "t14"
) AS "t15"
GROUP BY
 CAST(dateTrunc('MONTH', "t15"."at") AS Nullable(DateTime))
