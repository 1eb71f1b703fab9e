WITH "t6" AS (
 SELECT
  *
 FROM (
  SELECT
   COALESCE("t1"."segment", '') AS "pool",
   CASE
    WHEN "t1"."status" IN ('won', 'lost')
    AND NOT (
     COALESCE("t1"."closed_at" > CAST('2026-07-01T00:00:00' AS TIMESTAMP), FALSE)
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
   AND COALESCE("t1"."deal_kind", 'new') IN ('new', 'unknown')
   AND (
    "t1"."created_at" + INTERVAL '60 DAY'
   ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
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
     COALESCE("t1"."closed_at" > CAST('2026-07-01T00:00:00' AS TIMESTAMP), FALSE)
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
   AND COALESCE("t1"."deal_kind", 'new') IN ('new', 'unknown')
   AND (
    "t1"."created_at" + INTERVAL '60 DAY'
   ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
 ) AS "t5"
)
SELECT
 DATE_TRUNC('MONTH', "t15"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t15"."won") AS "x_0",
 SUM("t15"."wanted") AS "y_0"
FROM (
 SELECT
  "t14"."segment",
  "t14"."of",
  "t14"."at",
  "t14"."new_wins",
  "t14"."pool",
  "t14"."trials",
  "t14"."won",
  CAST("t14"."new_wins" AS DOUBLE PRECISION) / NULLIF(CAST("t14"."trials" AS DOUBLE PRECISION), 0.0) AS "wanted"
 FROM (
  SELECT
   "t13"."segment",
   "t13"."of",
   "t13"."at",
   "t13"."new_wins",
   "t13"."pool",
   "t13"."trials",
   "t13"."won"
  FROM (
   SELECT
    "t9"."segment",
    "t9"."of",
    "t9"."at",
    "t9"."new_wins",
    "t9"."pool",
    "t12"."trials",
    "t10"."pool" AS "pool_right",
    "t10"."won"
   FROM (
    SELECT
     "t3"."segment",
     "t3"."of",
     "t3"."at",
     "t3"."new_wins",
     CASE
      WHEN COALESCE("t3"."segment", '') = 'all'
      THEN ''
      ELSE COALESCE("t3"."segment", '')
     END AS "pool"
    FROM (
     SELECT
      "t2"."segment",
      DATE_TRUNC('MONTH', "t2"."at") AS "of",
      MIN("t2"."at") AS "at",
      SUM("t2"."new_wins") AS "new_wins"
     FROM (
      SELECT
       "t0"."segment",
       "t0"."month_start_on",
       "t0"."new_wins",
       "t0"."month_start_on" AS "at"
      FROM "needs" AS "t0"
     ) AS "t2"
     GROUP BY
      1,
      2
    ) AS "t3"
   ) AS "t9"
   INNER JOIN (
    SELECT
     "t8"."pool",
     COUNT(*) AS "trials"
    FROM "t6" AS "t8"
    GROUP BY
     1
   ) AS "t12"
    ON "t9"."pool" = "t12"."pool"
   LEFT OUTER JOIN "t6" AS "t10"
    ON "t9"."pool" = "t10"."pool"
  ) AS "t13"
 ) AS "t14"
) AS "t15"
GROUP BY
 1
