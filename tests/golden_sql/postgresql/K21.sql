SELECT
 DATE_TRUNC('MONTH', "t11"."at") AS "by_period",
 COUNT(DISTINCT "t11"."customer_id") AS "n_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t9"."deal_id",
   "t9"."customer_id",
   "t9"."rep_id",
   "t9"."pipeline_id",
   "t9"."stage_id",
   "t9"."status",
   "t9"."created_at",
   "t9"."closed_at",
   "t9"."amount_base",
   "t9"."cost_base",
   "t9"."source",
   "t9"."segment",
   "t9"."deal_kind",
   "t9"."lost_reason",
   "t9"."at",
   "t9"."event",
   "t9"."bought_at"
  FROM (
   SELECT
    "t8"."deal_id",
    "t8"."customer_id",
    "t8"."rep_id",
    "t8"."pipeline_id",
    "t8"."stage_id",
    "t8"."status",
    "t8"."created_at",
    "t8"."closed_at",
    "t8"."amount_base",
    "t8"."cost_base",
    "t8"."source",
    "t8"."segment",
    "t8"."deal_kind",
    "t8"."lost_reason",
    "t8"."moment" AS "at",
    "t8"."event",
    "t8"."moment",
    "t8"."at" AS "bought_at"
   FROM (
    SELECT
     "t4"."deal_id",
     "t4"."customer_id",
     "t4"."rep_id",
     "t4"."pipeline_id",
     "t4"."stage_id",
     "t4"."status",
     "t4"."created_at",
     "t4"."closed_at",
     "t4"."amount_base",
     "t4"."cost_base",
     "t4"."source",
     "t4"."segment",
     "t4"."deal_kind",
     "t4"."lost_reason",
     "t4"."at",
     "t4"."event",
     "t7"."moment"
    FROM (
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
      "t0"."closed_at" AS "at",
      "t0"."deal_id" AS "event"
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
      AND "t0"."customer_id" IS NOT NULL
      AND "t0"."closed_at" IS NOT NULL
      AND "t0"."closed_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
    ) AS "t4"
    INNER JOIN (
     SELECT
      CASE
       WHEN "t5"."at" > CAST('2026-07-01T00:00:00' AS TIMESTAMP)
       THEN CAST('2026-07-01T00:00:00' AS TIMESTAMP)
       ELSE "t5"."at"
      END AS "moment"
     FROM (
      SELECT
       "t3"."of",
       MAX("t3"."at") AS "at"
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
      ) AS "t3"
      GROUP BY
       1
     ) AS "t5"
    ) AS "t7"
     ON "t4"."at" <= "t7"."moment" AND (
      "t4"."at" + INTERVAL '90 DAY'
     ) > "t7"."moment"
   ) AS "t8"
  ) AS "t9"
 ) AS "t10"
 WHERE
  "t10"."at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS "t11"
GROUP BY
 1
