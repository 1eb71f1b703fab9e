WITH "t13" AS (
 SELECT
  "t12"."deal_id" AS "deal_id",
  "t12"."customer_id" AS "customer_id",
  "t12"."at" AS "at"
 FROM (
  SELECT
   "t11"."activity_id" AS "activity_id",
   "t11"."kind" AS "kind",
   "t11"."direction" AS "direction",
   "t11"."rep_id" AS "rep_id",
   "t11"."customer_id" AS "customer_id",
   "t11"."deal_id" AS "deal_id",
   "t11"."started_at" AS "started_at",
   "t11"."created_at" AS "created_at",
   "t11"."duration_s" AS "duration_s",
   "t11"."is_connected" AS "is_connected",
   "t11"."is_completed" AS "is_completed",
   "t11"."result" AS "result",
   "t11"."purpose" AS "purpose",
   "t11"."at" AS "at",
   "t11"."is_call" AS "is_call",
   "t11"."is_meeting" AS "is_meeting",
   "t11"."is_contact" AS "is_contact",
   (
    COALESCE("t11"."duration_s", 0.0) / 60.0
   ) + CASE WHEN "t11"."is_meeting" THEN 30.0 WHEN "t11"."is_contact" THEN 4.0 ELSE 0.0 END AS "minutes",
   COALESCE(
    (
     (
      (
       "t11"."kind" = 'call'
      ) AND COALESCE("t11"."is_connected", FALSE)
     )
     OR (
      "t11"."kind" IN ('chat', 'email') AND COALESCE("t11"."is_completed", TRUE)
     )
    )
    AND (
     "t11"."direction" = 'out'
    ),
    FALSE
   )
   OR "t11"."is_meeting" AS "is_ours",
   (
    (
     "t11"."kind" = 'call'
    ) AND COALESCE("t11"."is_connected", FALSE)
   )
   OR "t11"."is_meeting" AS "is_talk"
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
  ) AS "t11"
 ) AS "t12"
 WHERE
  "t12"."is_ours"
)
SELECT
 CAST(dateTrunc('MONTH', "t43"."at") AS Nullable(DateTime)) AS "by_period",
 countIf(isNull("t43"."worked_s")) AS "n_0"
FROM (
 SELECT
  "t42"."at" AS "at",
  "t42"."begun_at" AS "begun_at",
  "t42"."is_over" AS "is_over",
  "t42"."rep_id" AS "rep_id",
  "t42"."customer_id" AS "customer_id",
  "t42"."segment" AS "segment",
  "t42"."source" AS "source",
  "t42"."status" AS "status",
  "t42"."deal_kind" AS "deal_kind",
  "t42"."until_at" AS "until_at",
  "t42"."clock_s" AS "clock_s",
  "t42"."begun_s" AS "begun_s",
  "t42"."until_s" AS "until_s",
  CASE
   WHEN isNotNull("t42"."clock_s")
   THEN "t42"."until_s" - "t42"."begun_s"
   ELSE NULL
  END AS "worked_s"
 FROM (
  SELECT
   "t41".*
   EXCEPT ("before_s", "calendar_day", "end_s", "start_s", "work_s")
  FROM (
   SELECT
    "t40"."at" AS "at",
    "t40"."begun_at" AS "begun_at",
    "t40"."is_over" AS "is_over",
    "t40"."rep_id" AS "rep_id",
    "t40"."customer_id" AS "customer_id",
    "t40"."segment" AS "segment",
    "t40"."source" AS "source",
    "t40"."status" AS "status",
    "t40"."deal_kind" AS "deal_kind",
    "t40"."until_at" AS "until_at",
    "t40"."clock_s" AS "clock_s",
    "t40"."begun_s" AS "begun_s",
    "t40"."calendar_day" AS "calendar_day",
    "t40"."work_s" AS "work_s",
    "t40"."start_s" AS "start_s",
    "t40"."end_s" AS "end_s",
    "t40"."before_s" AS "before_s",
    "t40"."before_s" + (
     GREATEST(
      LEAST(
       CAST(toRelativeSecondNum("t40"."until_at") - toRelativeSecondNum("t40"."calendar_day") AS Nullable(Float64)),
       "t40"."end_s"
      ) - "t40"."start_s",
      0.0
     ) * COALESCE("t40"."work_s" / nullIf("t40"."end_s" - "t40"."start_s", 0.0), 0.0)
    ) AS "until_s"
   FROM (
    SELECT
     "t39".*
     EXCEPT ("calendar_day_right")
    FROM (
     SELECT
      "t38"."at" AS "at",
      "t38"."begun_at" AS "begun_at",
      "t38"."is_over" AS "is_over",
      "t38"."rep_id" AS "rep_id",
      "t38"."customer_id" AS "customer_id",
      "t38"."segment" AS "segment",
      "t38"."source" AS "source",
      "t38"."status" AS "status",
      "t38"."deal_kind" AS "deal_kind",
      "t38"."until_at" AS "until_at",
      "t38"."clock_s" AS "clock_s",
      "t38"."begun_s" AS "begun_s",
      "t38"."calendar_day" AS "calendar_day",
      "t4"."calendar_day" AS "calendar_day_right",
      "t4"."work_s" AS "work_s",
      "t4"."start_s" AS "start_s",
      "t4"."end_s" AS "end_s",
      "t4"."before_s" AS "before_s"
     FROM (
      SELECT
       "t36"."at" AS "at",
       "t36"."begun_at" AS "begun_at",
       "t36"."is_over" AS "is_over",
       "t36"."rep_id" AS "rep_id",
       "t36"."customer_id" AS "customer_id",
       "t36"."segment" AS "segment",
       "t36"."source" AS "source",
       "t36"."status" AS "status",
       "t36"."deal_kind" AS "deal_kind",
       "t36"."until_at" AS "until_at",
       "t36"."clock_s" AS "clock_s",
       "t36"."begun_s" AS "begun_s",
       CAST(dateTrunc('DAY', "t36"."until_at") AS Nullable(DateTime)) AS "calendar_day"
      FROM (
       SELECT
        "t35".*
        EXCEPT ("before_s", "calendar_day", "end_s", "start_s", "work_s")
       FROM (
        SELECT
         "t34"."at" AS "at",
         "t34"."begun_at" AS "begun_at",
         "t34"."is_over" AS "is_over",
         "t34"."rep_id" AS "rep_id",
         "t34"."customer_id" AS "customer_id",
         "t34"."segment" AS "segment",
         "t34"."source" AS "source",
         "t34"."status" AS "status",
         "t34"."deal_kind" AS "deal_kind",
         "t34"."until_at" AS "until_at",
         "t34"."clock_s" AS "clock_s",
         "t34"."calendar_day" AS "calendar_day",
         "t34"."work_s" AS "work_s",
         "t34"."start_s" AS "start_s",
         "t34"."end_s" AS "end_s",
         "t34"."before_s" AS "before_s",
         "t34"."before_s" + (
          GREATEST(
           LEAST(
            CAST(toRelativeSecondNum("t34"."begun_at") - toRelativeSecondNum("t34"."calendar_day") AS Nullable(Float64)),
            "t34"."end_s"
           ) - "t34"."start_s",
           0.0
          ) * COALESCE("t34"."work_s" / nullIf("t34"."end_s" - "t34"."start_s", 0.0), 0.0)
         ) AS "begun_s"
        FROM (
         SELECT
          "t33".*
          EXCEPT ("calendar_day_right")
         FROM (
          SELECT
           "t32"."at" AS "at",
           "t32"."begun_at" AS "begun_at",
           "t32"."is_over" AS "is_over",
           "t32"."rep_id" AS "rep_id",
           "t32"."customer_id" AS "customer_id",
           "t32"."segment" AS "segment",
           "t32"."source" AS "source",
           "t32"."status" AS "status",
           "t32"."deal_kind" AS "deal_kind",
           "t32"."until_at" AS "until_at",
           "t32"."clock_s" AS "clock_s",
           "t32"."calendar_day" AS "calendar_day",
           "t4"."calendar_day" AS "calendar_day_right",
           "t4"."work_s" AS "work_s",
           "t4"."start_s" AS "start_s",
           "t4"."end_s" AS "end_s",
           "t4"."before_s" AS "before_s"
          FROM (
           SELECT
            "t30"."at" AS "at",
            "t30"."begun_at" AS "begun_at",
            "t30"."is_over" AS "is_over",
            "t30"."rep_id" AS "rep_id",
            "t30"."customer_id" AS "customer_id",
            "t30"."segment" AS "segment",
            "t30"."source" AS "source",
            "t30"."status" AS "status",
            "t30"."deal_kind" AS "deal_kind",
            "t30"."until_at" AS "until_at",
            CASE
             WHEN CAST(toRelativeSecondNum("t30"."until_at") - toRelativeSecondNum("t30"."begun_at") AS Nullable(Float64)) >= 0
             THEN CAST(toRelativeSecondNum("t30"."until_at") - toRelativeSecondNum("t30"."begun_at") AS Nullable(Float64))
             ELSE NULL
            END AS "clock_s",
            CAST(dateTrunc('DAY', "t30"."begun_at") AS Nullable(DateTime)) AS "calendar_day"
           FROM (
            SELECT
             "t29"."at" AS "at",
             "t29"."at" AS "begun_at",
             isNotNull("t29"."answered_at") AS "is_over",
             "t29"."rep_id" AS "rep_id",
             "t29"."customer_id" AS "customer_id",
             "t29"."segment" AS "segment",
             "t29"."source" AS "source",
             "t29"."status" AS "status",
             "t29"."deal_kind" AS "deal_kind",
             CASE
              WHEN CAST(dateTrunc('DAY', "t29"."at") AS Nullable(DateTime)) = CAST(dateTrunc(
               'DAY',
               COALESCE("t29"."answered_at", parseDateTimeBestEffort('2026-07-01T00:00:00'))
              ) AS Nullable(DateTime))
              THEN GREATEST(
               "t29"."at",
               COALESCE("t29"."answered_at", parseDateTimeBestEffort('2026-07-01T00:00:00'))
              )
              ELSE COALESCE("t29"."answered_at", parseDateTimeBestEffort('2026-07-01T00:00:00'))
             END AS "until_at"
            FROM (
             SELECT
              "t28".*
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
               "t27"."deal_id" AS "deal_id_right",
               "t27"."answered_at" AS "answered_at"
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
                "t1"."created_at" AS "at"
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
                "t25"."lead" AS "deal_id",
                MIN("t25"."moved_at") AS "answered_at"
               FROM (
                SELECT
                 *
                FROM (
                 SELECT
                  "t21"."lead" AS "lead",
                  MIN("t21"."moved_at") AS "moved_at"
                 FROM (
                  SELECT
                   "t9"."at" AS "at",
                   "t9"."lead" AS "lead",
                   "t9"."key" AS "key",
                   "t19"."moved_at" AS "moved_at",
                   "t19"."key_too" AS "key_too"
                  FROM (
                   SELECT
                    "t1"."created_at" AS "at",
                    "t1"."deal_id" AS "lead",
                    "t1"."deal_id" AS "key"
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
                    AND isNotNull("t1"."deal_id")
                  ) AS "t9"
                  INNER JOIN (
                   SELECT
                    "t15"."at" AS "moved_at",
                    "t15"."deal_id" AS "key_too"
                   FROM "t13" AS "t15"
                   WHERE
                    isNotNull("t15"."deal_id")
                  ) AS "t19"
                   ON "t9"."key" = "t19"."key_too" AND "t19"."moved_at" >= "t9"."at"
                 ) AS "t21"
                 GROUP BY
                  "t21"."lead"
                ) AS "t23"
                UNION ALL
                SELECT
                 *
                FROM (
                 SELECT
                  "t22"."lead" AS "lead",
                  MIN("t22"."moved_at") AS "moved_at"
                 FROM (
                  SELECT
                   "t10"."at" AS "at",
                   "t10"."lead" AS "lead",
                   "t10"."key" AS "key",
                   "t20"."moved_at" AS "moved_at",
                   "t20"."key_too" AS "key_too"
                  FROM (
                   SELECT
                    "t1"."created_at" AS "at",
                    "t1"."deal_id" AS "lead",
                    "t1"."customer_id" AS "key"
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
                    AND isNotNull("t1"."customer_id")
                  ) AS "t10"
                  INNER JOIN (
                   SELECT
                    "t16"."at" AS "moved_at",
                    "t16"."customer_id" AS "key_too"
                   FROM "t13" AS "t16"
                   WHERE
                    isNotNull("t16"."customer_id")
                  ) AS "t20"
                   ON "t10"."key" = "t20"."key_too" AND "t20"."moved_at" >= "t10"."at"
                 ) AS "t22"
                 GROUP BY
                  "t22"."lead"
                ) AS "t24"
               ) AS "t25"
               GROUP BY
                "t25"."lead"
              ) AS "t27"
               ON "t8"."deal_id" = "t27"."deal_id"
             ) AS "t28"
            ) AS "t29"
           ) AS "t30"
          ) AS "t32"
          LEFT OUTER JOIN (
           SELECT
            "t0"."date" AS "calendar_day",
            "t0"."work_s" AS "work_s",
            "t0"."start_s" AS "start_s",
            "t0"."end_s" AS "end_s",
            "t0"."before_s" AS "before_s"
           FROM "calendar" AS "t0"
          ) AS "t4"
           ON "t32"."calendar_day" = "t4"."calendar_day"
         ) AS "t33"
        ) AS "t34"
       ) AS "t35"
      ) AS "t36"
     ) AS "t38"
     LEFT OUTER JOIN (
      SELECT
       "t0"."date" AS "calendar_day",
       "t0"."work_s" AS "work_s",
       "t0"."start_s" AS "start_s",
       "t0"."end_s" AS "end_s",
       "t0"."before_s" AS "before_s"
      FROM "calendar" AS "t0"
     ) AS "t4"
      ON "t38"."calendar_day" = "t4"."calendar_day"
    ) AS "t39"
   ) AS "t40"
  ) AS "t41"
 ) AS "t42"
 WHERE
  "t42"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t43"
GROUP BY
 CAST(dateTrunc('MONTH', "t43"."at") AS Nullable(DateTime))
