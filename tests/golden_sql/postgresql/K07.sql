WITH "t9" AS (
 SELECT
  "t0"."deal_id",
  "t0"."customer_id",
  "t0"."owner_id" AS "rep_id",
  "t0"."pipeline_id",
  "t0"."stage_id",
  "t0"."status",
  "t0"."created_at",
  "t0"."closed_at",
  "t0"."amount_base",
  "t0"."cost_base",
  "t0"."source",
  "t0"."segment",
  "t0"."deal_kind",
  "t0"."lost_reason",
  "t0"."closed_at" AS "at"
 FROM "deals" AS "t0"
 WHERE
  NOT (
   COALESCE("t0"."is_test", FALSE) OR COALESCE("t0"."is_duplicate", FALSE)
  )
  AND (
   (
    "t0"."created_at" IS NULL
   )
   OR (
    "t0"."created_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
   )
  )
  AND (
   "t0"."pipeline_id" IN ('P1') OR (
    "t0"."pipeline_id" IS NULL
   )
  )
  AND "t0"."status" = 'won'
  AND "t0"."closed_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
)
SELECT
 DATE_TRUNC('MONTH', "t24"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t24"."x") AS "x_0",
 SUM("t24"."x" * "t24"."x") AS "xx_0",
 SUM("t24"."y") AS "y_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   *
  FROM (
   SELECT
    "t14"."at",
    "t14"."rep_id",
    "t14"."amount_base" AS "x",
    0.0 AS "y"
   FROM (
    SELECT
     "t11"."deal_id",
     "t11"."customer_id",
     "t11"."rep_id",
     "t11"."pipeline_id",
     "t11"."stage_id",
     "t11"."status",
     "t11"."created_at",
     "t11"."closed_at",
     "t11"."amount_base",
     "t11"."cost_base",
     "t11"."source",
     "t11"."segment",
     "t11"."deal_kind",
     "t11"."lost_reason",
     "t11"."at"
    FROM "t9" AS "t11"
    INNER JOIN (
     SELECT DISTINCT
      "t1"."rep_id"
     FROM "reps" AS "t1"
     WHERE
      COALESCE("t1"."is_human", TRUE)
    ) AS "t6"
     ON "t11"."rep_id" = "t6"."rep_id"
   ) AS "t14"
  ) AS "t16"
  UNION ALL
  SELECT
   *
  FROM (
   SELECT
    "t21"."at",
    "t21"."rep_id",
    0.0 AS "x",
    "t21"."y"
   FROM (
    SELECT
     "t20"."rep_id",
     "t20"."of",
     MIN("t20"."day") AS "at",
     SUM("t20"."y") AS "y"
    FROM (
     SELECT
      "t19"."rep_id",
      "t19"."hired_on",
      "t19"."left_on",
      "t19"."fte",
      "t19"."day",
      "t19"."first_at",
      CAST(COALESCE("t19"."fte", 1.0) AS DOUBLE PRECISION) / (
       (
        CAST(EXTRACT('epoch' FROM DATE_TRUNC('MONTH', "t19"."day") + INTERVAL '1 MONTH') - EXTRACT('epoch' FROM DATE_TRUNC('MONTH', "t19"."day")) AS DOUBLE PRECISION) / 86400.0
       ) * 1.0
      ) AS "y",
      DATE_TRUNC('MONTH', "t19"."day") AS "of"
     FROM (
      SELECT
       "t7"."rep_id",
       "t7"."hired_on",
       "t7"."left_on",
       "t7"."fte",
       "t18"."day",
       "t18"."first_at"
      FROM (
       SELECT
        "t1"."rep_id",
        "t1"."hired_on",
        "t1"."left_on",
        "t1"."fte"
       FROM "reps" AS "t1"
       WHERE
        COALESCE("t1"."is_human", TRUE)
      ) AS "t7"
      INNER JOIN (
       SELECT
        *
       FROM (
        SELECT
         "t8"."day",
         "t13"."first_at"
        FROM (
         SELECT
          "t2"."date" AS "day"
         FROM "calendar" AS "t2"
         WHERE
          "t2"."date" < CAST('2026-07-01T00:00:00' AS TIMESTAMP)
        ) AS "t8"
        CROSS JOIN (
         SELECT
          MIN("t10"."at") AS "first_at"
         FROM "t9" AS "t10"
        ) AS "t13"
       ) AS "t15"
       WHERE
        "t15"."day" >= DATE_TRUNC('MONTH', "t15"."first_at")
      ) AS "t18"
       ON (
        (
         "t7"."hired_on" IS NULL
        ) OR (
         "t7"."hired_on" <= "t18"."day"
        )
       )
       AND (
        (
         "t7"."left_on" IS NULL
        ) OR (
         "t7"."left_on" >= "t18"."day"
        )
       )
     ) AS "t19"
    ) AS "t20"
    GROUP BY
     1,
     2
   ) AS "t21"
  ) AS "t22"
 ) AS "t23"
 WHERE
  "t23"."at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS "t24"
GROUP BY
 1
