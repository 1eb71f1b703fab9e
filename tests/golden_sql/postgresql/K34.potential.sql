SELECT
 DATE_TRUNC('MONTH', "t18"."at") AS "by_period",
 COUNT(*) FILTER(WHERE
  "t18"."potential" IS NOT NULL) AS "n_0",
 SUM("t18"."potential") FILTER(WHERE
  "t18"."potential" IS NOT NULL) AS "x_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t16"."segment",
   "t16"."region",
   "t16"."target_firms",
   "t16"."potential_base",
   "t16"."at",
   "t16"."potential"
  FROM (
   SELECT
    "t15"."segment",
    "t15"."region",
    "t15"."target_firms",
    "t15"."potential_base",
    "t15"."at",
    "t15"."target_firms" AS "y",
    "t15"."target_firms" * "t15"."potential_base" AS "potential"
   FROM (
    SELECT
     "t4"."segment",
     "t4"."region",
     "t4"."target_firms",
     "t4"."potential_base",
     "t14"."at"
    FROM (
     SELECT
      "t0"."segment",
      "t0"."region",
      "t0"."target_firms",
      "t0"."potential_base"
     FROM "markets" AS "t0"
     WHERE
      "t0"."target_firms" IS NOT NULL
    ) AS "t4"
    CROSS JOIN (
     SELECT
      "t12"."at"
     FROM (
      SELECT
       "t11"."at",
       "t9"."first_at"
      FROM (
       SELECT
        CASE
         WHEN "t7"."at" > CAST('2026-07-01T00:00:00' AS TIMESTAMP)
         THEN CAST('2026-07-01T00:00:00' AS TIMESTAMP)
         ELSE "t7"."at"
        END AS "at"
       FROM (
        SELECT
         "t5"."of",
         MAX("t5"."at") AS "at"
        FROM (
         SELECT
          (
           "t1"."date" + INTERVAL '1 DAY'
          ) - INTERVAL '1 SECOND' AS "at",
          DATE_TRUNC('MONTH', (
           "t1"."date" + INTERVAL '1 DAY'
          ) - INTERVAL '1 SECOND') AS "of"
         FROM "calendar" AS "t1"
         WHERE
          (
           "t1"."date" + INTERVAL '1 DAY' + INTERVAL '-1 DAY'
          ) < CAST('2026-07-01T00:00:00' AS TIMESTAMP)
        ) AS "t5"
        GROUP BY
         1
       ) AS "t7"
      ) AS "t11"
      CROSS JOIN (
       SELECT
        MIN("t6"."at") AS "first_at"
       FROM (
        SELECT
         "t2"."deal_id",
         "t2"."customer_id",
         "t2"."owner_id" AS "rep_id",
         "t2"."pipeline_id",
         "t2"."stage_id",
         "t2"."status",
         "t2"."created_at",
         "t2"."closed_at",
         "t2"."amount_base",
         "t2"."cost_base",
         "t2"."source",
         "t2"."segment",
         "t2"."deal_kind",
         "t2"."lost_reason",
         "t2"."closed_at" AS "at",
         "t2"."deal_id" AS "event"
        FROM "deals" AS "t2"
        WHERE
         NOT (
          COALESCE("t2"."is_test", FALSE) OR COALESCE("t2"."is_duplicate", FALSE)
         )
         AND (
          (
           "t2"."created_at" IS NULL
          )
          OR (
           "t2"."created_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
          )
         )
         AND (
          "t2"."pipeline_id" IN ('P1') OR (
           "t2"."pipeline_id" IS NULL
          )
         )
         AND "t2"."status" = 'won'
         AND "t2"."customer_id" IS NOT NULL
         AND "t2"."closed_at" IS NOT NULL
         AND "t2"."closed_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
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
  "t17"."at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS "t18"
GROUP BY
 1
