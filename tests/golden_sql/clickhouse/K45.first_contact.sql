SELECT
 CAST(dateTrunc('MONTH', "t34"."at") AS Nullable(DateTime)) AS "by_period",
 CAST(FLOOR("t34"."length" / 3600.0) AS Nullable(Int64)) AS "bin",
 countIf("t34"."ended") AS "over",
 countIf(NOT (
  "t34"."ended"
 )) AS "unfinished",
 SUM("t34"."length") AS "total",
 sumIf("t34"."length", "t34"."ended") AS "total_over"
FROM (
 SELECT
  "t33"."at" AS "at",
  "t33"."begun_at" AS "begun_at",
  "t33"."is_over" AS "is_over",
  "t33"."rep_id" AS "rep_id",
  "t33"."customer_id" AS "customer_id",
  "t33"."segment" AS "segment",
  "t33"."source" AS "source",
  "t33"."status" AS "status",
  "t33"."deal_kind" AS "deal_kind",
  "t33"."until_at" AS "until_at",
  "t33"."clock_s" AS "clock_s",
  "t33"."begun_s" AS "begun_s",
  "t33"."until_s" AS "until_s",
  CASE
   WHEN isNotNull("t33"."clock_s")
   THEN "t33"."until_s" - "t33"."begun_s"
   ELSE NULL
  END AS "worked_s",
  CASE
   WHEN isNotNull("t33"."clock_s")
   THEN "t33"."until_s" - "t33"."begun_s"
   ELSE NULL
  END AS "length",
  COALESCE("t33"."is_over", FALSE) AS "ended"
 FROM (
  SELECT
   "t32".*
   EXCEPT ("before_s", "calendar_day", "end_s", "start_s", "work_s")
  FROM (
   SELECT
    "t31"."at" AS "at",
    "t31"."begun_at" AS "begun_at",
    "t31"."is_over" AS "is_over",
    "t31"."rep_id" AS "rep_id",
    "t31"."customer_id" AS "customer_id",
    "t31"."segment" AS "segment",
    "t31"."source" AS "source",
    "t31"."status" AS "status",
    "t31"."deal_kind" AS "deal_kind",
    "t31"."until_at" AS "until_at",
    "t31"."clock_s" AS "clock_s",
    "t31"."begun_s" AS "begun_s",
    "t31"."calendar_day" AS "calendar_day",
    "t31"."work_s" AS "work_s",
    "t31"."start_s" AS "start_s",
    "t31"."end_s" AS "end_s",
    "t31"."before_s" AS "before_s",
    "t31"."before_s" + (
     GREATEST(
      LEAST(
       CAST(toRelativeSecondNum("t31"."until_at") - toRelativeSecondNum("t31"."calendar_day") AS Nullable(Float64)),
       "t31"."end_s"
      ) - "t31"."start_s",
      0.0
     ) * COALESCE("t31"."work_s" / nullIf("t31"."end_s" - "t31"."start_s", 0.0), 0.0)
    ) AS "until_s"
   FROM (
    SELECT
     "t30".*
     EXCEPT ("calendar_day_right")
    FROM (
     SELECT
      "t29"."at" AS "at",
      "t29"."begun_at" AS "begun_at",
      "t29"."is_over" AS "is_over",
      "t29"."rep_id" AS "rep_id",
      "t29"."customer_id" AS "customer_id",
      "t29"."segment" AS "segment",
      "t29"."source" AS "source",
      "t29"."status" AS "status",
      "t29"."deal_kind" AS "deal_kind",
      "t29"."until_at" AS "until_at",
      "t29"."clock_s" AS "clock_s",
      "t29"."begun_s" AS "begun_s",
      "t29"."calendar_day" AS "calendar_day",
      "t5"."calendar_day" AS "calendar_day_right",
      "t5"."work_s" AS "work_s",
      "t5"."start_s" AS "start_s",
      "t5"."end_s" AS "end_s",
      "t5"."before_s" AS "before_s"
     FROM (
      SELECT
       "t27"."at" AS "at",
       "t27"."begun_at" AS "begun_at",
       "t27"."is_over" AS "is_over",
       "t27"."rep_id" AS "rep_id",
       "t27"."customer_id" AS "customer_id",
       "t27"."segment" AS "segment",
       "t27"."source" AS "source",
       "t27"."status" AS "status",
       "t27"."deal_kind" AS "deal_kind",
       "t27"."until_at" AS "until_at",
       "t27"."clock_s" AS "clock_s",
       "t27"."begun_s" AS "begun_s",
       CAST(dateTrunc('DAY', "t27"."until_at") AS Nullable(DateTime)) AS "calendar_day"
      FROM (
       SELECT
        "t26".*
        EXCEPT ("before_s", "calendar_day", "end_s", "start_s", "work_s")
       FROM (
        SELECT
         "t25"."at" AS "at",
         "t25"."begun_at" AS "begun_at",
         "t25"."is_over" AS "is_over",
         "t25"."rep_id" AS "rep_id",
         "t25"."customer_id" AS "customer_id",
         "t25"."segment" AS "segment",
         "t25"."source" AS "source",
         "t25"."status" AS "status",
         "t25"."deal_kind" AS "deal_kind",
         "t25"."until_at" AS "until_at",
         "t25"."clock_s" AS "clock_s",
         "t25"."calendar_day" AS "calendar_day",
         "t25"."work_s" AS "work_s",
         "t25"."start_s" AS "start_s",
         "t25"."end_s" AS "end_s",
         "t25"."before_s" AS "before_s",
         "t25"."before_s" + (
          GREATEST(
           LEAST(
            CAST(toRelativeSecondNum("t25"."begun_at") - toRelativeSecondNum("t25"."calendar_day") AS Nullable(Float64)),
            "t25"."end_s"
           ) - "t25"."start_s",
           0.0
          ) * COALESCE("t25"."work_s" / nullIf("t25"."end_s" - "t25"."start_s", 0.0), 0.0)
         ) AS "begun_s"
        FROM (
         SELECT
          "t24".*
          EXCEPT ("calendar_day_right")
         FROM (
          SELECT
           "t23"."at" AS "at",
           "t23"."begun_at" AS "begun_at",
           "t23"."is_over" AS "is_over",
           "t23"."rep_id" AS "rep_id",
           "t23"."customer_id" AS "customer_id",
           "t23"."segment" AS "segment",
           "t23"."source" AS "source",
           "t23"."status" AS "status",
           "t23"."deal_kind" AS "deal_kind",
           "t23"."until_at" AS "until_at",
           "t23"."clock_s" AS "clock_s",
           "t23"."calendar_day" AS "calendar_day",
           "t5"."calendar_day" AS "calendar_day_right",
           "t5"."work_s" AS "work_s",
           "t5"."start_s" AS "start_s",
           "t5"."end_s" AS "end_s",
           "t5"."before_s" AS "before_s"
          FROM (
           SELECT
            "t21"."at" AS "at",
            "t21"."begun_at" AS "begun_at",
            "t21"."is_over" AS "is_over",
            "t21"."rep_id" AS "rep_id",
            "t21"."customer_id" AS "customer_id",
            "t21"."segment" AS "segment",
            "t21"."source" AS "source",
            "t21"."status" AS "status",
            "t21"."deal_kind" AS "deal_kind",
            "t21"."until_at" AS "until_at",
            CASE
             WHEN CAST(toRelativeSecondNum("t21"."until_at") - toRelativeSecondNum("t21"."begun_at") AS Nullable(Float64)) >= 0
             THEN CAST(toRelativeSecondNum("t21"."until_at") - toRelativeSecondNum("t21"."begun_at") AS Nullable(Float64))
             ELSE NULL
            END AS "clock_s",
            CAST(dateTrunc('DAY', "t21"."begun_at") AS Nullable(DateTime)) AS "calendar_day"
           FROM (
            SELECT
             "t20"."at" AS "at",
             "t20"."begun_at" AS "begun_at",
             "t20"."is_over" AS "is_over",
             "t20"."rep_id" AS "rep_id",
             "t20"."customer_id" AS "customer_id",
             "t20"."segment" AS "segment",
             "t20"."source" AS "source",
             "t20"."status" AS "status",
             "t20"."deal_kind" AS "deal_kind",
             CASE
              WHEN CAST(dateTrunc('DAY', "t20"."begun_at") AS Nullable(DateTime)) = CAST(dateTrunc('DAY', "t20"."until_at") AS Nullable(DateTime))
              THEN GREATEST("t20"."begun_at", "t20"."until_at")
              ELSE "t20"."until_at"
             END AS "until_at"
            FROM (
             SELECT
              "t19".*
              EXCEPT ("deal_id_right")
             FROM (
              SELECT
               "t8"."deal_id" AS "deal_id",
               "t8"."customer_id" AS "customer_id",
               "t8"."rep_id" AS "rep_id",
               "t8"."pipeline_id" AS "pipeline_id",
               "t8"."stage_id" AS "stage_id",
               "t8"."status" AS "status",
               "t8"."created_at" AS "created_at",
               "t8"."closed_at" AS "closed_at",
               "t8"."amount_base" AS "amount_base",
               "t8"."cost_base" AS "cost_base",
               "t8"."source" AS "source",
               "t8"."segment" AS "segment",
               "t8"."deal_kind" AS "deal_kind",
               "t8"."lost_reason" AS "lost_reason",
               "t8"."at" AS "at",
               "t8"."is_over" AS "is_over",
               "t8"."until_at" AS "until_at",
               "t18"."deal_id" AS "deal_id_right",
               "t18"."begun_at" AS "begun_at"
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
                "t1"."created_at" AS "at",
                "t1"."status" IN ('won', 'lost')
                AND NOT (
                 COALESCE("t1"."closed_at" > parseDateTimeBestEffort('2026-07-01T00:00:00'), FALSE)
                ) AS "is_over",
                CASE
                 WHEN "t1"."status" IN ('won', 'lost')
                 AND NOT (
                  COALESCE("t1"."closed_at" > parseDateTimeBestEffort('2026-07-01T00:00:00'), FALSE)
                 )
                 THEN "t1"."closed_at"
                 ELSE parseDateTimeBestEffort('2026-07-01T00:00:00')
                END AS "until_at"
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
              ) AS "t8"
              LEFT OUTER JOIN (
               SELECT
                "t16"."deal_id" AS "deal_id",
                MIN("t16"."at") AS "begun_at"
               FROM (
                SELECT
                 *
                FROM (
                 SELECT
                  "t14".*
                  EXCEPT ("deal_customer")
                 FROM (
                  SELECT
                   "t13"."activity_id" AS "activity_id",
                   "t13"."at" AS "at",
                   "t13"."rep_id" AS "rep_id",
                   COALESCE("t13"."customer_id", "t13"."deal_customer") AS "customer_id",
                   "t13"."deal_id" AS "deal_id",
                   "t13"."purpose" AS "purpose",
                   "t13"."minutes" AS "minutes",
                   "t13"."deal_customer" AS "deal_customer",
                   "t13"."of_kind" AS "of_kind"
                  FROM (
                   SELECT
                    "t12".*
                    EXCEPT ("deal_id_right")
                   FROM (
                    SELECT
                     "t11"."activity_id" AS "activity_id",
                     "t11"."at" AS "at",
                     "t11"."rep_id" AS "rep_id",
                     "t11"."customer_id" AS "customer_id",
                     "t11"."deal_id" AS "deal_id",
                     "t11"."purpose" AS "purpose",
                     "t11"."minutes" AS "minutes",
                     "t6"."deal_id" AS "deal_id_right",
                     "t6"."deal_customer" AS "deal_customer",
                     "t6"."of_kind" AS "of_kind"
                    FROM (
                     SELECT
                      "t9"."activity_id" AS "activity_id",
                      "t9"."at" AS "at",
                      "t9"."rep_id" AS "rep_id",
                      "t9"."customer_id" AS "customer_id",
                      "t9"."deal_id" AS "deal_id",
                      "t9"."purpose" AS "purpose",
                      (
                       COALESCE("t9"."duration_s", 0.0) / 60.0
                      ) + CASE WHEN "t9"."is_meeting" THEN 30.0 WHEN "t9"."is_contact" THEN 4.0 ELSE 0.0 END AS "minutes"
                     FROM (
                      SELECT
                       "t2"."activity_id" AS "activity_id",
                       "t2"."kind" AS "kind",
                       "t2"."direction" AS "direction",
                       "t2"."rep_id" AS "rep_id",
                       "t2"."customer_id" AS "customer_id",
                       "t2"."deal_id" AS "deal_id",
                       "t2"."attribution" AS "attribution",
                       "t2"."started_at" AS "started_at",
                       "t2"."duration_s" AS "duration_s",
                       "t2"."is_completed" AS "is_completed",
                       "t2"."is_connected" AS "is_connected",
                       "t2"."result" AS "result",
                       "t2"."phone" AS "phone",
                       "t2"."is_automatic" AS "is_automatic",
                       "t2"."created_at" AS "created_at",
                       "t2"."purpose" AS "purpose",
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
                       AND "t2"."started_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
                     ) AS "t9"
                     WHERE
                      "t9"."is_contact"
                    ) AS "t11"
                    LEFT OUTER JOIN (
                     SELECT
                      "t1"."deal_id" AS "deal_id",
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
                 isNotNull("t15"."deal_id")
               ) AS "t16"
               GROUP BY
                "t16"."deal_id"
              ) AS "t18"
               ON "t8"."deal_id" = "t18"."deal_id"
             ) AS "t19"
            ) AS "t20"
           ) AS "t21"
          ) AS "t23"
          LEFT OUTER JOIN (
           SELECT
            "t0"."date" AS "calendar_day",
            "t0"."work_s" AS "work_s",
            "t0"."start_s" AS "start_s",
            "t0"."end_s" AS "end_s",
            "t0"."before_s" AS "before_s"
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
       "t0"."work_s" AS "work_s",
       "t0"."start_s" AS "start_s",
       "t0"."end_s" AS "end_s",
       "t0"."before_s" AS "before_s"
      FROM "calendar" AS "t0"
     ) AS "t5"
      ON "t29"."calendar_day" = "t5"."calendar_day"
    ) AS "t30"
   ) AS "t31"
  ) AS "t32"
 ) AS "t33"
 WHERE
  "t33"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
  AND isNotNull(
   CASE
    WHEN isNotNull("t33"."clock_s")
    THEN "t33"."until_s" - "t33"."begun_s"
    ELSE NULL
   END
  )
  AND CASE
   WHEN isNotNull("t33"."clock_s")
   THEN "t33"."until_s" - "t33"."begun_s"
   ELSE NULL
  END >= 0
) AS "t34"
GROUP BY
 CAST(dateTrunc('MONTH', "t34"."at") AS Nullable(DateTime)),
 CAST(FLOOR("t34"."length" / 3600.0) AS Nullable(Int64))
