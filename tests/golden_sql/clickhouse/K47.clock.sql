WITH "t15" AS (
 SELECT
  "t14"."deal_id" AS "deal_id",
  "t14"."entered_at" AS "entered_at",
  CASE
   WHEN "t14"."semantic" = 'open'
   THEN "t14"."stage_order"
   WHEN "t14"."semantic" = 'won'
   THEN 1000000
   ELSE NULL
  END AS "rank"
 FROM (
  SELECT
   "t13".*
   EXCEPT ("pipeline_right", "stage_id_right")
  FROM (
   SELECT
    "t10"."deal_id" AS "deal_id",
    "t10"."stage_id" AS "stage_id",
    "t10"."entered_at" AS "entered_at",
    "t10"."pipeline" AS "pipeline",
    "t10"."seq" AS "seq",
    "t8"."stage_id" AS "stage_id_right",
    "t8"."stage_order" AS "stage_order",
    "t8"."semantic" AS "semantic",
    "t8"."pipeline" AS "pipeline_right"
   FROM (
    SELECT
     "t2"."deal_id" AS "deal_id",
     "t2"."stage_id" AS "stage_id",
     "t2"."entered_at" AS "entered_at",
     COALESCE("t2"."pipeline_id", '') AS "pipeline",
     COALESCE("t2"."seq", 0) AS "seq"
    FROM "stage_events" AS "t2"
    WHERE
     isNotNull("t2"."entered_at")
     AND "t2"."entered_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
     AND isNotNull("t2"."deal_id")
     AND (
      "t2"."pipeline_id" IN ('P1') OR isNull("t2"."pipeline_id")
     )
   ) AS "t10"
   LEFT OUTER JOIN (
    SELECT
     "t3"."stage_id" AS "stage_id",
     "t3"."stage_order" AS "stage_order",
     "t3"."semantic" AS "semantic",
     COALESCE("t3"."pipeline_id", '') AS "pipeline"
    FROM "stages" AS "t3"
   ) AS "t8"
    ON "t10"."pipeline" = "t8"."pipeline" AND "t10"."stage_id" = "t8"."stage_id"
  ) AS "t13"
 ) AS "t14"
)
SELECT
 CAST(dateTrunc('MONTH', "t45"."at") AS Nullable(DateTime)) AS "by_period",
 CAST(FLOOR("t45"."length" / 3600.0) AS Nullable(Int64)) AS "bin",
 countIf("t45"."ended") AS "over",
 countIf(NOT (
  "t45"."ended"
 )) AS "unfinished",
 SUM("t45"."length") AS "total",
 sumIf("t45"."length", "t45"."ended") AS "total_over"
FROM (
 SELECT
  "t44"."at" AS "at",
  "t44"."begun_at" AS "begun_at",
  "t44"."is_over" AS "is_over",
  "t44"."rep_id" AS "rep_id",
  "t44"."customer_id" AS "customer_id",
  "t44"."segment" AS "segment",
  "t44"."source" AS "source",
  "t44"."status" AS "status",
  "t44"."deal_kind" AS "deal_kind",
  "t44"."until_at" AS "until_at",
  "t44"."clock_s" AS "clock_s",
  "t44"."begun_s" AS "begun_s",
  "t44"."until_s" AS "until_s",
  CASE
   WHEN isNotNull("t44"."clock_s")
   THEN "t44"."until_s" - "t44"."begun_s"
   ELSE NULL
  END AS "worked_s",
  "t44"."clock_s" AS "length",
  COALESCE("t44"."is_over", FALSE) AS "ended"
 FROM (
  SELECT
   "t43".*
   EXCEPT ("before_s", "calendar_day", "end_s", "start_s", "work_s")
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
    "t42"."calendar_day" AS "calendar_day",
    "t42"."work_s" AS "work_s",
    "t42"."start_s" AS "start_s",
    "t42"."end_s" AS "end_s",
    "t42"."before_s" AS "before_s",
    "t42"."before_s" + (
     GREATEST(
      LEAST(
       CAST(toRelativeSecondNum("t42"."until_at") - toRelativeSecondNum("t42"."calendar_day") AS Nullable(Float64)),
       "t42"."end_s"
      ) - "t42"."start_s",
      0.0
     ) * COALESCE("t42"."work_s" / nullIf("t42"."end_s" - "t42"."start_s", 0.0), 0.0)
    ) AS "until_s"
   FROM (
    SELECT
     "t41".*
     EXCEPT ("calendar_day_right")
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
      "t5"."calendar_day" AS "calendar_day_right",
      "t5"."work_s" AS "work_s",
      "t5"."start_s" AS "start_s",
      "t5"."end_s" AS "end_s",
      "t5"."before_s" AS "before_s"
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
       CAST(dateTrunc('DAY', "t38"."until_at") AS Nullable(DateTime)) AS "calendar_day"
      FROM (
       SELECT
        "t37".*
        EXCEPT ("before_s", "calendar_day", "end_s", "start_s", "work_s")
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
         "t36"."calendar_day" AS "calendar_day",
         "t36"."work_s" AS "work_s",
         "t36"."start_s" AS "start_s",
         "t36"."end_s" AS "end_s",
         "t36"."before_s" AS "before_s",
         "t36"."before_s" + (
          GREATEST(
           LEAST(
            CAST(toRelativeSecondNum("t36"."begun_at") - toRelativeSecondNum("t36"."calendar_day") AS Nullable(Float64)),
            "t36"."end_s"
           ) - "t36"."start_s",
           0.0
          ) * COALESCE("t36"."work_s" / nullIf("t36"."end_s" - "t36"."start_s", 0.0), 0.0)
         ) AS "begun_s"
        FROM (
         SELECT
          "t35".*
          EXCEPT ("calendar_day_right")
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
           "t5"."calendar_day" AS "calendar_day_right",
           "t5"."work_s" AS "work_s",
           "t5"."start_s" AS "start_s",
           "t5"."end_s" AS "end_s",
           "t5"."before_s" AS "before_s"
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
            CASE
             WHEN CAST(toRelativeSecondNum("t32"."until_at") - toRelativeSecondNum("t32"."begun_at") AS Nullable(Float64)) >= 0
             THEN CAST(toRelativeSecondNum("t32"."until_at") - toRelativeSecondNum("t32"."begun_at") AS Nullable(Float64))
             ELSE NULL
            END AS "clock_s",
            CAST(dateTrunc('DAY', "t32"."begun_at") AS Nullable(DateTime)) AS "calendar_day"
           FROM (
            SELECT
             "t31"."at" AS "at",
             "t31"."begun_at" AS "begun_at",
             isNotNull("t31"."signed_at") AS "is_over",
             "t31"."rep_id" AS "rep_id",
             "t31"."customer_id" AS "customer_id",
             "t31"."segment" AS "segment",
             "t31"."source" AS "source",
             "t31"."status" AS "status",
             "t31"."deal_kind" AS "deal_kind",
             CASE
              WHEN CAST(dateTrunc('DAY', "t31"."begun_at") AS Nullable(DateTime)) = CAST(dateTrunc(
               'DAY',
               COALESCE(
                "t31"."signed_at",
                CASE
                 WHEN "t31"."is_gone"
                 THEN "t31"."closed_at"
                 ELSE parseDateTimeBestEffort('2026-07-01T00:00:00')
                END
               )
              ) AS Nullable(DateTime))
              THEN GREATEST(
               "t31"."begun_at",
               COALESCE(
                "t31"."signed_at",
                CASE
                 WHEN "t31"."is_gone"
                 THEN "t31"."closed_at"
                 ELSE parseDateTimeBestEffort('2026-07-01T00:00:00')
                END
               )
              )
              ELSE COALESCE(
               "t31"."signed_at",
               CASE
                WHEN "t31"."is_gone"
                THEN "t31"."closed_at"
                ELSE parseDateTimeBestEffort('2026-07-01T00:00:00')
               END
              )
             END AS "until_at"
            FROM (
             SELECT
              "t30"."deal_id" AS "deal_id",
              "t30"."customer_id" AS "customer_id",
              "t30"."rep_id" AS "rep_id",
              "t30"."pipeline_id" AS "pipeline_id",
              "t30"."stage_id" AS "stage_id",
              "t30"."status" AS "status",
              "t30"."created_at" AS "created_at",
              "t30"."closed_at" AS "closed_at",
              "t30"."amount_base" AS "amount_base",
              "t30"."cost_base" AS "cost_base",
              "t30"."source" AS "source",
              "t30"."segment" AS "segment",
              "t30"."deal_kind" AS "deal_kind",
              "t30"."lost_reason" AS "lost_reason",
              "t30"."begun_at" AS "begun_at",
              COALESCE(
               "t30"."signed_at",
               CASE
                WHEN "t30"."status" IN ('won', 'lost')
                AND NOT (
                 COALESCE("t30"."closed_at" > parseDateTimeBestEffort('2026-07-01T00:00:00'), FALSE)
                )
                AND (
                 "t30"."status" = 'won'
                )
                THEN "t30"."closed_at"
                ELSE NULL
               END
              ) AS "signed_at",
              "t30"."begun_at" AS "at",
              "t30"."status" IN ('won', 'lost')
              AND NOT (
               COALESCE("t30"."closed_at" > parseDateTimeBestEffort('2026-07-01T00:00:00'), FALSE)
              ) AS "is_gone",
              "t30"."status" IN ('won', 'lost')
              AND NOT (
               COALESCE("t30"."closed_at" > parseDateTimeBestEffort('2026-07-01T00:00:00'), FALSE)
              )
              AND (
               "t30"."status" = 'won'
              ) AS "is_sold"
             FROM (
              SELECT
               "t29".*
               EXCEPT ("deal_id_right")
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
                "t22"."begun_at" AS "begun_at",
                "t28"."deal_id" AS "deal_id_right",
                "t28"."signed_at" AS "signed_at"
               FROM (
                SELECT
                 "t9".*
                 EXCEPT ("at")
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
                ) AS "t9"
               ) AS "t12"
               INNER JOIN (
                SELECT
                 "t20"."deal_id" AS "deal_id",
                 "t20"."first_at" AS "begun_at"
                FROM (
                 SELECT
                  "t17"."deal_id" AS "deal_id",
                  MIN("t17"."entered_at") AS "first_at"
                 FROM (
                  SELECT
                   *
                  FROM "t15" AS "t16"
                  WHERE
                   "t16"."rank" = 2
                 ) AS "t17"
                 GROUP BY
                  "t17"."deal_id"
                ) AS "t20"
               ) AS "t22"
                ON "t12"."deal_id" = "t22"."deal_id"
               LEFT OUTER JOIN (
                SELECT
                 "t26"."deal_id" AS "deal_id",
                 "t26"."first_at" AS "signed_at"
                FROM (
                 SELECT
                  "t25"."deal_id" AS "deal_id",
                  MIN("t25"."entered_at") AS "first_at"
                 FROM (
                  SELECT
                   *
                  FROM (
                   SELECT
                    "t23".*
                    EXCEPT ("deal_id_right")
                   FROM (
                    SELECT
                     "t19"."deal_id" AS "deal_id",
                     "t19"."entered_at" AS "entered_at",
                     "t19"."rank" AS "rank",
                     "t22"."deal_id" AS "deal_id_right",
                     "t22"."begun_at" AS "begun_at"
                    FROM (
                     SELECT
                      *
                     FROM "t15" AS "t16"
                     WHERE
                      "t16"."rank" >= 3
                    ) AS "t19"
                    LEFT OUTER JOIN (
                     SELECT
                      "t20"."deal_id" AS "deal_id",
                      "t20"."first_at" AS "begun_at"
                     FROM (
                      SELECT
                       "t17"."deal_id" AS "deal_id",
                       MIN("t17"."entered_at") AS "first_at"
                      FROM (
                       SELECT
                        *
                       FROM "t15" AS "t16"
                       WHERE
                        "t16"."rank" = 2
                      ) AS "t17"
                      GROUP BY
                       "t17"."deal_id"
                     ) AS "t20"
                    ) AS "t22"
                     ON "t19"."deal_id" = "t22"."deal_id"
                   ) AS "t23"
                  ) AS "t24"
                  WHERE
                   "t24"."entered_at" >= "t24"."begun_at" AND isNotNull("t24"."entered_at")
                 ) AS "t25"
                 GROUP BY
                  "t25"."deal_id"
                ) AS "t26"
               ) AS "t28"
                ON "t12"."deal_id" = "t28"."deal_id"
              ) AS "t29"
             ) AS "t30"
            ) AS "t31"
           ) AS "t32"
          ) AS "t34"
          LEFT OUTER JOIN (
           SELECT
            "t0"."date" AS "calendar_day",
            "t0"."work_s" AS "work_s",
            "t0"."start_s" AS "start_s",
            "t0"."end_s" AS "end_s",
            "t0"."before_s" AS "before_s"
           FROM "calendar" AS "t0"
          ) AS "t5"
           ON "t34"."calendar_day" = "t5"."calendar_day"
         ) AS "t35"
        ) AS "t36"
       ) AS "t37"
      ) AS "t38"
     ) AS "t40"
     LEFT OUTER JOIN (
      SELECT
       "t0"."date" AS "calendar_day",
       "t0"."work_s" AS "work_s",
       "t0"."start_s" AS "start_s",
       "t0"."end_s" AS "end_s",
       "t0"."before_s" AS "before_s"
      FROM "calendar" AS "t0"
     ) AS "t5"
      ON "t40"."calendar_day" = "t5"."calendar_day"
    ) AS "t41"
   ) AS "t42"
  ) AS "t43"
 ) AS "t44"
 WHERE
  "t44"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
  AND isNotNull("t44"."clock_s")
  AND "t44"."clock_s" >= 0
) AS "t45"
GROUP BY
 CAST(dateTrunc('MONTH', "t45"."at") AS Nullable(DateTime)),
 CAST(FLOOR("t45"."length" / 3600.0) AS Nullable(Int64))
