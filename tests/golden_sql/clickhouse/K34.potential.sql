SELECT
 CAST(dateTrunc('MONTH', "t18"."at") AS Nullable(DateTime)) AS "by_period",
 countIf(isNotNull("t18"."potential")) AS "n_0",
 sumIf("t18"."potential", isNotNull("t18"."potential")) AS "x_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t16".*
   EXCEPT ("y")
  FROM (
   SELECT
    "t15"."segment" AS "segment",
    "t15"."region" AS "region",
    "t15"."target_firms" AS "target_firms",
    "t15"."potential_base" AS "potential_base",
    "t15"."at" AS "at",
    "t15"."target_firms" AS "y",
    "t15"."target_firms" * "t15"."potential_base" AS "potential"
   FROM (
    SELECT
     "t4"."segment" AS "segment",
     "t4"."region" AS "region",
     "t4"."target_firms" AS "target_firms",
     "t4"."potential_base" AS "potential_base",
     "t14"."at" AS "at"
    FROM (
     SELECT
      "t0"."segment" AS "segment",
      "t0"."region" AS "region",
      "t0"."target_firms" AS "target_firms",
      "t0"."potential_base" AS "potential_base"
     FROM "markets" AS "t0"
     WHERE
      isNotNull("t0"."target_firms")
    ) AS "t4"
    CROSS JOIN (
     SELECT
      "t12"."at" AS "at"
     FROM (
      SELECT
       "t11"."at" AS "at",
       "t9"."first_at" AS "first_at"
      FROM (
       SELECT
        CASE
         WHEN "t7"."at" > parseDateTimeBestEffort('2026-07-01T00:00:00')
         THEN parseDateTimeBestEffort('2026-07-01T00:00:00')
         ELSE "t7"."at"
        END AS "at"
       FROM (
        SELECT
         "t5"."of" AS "of",
         MAX("t5"."at") AS "at"
        FROM (
         SELECT
          (
           "t1"."date" + INTERVAL '1' DAY
          ) - INTERVAL '1' SECOND AS "at",
          CAST(dateTrunc('MONTH', (
           "t1"."date" + INTERVAL '1' DAY
          ) - INTERVAL '1' SECOND) AS Nullable(DateTime)) AS "of"
         FROM "calendar" AS "t1"
         WHERE
          (
           "t1"."date" + INTERVAL '1' DAY + INTERVAL '-1' DAY
          ) < parseDateTimeBestEffort('2026-07-01T00:00:00')
        ) AS "t5"
        GROUP BY
         "t5"."of"
       ) AS "t7"
      ) AS "t11"
      CROSS JOIN (
       SELECT
        MIN("t6"."at") AS "first_at"
       FROM (
        SELECT
         "t2"."deal_id" AS "deal_id",
         "t2"."customer_id" AS "customer_id",
         "t2"."owner_id" AS "rep_id",
         "t2"."pipeline_id" AS "pipeline_id",
         "t2"."stage_id" AS "stage_id",
         "t2"."status" AS "status",
         "t2"."created_at" AS "created_at",
         "t2"."closed_at" AS "closed_at",
         "t2"."amount_base" AS "amount_base",
         "t2"."cost_base" AS "cost_base",
         "t2"."source" AS "source",
         "t2"."segment" AS "segment",
         "t2"."deal_kind" AS "deal_kind",
         "t2"."lost_reason" AS "lost_reason",
         "t2"."closed_at" AS "at",
         "t2"."deal_id" AS "event"
        FROM "deals" AS "t2"
        WHERE
         NOT (
          COALESCE("t2"."is_test", FALSE) OR COALESCE("t2"."is_duplicate", FALSE)
         )
         AND (
          isNull("t2"."created_at")
          OR (
           "t2"."created_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
          )
         )
         AND (
          "t2"."pipeline_id" IN ('P1') OR isNull("t2"."pipeline_id")
         )
         AND "t2"."status" = 'won'
         AND isNotNull("t2"."customer_id")
         AND isNotNull("t2"."closed_at")
         AND "t2"."closed_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
       ) AS "t6"
      ) AS "t9"
     ) AS "t12"
     WHERE
      "t12"."at" >= "t12"."first_at"
    ) AS "t14"
   ) AS "t15"
  ) AS "t16"
 ) AS "t17"
 WHERE
  "t17"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t18"
GROUP BY
 CAST(dateTrunc('MONTH', "t18"."at") AS Nullable(DateTime))
