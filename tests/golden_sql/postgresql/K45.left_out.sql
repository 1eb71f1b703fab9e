SELECT
 DATE_TRUNC('MONTH', "t18"."at") AS "by_period",
 COUNT(*) FILTER(WHERE
  "t18"."worked_s" IS NULL) AS "n_0"
FROM (
 SELECT
  "t17"."at",
  "t17"."begun_at",
  "t17"."is_over",
  "t17"."rep_id",
  "t17"."customer_id",
  "t17"."segment",
  "t17"."source",
  "t17"."status",
  "t17"."deal_kind",
  "t17"."until_at",
  "t17"."clock_s",
  "t17"."begun_s",
  "t17"."until_s",
  CASE
   WHEN "t17"."clock_s" IS NOT NULL
   THEN "t17"."until_s" - "t17"."begun_s"
   ELSE NULL
  END AS "worked_s"
 FROM (
  SELECT
   "t16"."at",
   "t16"."begun_at",
   "t16"."is_over",
   "t16"."rep_id",
   "t16"."customer_id",
   "t16"."segment",
   "t16"."source",
   "t16"."status",
   "t16"."deal_kind",
   "t16"."until_at",
   "t16"."clock_s",
   "t16"."begun_s",
   "t16"."until_s"
  FROM (
   SELECT
    "t15"."at",
    "t15"."begun_at",
    "t15"."is_over",
    "t15"."rep_id",
    "t15"."customer_id",
    "t15"."segment",
    "t15"."source",
    "t15"."status",
    "t15"."deal_kind",
    "t15"."until_at",
    "t15"."clock_s",
    "t15"."begun_s",
    "t15"."calendar_day",
    "t15"."work_s",
    "t15"."start_s",
    "t15"."end_s",
    "t15"."before_s",
    "t15"."before_s" + (
     GREATEST(
      LEAST(
       CAST(EXTRACT('epoch' FROM "t15"."until_at") - EXTRACT('epoch' FROM "t15"."calendar_day") AS DOUBLE PRECISION),
       "t15"."end_s"
      ) - "t15"."start_s",
      0.0
     ) * COALESCE(
      CAST("t15"."work_s" AS DOUBLE PRECISION) / NULLIF("t15"."end_s" - "t15"."start_s", 0.0),
      0.0
     )
    ) AS "until_s"
   FROM (
    SELECT
     "t14"."at",
     "t14"."begun_at",
     "t14"."is_over",
     "t14"."rep_id",
     "t14"."customer_id",
     "t14"."segment",
     "t14"."source",
     "t14"."status",
     "t14"."deal_kind",
     "t14"."until_at",
     "t14"."clock_s",
     "t14"."begun_s",
     "t14"."calendar_day",
     "t14"."work_s",
     "t14"."start_s",
     "t14"."end_s",
     "t14"."before_s"
    FROM (
     SELECT
      "t13"."at",
      "t13"."begun_at",
      "t13"."is_over",
      "t13"."rep_id",
      "t13"."customer_id",
      "t13"."segment",
      "t13"."source",
      "t13"."status",
      "t13"."deal_kind",
      "t13"."until_at",
      "t13"."clock_s",
      "t13"."begun_s",
      "t13"."calendar_day",
      "t3"."calendar_day" AS "calendar_day_right",
      "t3"."work_s",
      "t3"."start_s",
      "t3"."end_s",
      "t3"."before_s"
     FROM (
      SELECT
       "t11"."at",
       "t11"."begun_at",
       "t11"."is_over",
       "t11"."rep_id",
       "t11"."customer_id",
       "t11"."segment",
       "t11"."source",
       "t11"."status",
       "t11"."deal_kind",
       "t11"."until_at",
       "t11"."clock_s",
       "t11"."begun_s",
       DATE_TRUNC('DAY', "t11"."until_at") AS "calendar_day"
      FROM (
       SELECT
        "t10"."at",
        "t10"."begun_at",
        "t10"."is_over",
        "t10"."rep_id",
        "t10"."customer_id",
        "t10"."segment",
        "t10"."source",
        "t10"."status",
        "t10"."deal_kind",
        "t10"."until_at",
        "t10"."clock_s",
        "t10"."begun_s"
       FROM (
        SELECT
         "t9"."at",
         "t9"."begun_at",
         "t9"."is_over",
         "t9"."rep_id",
         "t9"."customer_id",
         "t9"."segment",
         "t9"."source",
         "t9"."status",
         "t9"."deal_kind",
         "t9"."until_at",
         "t9"."clock_s",
         "t9"."calendar_day",
         "t9"."work_s",
         "t9"."start_s",
         "t9"."end_s",
         "t9"."before_s",
         "t9"."before_s" + (
          GREATEST(
           LEAST(
            CAST(EXTRACT('epoch' FROM "t9"."begun_at") - EXTRACT('epoch' FROM "t9"."calendar_day") AS DOUBLE PRECISION),
            "t9"."end_s"
           ) - "t9"."start_s",
           0.0
          ) * COALESCE(
           CAST("t9"."work_s" AS DOUBLE PRECISION) / NULLIF("t9"."end_s" - "t9"."start_s", 0.0),
           0.0
          )
         ) AS "begun_s"
        FROM (
         SELECT
          "t8"."at",
          "t8"."begun_at",
          "t8"."is_over",
          "t8"."rep_id",
          "t8"."customer_id",
          "t8"."segment",
          "t8"."source",
          "t8"."status",
          "t8"."deal_kind",
          "t8"."until_at",
          "t8"."clock_s",
          "t8"."calendar_day",
          "t8"."work_s",
          "t8"."start_s",
          "t8"."end_s",
          "t8"."before_s"
         FROM (
          SELECT
           "t7"."at",
           "t7"."begun_at",
           "t7"."is_over",
           "t7"."rep_id",
           "t7"."customer_id",
           "t7"."segment",
           "t7"."source",
           "t7"."status",
           "t7"."deal_kind",
           "t7"."until_at",
           "t7"."clock_s",
           "t7"."calendar_day",
           "t3"."calendar_day" AS "calendar_day_right",
           "t3"."work_s",
           "t3"."start_s",
           "t3"."end_s",
           "t3"."before_s"
          FROM (
           SELECT
            "t5"."at",
            "t5"."begun_at",
            "t5"."is_over",
            "t5"."rep_id",
            "t5"."customer_id",
            "t5"."segment",
            "t5"."source",
            "t5"."status",
            "t5"."deal_kind",
            "t5"."until_at",
            CASE
             WHEN CAST(EXTRACT('epoch' FROM "t5"."until_at") - EXTRACT('epoch' FROM "t5"."begun_at") AS DOUBLE PRECISION) >= 0
             THEN CAST(EXTRACT('epoch' FROM "t5"."until_at") - EXTRACT('epoch' FROM "t5"."begun_at") AS DOUBLE PRECISION)
             ELSE NULL
            END AS "clock_s",
            DATE_TRUNC('DAY', "t5"."begun_at") AS "calendar_day"
           FROM (
            SELECT
             "t4"."at",
             "t4"."begun_at",
             "t4"."is_over",
             "t4"."rep_id",
             "t4"."customer_id",
             "t4"."segment",
             "t4"."source",
             "t4"."status",
             "t4"."deal_kind",
             CASE
              WHEN DATE_TRUNC('DAY', "t4"."begun_at") = DATE_TRUNC('DAY', "t4"."until_at")
              THEN GREATEST("t4"."begun_at", "t4"."until_at")
              ELSE "t4"."until_at"
             END AS "until_at"
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
              END AS "until_at",
              "t1"."created_at" AS "begun_at"
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
            ) AS "t4"
           ) AS "t5"
          ) AS "t7"
          LEFT OUTER JOIN (
           SELECT
            "t0"."date" AS "calendar_day",
            "t0"."work_s",
            "t0"."start_s",
            "t0"."end_s",
            "t0"."before_s"
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
       "t0"."work_s",
       "t0"."start_s",
       "t0"."end_s",
       "t0"."before_s"
      FROM "calendar" AS "t0"
     ) AS "t3"
      ON "t13"."calendar_day" = "t3"."calendar_day"
    ) AS "t14"
   ) AS "t15"
  ) AS "t16"
 ) AS "t17"
 WHERE
  "t17"."at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS "t18"
GROUP BY
 1
