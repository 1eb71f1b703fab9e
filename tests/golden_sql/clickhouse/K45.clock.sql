SELECT
 CAST(dateTrunc('MONTH', "t18"."at") AS Nullable(DateTime)) AS "by_period",
 CAST(FLOOR("t18"."length" / 3600.0) AS Nullable(Int64)) AS "bin",
 countIf("t18"."ended") AS "over",
 countIf(NOT (
  "t18"."ended"
 )) AS "unfinished",
 SUM("t18"."length") AS "total",
 sumIf("t18"."length", "t18"."ended") AS "total_over"
FROM (
 SELECT
  "t17"."at" AS "at",
  "t17"."begun_at" AS "begun_at",
  "t17"."is_over" AS "is_over",
  "t17"."rep_id" AS "rep_id",
  "t17"."customer_id" AS "customer_id",
  "t17"."segment" AS "segment",
  "t17"."source" AS "source",
  "t17"."status" AS "status",
  "t17"."deal_kind" AS "deal_kind",
  "t17"."until_at" AS "until_at",
  "t17"."clock_s" AS "clock_s",
  "t17"."begun_s" AS "begun_s",
  "t17"."until_s" AS "until_s",
  CASE
   WHEN isNotNull("t17"."clock_s")
   THEN "t17"."until_s" - "t17"."begun_s"
   ELSE NULL
  END AS "worked_s",
  "t17"."clock_s" AS "length",
  COALESCE("t17"."is_over", FALSE) AS "ended"
 FROM (
  SELECT
   "t16".*
   EXCEPT ("before_s", "calendar_day", "end_s", "start_s", "work_s")
  FROM (
   SELECT
    "t15"."at" AS "at",
    "t15"."begun_at" AS "begun_at",
    "t15"."is_over" AS "is_over",
    "t15"."rep_id" AS "rep_id",
    "t15"."customer_id" AS "customer_id",
    "t15"."segment" AS "segment",
    "t15"."source" AS "source",
    "t15"."status" AS "status",
    "t15"."deal_kind" AS "deal_kind",
    "t15"."until_at" AS "until_at",
    "t15"."clock_s" AS "clock_s",
    "t15"."begun_s" AS "begun_s",
    "t15"."calendar_day" AS "calendar_day",
    "t15"."work_s" AS "work_s",
    "t15"."start_s" AS "start_s",
    "t15"."end_s" AS "end_s",
    "t15"."before_s" AS "before_s",
    "t15"."before_s" + (
     GREATEST(
      LEAST(
       CAST(toRelativeSecondNum("t15"."until_at") - toRelativeSecondNum("t15"."calendar_day") AS Nullable(Float64)),
       "t15"."end_s"
      ) - "t15"."start_s",
      0.0
     ) * COALESCE("t15"."work_s" / nullIf("t15"."end_s" - "t15"."start_s", 0.0), 0.0)
    ) AS "until_s"
   FROM (
    SELECT
     "t14".*
     EXCEPT ("calendar_day_right")
    FROM (
     SELECT
      "t13"."at" AS "at",
      "t13"."begun_at" AS "begun_at",
      "t13"."is_over" AS "is_over",
      "t13"."rep_id" AS "rep_id",
      "t13"."customer_id" AS "customer_id",
      "t13"."segment" AS "segment",
      "t13"."source" AS "source",
      "t13"."status" AS "status",
      "t13"."deal_kind" AS "deal_kind",
      "t13"."until_at" AS "until_at",
      "t13"."clock_s" AS "clock_s",
      "t13"."begun_s" AS "begun_s",
      "t13"."calendar_day" AS "calendar_day",
      "t3"."calendar_day" AS "calendar_day_right",
      "t3"."work_s" AS "work_s",
      "t3"."start_s" AS "start_s",
      "t3"."end_s" AS "end_s",
      "t3"."before_s" AS "before_s"
     FROM (
      SELECT
       "t11"."at" AS "at",
       "t11"."begun_at" AS "begun_at",
       "t11"."is_over" AS "is_over",
       "t11"."rep_id" AS "rep_id",
       "t11"."customer_id" AS "customer_id",
       "t11"."segment" AS "segment",
       "t11"."source" AS "source",
       "t11"."status" AS "status",
       "t11"."deal_kind" AS "deal_kind",
       "t11"."until_at" AS "until_at",
       "t11"."clock_s" AS "clock_s",
       "t11"."begun_s" AS "begun_s",
       CAST(dateTrunc('DAY', "t11"."until_at") AS Nullable(DateTime)) AS "calendar_day"
      FROM (
       SELECT
        "t10".*
        EXCEPT ("before_s", "calendar_day", "end_s", "start_s", "work_s")
       FROM (
        SELECT
         "t9"."at" AS "at",
         "t9"."begun_at" AS "begun_at",
         "t9"."is_over" AS "is_over",
         "t9"."rep_id" AS "rep_id",
         "t9"."customer_id" AS "customer_id",
         "t9"."segment" AS "segment",
         "t9"."source" AS "source",
         "t9"."status" AS "status",
         "t9"."deal_kind" AS "deal_kind",
         "t9"."until_at" AS "until_at",
         "t9"."clock_s" AS "clock_s",
         "t9"."calendar_day" AS "calendar_day",
         "t9"."work_s" AS "work_s",
         "t9"."start_s" AS "start_s",
         "t9"."end_s" AS "end_s",
         "t9"."before_s" AS "before_s",
         "t9"."before_s" + (
          GREATEST(
           LEAST(
            CAST(toRelativeSecondNum("t9"."begun_at") - toRelativeSecondNum("t9"."calendar_day") AS Nullable(Float64)),
            "t9"."end_s"
           ) - "t9"."start_s",
           0.0
          ) * COALESCE("t9"."work_s" / nullIf("t9"."end_s" - "t9"."start_s", 0.0), 0.0)
         ) AS "begun_s"
        FROM (
         SELECT
          "t8".*
          EXCEPT ("calendar_day_right")
         FROM (
          SELECT
           "t7"."at" AS "at",
           "t7"."begun_at" AS "begun_at",
           "t7"."is_over" AS "is_over",
           "t7"."rep_id" AS "rep_id",
           "t7"."customer_id" AS "customer_id",
           "t7"."segment" AS "segment",
           "t7"."source" AS "source",
           "t7"."status" AS "status",
           "t7"."deal_kind" AS "deal_kind",
           "t7"."until_at" AS "until_at",
           "t7"."clock_s" AS "clock_s",
           "t7"."calendar_day" AS "calendar_day",
           "t3"."calendar_day" AS "calendar_day_right",
           "t3"."work_s" AS "work_s",
           "t3"."start_s" AS "start_s",
           "t3"."end_s" AS "end_s",
           "t3"."before_s" AS "before_s"
          FROM (
           SELECT
            "t5"."at" AS "at",
            "t5"."begun_at" AS "begun_at",
            "t5"."is_over" AS "is_over",
            "t5"."rep_id" AS "rep_id",
            "t5"."customer_id" AS "customer_id",
            "t5"."segment" AS "segment",
            "t5"."source" AS "source",
            "t5"."status" AS "status",
            "t5"."deal_kind" AS "deal_kind",
            "t5"."until_at" AS "until_at",
            CASE
             WHEN CAST(toRelativeSecondNum("t5"."until_at") - toRelativeSecondNum("t5"."begun_at") AS Nullable(Float64)) >= 0
             THEN CAST(toRelativeSecondNum("t5"."until_at") - toRelativeSecondNum("t5"."begun_at") AS Nullable(Float64))
             ELSE NULL
            END AS "clock_s",
            CAST(dateTrunc('DAY', "t5"."begun_at") AS Nullable(DateTime)) AS "calendar_day"
           FROM (
            SELECT
             "t4"."at" AS "at",
             "t4"."begun_at" AS "begun_at",
             "t4"."is_over" AS "is_over",
             "t4"."rep_id" AS "rep_id",
             "t4"."customer_id" AS "customer_id",
             "t4"."segment" AS "segment",
             "t4"."source" AS "source",
             "t4"."status" AS "status",
             "t4"."deal_kind" AS "deal_kind",
             CASE
              WHEN CAST(dateTrunc('DAY', "t4"."begun_at") AS Nullable(DateTime)) = CAST(dateTrunc('DAY', "t4"."until_at") AS Nullable(DateTime))
              THEN GREATEST("t4"."begun_at", "t4"."until_at")
              ELSE "t4"."until_at"
             END AS "until_at"
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
              END AS "until_at",
              "t1"."created_at" AS "begun_at"
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
            ) AS "t4"
           ) AS "t5"
          ) AS "t7"
          LEFT OUTER JOIN (
           SELECT
            "t0"."date" AS "calendar_day",
            "t0"."work_s" AS "work_s",
            "t0"."start_s" AS "start_s",
            "t0"."end_s" AS "end_s",
            "t0"."before_s" AS "before_s"
           FROM "calendar" AS "t0"
          ) AS "t3"
           ON "t7"."calendar_day" = "t3"."calendar_day"
         ) AS "t8"
        ) AS "t9"
       ) AS "t10"
      ) AS "t11"
     ) AS "t13"
     LEFT OUTER JOIN (
      SELECT
       "t0"."date" AS "calendar_day",
       "t0"."work_s" AS "work_s",
       "t0"."start_s" AS "start_s",
       "t0"."end_s" AS "end_s",
       "t0"."before_s" AS "before_s"
      FROM "calendar" AS "t0"
     ) AS "t3"
      ON "t13"."calendar_day" = "t3"."calendar_day"
    ) AS "t14"
   ) AS "t15"
  ) AS "t16"
 ) AS "t17"
 WHERE
  "t17"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
  AND isNotNull("t17"."clock_s")
  AND "t17"."clock_s" >= 0
) AS "t18"
GROUP BY
 CAST(dateTrunc('MONTH', "t18"."at") AS Nullable(DateTime)),
 CAST(FLOOR("t18"."length" / 3600.0) AS Nullable(Int64))
