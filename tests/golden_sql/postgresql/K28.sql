SELECT
 DATE_TRUNC('MONTH', "t11"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t11"."is_kept") AS "x_0"
FROM (
 SELECT
  "t10"."customer_id",
  "t10"."rep_id",
  "t10"."at",
  COALESCE("t10"."is_kept", 0.0) AS "is_kept"
 FROM (
  SELECT
   "t9"."customer_id",
   "t9"."rep_id",
   "t9"."at",
   "t4"."customer_id" AS "customer_id_right",
   "t4"."at" AS "at_right",
   "t4"."is_kept"
  FROM (
   SELECT
    "t7"."customer_id",
    "t7"."rep_id",
    "t7"."of" + INTERVAL '1 MONTH' AS "at"
   FROM (
    SELECT
     "t6"."deal_id",
     "t6"."customer_id",
     "t6"."rep_id",
     "t6"."pipeline_id",
     "t6"."stage_id",
     "t6"."status",
     "t6"."created_at",
     "t6"."closed_at",
     "t6"."amount_base",
     "t6"."cost_base",
     "t6"."source",
     "t6"."segment",
     "t6"."deal_kind",
     "t6"."lost_reason",
     "t6"."at",
     "t6"."event",
     "t6"."of"
    FROM (
     SELECT
      *
     FROM (
      SELECT
       "t2"."deal_id",
       "t2"."customer_id",
       "t2"."rep_id",
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
       "t2"."at",
       "t2"."event",
       "t2"."of",
       ROW_NUMBER() OVER (
        PARTITION BY "t2"."customer_id", "t2"."of"
        ORDER BY "t2"."at" DESC NULLS LAST, "t2"."event" DESC NULLS LAST
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
       ) - 1 AS "place_from_end"
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
        "t0"."deal_id" AS "event",
        DATE_TRUNC('MONTH', "t0"."closed_at") AS "of"
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
      ) AS "t2"
     ) AS "t5"
     WHERE
      "t5"."place_from_end" = 0
    ) AS "t6"
   ) AS "t7"
   WHERE
    (
     "t7"."of" + INTERVAL '2 MONTH'
    ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
  ) AS "t9"
  LEFT OUTER JOIN (
   SELECT
    "t1"."customer_id",
    "t1"."at",
    1.0 AS "is_kept"
   FROM (
    SELECT DISTINCT
     "t0"."customer_id",
     DATE_TRUNC('MONTH', "t0"."closed_at") AS "at"
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
   ) AS "t1"
  ) AS "t4"
   ON "t9"."customer_id" = "t4"."customer_id" AND "t9"."at" = "t4"."at"
 ) AS "t10"
 WHERE
  "t10"."at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS "t11"
GROUP BY
 1
