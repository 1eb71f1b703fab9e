WITH "t1" AS (
 SELECT
  "t0"."profit_id",
  "t0"."period_start_on",
  "t0"."period_end_on",
  'net' AS "level",
  "t0"."segment",
  "t0"."amount_base",
  "t0"."revenue_base",
  "t0"."period_start_on" AS "at",
  "t0"."period_end_on" + INTERVAL '1' DAY AS "until",
  DATE_TRUNC('MONTH', "t0"."period_start_on") = DATE_TRUNC('MONTH', "t0"."period_end_on") AS "fits",
  COALESCE("t0"."segment", '') AS "part"
 FROM "profits" AS "t0"
 WHERE
  COALESCE("t0"."level", 'net') = 'net'
  AND "t0"."amount_base" IS NOT NULL
  AND "t0"."period_start_on" IS NOT NULL
  AND "t0"."period_end_on" >= "t0"."period_start_on"
  AND (
   "t0"."period_end_on" + INTERVAL '1' DAY
  ) <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
  AND "t0"."revenue_base" IS NOT NULL
)
SELECT
 DATE_TRUNC('MONTH', "t13"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t13"."x") AS "x_0",
 SUM("t13"."y") AS "y_0"
FROM (
 SELECT
  "t12"."profit_id",
  "t12"."period_start_on",
  "t12"."period_end_on",
  "t12"."level",
  NULLIF("t12"."part", '') AS "segment",
  "t12"."amount_base",
  "t12"."revenue_base",
  "t12"."at",
  "t12"."until",
  "t12"."fits",
  "t12"."part",
  "t12"."amount_base" * CASE WHEN "t12"."fits" THEN 1.0 ELSE 0.0 END AS "x",
  "t12"."revenue_base" * CASE WHEN "t12"."fits" THEN 1.0 ELSE 0.0 END AS "y"
 FROM (
  SELECT
   "t11".*
   EXCLUDE ("is_found")
  FROM (
   SELECT
    *
   FROM (
    SELECT
     "t9".*
     EXCLUDE ("at_right", "level_right", "part_right", "until_right")
    FROM (
     SELECT
      "t3"."profit_id",
      "t3"."period_start_on",
      "t3"."period_end_on",
      "t3"."level",
      "t3"."segment",
      "t3"."amount_base",
      "t3"."revenue_base",
      "t3"."at",
      "t3"."until",
      "t3"."fits",
      "t3"."part",
      "t8"."level" AS "level_right",
      "t8"."part" AS "part_right",
      "t8"."at" AS "at_right",
      "t8"."until" AS "until_right",
      "t8"."is_found"
     FROM "t1" AS "t3"
     LEFT OUTER JOIN (
      SELECT
       "t6"."level",
       "t6"."part",
       "t6"."at",
       "t6"."until",
       1.0 AS "is_found"
      FROM (
       SELECT DISTINCT
        *
       FROM (
        SELECT
         "t3"."level",
         "t3"."part",
         "t3"."at",
         "t3"."until"
        FROM "t1" AS "t3"
        INNER JOIN "t1" AS "t4"
         ON "t3"."level" = "t4"."level"
         AND "t4"."at" >= "t3"."at"
         AND "t4"."until" <= "t3"."until"
         AND (
          (
           "t3"."part" = ''
          ) OR (
           "t3"."part" = "t4"."part"
          )
         )
         AND (
          (
           "t4"."at" > "t3"."at"
          )
          OR (
           "t4"."until" < "t3"."until"
          )
          OR (
           (
            "t3"."part" = ''
           ) AND (
            "t4"."part" <> ''
           )
          )
         )
       ) AS "t5"
      ) AS "t6"
     ) AS "t8"
      ON "t3"."level" = "t8"."level"
      AND "t3"."part" = "t8"."part"
      AND "t3"."at" = "t8"."at"
      AND "t3"."until" = "t8"."until"
    ) AS "t9"
   ) AS "t10"
   WHERE
    "t10"."is_found" IS NULL
  ) AS "t11"
 ) AS "t12"
) AS "t13"
GROUP BY
 1
