SELECT
 DATE_TRUNC('MONTH', "t18"."at") AS "by_period",
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
    "t0"."customer_id",
    "t0"."rep_id",
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
    "t15"."at",
    "t15"."customer_id",
    "t15"."rep_id",
    0.0 AS "x",
    1.0 AS "y"
   FROM (
    SELECT
     "t14".*
     EXCLUDE ("place_from_end")
    FROM (
     SELECT
      *
     FROM (
      SELECT
       "t12"."deal_id",
       "t12"."customer_id",
       "t12"."rep_id",
       "t12"."pipeline_id",
       "t12"."stage_id",
       "t12"."status",
       "t12"."created_at",
       "t12"."closed_at",
       "t12"."amount_base",
       "t12"."cost_base",
       "t12"."source",
       "t12"."segment",
       "t12"."deal_kind",
       "t12"."lost_reason",
       "t12"."at",
       "t12"."event",
       "t12"."bought_at",
       ROW_NUMBER() OVER (
        PARTITION BY "t12"."customer_id", "t12"."at"
        ORDER BY "t12"."bought_at" DESC, "t12"."event" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
       ) - 1 AS "place_from_end"
      FROM (
       SELECT
        "t11".*
        EXCLUDE ("moment")
       FROM (
        SELECT
         "t10"."deal_id",
         "t10"."customer_id",
         "t10"."rep_id",
         "t10"."pipeline_id",
         "t10"."stage_id",
         "t10"."status",
         "t10"."created_at",
         "t10"."closed_at",
         "t10"."amount_base",
         "t10"."cost_base",
         "t10"."source",
         "t10"."segment",
         "t10"."deal_kind",
         "t10"."lost_reason",
         "t10"."moment" AS "at",
         "t10"."event",
         "t10"."moment",
         "t10"."at" AS "bought_at"
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
          "t9"."moment"
         FROM (
          SELECT
           "t1"."deal_id",
           "t1"."customer_id",
           "t1"."owner_id" AS "rep_id",
           "t1"."pipeline_id",
           "t1"."stage_id",
           "t1"."status",
           "t1"."created_at",
           "t1"."closed_at",
           "t1"."amount_base",
           "t1"."cost_base",
           "t1"."source",
           "t1"."segment",
           "t1"."deal_kind",
           "t1"."lost_reason",
           "t1"."closed_at" AS "at",
           "t1"."deal_id" AS "event"
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
             "t1"."created_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
            )
           )
           AND (
            "t1"."pipeline_id" IN ('P1') OR (
             "t1"."pipeline_id" IS NULL
            )
           )
           AND "t1"."status" = 'won'
           AND "t1"."customer_id" IS NOT NULL
           AND "t1"."closed_at" IS NOT NULL
           AND "t1"."closed_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
         ) AS "t6"
         INNER JOIN (
          SELECT
           CASE
            WHEN "t7"."at" > MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
            THEN MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
            ELSE "t7"."at"
           END AS "moment"
          FROM (
           SELECT
            "t5"."of",
            MAX("t5"."at") AS "at"
           FROM (
            SELECT
             (
              "t2"."date" + INTERVAL '1' DAY
             ) - INTERVAL '1' SECOND AS "at",
             DATE_TRUNC('MONTH', (
              "t2"."date" + INTERVAL '1' DAY
             ) - INTERVAL '1' SECOND) AS "of"
            FROM "calendar" AS "t2"
            WHERE
             (
              "t2"."date" + INTERVAL '1' DAY + INTERVAL '-1' DAY
             ) < MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
           ) AS "t5"
           GROUP BY
            1
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
  "t17"."at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
) AS "t18"
GROUP BY
 1
