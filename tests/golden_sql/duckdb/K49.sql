SELECT
 DATE_TRUNC('MONTH', "t31"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM(CAST(COALESCE("t31"."contacts", 0) AS DOUBLE)) AS "x_0",
 SUM(
  CAST(COALESCE("t31"."contacts", 0) AS DOUBLE) * CAST(COALESCE("t31"."contacts", 0) AS DOUBLE)
 ) AS "xx_0",
 COUNT(CAST(COALESCE("t31"."contacts", 0) AS DOUBLE)) AS "filled_0"
FROM (
 SELECT
  "t30"."customer_id",
  "t30"."rep_id",
  "t30"."at",
  "t30"."of",
  "t30"."contacts"
 FROM (
  SELECT
   "t29"."customer_id",
   "t29"."rep_id",
   "t29"."at",
   "t29"."of",
   "t27"."customer_id" AS "customer_id_right",
   "t27"."of" AS "of_right",
   "t27"."contacts"
  FROM (
   SELECT
    "t25"."customer_id",
    "t25"."rep_id",
    "t25"."at",
    "t25"."of"
   FROM (
    SELECT
     "t24".*
     EXCLUDE ("place_from_end")
    FROM (
     SELECT
      *
     FROM (
      SELECT
       "t19"."deal_id",
       "t19"."customer_id",
       "t19"."rep_id",
       "t19"."pipeline_id",
       "t19"."stage_id",
       "t19"."status",
       "t19"."created_at",
       "t19"."closed_at",
       "t19"."amount_base",
       "t19"."cost_base",
       "t19"."source",
       "t19"."segment",
       "t19"."deal_kind",
       "t19"."lost_reason",
       "t19"."gone_at",
       "t19"."at",
       "t19"."of",
       ROW_NUMBER() OVER (
        PARTITION BY "t19"."customer_id", "t19"."at"
        ORDER BY "t19"."created_at" DESC, "t19"."deal_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
       ) - 1 AS "place_from_end"
      FROM (
       SELECT
        "t17"."deal_id",
        "t17"."customer_id",
        "t17"."rep_id",
        "t17"."pipeline_id",
        "t17"."stage_id",
        "t17"."status",
        "t17"."created_at",
        "t17"."closed_at",
        "t17"."amount_base",
        "t17"."cost_base",
        "t17"."source",
        "t17"."segment",
        "t17"."deal_kind",
        "t17"."lost_reason",
        "t17"."gone_at",
        "t17"."at",
        DATE_TRUNC('MONTH', "t17"."at") AS "of"
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
         "t11"."gone_at",
         "t14"."at"
        FROM (
         SELECT
          "t7"."deal_id",
          "t7"."customer_id",
          "t7"."rep_id",
          "t7"."pipeline_id",
          "t7"."stage_id",
          "t7"."status",
          "t7"."created_at",
          "t7"."closed_at",
          "t7"."amount_base",
          "t7"."cost_base",
          "t7"."source",
          "t7"."segment",
          "t7"."deal_kind",
          "t7"."lost_reason",
          CASE
           WHEN "t7"."status" = 'open'
           THEN MAKE_TIMESTAMP(2200, 1, 1, 0, 0, 0.0)
           ELSE "t7"."closed_at"
          END AS "gone_at"
         FROM (
          SELECT
           "t5".*
           EXCLUDE ("at")
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
            "t0"."created_at" AS "at"
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
              "t0"."created_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
             )
            )
            AND (
             "t0"."pipeline_id" IN ('P1') OR (
              "t0"."pipeline_id" IS NULL
             )
            )
          ) AS "t5"
         ) AS "t7"
         WHERE
          "t7"."deal_kind" = 'cross_sell'
        ) AS "t11"
        INNER JOIN (
         SELECT
          CASE
           WHEN "t9"."at" > MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
           THEN MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
           ELSE "t9"."at"
          END AS "at"
         FROM (
          SELECT
           "t6"."of",
           MAX("t6"."at") AS "at"
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
          ) AS "t6"
          GROUP BY
           1
         ) AS "t9"
        ) AS "t14"
         ON "t11"."created_at" <= "t14"."at"
         AND "t11"."gone_at" > DATE_TRUNC('MONTH', "t14"."at")
       ) AS "t17"
       WHERE
        "t17"."customer_id" IS NOT NULL
      ) AS "t19"
     ) AS "t22"
     WHERE
      "t22"."place_from_end" = 0
    ) AS "t24"
   ) AS "t25"
  ) AS "t29"
  LEFT OUTER JOIN (
   SELECT
    "t23"."customer_id",
    "t23"."of",
    COUNT(*) AS "contacts"
   FROM (
    SELECT
     "t21"."activity_id",
     "t21"."at",
     "t21"."rep_id",
     "t21"."customer_id",
     "t21"."deal_id",
     "t21"."purpose",
     "t21"."minutes",
     "t21"."of_kind",
     DATE_TRUNC('MONTH', "t21"."at") AS "of"
    FROM (
     SELECT
      "t20".*
      EXCLUDE ("deal_customer")
     FROM (
      SELECT
       "t18"."activity_id",
       "t18"."at",
       "t18"."rep_id",
       COALESCE("t18"."customer_id", "t18"."deal_customer") AS "customer_id",
       "t18"."deal_id",
       "t18"."purpose",
       "t18"."minutes",
       "t18"."deal_customer",
       "t18"."of_kind"
      FROM (
       SELECT
        "t16".*
        EXCLUDE ("deal_id_right")
       FROM (
        SELECT
         "t15"."activity_id",
         "t15"."at",
         "t15"."rep_id",
         "t15"."customer_id",
         "t15"."deal_id",
         "t15"."purpose",
         "t15"."minutes",
         "t4"."deal_id" AS "deal_id_right",
         "t4"."deal_customer",
         "t4"."of_kind"
        FROM (
         SELECT
          "t8"."activity_id",
          "t8"."at",
          "t8"."rep_id",
          "t8"."customer_id",
          "t8"."deal_id",
          "t8"."purpose",
          (
           COALESCE("t8"."duration_s", 0.0) / 60.0
          ) + CASE WHEN "t8"."is_meeting" THEN 30.0 WHEN "t8"."is_contact" THEN 4.0 ELSE 0.0 END AS "minutes"
         FROM (
          SELECT
           "t1"."activity_id",
           "t1"."kind",
           "t1"."direction",
           "t1"."rep_id",
           "t1"."customer_id",
           "t1"."deal_id",
           "t1"."attribution",
           "t1"."started_at",
           "t1"."duration_s",
           "t1"."is_completed",
           "t1"."is_connected",
           "t1"."result",
           "t1"."phone",
           "t1"."is_automatic",
           "t1"."created_at",
           "t1"."purpose",
           "t1"."started_at" AS "at",
           (
            "t1"."kind" = 'call'
           )
           AND (
            COALESCE("t1"."is_connected", FALSE)
            AND (
             COALESCE("t1"."duration_s", 20.0) >= 20.0
            )
           ) AS "is_call",
           "t1"."kind" IN ('meeting', 'visit', 'demo')
           AND COALESCE("t1"."is_completed", TRUE) AS "is_meeting",
           (
            (
             "t1"."kind" = 'call'
            )
            AND (
             COALESCE("t1"."is_connected", FALSE)
             AND (
              COALESCE("t1"."duration_s", 20.0) >= 20.0
             )
            )
           )
           OR (
            "t1"."kind" IN ('meeting', 'visit', 'demo')
            AND COALESCE("t1"."is_completed", TRUE)
           )
           OR (
            (
             "t1"."kind" = 'chat'
            ) AND COALESCE("t1"."is_completed", TRUE)
           ) AS "is_contact"
          FROM "activities" AS "t1"
          WHERE
           NOT (
            COALESCE("t1"."is_automatic", FALSE)
           )
           AND "t1"."started_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
         ) AS "t8"
         WHERE
          "t8"."is_contact"
        ) AS "t15"
        LEFT OUTER JOIN (
         SELECT
          "t0"."deal_id",
          "t0"."customer_id" AS "deal_customer",
          "t0"."deal_kind" AS "of_kind"
         FROM "deals" AS "t0"
        ) AS "t4"
         ON "t15"."deal_id" = "t4"."deal_id"
       ) AS "t16"
      ) AS "t18"
     ) AS "t20"
    ) AS "t21"
    WHERE
     (
      COALESCE("t21"."of_kind" = 'cross_sell', FALSE)
      OR (
       (
        "t21"."deal_id" IS NULL
       ) AND COALESCE("t21"."purpose" = 'cross_sell', FALSE)
      )
     )
     AND "t21"."at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
     AND "t21"."customer_id" IS NOT NULL
   ) AS "t23"
   GROUP BY
    1,
    2
  ) AS "t27"
   ON "t29"."customer_id" = "t27"."customer_id" AND "t29"."of" = "t27"."of"
 ) AS "t30"
 WHERE
  "t30"."at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
) AS "t31"
GROUP BY
 1
