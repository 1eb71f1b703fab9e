WITH "t9" AS (
 SELECT
  "t0"."deal_id" AS "deal_id",
  "t0"."customer_id" AS "customer_id",
  "t0"."owner_id" AS "rep_id",
  "t0"."pipeline_id" AS "pipeline_id",
  "t0"."stage_id" AS "stage_id",
  "t0"."status" AS "status",
  "t0"."created_at" AS "created_at",
  "t0"."closed_at" AS "closed_at",
  "t0"."amount_base" AS "amount_base",
  "t0"."cost_base" AS "cost_base",
  "t0"."source" AS "source",
  "t0"."segment" AS "segment",
  "t0"."deal_kind" AS "deal_kind",
  "t0"."lost_reason" AS "lost_reason",
  "t0"."closed_at" AS "at"
 FROM "deals" AS "t0"
 WHERE
  NOT (
   COALESCE("t0"."is_test", FALSE) OR COALESCE("t0"."is_duplicate", FALSE)
  )
  AND (
   isNull("t0"."created_at")
   OR (
    "t0"."created_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
   )
  )
  AND (
   "t0"."pipeline_id" IN ('P1') OR isNull("t0"."pipeline_id")
  )
  AND "t0"."status" = 'won'
  AND "t0"."closed_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
)
SELECT
 CAST(dateTrunc('MONTH', "t24"."at") AS Nullable(DateTime)) AS "by_period",
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
    "t14"."at" AS "at",
    "t14"."rep_id" AS "rep_id",
    "t14"."amount_base" AS "x",
    0.0 AS "y"
   FROM (
    SELECT
     "t11"."deal_id" AS "deal_id",
     "t11"."customer_id" AS "customer_id",
     "t11"."rep_id" AS "rep_id",
     "t11"."pipeline_id" AS "pipeline_id",
     "t11"."stage_id" AS "stage_id",
     "t11"."status" AS "status",
     "t11"."created_at" AS "created_at",
     "t11"."closed_at" AS "closed_at",
     "t11"."amount_base" AS "amount_base",
     "t11"."cost_base" AS "cost_base",
     "t11"."source" AS "source",
     "t11"."segment" AS "segment",
     "t11"."deal_kind" AS "deal_kind",
     "t11"."lost_reason" AS "lost_reason",
     "t11"."at" AS "at"
    FROM "t9" AS "t11"
    INNER JOIN (
     SELECT DISTINCT
      "t1"."rep_id" AS "rep_id"
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
    "t21"."at" AS "at",
    "t21"."rep_id" AS "rep_id",
    0.0 AS "x",
    "t21"."y" AS "y"
   FROM (
    SELECT
     "t20"."rep_id" AS "rep_id",
     "t20"."of" AS "of",
     MIN("t20"."day") AS "at",
     SUM("t20"."y") AS "y"
    FROM (
     SELECT
      "t19"."rep_id" AS "rep_id",
      "t19"."hired_on" AS "hired_on",
      "t19"."left_on" AS "left_on",
      "t19"."fte" AS "fte",
      "t19"."day" AS "day",
      "t19"."first_at" AS "first_at",
      COALESCE("t19"."fte", 1.0) / (
       (
        CAST(toRelativeSecondNum(CAST(dateTrunc('MONTH', "t19"."day") AS Nullable(DateTime)) + INTERVAL '1' MONTH) - toRelativeSecondNum(CAST(dateTrunc('MONTH', "t19"."day") AS Nullable(DateTime))) AS Nullable(Float64)) / 86400.0
       ) * 1.0
      ) AS "y",
      CAST(dateTrunc('MONTH', "t19"."day") AS Nullable(DateTime)) AS "of"
     FROM (
      SELECT
       "t7"."rep_id" AS "rep_id",
       "t7"."hired_on" AS "hired_on",
       "t7"."left_on" AS "left_on",
       "t7"."fte" AS "fte",
       "t18"."day" AS "day",
       "t18"."first_at" AS "first_at"
      FROM (
       SELECT
        "t1"."rep_id" AS "rep_id",
        "t1"."hired_on" AS "hired_on",
        "t1"."left_on" AS "left_on",
        "t1"."fte" AS "fte"
       FROM "reps" AS "t1"
       WHERE
        COALESCE("t1"."is_human", TRUE)
      ) AS "t7"
      INNER JOIN (
       SELECT
        *
       FROM (
        SELECT
         "t8"."day" AS "day",
         "t13"."first_at" AS "first_at"
        FROM (
         SELECT
          "t2"."date" AS "day"
         FROM "calendar" AS "t2"
         WHERE
          "t2"."date" < parseDateTimeBestEffort('2026-07-01T00:00:00')
        ) AS "t8"
        CROSS JOIN (
         SELECT
          MIN("t10"."at") AS "first_at"
         FROM "t9" AS "t10"
        ) AS "t13"
       ) AS "t15"
       WHERE
        "t15"."day" >= CAST(dateTrunc('MONTH', "t15"."first_at") AS Nullable(DateTime))
      ) AS "t18"
       ON (
        isNull("t7"."hired_on") OR (
         "t7"."hired_on" <= "t18"."day"
        )
       )
       AND (
        isNull("t7"."left_on") OR (
         "t7"."left_on" >= "t18"."day"
        )
       )
     ) AS "t19"
    ) AS "t20"
    GROUP BY
     "t20"."rep_id",
     "t20"."of"
   ) AS "t21"
  ) AS "t22"
 ) AS "t23"
 WHERE
  "t23"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t24"
GROUP BY
 CAST(dateTrunc('MONTH', "t24"."at") AS Nullable(DateTime))
