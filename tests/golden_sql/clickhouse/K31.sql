SELECT
 CAST(dateTrunc('MONTH', "t18"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t18"."x") AS "x_0",
 SUM("t18"."x" * "t18"."x") AS "xx_0",
 SUM("t18"."y") AS "y_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   *
  FROM (
   SELECT
    "t0"."opened_at" AS "at",
    "t0"."customer_id" AS "customer_id",
    "t0"."rep_id" AS "rep_id",
    1.0 AS "x",
    0.0 AS "y"
   FROM "tickets" AS "t0"
   WHERE
    "t0"."kind" = 'complaint'
  ) AS "t3"
  UNION ALL
  SELECT
   *
  FROM (
   SELECT
    "t15"."at" AS "at",
    "t15"."customer_id" AS "customer_id",
    "t15"."rep_id" AS "rep_id",
    0.0 AS "x",
    1.0 AS "y"
   FROM (
    SELECT
     "t14".*
     EXCEPT ("place_from_end")
    FROM (
     SELECT
      *
     FROM (
      SELECT
       "t12"."deal_id" AS "deal_id",
       "t12"."customer_id" AS "customer_id",
       "t12"."rep_id" AS "rep_id",
       "t12"."pipeline_id" AS "pipeline_id",
       "t12"."stage_id" AS "stage_id",
       "t12"."status" AS "status",
       "t12"."created_at" AS "created_at",
       "t12"."closed_at" AS "closed_at",
       "t12"."amount_base" AS "amount_base",
       "t12"."cost_base" AS "cost_base",
       "t12"."source" AS "source",
       "t12"."segment" AS "segment",
       "t12"."deal_kind" AS "deal_kind",
       "t12"."lost_reason" AS "lost_reason",
       "t12"."at" AS "at",
       "t12"."event" AS "event",
       "t12"."bought_at" AS "bought_at",
       ROW_NUMBER() OVER (
        PARTITION BY "t12"."customer_id", "t12"."at"
        ORDER BY "t12"."bought_at" DESC, "t12"."event" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
       ) - 1 AS "place_from_end"
      FROM (
       SELECT
        "t11".*
        EXCEPT ("moment")
       FROM (
        SELECT
         "t10"."deal_id" AS "deal_id",
         "t10"."customer_id" AS "customer_id",
         "t10"."rep_id" AS "rep_id",
         "t10"."pipeline_id" AS "pipeline_id",
         "t10"."stage_id" AS "stage_id",
         "t10"."status" AS "status",
         "t10"."created_at" AS "created_at",
         "t10"."closed_at" AS "closed_at",
         "t10"."amount_base" AS "amount_base",
         "t10"."cost_base" AS "cost_base",
         "t10"."source" AS "source",
         "t10"."segment" AS "segment",
         "t10"."deal_kind" AS "deal_kind",
         "t10"."lost_reason" AS "lost_reason",
         "t10"."moment" AS "at",
         "t10"."event" AS "event",
         "t10"."moment" AS "moment",
         "t10"."at" AS "bought_at"
        FROM (
         SELECT
          "t6"."deal_id" AS "deal_id",
          "t6"."customer_id" AS "customer_id",
          "t6"."rep_id" AS "rep_id",
          "t6"."pipeline_id" AS "pipeline_id",
          "t6"."stage_id" AS "stage_id",
          "t6"."status" AS "status",
          "t6"."created_at" AS "created_at",
          "t6"."closed_at" AS "closed_at",
          "t6"."amount_base" AS "amount_base",
          "t6"."cost_base" AS "cost_base",
          "t6"."source" AS "source",
          "t6"."segment" AS "segment",
          "t6"."deal_kind" AS "deal_kind",
          "t6"."lost_reason" AS "lost_reason",
          "t6"."at" AS "at",
          "t6"."event" AS "event",
          "t9"."moment" AS "moment"
         FROM (
          SELECT
           "t1"."deal_id" AS "deal_id",
           "t1"."customer_id" AS "customer_id",
           "t1"."owner_id" AS "rep_id",
           "t1"."pipeline_id" AS "pipeline_id",
           "t1"."stage_id" AS "stage_id",
           "t1"."status" AS "status",
           "t1"."created_at" AS "created_at",
           "t1"."closed_at" AS "closed_at",
           "t1"."amount_base" AS "amount_base",
           "t1"."cost_base" AS "cost_base",
           "t1"."source" AS "source",
           "t1"."segment" AS "segment",
           "t1"."deal_kind" AS "deal_kind",
           "t1"."lost_reason" AS "lost_reason",
           "t1"."closed_at" AS "at",
           "t1"."deal_id" AS "event"
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
           AND "t1"."status" = 'won'
           AND isNotNull("t1"."customer_id")
           AND isNotNull("t1"."closed_at")
           AND "t1"."closed_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
         ) AS "t6"
         INNER JOIN (
          SELECT
           CASE
            WHEN "t7"."at" > parseDateTimeBestEffort('2026-07-01T00:00:00')
            THEN parseDateTimeBestEffort('2026-07-01T00:00:00')
            ELSE "t7"."at"
           END AS "moment"
          FROM (
           SELECT
            "t5"."of" AS "of",
            MAX("t5"."at") AS "at"
           FROM (
            SELECT
             (
              "t2"."date" + INTERVAL '1' DAY
             ) - INTERVAL '1' SECOND AS "at",
             CAST(dateTrunc('MONTH', (
              "t2"."date" + INTERVAL '1' DAY
             ) - INTERVAL '1' SECOND) AS Nullable(DateTime)) AS "of"
            FROM "calendar" AS "t2"
            WHERE
             (
              "t2"."date" + INTERVAL '1' DAY + INTERVAL '-1' DAY
             ) < parseDateTimeBestEffort('2026-07-01T00:00:00')
           ) AS "t5"
           GROUP BY
            "t5"."of"
          ) AS "t7"
         ) AS "t9"
          ON "t6"."at" <= "t9"."moment" AND (
           "t6"."at" + INTERVAL '90' DAY
          ) > "t9"."moment"
        ) AS "t10"
       ) AS "t11"
      ) AS "t12"
     ) AS "t13"
     WHERE
      "t13"."place_from_end" = 0
    ) AS "t14"
   ) AS "t15"
  ) AS "t16"
 ) AS "t17"
 WHERE
  "t17"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t18"
GROUP BY
 CAST(dateTrunc('MONTH', "t18"."at") AS Nullable(DateTime))
