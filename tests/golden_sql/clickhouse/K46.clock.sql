SELECT
 CAST(dateTrunc('MONTH', "t52"."at") AS Nullable(DateTime)) AS "by_period",
 CAST(FLOOR("t52"."length" / 3600.0) AS Nullable(Int64)) AS "bin",
 countIf("t52"."ended") AS "over",
 countIf(NOT (
  "t52"."ended"
 )) AS "unfinished",
 SUM("t52"."length") AS "total",
 sumIf("t52"."length", "t52"."ended") AS "total_over"
FROM (
 SELECT
  "t51"."at" AS "at",
  "t51"."begun_at" AS "begun_at",
  "t51"."is_over" AS "is_over",
  "t51"."rep_id" AS "rep_id",
  "t51"."customer_id" AS "customer_id",
  "t51"."segment" AS "segment",
  "t51"."source" AS "source",
  "t51"."status" AS "status",
  "t51"."deal_kind" AS "deal_kind",
  "t51"."until_at" AS "until_at",
  "t51"."clock_s" AS "clock_s",
  "t51"."begun_s" AS "begun_s",
  "t51"."until_s" AS "until_s",
  CASE
   WHEN isNotNull("t51"."clock_s")
   THEN "t51"."until_s" - "t51"."begun_s"
   ELSE NULL
  END AS "worked_s",
  "t51"."clock_s" AS "length",
  COALESCE("t51"."is_over", FALSE) AS "ended"
 FROM (
  SELECT
   "t50".*
   EXCEPT ("before_s", "calendar_day", "end_s", "start_s", "work_s")
  FROM (
   SELECT
    "t49"."at" AS "at",
    "t49"."begun_at" AS "begun_at",
    "t49"."is_over" AS "is_over",
    "t49"."rep_id" AS "rep_id",
    "t49"."customer_id" AS "customer_id",
    "t49"."segment" AS "segment",
    "t49"."source" AS "source",
    "t49"."status" AS "status",
    "t49"."deal_kind" AS "deal_kind",
    "t49"."until_at" AS "until_at",
    "t49"."clock_s" AS "clock_s",
    "t49"."begun_s" AS "begun_s",
    "t49"."calendar_day" AS "calendar_day",
    "t49"."work_s" AS "work_s",
    "t49"."start_s" AS "start_s",
    "t49"."end_s" AS "end_s",
    "t49"."before_s" AS "before_s",
    "t49"."before_s" + (
     GREATEST(
      LEAST(
       CAST(toRelativeSecondNum("t49"."until_at") - toRelativeSecondNum("t49"."calendar_day") AS Nullable(Float64)),
       "t49"."end_s"
      ) - "t49"."start_s",
      0.0
     ) * COALESCE("t49"."work_s" / nullIf("t49"."end_s" - "t49"."start_s", 0.0), 0.0)
    ) AS "until_s"
   FROM (
    SELECT
     "t48".*
     EXCEPT ("calendar_day_right")
    FROM (
     SELECT
      "t47"."at" AS "at",
      "t47"."begun_at" AS "begun_at",
      "t47"."is_over" AS "is_over",
      "t47"."rep_id" AS "rep_id",
      "t47"."customer_id" AS "customer_id",
      "t47"."segment" AS "segment",
      "t47"."source" AS "source",
      "t47"."status" AS "status",
      "t47"."deal_kind" AS "deal_kind",
      "t47"."until_at" AS "until_at",
      "t47"."clock_s" AS "clock_s",
      "t47"."begun_s" AS "begun_s",
      "t47"."calendar_day" AS "calendar_day",
      "t6"."calendar_day" AS "calendar_day_right",
      "t6"."work_s" AS "work_s",
      "t6"."start_s" AS "start_s",
      "t6"."end_s" AS "end_s",
      "t6"."before_s" AS "before_s"
     FROM (
      SELECT
       "t45"."at" AS "at",
       "t45"."begun_at" AS "begun_at",
       "t45"."is_over" AS "is_over",
       "t45"."rep_id" AS "rep_id",
       "t45"."customer_id" AS "customer_id",
       "t45"."segment" AS "segment",
       "t45"."source" AS "source",
       "t45"."status" AS "status",
       "t45"."deal_kind" AS "deal_kind",
       "t45"."until_at" AS "until_at",
       "t45"."clock_s" AS "clock_s",
       "t45"."begun_s" AS "begun_s",
       CAST(dateTrunc('DAY', "t45"."until_at") AS Nullable(DateTime)) AS "calendar_day"
      FROM (
       SELECT
        "t44".*
        EXCEPT ("before_s", "calendar_day", "end_s", "start_s", "work_s")
       FROM (
        SELECT
         "t43"."at" AS "at",
         "t43"."begun_at" AS "begun_at",
         "t43"."is_over" AS "is_over",
         "t43"."rep_id" AS "rep_id",
         "t43"."customer_id" AS "customer_id",
         "t43"."segment" AS "segment",
         "t43"."source" AS "source",
         "t43"."status" AS "status",
         "t43"."deal_kind" AS "deal_kind",
         "t43"."until_at" AS "until_at",
         "t43"."clock_s" AS "clock_s",
         "t43"."calendar_day" AS "calendar_day",
         "t43"."work_s" AS "work_s",
         "t43"."start_s" AS "start_s",
         "t43"."end_s" AS "end_s",
         "t43"."before_s" AS "before_s",
         "t43"."before_s" + (
          GREATEST(
           LEAST(
            CAST(toRelativeSecondNum("t43"."begun_at") - toRelativeSecondNum("t43"."calendar_day") AS Nullable(Float64)),
            "t43"."end_s"
           ) - "t43"."start_s",
           0.0
          ) * COALESCE("t43"."work_s" / nullIf("t43"."end_s" - "t43"."start_s", 0.0), 0.0)
         ) AS "begun_s"
        FROM (
         SELECT
          "t42".*
          EXCEPT ("calendar_day_right")
         FROM (
          SELECT
           "t41"."at" AS "at",
           "t41"."begun_at" AS "begun_at",
           "t41"."is_over" AS "is_over",
           "t41"."rep_id" AS "rep_id",
           "t41"."customer_id" AS "customer_id",
           "t41"."segment" AS "segment",
           "t41"."source" AS "source",
           "t41"."status" AS "status",
           "t41"."deal_kind" AS "deal_kind",
           "t41"."until_at" AS "until_at",
           "t41"."clock_s" AS "clock_s",
           "t41"."calendar_day" AS "calendar_day",
           "t6"."calendar_day" AS "calendar_day_right",
           "t6"."work_s" AS "work_s",
           "t6"."start_s" AS "start_s",
           "t6"."end_s" AS "end_s",
           "t6"."before_s" AS "before_s"
          FROM (
           SELECT
            "t39"."at" AS "at",
            "t39"."begun_at" AS "begun_at",
            "t39"."is_over" AS "is_over",
            "t39"."rep_id" AS "rep_id",
            "t39"."customer_id" AS "customer_id",
            "t39"."segment" AS "segment",
            "t39"."source" AS "source",
            "t39"."status" AS "status",
            "t39"."deal_kind" AS "deal_kind",
            "t39"."until_at" AS "until_at",
            CASE
             WHEN CAST(toRelativeSecondNum("t39"."until_at") - toRelativeSecondNum("t39"."begun_at") AS Nullable(Float64)) >= 0
             THEN CAST(toRelativeSecondNum("t39"."until_at") - toRelativeSecondNum("t39"."begun_at") AS Nullable(Float64))
             ELSE NULL
            END AS "clock_s",
            CAST(dateTrunc('DAY', "t39"."begun_at") AS Nullable(DateTime)) AS "calendar_day"
           FROM (
            SELECT
             "t38"."at" AS "at",
             "t38"."begun_at" AS "begun_at",
             isNotNull("t38"."paid_at") AS "is_over",
             "t38"."rep_id" AS "rep_id",
             "t38"."customer_id" AS "customer_id",
             "t38"."segment" AS "segment",
             "t38"."source" AS "source",
             "t38"."status" AS "status",
             "t38"."deal_kind" AS "deal_kind",
             CASE
              WHEN CAST(dateTrunc('DAY', "t38"."begun_at") AS Nullable(DateTime)) = CAST(dateTrunc(
               'DAY',
               COALESCE(
                "t38"."paid_at",
                CASE
                 WHEN "t38"."alive" > 0
                 THEN parseDateTimeBestEffort('2026-07-01T00:00:00')
                 ELSE "t38"."lost_at"
                END
               )
              ) AS Nullable(DateTime))
              THEN GREATEST(
               "t38"."begun_at",
               COALESCE(
                "t38"."paid_at",
                CASE
                 WHEN "t38"."alive" > 0
                 THEN parseDateTimeBestEffort('2026-07-01T00:00:00')
                 ELSE "t38"."lost_at"
                END
               )
              )
              ELSE COALESCE(
               "t38"."paid_at",
               CASE
                WHEN "t38"."alive" > 0
                THEN parseDateTimeBestEffort('2026-07-01T00:00:00')
                ELSE "t38"."lost_at"
               END
              )
             END AS "until_at"
            FROM (
             SELECT
              "t37".*
              EXCEPT ("customer_id_right")
             FROM (
              SELECT
               "t36"."deal_id" AS "deal_id",
               "t36"."customer_id" AS "customer_id",
               "t36"."rep_id" AS "rep_id",
               "t36"."pipeline_id" AS "pipeline_id",
               "t36"."stage_id" AS "stage_id",
               "t36"."status" AS "status",
               "t36"."created_at" AS "created_at",
               "t36"."closed_at" AS "closed_at",
               "t36"."amount_base" AS "amount_base",
               "t36"."cost_base" AS "cost_base",
               "t36"."source" AS "source",
               "t36"."segment" AS "segment",
               "t36"."deal_kind" AS "deal_kind",
               "t36"."lost_reason" AS "lost_reason",
               "t36"."at" AS "at",
               "t36"."begun_at" AS "begun_at",
               "t36"."alive" AS "alive",
               "t36"."lost_at" AS "lost_at",
               "t36"."won_at" AS "won_at",
               "t12"."customer_id" AS "customer_id_right",
               "t12"."paid_at" AS "paid_at"
              FROM (
               SELECT
                "t34".*
                EXCEPT ("customer_id_right")
               FROM (
                SELECT
                 "t33"."deal_id" AS "deal_id",
                 "t33"."customer_id" AS "customer_id",
                 "t33"."rep_id" AS "rep_id",
                 "t33"."pipeline_id" AS "pipeline_id",
                 "t33"."stage_id" AS "stage_id",
                 "t33"."status" AS "status",
                 "t33"."created_at" AS "created_at",
                 "t33"."closed_at" AS "closed_at",
                 "t33"."amount_base" AS "amount_base",
                 "t33"."cost_base" AS "cost_base",
                 "t33"."source" AS "source",
                 "t33"."segment" AS "segment",
                 "t33"."deal_kind" AS "deal_kind",
                 "t33"."lost_reason" AS "lost_reason",
                 "t33"."at" AS "at",
                 "t33"."begun_at" AS "begun_at",
                 "t16"."customer_id" AS "customer_id_right",
                 "t16"."alive" AS "alive",
                 "t16"."lost_at" AS "lost_at",
                 "t16"."won_at" AS "won_at"
                FROM (
                 SELECT
                  "t31"."deal_id" AS "deal_id",
                  "t31"."customer_id" AS "customer_id",
                  "t31"."rep_id" AS "rep_id",
                  "t31"."pipeline_id" AS "pipeline_id",
                  "t31"."stage_id" AS "stage_id",
                  "t31"."status" AS "status",
                  "t31"."created_at" AS "created_at",
                  "t31"."closed_at" AS "closed_at",
                  "t31"."amount_base" AS "amount_base",
                  "t31"."cost_base" AS "cost_base",
                  "t31"."source" AS "source",
                  "t31"."segment" AS "segment",
                  "t31"."deal_kind" AS "deal_kind",
                  "t31"."lost_reason" AS "lost_reason",
                  "t31"."at" AS "at",
                  "t31"."at" AS "begun_at"
                 FROM (
                  SELECT
                   "t25"."deal_id" AS "deal_id",
                   "t25"."customer_id" AS "customer_id",
                   "t25"."rep_id" AS "rep_id",
                   "t25"."pipeline_id" AS "pipeline_id",
                   "t25"."stage_id" AS "stage_id",
                   "t25"."status" AS "status",
                   "t25"."created_at" AS "created_at",
                   "t25"."closed_at" AS "closed_at",
                   "t25"."amount_base" AS "amount_base",
                   "t25"."cost_base" AS "cost_base",
                   "t25"."source" AS "source",
                   "t25"."segment" AS "segment",
                   "t25"."deal_kind" AS "deal_kind",
                   "t25"."lost_reason" AS "lost_reason",
                   "t30"."at" AS "at"
                  FROM (
                   SELECT
                    "t21".*
                    EXCEPT ("at")
                   FROM (
                    SELECT
                     *
                    FROM (
                     SELECT
                      "t17".*
                      EXCEPT ("position")
                     FROM (
                      SELECT
                       *
                      FROM (
                       SELECT
                        "t9"."deal_id" AS "deal_id",
                        "t9"."customer_id" AS "customer_id",
                        "t9"."rep_id" AS "rep_id",
                        "t9"."pipeline_id" AS "pipeline_id",
                        "t9"."stage_id" AS "stage_id",
                        "t9"."status" AS "status",
                        "t9"."created_at" AS "created_at",
                        "t9"."closed_at" AS "closed_at",
                        "t9"."amount_base" AS "amount_base",
                        "t9"."cost_base" AS "cost_base",
                        "t9"."source" AS "source",
                        "t9"."segment" AS "segment",
                        "t9"."deal_kind" AS "deal_kind",
                        "t9"."lost_reason" AS "lost_reason",
                        "t9"."at" AS "at",
                        ROW_NUMBER() OVER (
                         PARTITION BY "t9"."customer_id"
                         ORDER BY "t9"."created_at" ASC, "t9"."deal_id" ASC
                         ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                        ) - 1 AS "position"
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
                         "t2"."created_at" AS "at"
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
                         AND isNotNull("t2"."customer_id")
                         AND isNotNull("t2"."created_at")
                       ) AS "t9"
                      ) AS "t14"
                      WHERE
                       "t14"."position" = 0
                     ) AS "t17"
                    ) AS "t19"
                    WHERE
                     COALESCE("t19"."deal_kind", 'new') = 'new'
                   ) AS "t21"
                  ) AS "t25"
                  INNER JOIN (
                   SELECT
                    "t28"."customer_id" AS "customer_id",
                    MIN("t28"."at") AS "at"
                   FROM (
                    SELECT
                     *
                    FROM (
                     SELECT
                      "t26".*
                      EXCEPT ("deal_customer")
                     FROM (
                      SELECT
                       "t24"."activity_id" AS "activity_id",
                       "t24"."at" AS "at",
                       "t24"."rep_id" AS "rep_id",
                       COALESCE("t24"."customer_id", "t24"."deal_customer") AS "customer_id",
                       "t24"."deal_id" AS "deal_id",
                       "t24"."purpose" AS "purpose",
                       "t24"."minutes" AS "minutes",
                       "t24"."deal_customer" AS "deal_customer",
                       "t24"."of_kind" AS "of_kind"
                      FROM (
                       SELECT
                        "t22".*
                        EXCEPT ("deal_id_right")
                       FROM (
                        SELECT
                         "t20"."activity_id" AS "activity_id",
                         "t20"."at" AS "at",
                         "t20"."rep_id" AS "rep_id",
                         "t20"."customer_id" AS "customer_id",
                         "t20"."deal_id" AS "deal_id",
                         "t20"."purpose" AS "purpose",
                         "t20"."minutes" AS "minutes",
                         "t7"."deal_id" AS "deal_id_right",
                         "t7"."deal_customer" AS "deal_customer",
                         "t7"."of_kind" AS "of_kind"
                        FROM (
                         SELECT
                          "t13"."activity_id" AS "activity_id",
                          "t13"."at" AS "at",
                          "t13"."rep_id" AS "rep_id",
                          "t13"."customer_id" AS "customer_id",
                          "t13"."deal_id" AS "deal_id",
                          "t13"."purpose" AS "purpose",
                          (
                           COALESCE("t13"."duration_s", 0.0) / 60.0
                          ) + CASE WHEN "t13"."is_meeting" THEN 30.0 WHEN "t13"."is_contact" THEN 4.0 ELSE 0.0 END AS "minutes"
                         FROM (
                          SELECT
                           "t3"."activity_id" AS "activity_id",
                           "t3"."kind" AS "kind",
                           "t3"."direction" AS "direction",
                           "t3"."rep_id" AS "rep_id",
                           "t3"."customer_id" AS "customer_id",
                           "t3"."deal_id" AS "deal_id",
                           "t3"."attribution" AS "attribution",
                           "t3"."started_at" AS "started_at",
                           "t3"."duration_s" AS "duration_s",
                           "t3"."is_completed" AS "is_completed",
                           "t3"."is_connected" AS "is_connected",
                           "t3"."result" AS "result",
                           "t3"."phone" AS "phone",
                           "t3"."is_automatic" AS "is_automatic",
                           "t3"."created_at" AS "created_at",
                           "t3"."purpose" AS "purpose",
                           "t3"."started_at" AS "at",
                           (
                            "t3"."kind" = 'call'
                           )
                           AND (
                            COALESCE("t3"."is_connected", FALSE)
                            AND (
                             COALESCE("t3"."duration_s", 20.0) >= 20.0
                            )
                           ) AS "is_call",
                           "t3"."kind" IN ('meeting', 'visit', 'demo')
                           AND COALESCE("t3"."is_completed", TRUE) AS "is_meeting",
                           (
                            (
                             "t3"."kind" = 'call'
                            )
                            AND (
                             COALESCE("t3"."is_connected", FALSE)
                             AND (
                              COALESCE("t3"."duration_s", 20.0) >= 20.0
                             )
                            )
                           )
                           OR (
                            "t3"."kind" IN ('meeting', 'visit', 'demo')
                            AND COALESCE("t3"."is_completed", TRUE)
                           )
                           OR (
                            (
                             "t3"."kind" = 'chat'
                            ) AND COALESCE("t3"."is_completed", TRUE)
                           ) AS "is_contact"
                          FROM "activities" AS "t3"
                          WHERE
                           NOT (
                            COALESCE("t3"."is_automatic", FALSE)
                           )
                           AND "t3"."started_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
                         ) AS "t13"
                         WHERE
                          "t13"."is_contact"
                        ) AS "t20"
                        LEFT OUTER JOIN (
                         SELECT
                          "t2"."deal_id" AS "deal_id",
                          "t2"."customer_id" AS "deal_customer",
                          "t2"."deal_kind" AS "of_kind"
                         FROM "deals" AS "t2"
                        ) AS "t7"
                         ON "t20"."deal_id" = "t7"."deal_id"
                       ) AS "t22"
                      ) AS "t24"
                     ) AS "t26"
                    ) AS "t27"
                    WHERE
                     isNotNull("t27"."customer_id")
                   ) AS "t28"
                   GROUP BY
                    "t28"."customer_id"
                  ) AS "t30"
                   ON "t25"."customer_id" = "t30"."customer_id"
                 ) AS "t31"
                ) AS "t33"
                LEFT OUTER JOIN (
                 SELECT
                  "t11"."customer_id" AS "customer_id",
                  countIf(NOT (
                   "t11"."is_lost"
                  )) AS "alive",
                  maxIf("t11"."closed_at", "t11"."is_lost") AS "lost_at",
                  minIf("t11"."closed_at", "t11"."is_sold") AS "won_at"
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
                   "t2"."created_at" AS "at",
                   "t2"."status" IN ('won', 'lost')
                   AND NOT (
                    COALESCE("t2"."closed_at" > parseDateTimeBestEffort('2026-07-01T00:00:00'), FALSE)
                   )
                   AND (
                    "t2"."status" = 'lost'
                   ) AS "is_lost",
                   "t2"."status" IN ('won', 'lost')
                   AND NOT (
                    COALESCE("t2"."closed_at" > parseDateTimeBestEffort('2026-07-01T00:00:00'), FALSE)
                   )
                   AND (
                    "t2"."status" = 'won'
                   ) AS "is_sold"
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
                   AND isNotNull("t2"."customer_id")
                 ) AS "t11"
                 GROUP BY
                  "t11"."customer_id"
                ) AS "t16"
                 ON "t33"."customer_id" = "t16"."customer_id"
               ) AS "t34"
              ) AS "t36"
              LEFT OUTER JOIN (
               SELECT
                "t8"."customer_id" AS "customer_id",
                MIN("t8"."at") AS "paid_at"
               FROM (
                SELECT
                 "t1"."payment_id" AS "payment_id",
                 "t1"."invoice_id" AS "invoice_id",
                 "t1"."customer_id" AS "customer_id",
                 "t1"."paid_on" AS "paid_on",
                 "t1"."amount_base" AS "amount_base",
                 "t1"."is_refund" AS "is_refund",
                 "t1"."paid_on" AS "at"
                FROM "payments" AS "t1"
                WHERE
                 NOT (
                  COALESCE("t1"."is_refund", FALSE)
                 )
                 AND "t1"."amount_base" > 0
                 AND isNotNull("t1"."customer_id")
                 AND "t1"."paid_on" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
               ) AS "t8"
               GROUP BY
                "t8"."customer_id"
              ) AS "t12"
               ON "t36"."customer_id" = "t12"."customer_id"
             ) AS "t37"
            ) AS "t38"
           ) AS "t39"
          ) AS "t41"
          LEFT OUTER JOIN (
           SELECT
            "t0"."date" AS "calendar_day",
            "t0"."work_s" AS "work_s",
            "t0"."start_s" AS "start_s",
            "t0"."end_s" AS "end_s",
            "t0"."before_s" AS "before_s"
           FROM "calendar" AS "t0"
          ) AS "t6"
           ON "t41"."calendar_day" = "t6"."calendar_day"
         ) AS "t42"
        ) AS "t43"
       ) AS "t44"
      ) AS "t45"
     ) AS "t47"
     LEFT OUTER JOIN (
      SELECT
       "t0"."date" AS "calendar_day",
       "t0"."work_s" AS "work_s",
       "t0"."start_s" AS "start_s",
       "t0"."end_s" AS "end_s",
       "t0"."before_s" AS "before_s"
      FROM "calendar" AS "t0"
     ) AS "t6"
      ON "t47"."calendar_day" = "t6"."calendar_day"
    ) AS "t48"
   ) AS "t49"
  ) AS "t50"
 ) AS "t51"
 WHERE
  "t51"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
  AND isNotNull("t51"."clock_s")
  AND "t51"."clock_s" >= 0
) AS "t52"
GROUP BY
 CAST(dateTrunc('MONTH', "t52"."at") AS Nullable(DateTime)),
 CAST(FLOOR("t52"."length" / 3600.0) AS Nullable(Int64))
