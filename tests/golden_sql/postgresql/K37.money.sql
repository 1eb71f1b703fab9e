SELECT
 DATE_TRUNC('MONTH', "t42"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t42"."amount_base") AS "x_0"
FROM (
 SELECT DISTINCT
  *
 FROM (
  SELECT
   "t40"."deal_id",
   "t40"."customer_id",
   "t40"."rep_id",
   "t40"."pipeline_id",
   "t40"."stage_id",
   "t40"."status",
   "t40"."created_at",
   "t40"."closed_at",
   "t40"."amount_base",
   "t40"."cost_base",
   "t40"."source",
   "t40"."segment",
   "t40"."deal_kind",
   "t40"."lost_reason",
   "t40"."gone_at",
   "t40"."stage_order",
   "t40"."entered_at",
   "t40"."left_at",
   "t40"."at"
  FROM (
   SELECT
    "t21"."deal_id",
    "t21"."customer_id",
    "t21"."rep_id",
    "t21"."pipeline_id",
    "t21"."stage_id",
    "t21"."status",
    "t21"."created_at",
    "t21"."closed_at",
    "t21"."amount_base",
    "t21"."cost_base",
    "t21"."source",
    "t21"."segment",
    "t21"."deal_kind",
    "t21"."lost_reason",
    "t21"."gone_at",
    "t33"."stage_order",
    "t33"."entered_at",
    "t33"."left_at",
    "t23"."at",
    "t39"."talk_deal",
    "t39"."talked_at"
   FROM (
    SELECT
     "t14"."deal_id",
     "t14"."customer_id",
     "t14"."rep_id",
     "t14"."pipeline_id",
     "t14"."stage_id",
     "t14"."status",
     "t14"."created_at",
     "t14"."closed_at",
     "t14"."amount_base",
     "t14"."cost_base",
     "t14"."source",
     "t14"."segment",
     "t14"."deal_kind",
     "t14"."lost_reason",
     CASE
      WHEN "t14"."status" = 'open'
      THEN CAST('2200-01-01T00:00:00' AS TIMESTAMP)
      ELSE "t14"."closed_at"
     END AS "gone_at"
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
      "t10"."lost_reason"
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
         "t0"."created_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
        )
       )
       AND (
        "t0"."pipeline_id" IN ('P1') OR (
         "t0"."pipeline_id" IS NULL
        )
       )
     ) AS "t10"
    ) AS "t14"
   ) AS "t21"
   INNER JOIN (
    SELECT
     "t29"."deal_id",
     "t29"."stage_order",
     "t29"."entered_at",
     "t29"."left_at"
    FROM (
     SELECT
      "t25"."deal_id",
      "t25"."stage_id",
      "t25"."entered_at",
      "t25"."pipeline",
      "t25"."seq",
      "t25"."stage_order",
      "t25"."semantic",
      "t25"."rank",
      COALESCE(
       LEAD(NULLIF("t25"."entered_at", CAST('1970-01-01T00:00:00' AS TIMESTAMP))) OVER (
        PARTITION BY "t25"."deal_id"
        ORDER BY "t25"."entered_at" ASC, "t25"."seq" ASC, "t25"."stage_order" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
       ),
       CAST('2200-01-01T00:00:00' AS TIMESTAMP)
      ) AS "left_at"
     FROM (
      SELECT
       "t20"."deal_id",
       "t20"."stage_id",
       "t20"."entered_at",
       "t20"."pipeline",
       "t20"."seq",
       "t20"."stage_order",
       "t20"."semantic",
       CASE
        WHEN "t20"."semantic" = 'open'
        THEN "t20"."stage_order"
        WHEN "t20"."semantic" = 'won'
        THEN 1000000
        ELSE NULL
       END AS "rank"
      FROM (
       SELECT
        "t18"."deal_id",
        "t18"."stage_id",
        "t18"."entered_at",
        "t18"."pipeline",
        "t18"."seq",
        "t18"."stage_order",
        "t18"."semantic"
       FROM (
        SELECT
         "t13"."deal_id",
         "t13"."stage_id",
         "t13"."entered_at",
         "t13"."pipeline",
         "t13"."seq",
         "t9"."stage_id" AS "stage_id_right",
         "t9"."stage_order",
         "t9"."semantic",
         "t9"."pipeline" AS "pipeline_right"
        FROM (
         SELECT
          "t2"."deal_id",
          "t2"."stage_id",
          "t2"."entered_at",
          COALESCE("t2"."pipeline_id", '') AS "pipeline",
          COALESCE("t2"."seq", 0) AS "seq"
         FROM "stage_events" AS "t2"
         WHERE
          "t2"."entered_at" IS NOT NULL
          AND "t2"."entered_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
          AND "t2"."deal_id" IS NOT NULL
          AND (
           "t2"."pipeline_id" IN ('P1') OR (
            "t2"."pipeline_id" IS NULL
           )
          )
        ) AS "t13"
        LEFT OUTER JOIN (
         SELECT
          "t3"."stage_id",
          "t3"."stage_order",
          "t3"."semantic",
          COALESCE("t3"."pipeline_id", '') AS "pipeline"
         FROM "stages" AS "t3"
        ) AS "t9"
         ON "t13"."pipeline" = "t9"."pipeline" AND "t13"."stage_id" = "t9"."stage_id"
       ) AS "t18"
      ) AS "t20"
     ) AS "t25"
    ) AS "t29"
    WHERE
     "t29"."semantic" = 'open' AND "t29"."stage_order" >= 3
   ) AS "t33"
    ON "t21"."deal_id" = "t33"."deal_id"
   INNER JOIN (
    SELECT
     CASE
      WHEN "t16"."at" > CAST('2026-07-01T00:00:00' AS TIMESTAMP)
      THEN CAST('2026-07-01T00:00:00' AS TIMESTAMP)
      ELSE "t16"."at"
     END AS "at"
    FROM (
     SELECT
      "t12"."of",
      MAX("t12"."at") AS "at"
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
     ) AS "t12"
     GROUP BY
      1
    ) AS "t16"
   ) AS "t23"
    ON "t21"."created_at" <= "t23"."at"
    AND "t33"."entered_at" <= "t23"."at"
    AND "t33"."left_at" > "t23"."at"
    AND "t21"."gone_at" > "t23"."at"
   INNER JOIN (
    SELECT
     *
    FROM (
     SELECT
      "t32"."deal_id" AS "talk_deal",
      "t32"."at" AS "talked_at"
     FROM (
      SELECT
       "t30"."activity_id",
       "t30"."at",
       "t30"."rep_id",
       "t30"."customer_id",
       "t30"."deal_id",
       "t30"."purpose",
       "t30"."minutes",
       "t30"."of_kind"
      FROM (
       SELECT
        "t28"."activity_id",
        "t28"."at",
        "t28"."rep_id",
        COALESCE("t28"."customer_id", "t28"."deal_customer") AS "customer_id",
        "t28"."deal_id",
        "t28"."purpose",
        "t28"."minutes",
        "t28"."deal_customer",
        "t28"."of_kind"
       FROM (
        SELECT
         "t27"."activity_id",
         "t27"."at",
         "t27"."rep_id",
         "t27"."customer_id",
         "t27"."deal_id",
         "t27"."purpose",
         "t27"."minutes",
         "t27"."deal_customer",
         "t27"."of_kind"
        FROM (
         SELECT
          "t26"."activity_id",
          "t26"."at",
          "t26"."rep_id",
          "t26"."customer_id",
          "t26"."deal_id",
          "t26"."purpose",
          "t26"."minutes",
          "t6"."deal_id" AS "deal_id_right",
          "t6"."deal_customer",
          "t6"."of_kind"
         FROM (
          SELECT
           "t17"."activity_id",
           "t17"."at",
           "t17"."rep_id",
           "t17"."customer_id",
           "t17"."deal_id",
           "t17"."purpose",
           (
            CAST(COALESCE("t17"."duration_s", 0.0) AS DOUBLE PRECISION) / 60.0
           ) + CASE WHEN "t17"."is_meeting" THEN 30.0 WHEN "t17"."is_contact" THEN 4.0 ELSE 0.0 END AS "minutes"
          FROM (
           SELECT
            "t4"."activity_id",
            "t4"."kind",
            "t4"."direction",
            "t4"."rep_id",
            "t4"."customer_id",
            "t4"."deal_id",
            "t4"."attribution",
            "t4"."started_at",
            "t4"."duration_s",
            "t4"."is_completed",
            "t4"."is_connected",
            "t4"."result",
            "t4"."phone",
            "t4"."is_automatic",
            "t4"."created_at",
            "t4"."purpose",
            "t4"."started_at" AS "at",
            (
             "t4"."kind" = 'call'
            )
            AND (
             COALESCE("t4"."is_connected", FALSE)
             AND (
              COALESCE("t4"."duration_s", 20.0) >= 20.0
             )
            ) AS "is_call",
            "t4"."kind" IN ('meeting', 'visit', 'demo')
            AND COALESCE("t4"."is_completed", TRUE) AS "is_meeting",
            (
             (
              "t4"."kind" = 'call'
             )
             AND (
              COALESCE("t4"."is_connected", FALSE)
              AND (
               COALESCE("t4"."duration_s", 20.0) >= 20.0
              )
             )
            )
            OR (
             "t4"."kind" IN ('meeting', 'visit', 'demo')
             AND COALESCE("t4"."is_completed", TRUE)
            )
            OR (
             (
              "t4"."kind" = 'chat'
             ) AND COALESCE("t4"."is_completed", TRUE)
            ) AS "is_contact"
           FROM "activities" AS "t4"
           WHERE
            NOT (
             COALESCE("t4"."is_automatic", FALSE)
            )
            AND "t4"."started_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
          ) AS "t17"
          WHERE
           "t17"."is_contact"
         ) AS "t26"
         LEFT OUTER JOIN (
          SELECT
           "t0"."deal_id",
           "t0"."customer_id" AS "deal_customer",
           "t0"."deal_kind" AS "of_kind"
          FROM "deals" AS "t0"
         ) AS "t6"
          ON "t26"."deal_id" = "t6"."deal_id"
        ) AS "t27"
       ) AS "t28"
      ) AS "t30"
     ) AS "t32"
     WHERE
      "t32"."deal_id" IS NOT NULL
    ) AS "t34"
    UNION ALL
    SELECT
     *
    FROM (
     SELECT
      "t15"."talk_deal",
      "t36"."talked_at"
     FROM (
      SELECT
       "t32"."customer_id",
       "t32"."at" AS "talked_at"
      FROM (
       SELECT
        "t30"."activity_id",
        "t30"."at",
        "t30"."rep_id",
        "t30"."customer_id",
        "t30"."deal_id",
        "t30"."purpose",
        "t30"."minutes",
        "t30"."of_kind"
       FROM (
        SELECT
         "t28"."activity_id",
         "t28"."at",
         "t28"."rep_id",
         COALESCE("t28"."customer_id", "t28"."deal_customer") AS "customer_id",
         "t28"."deal_id",
         "t28"."purpose",
         "t28"."minutes",
         "t28"."deal_customer",
         "t28"."of_kind"
        FROM (
         SELECT
          "t27"."activity_id",
          "t27"."at",
          "t27"."rep_id",
          "t27"."customer_id",
          "t27"."deal_id",
          "t27"."purpose",
          "t27"."minutes",
          "t27"."deal_customer",
          "t27"."of_kind"
         FROM (
          SELECT
           "t26"."activity_id",
           "t26"."at",
           "t26"."rep_id",
           "t26"."customer_id",
           "t26"."deal_id",
           "t26"."purpose",
           "t26"."minutes",
           "t6"."deal_id" AS "deal_id_right",
           "t6"."deal_customer",
           "t6"."of_kind"
          FROM (
           SELECT
            "t17"."activity_id",
            "t17"."at",
            "t17"."rep_id",
            "t17"."customer_id",
            "t17"."deal_id",
            "t17"."purpose",
            (
             CAST(COALESCE("t17"."duration_s", 0.0) AS DOUBLE PRECISION) / 60.0
            ) + CASE WHEN "t17"."is_meeting" THEN 30.0 WHEN "t17"."is_contact" THEN 4.0 ELSE 0.0 END AS "minutes"
           FROM (
            SELECT
             "t4"."activity_id",
             "t4"."kind",
             "t4"."direction",
             "t4"."rep_id",
             "t4"."customer_id",
             "t4"."deal_id",
             "t4"."attribution",
             "t4"."started_at",
             "t4"."duration_s",
             "t4"."is_completed",
             "t4"."is_connected",
             "t4"."result",
             "t4"."phone",
             "t4"."is_automatic",
             "t4"."created_at",
             "t4"."purpose",
             "t4"."started_at" AS "at",
             (
              "t4"."kind" = 'call'
             )
             AND (
              COALESCE("t4"."is_connected", FALSE)
              AND (
               COALESCE("t4"."duration_s", 20.0) >= 20.0
              )
             ) AS "is_call",
             "t4"."kind" IN ('meeting', 'visit', 'demo')
             AND COALESCE("t4"."is_completed", TRUE) AS "is_meeting",
             (
              (
               "t4"."kind" = 'call'
              )
              AND (
               COALESCE("t4"."is_connected", FALSE)
               AND (
                COALESCE("t4"."duration_s", 20.0) >= 20.0
               )
              )
             )
             OR (
              "t4"."kind" IN ('meeting', 'visit', 'demo')
              AND COALESCE("t4"."is_completed", TRUE)
             )
             OR (
              (
               "t4"."kind" = 'chat'
              ) AND COALESCE("t4"."is_completed", TRUE)
             ) AS "is_contact"
            FROM "activities" AS "t4"
            WHERE
             NOT (
              COALESCE("t4"."is_automatic", FALSE)
             )
             AND "t4"."started_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
           ) AS "t17"
           WHERE
            "t17"."is_contact"
          ) AS "t26"
          LEFT OUTER JOIN (
           SELECT
            "t0"."deal_id",
            "t0"."customer_id" AS "deal_customer",
            "t0"."deal_kind" AS "of_kind"
           FROM "deals" AS "t0"
          ) AS "t6"
           ON "t26"."deal_id" = "t6"."deal_id"
         ) AS "t27"
        ) AS "t28"
       ) AS "t30"
      ) AS "t32"
      WHERE
       "t32"."deal_id" IS NULL
     ) AS "t36"
     INNER JOIN (
      SELECT
       "t0"."customer_id",
       "t0"."deal_id" AS "talk_deal"
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
       AND "t0"."customer_id" IS NOT NULL
     ) AS "t15"
      ON "t36"."customer_id" = "t15"."customer_id"
    ) AS "t37"
   ) AS "t39"
    ON "t21"."deal_id" = "t39"."talk_deal"
    AND "t39"."talked_at" <= "t23"."at"
    AND "t39"."talked_at" > (
     "t23"."at" + INTERVAL '-14 DAY'
    )
  ) AS "t40"
 ) AS "t41"
 WHERE
  "t41"."at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS "t42"
GROUP BY
 1
