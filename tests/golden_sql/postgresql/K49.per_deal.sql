SELECT
 DATE_TRUNC('MONTH', "t28"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM(CAST(COALESCE("t28"."contacts", 0) AS DOUBLE PRECISION)) AS "x_0",
 SUM(
  CAST(COALESCE("t28"."contacts", 0) AS DOUBLE PRECISION) * CAST(COALESCE("t28"."contacts", 0) AS DOUBLE PRECISION)
 ) AS "xx_0",
 COUNT(CAST(COALESCE("t28"."contacts", 0) AS DOUBLE PRECISION)) AS "filled_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t26"."deal_id",
   "t26"."customer_id",
   "t26"."rep_id",
   "t26"."pipeline_id",
   "t26"."stage_id",
   "t26"."status",
   "t26"."created_at",
   "t26"."closed_at",
   "t26"."amount_base",
   "t26"."cost_base",
   "t26"."source",
   "t26"."segment",
   "t26"."deal_kind",
   "t26"."lost_reason",
   "t26"."gone_at",
   "t26"."at",
   "t26"."of",
   "t26"."contacts"
  FROM (
   SELECT
    "t20"."deal_id",
    "t20"."customer_id",
    "t20"."rep_id",
    "t20"."pipeline_id",
    "t20"."stage_id",
    "t20"."status",
    "t20"."created_at",
    "t20"."closed_at",
    "t20"."amount_base",
    "t20"."cost_base",
    "t20"."source",
    "t20"."segment",
    "t20"."deal_kind",
    "t20"."lost_reason",
    "t20"."gone_at",
    "t20"."at",
    "t20"."of",
    "t25"."deal_id" AS "deal_id_right",
    "t25"."of" AS "of_right",
    "t25"."contacts"
   FROM (
    SELECT
     "t16"."deal_id",
     "t16"."customer_id",
     "t16"."rep_id",
     "t16"."pipeline_id",
     "t16"."stage_id",
     "t16"."status",
     "t16"."created_at",
     "t16"."closed_at",
     "t16"."amount_base",
     "t16"."cost_base",
     "t16"."source",
     "t16"."segment",
     "t16"."deal_kind",
     "t16"."lost_reason",
     "t16"."gone_at",
     "t16"."at",
     DATE_TRUNC('MONTH', "t16"."at") AS "of"
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
      "t13"."at"
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
        THEN CAST('2200-01-01T00:00:00' AS TIMESTAMP)
        ELSE "t7"."closed_at"
       END AS "gone_at"
      FROM (
       SELECT
        "t5"."deal_id",
        "t5"."customer_id",
        "t5"."rep_id",
        "t5"."pipeline_id",
        "t5"."stage_id",
        "t5"."status",
        "t5"."created_at",
        "t5"."closed_at",
        "t5"."amount_base",
        "t5"."cost_base",
        "t5"."source",
        "t5"."segment",
        "t5"."deal_kind",
        "t5"."lost_reason"
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
       ) AS "t5"
      ) AS "t7"
      WHERE
       "t7"."deal_kind" = 'cross_sell'
     ) AS "t11"
     INNER JOIN (
      SELECT
       CASE
        WHEN "t8"."at" > CAST('2026-07-01T00:00:00' AS TIMESTAMP)
        THEN CAST('2026-07-01T00:00:00' AS TIMESTAMP)
        ELSE "t8"."at"
       END AS "at"
      FROM (
       SELECT
        "t6"."of",
        MAX("t6"."at") AS "at"
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
       ) AS "t6"
       GROUP BY
        1
      ) AS "t8"
     ) AS "t13"
      ON "t11"."created_at" <= "t13"."at"
      AND "t11"."gone_at" > DATE_TRUNC('MONTH', "t13"."at")
    ) AS "t16"
   ) AS "t20"
   LEFT OUTER JOIN (
    SELECT
     "t23"."deal_id",
     "t23"."of",
     COUNT(*) AS "contacts"
    FROM (
     SELECT
      "t22"."activity_id",
      "t22"."at",
      "t22"."rep_id",
      "t22"."customer_id",
      "t22"."deal_id",
      "t22"."purpose",
      "t22"."minutes",
      "t22"."of_kind",
      DATE_TRUNC('MONTH', "t22"."at") AS "of"
     FROM (
      SELECT
       "t21"."activity_id",
       "t21"."at",
       "t21"."rep_id",
       "t21"."customer_id",
       "t21"."deal_id",
       "t21"."purpose",
       "t21"."minutes",
       "t21"."of_kind"
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
         "t17"."activity_id",
         "t17"."at",
         "t17"."rep_id",
         "t17"."customer_id",
         "t17"."deal_id",
         "t17"."purpose",
         "t17"."minutes",
         "t17"."deal_customer",
         "t17"."of_kind"
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
           "t9"."activity_id",
           "t9"."at",
           "t9"."rep_id",
           "t9"."customer_id",
           "t9"."deal_id",
           "t9"."purpose",
           (
            CAST(COALESCE("t9"."duration_s", 0.0) AS DOUBLE PRECISION) / 60.0
           ) + CASE WHEN "t9"."is_meeting" THEN 30.0 WHEN "t9"."is_contact" THEN 4.0 ELSE 0.0 END AS "minutes"
          FROM (
           SELECT
            "t2"."activity_id",
            "t2"."kind",
            "t2"."direction",
            "t2"."rep_id",
            "t2"."customer_id",
            "t2"."deal_id",
            "t2"."attribution",
            "t2"."started_at",
            "t2"."duration_s",
            "t2"."is_completed",
            "t2"."is_connected",
            "t2"."result",
            "t2"."phone",
            "t2"."is_automatic",
            "t2"."created_at",
            "t2"."purpose",
            "t2"."started_at" AS "at",
            (
             "t2"."kind" = 'call'
            )
            AND (
             COALESCE("t2"."is_connected", FALSE)
             AND (
              COALESCE("t2"."duration_s", 20.0) >= 20.0
             )
            ) AS "is_call",
            "t2"."kind" IN ('meeting', 'visit', 'demo')
            AND COALESCE("t2"."is_completed", TRUE) AS "is_meeting",
            (
             (
              "t2"."kind" = 'call'
             )
             AND (
              COALESCE("t2"."is_connected", FALSE)
              AND (
               COALESCE("t2"."duration_s", 20.0) >= 20.0
              )
             )
            )
            OR (
             "t2"."kind" IN ('meeting', 'visit', 'demo')
             AND COALESCE("t2"."is_completed", TRUE)
            )
            OR (
             (
              "t2"."kind" = 'chat'
             ) AND COALESCE("t2"."is_completed", TRUE)
            ) AS "is_contact"
           FROM "activities" AS "t2"
           WHERE
            NOT (
             COALESCE("t2"."is_automatic", FALSE)
            )
            AND "t2"."started_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
          ) AS "t9"
          WHERE
           "t9"."is_contact"
         ) AS "t15"
         LEFT OUTER JOIN (
          SELECT
           "t0"."deal_id",
           "t0"."customer_id" AS "deal_customer",
           "t0"."deal_kind" AS "of_kind"
          FROM "deals" AS "t0"
         ) AS "t4"
          ON "t15"."deal_id" = "t4"."deal_id"
        ) AS "t17"
       ) AS "t18"
      ) AS "t21"
     ) AS "t22"
     WHERE
      (
       COALESCE("t22"."of_kind" = 'cross_sell', FALSE)
       OR (
        (
         "t22"."deal_id" IS NULL
        ) AND COALESCE("t22"."purpose" = 'cross_sell', FALSE)
       )
      )
      AND "t22"."at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
      AND "t22"."deal_id" IS NOT NULL
    ) AS "t23"
    GROUP BY
     1,
     2
   ) AS "t25"
    ON "t20"."deal_id" = "t25"."deal_id" AND "t20"."of" = "t25"."of"
  ) AS "t26"
 ) AS "t27"
 WHERE
  "t27"."at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS "t28"
GROUP BY
 1
