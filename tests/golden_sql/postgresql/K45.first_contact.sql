SELECT
 DATE_TRUNC('MONTH', "t34"."at") AS "by_period",
 CAST(FLOOR(CAST("t34"."length" AS DOUBLE PRECISION) / 3600.0) AS BIGINT) AS "bin",
 COUNT(*) FILTER(WHERE
  "t34"."ended") AS "over",
 COUNT(*) FILTER(WHERE
  NOT (
   "t34"."ended"
  )) AS "unfinished",
 SUM("t34"."length") AS "total",
 SUM("t34"."length") FILTER(WHERE
  "t34"."ended") AS "total_over"
FROM (
 SELECT
  "t33"."at",
  "t33"."begun_at",
  "t33"."is_over",
  "t33"."rep_id",
  "t33"."customer_id",
  "t33"."segment",
  "t33"."source",
  "t33"."status",
  "t33"."deal_kind",
  "t33"."until_at",
  "t33"."clock_s",
  "t33"."begun_s",
  "t33"."until_s",
  CASE
   WHEN "t33"."clock_s" IS NOT NULL
   THEN "t33"."until_s" - "t33"."begun_s"
   ELSE NULL
  END AS "worked_s",
  CASE
   WHEN "t33"."clock_s" IS NOT NULL
   THEN "t33"."until_s" - "t33"."begun_s"
   ELSE NULL
  END AS "length",
  COALESCE("t33"."is_over", FALSE) AS "ended"
 FROM (
  SELECT
   "t32"."at",
   "t32"."begun_at",
   "t32"."is_over",
   "t32"."rep_id",
   "t32"."customer_id",
   "t32"."segment",
   "t32"."source",
   "t32"."status",
   "t32"."deal_kind",
   "t32"."until_at",
   "t32"."clock_s",
   "t32"."begun_s",
   "t32"."until_s"
  FROM (
   SELECT
    "t31"."at",
    "t31"."begun_at",
    "t31"."is_over",
    "t31"."rep_id",
    "t31"."customer_id",
    "t31"."segment",
    "t31"."source",
    "t31"."status",
    "t31"."deal_kind",
    "t31"."until_at",
    "t31"."clock_s",
    "t31"."begun_s",
    "t31"."calendar_day",
    "t31"."work_s",
    "t31"."start_s",
    "t31"."end_s",
    "t31"."before_s",
    "t31"."before_s" + (
     GREATEST(
      LEAST(
       CAST(EXTRACT('epoch' FROM "t31"."until_at") - EXTRACT('epoch' FROM "t31"."calendar_day") AS DOUBLE PRECISION),
       "t31"."end_s"
      ) - "t31"."start_s",
      0.0
     ) * COALESCE(
      CAST("t31"."work_s" AS DOUBLE PRECISION) / NULLIF("t31"."end_s" - "t31"."start_s", 0.0),
      0.0
     )
    ) AS "until_s"
   FROM (
    SELECT
     "t30"."at",
     "t30"."begun_at",
     "t30"."is_over",
     "t30"."rep_id",
     "t30"."customer_id",
     "t30"."segment",
     "t30"."source",
     "t30"."status",
     "t30"."deal_kind",
     "t30"."until_at",
     "t30"."clock_s",
     "t30"."begun_s",
     "t30"."calendar_day",
     "t30"."work_s",
     "t30"."start_s",
     "t30"."end_s",
     "t30"."before_s"
    FROM (
     SELECT
      "t29"."at",
      "t29"."begun_at",
      "t29"."is_over",
      "t29"."rep_id",
      "t29"."customer_id",
      "t29"."segment",
      "t29"."source",
      "t29"."status",
      "t29"."deal_kind",
      "t29"."until_at",
      "t29"."clock_s",
      "t29"."begun_s",
      "t29"."calendar_day",
      "t5"."calendar_day" AS "calendar_day_right",
      "t5"."work_s",
      "t5"."start_s",
      "t5"."end_s",
      "t5"."before_s"
     FROM (
      SELECT
       "t27"."at",
       "t27"."begun_at",
       "t27"."is_over",
       "t27"."rep_id",
       "t27"."customer_id",
       "t27"."segment",
       "t27"."source",
       "t27"."status",
       "t27"."deal_kind",
       "t27"."until_at",
       "t27"."clock_s",
       "t27"."begun_s",
       DATE_TRUNC('DAY', "t27"."until_at") AS "calendar_day"
      FROM (
       SELECT
        "t26"."at",
        "t26"."begun_at",
        "t26"."is_over",
        "t26"."rep_id",
        "t26"."customer_id",
        "t26"."segment",
        "t26"."source",
        "t26"."status",
        "t26"."deal_kind",
        "t26"."until_at",
        "t26"."clock_s",
        "t26"."begun_s"
       FROM (
        SELECT
         "t25"."at",
         "t25"."begun_at",
         "t25"."is_over",
         "t25"."rep_id",
         "t25"."customer_id",
         "t25"."segment",
         "t25"."source",
         "t25"."status",
         "t25"."deal_kind",
         "t25"."until_at",
         "t25"."clock_s",
         "t25"."calendar_day",
         "t25"."work_s",
         "t25"."start_s",
         "t25"."end_s",
         "t25"."before_s",
         "t25"."before_s" + (
          GREATEST(
           LEAST(
            CAST(EXTRACT('epoch' FROM "t25"."begun_at") - EXTRACT('epoch' FROM "t25"."calendar_day") AS DOUBLE PRECISION),
            "t25"."end_s"
           ) - "t25"."start_s",
           0.0
          ) * COALESCE(
           CAST("t25"."work_s" AS DOUBLE PRECISION) / NULLIF("t25"."end_s" - "t25"."start_s", 0.0),
           0.0
          )
         ) AS "begun_s"
        FROM (
         SELECT
          "t24"."at",
          "t24"."begun_at",
          "t24"."is_over",
          "t24"."rep_id",
          "t24"."customer_id",
          "t24"."segment",
          "t24"."source",
          "t24"."status",
          "t24"."deal_kind",
          "t24"."until_at",
          "t24"."clock_s",
          "t24"."calendar_day",
          "t24"."work_s",
          "t24"."start_s",
          "t24"."end_s",
          "t24"."before_s"
         FROM (
          SELECT
           "t23"."at",
           "t23"."begun_at",
           "t23"."is_over",
           "t23"."rep_id",
           "t23"."customer_id",
           "t23"."segment",
           "t23"."source",
           "t23"."status",
           "t23"."deal_kind",
           "t23"."until_at",
           "t23"."clock_s",
           "t23"."calendar_day",
           "t5"."calendar_day" AS "calendar_day_right",
           "t5"."work_s",
           "t5"."start_s",
           "t5"."end_s",
           "t5"."before_s"
          FROM (
           SELECT
            "t21"."at",
            "t21"."begun_at",
            "t21"."is_over",
            "t21"."rep_id",
            "t21"."customer_id",
            "t21"."segment",
            "t21"."source",
            "t21"."status",
            "t21"."deal_kind",
            "t21"."until_at",
            CASE
             WHEN CAST(EXTRACT('epoch' FROM "t21"."until_at") - EXTRACT('epoch' FROM "t21"."begun_at") AS DOUBLE PRECISION) >= 0
             THEN CAST(EXTRACT('epoch' FROM "t21"."until_at") - EXTRACT('epoch' FROM "t21"."begun_at") AS DOUBLE PRECISION)
             ELSE NULL
            END AS "clock_s",
            DATE_TRUNC('DAY', "t21"."begun_at") AS "calendar_day"
           FROM (
            SELECT
             "t20"."at",
             "t20"."begun_at",
             "t20"."is_over",
             "t20"."rep_id",
             "t20"."customer_id",
             "t20"."segment",
             "t20"."source",
             "t20"."status",
             "t20"."deal_kind",
             CASE
              WHEN DATE_TRUNC('DAY', "t20"."begun_at") = DATE_TRUNC('DAY', "t20"."until_at")
              THEN GREATEST("t20"."begun_at", "t20"."until_at")
              ELSE "t20"."until_at"
             END AS "until_at"
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
              "t19"."at",
              "t19"."is_over",
              "t19"."until_at",
              "t19"."begun_at"
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
               "t8"."at",
               "t8"."is_over",
               "t8"."until_at",
               "t18"."deal_id" AS "deal_id_right",
               "t18"."begun_at"
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
                "t1"."created_at" AS "at",
                "t1"."status" IN ('won', 'lost')
                AND NOT (
                 COALESCE("t1"."closed_at" > CAST('2026-07-01T00:00:00' AS TIMESTAMP), FALSE)
                ) AS "is_over",
                CASE
                 WHEN "t1"."status" IN ('won', 'lost')
                 AND NOT (
                  COALESCE("t1"."closed_at" > CAST('2026-07-01T00:00:00' AS TIMESTAMP), FALSE)
                 )
                 THEN "t1"."closed_at"
                 ELSE CAST('2026-07-01T00:00:00' AS TIMESTAMP)
                END AS "until_at"
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
                  "t1"."created_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
                 )
                )
                AND (
                 "t1"."pipeline_id" IN ('P1') OR (
                  "t1"."pipeline_id" IS NULL
                 )
                )
              ) AS "t8"
              LEFT OUTER JOIN (
               SELECT
                "t16"."deal_id",
                MIN("t16"."at") AS "begun_at"
               FROM (
                SELECT
                 *
                FROM (
                 SELECT
                  "t14"."activity_id",
                  "t14"."at",
                  "t14"."rep_id",
                  "t14"."customer_id",
                  "t14"."deal_id",
                  "t14"."purpose",
                  "t14"."minutes",
                  "t14"."of_kind"
                 FROM (
                  SELECT
                   "t13"."activity_id",
                   "t13"."at",
                   "t13"."rep_id",
                   COALESCE("t13"."customer_id", "t13"."deal_customer") AS "customer_id",
                   "t13"."deal_id",
                   "t13"."purpose",
                   "t13"."minutes",
                   "t13"."deal_customer",
                   "t13"."of_kind"
                  FROM (
                   SELECT
                    "t12"."activity_id",
                    "t12"."at",
                    "t12"."rep_id",
                    "t12"."customer_id",
                    "t12"."deal_id",
                    "t12"."purpose",
                    "t12"."minutes",
                    "t12"."deal_customer",
                    "t12"."of_kind"
                   FROM (
                    SELECT
                     "t11"."activity_id",
                     "t11"."at",
                     "t11"."rep_id",
                     "t11"."customer_id",
                     "t11"."deal_id",
                     "t11"."purpose",
                     "t11"."minutes",
                     "t6"."deal_id" AS "deal_id_right",
                     "t6"."deal_customer",
                     "t6"."of_kind"
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
                    ) AS "t11"
                    LEFT OUTER JOIN (
                     SELECT
                      "t1"."deal_id",
                      "t1"."customer_id" AS "deal_customer",
                      "t1"."deal_kind" AS "of_kind"
                     FROM "deals" AS "t1"
                    ) AS "t6"
                     ON "t11"."deal_id" = "t6"."deal_id"
                   ) AS "t12"
                  ) AS "t13"
                 ) AS "t14"
                ) AS "t15"
                WHERE
                 "t15"."deal_id" IS NOT NULL
               ) AS "t16"
               GROUP BY
                1
              ) AS "t18"
               ON "t8"."deal_id" = "t18"."deal_id"
             ) AS "t19"
            ) AS "t20"
           ) AS "t21"
          ) AS "t23"
          LEFT OUTER JOIN (
           SELECT
            "t0"."date" AS "calendar_day",
            "t0"."work_s",
            "t0"."start_s",
            "t0"."end_s",
            "t0"."before_s"
           FROM "calendar" AS "t0"
          ) AS "t5"
           ON "t23"."calendar_day" = "t5"."calendar_day"
         ) AS "t24"
        ) AS "t25"
       ) AS "t26"
      ) AS "t27"
     ) AS "t29"
     LEFT OUTER JOIN (
      SELECT
       "t0"."date" AS "calendar_day",
       "t0"."work_s",
       "t0"."start_s",
       "t0"."end_s",
       "t0"."before_s"
      FROM "calendar" AS "t0"
     ) AS "t5"
      ON "t29"."calendar_day" = "t5"."calendar_day"
    ) AS "t30"
   ) AS "t31"
  ) AS "t32"
 ) AS "t33"
 WHERE
  "t33"."at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
  AND CASE
   WHEN "t33"."clock_s" IS NOT NULL
   THEN "t33"."until_s" - "t33"."begun_s"
   ELSE NULL
  END IS NOT NULL
  AND CASE
   WHEN "t33"."clock_s" IS NOT NULL
   THEN "t33"."until_s" - "t33"."begun_s"
   ELSE NULL
  END >= 0
) AS "t34"
GROUP BY
 1,
 2
