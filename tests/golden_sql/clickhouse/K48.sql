WITH "t8" AS (
 SELECT
  "t0"."deal_id" AS "deal_id",
  "t0"."customer_id" AS "customer_id",
  "t0"."owner_id" AS "rep_id",
  "t0"."pipeline_id" AS "pipeline_id",
  "t0"."stage_id" AS "stage_id",
  "t0"."status" AS "status",
  "t0"."created_at" AS "created_at",
  "t0"."closed_at" AS "closed_at",
  "t0"."amount_base" AS "amount_base",
  "t0"."cost_base" AS "cost_base",
  "t0"."source" AS "source",
  "t0"."segment" AS "segment",
  "t0"."deal_kind" AS "deal_kind",
  "t0"."lost_reason" AS "lost_reason",
  "t0"."closed_at" AS "at",
  "t0"."deal_id" AS "event"
 FROM "deals" AS "t0"
 WHERE
  NOT (
   COALESCE("t0"."is_test", FALSE) OR COALESCE("t0"."is_duplicate", FALSE)
  )
  AND (
   isNull("t0"."created_at")
   OR (
    "t0"."created_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
   )
  )
  AND (
   "t0"."pipeline_id" IN ('P1') OR isNull("t0"."pipeline_id")
  )
  AND "t0"."status" = 'won'
  AND isNotNull("t0"."customer_id")
  AND isNotNull("t0"."closed_at")
  AND "t0"."closed_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
)
SELECT
 CAST(dateTrunc('MONTH', "t53"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM(CAST(COALESCE("t53"."contacts", 0) AS Nullable(Float64))) AS "x_0",
 SUM(
  CAST(COALESCE("t53"."contacts", 0) AS Nullable(Float64)) * CAST(COALESCE("t53"."contacts", 0) AS Nullable(Float64))
 ) AS "xx_0",
 COUNT(CAST(COALESCE("t53"."contacts", 0) AS Nullable(Float64))) AS "filled_0"
FROM (
 SELECT
  "t52"."customer_id" AS "customer_id",
  "t52"."rep_id" AS "rep_id",
  "t52"."at" AS "at",
  "t52"."of" AS "of",
  "t52"."contacts" AS "contacts"
 FROM (
  SELECT
   "t32"."customer_id" AS "customer_id",
   "t32"."rep_id" AS "rep_id",
   "t32"."at" AS "at",
   "t32"."of" AS "of",
   "t51"."customer_id" AS "customer_id_right",
   "t51"."of" AS "of_right",
   "t51"."contacts" AS "contacts"
  FROM (
   SELECT
    "t27"."customer_id" AS "customer_id",
    "t27"."rep_id" AS "rep_id",
    "t27"."moment" AS "at",
    CAST(dateTrunc('MONTH', "t27"."moment") AS Nullable(DateTime)) AS "of"
   FROM (
    SELECT
     "t23"."customer_id" AS "customer_id",
     "t23"."rep_id" AS "rep_id",
     "t19"."moment" AS "moment"
    FROM (
     SELECT
      "t15"."deal_id" AS "deal_id",
      "t15"."customer_id" AS "customer_id",
      "t15"."rep_id" AS "rep_id",
      "t15"."pipeline_id" AS "pipeline_id",
      "t15"."stage_id" AS "stage_id",
      "t15"."status" AS "status",
      "t15"."created_at" AS "created_at",
      "t15"."closed_at" AS "closed_at",
      "t15"."amount_base" AS "amount_base",
      "t15"."cost_base" AS "cost_base",
      "t15"."source" AS "source",
      "t15"."segment" AS "segment",
      "t15"."deal_kind" AS "deal_kind",
      "t15"."lost_reason" AS "lost_reason",
      "t15"."at" AS "at",
      "t15"."event" AS "event",
      COALESCE("t15"."until", parseDateTimeBestEffort('2200-01-01T00:00:00')) AS "until"
     FROM (
      SELECT
       "t11"."deal_id" AS "deal_id",
       "t11"."customer_id" AS "customer_id",
       "t11"."rep_id" AS "rep_id",
       "t11"."pipeline_id" AS "pipeline_id",
       "t11"."stage_id" AS "stage_id",
       "t11"."status" AS "status",
       "t11"."created_at" AS "created_at",
       "t11"."closed_at" AS "closed_at",
       "t11"."amount_base" AS "amount_base",
       "t11"."cost_base" AS "cost_base",
       "t11"."source" AS "source",
       "t11"."segment" AS "segment",
       "t11"."deal_kind" AS "deal_kind",
       "t11"."lost_reason" AS "lost_reason",
       "t11"."at" AS "at",
       "t11"."event" AS "event",
       leadInFrame(nullIf("t11"."at", parseDateTimeBestEffort('1970-01-01T00:00:00'))) OVER (
        PARTITION BY "t11"."customer_id"
        ORDER BY "t11"."at" ASC, "t11"."event" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
       ) AS "until"
      FROM "t8" AS "t11"
     ) AS "t15"
    ) AS "t23"
    INNER JOIN (
     SELECT
      CASE
       WHEN "t13"."at" > parseDateTimeBestEffort('2026-07-01T00:00:00')
       THEN parseDateTimeBestEffort('2026-07-01T00:00:00')
       ELSE "t13"."at"
      END AS "moment"
     FROM (
      SELECT
       "t10"."of" AS "of",
       MAX("t10"."at") AS "at"
      FROM (
       SELECT
        (
         "t1"."date" + INTERVAL '1' DAY
        ) - INTERVAL '1' SECOND AS "at",
        CAST(dateTrunc('MONTH', (
         "t1"."date" + INTERVAL '1' DAY
        ) - INTERVAL '1' SECOND) AS Nullable(DateTime)) AS "of"
       FROM "calendar" AS "t1"
       WHERE
        (
         "t1"."date" + INTERVAL '1' DAY + INTERVAL '-1' DAY
        ) < parseDateTimeBestEffort('2026-07-01T00:00:00')
      ) AS "t10"
      GROUP BY
       "t10"."of"
     ) AS "t13"
    ) AS "t19"
     ON "t23"."at" < "t19"."moment" AND "t23"."until" >= "t19"."moment"
   ) AS "t27"
  ) AS "t32"
  LEFT OUTER JOIN (
   SELECT
    "t49"."customer_id" AS "customer_id",
    "t49"."of" AS "of",
    COUNT(*) AS "contacts"
   FROM (
    SELECT
     "t48"."activity_id" AS "activity_id",
     "t48"."at" AS "at",
     "t48"."rep_id" AS "rep_id",
     "t48"."customer_id" AS "customer_id",
     "t48"."deal_id" AS "deal_id",
     "t48"."purpose" AS "purpose",
     "t48"."minutes" AS "minutes",
     "t48"."of_kind" AS "of_kind",
     "t48"."first_at" AS "first_at",
     "t48"."deals" AS "deals",
     CAST(dateTrunc('MONTH', "t48"."at") AS Nullable(DateTime)) AS "of"
    FROM (
     SELECT
      "t47".*
      EXCEPT ("activity_id_right")
     FROM (
      SELECT
       "t42"."activity_id" AS "activity_id",
       "t42"."at" AS "at",
       "t42"."rep_id" AS "rep_id",
       "t42"."customer_id" AS "customer_id",
       "t42"."deal_id" AS "deal_id",
       "t42"."purpose" AS "purpose",
       "t42"."minutes" AS "minutes",
       "t42"."of_kind" AS "of_kind",
       "t42"."first_at" AS "first_at",
       "t46"."activity_id" AS "activity_id_right",
       "t46"."deals" AS "deals"
      FROM (
       SELECT
        *
       FROM (
        SELECT
         "t38".*
         EXCEPT ("customer_id_right")
        FROM (
         SELECT
          "t34"."activity_id" AS "activity_id",
          "t34"."at" AS "at",
          "t34"."rep_id" AS "rep_id",
          "t34"."customer_id" AS "customer_id",
          "t34"."deal_id" AS "deal_id",
          "t34"."purpose" AS "purpose",
          "t34"."minutes" AS "minutes",
          "t34"."of_kind" AS "of_kind",
          "t37"."customer_id" AS "customer_id_right",
          "t37"."first_at" AS "first_at"
         FROM (
          SELECT
           "t31".*
           EXCEPT ("deal_customer")
          FROM (
           SELECT
            "t28"."activity_id" AS "activity_id",
            "t28"."at" AS "at",
            "t28"."rep_id" AS "rep_id",
            COALESCE("t28"."customer_id", "t28"."deal_customer") AS "customer_id",
            "t28"."deal_id" AS "deal_id",
            "t28"."purpose" AS "purpose",
            "t28"."minutes" AS "minutes",
            "t28"."deal_customer" AS "deal_customer",
            "t28"."of_kind" AS "of_kind"
           FROM (
            SELECT
             "t26".*
             EXCEPT ("deal_id_right")
            FROM (
             SELECT
              "t22"."activity_id" AS "activity_id",
              "t22"."at" AS "at",
              "t22"."rep_id" AS "rep_id",
              "t22"."customer_id" AS "customer_id",
              "t22"."deal_id" AS "deal_id",
              "t22"."purpose" AS "purpose",
              "t22"."minutes" AS "minutes",
              "t6"."deal_id" AS "deal_id_right",
              "t6"."deal_customer" AS "deal_customer",
              "t6"."of_kind" AS "of_kind"
             FROM (
              SELECT
               "t14"."activity_id" AS "activity_id",
               "t14"."at" AS "at",
               "t14"."rep_id" AS "rep_id",
               "t14"."customer_id" AS "customer_id",
               "t14"."deal_id" AS "deal_id",
               "t14"."purpose" AS "purpose",
               (
                COALESCE("t14"."duration_s", 0.0) / 60.0
               ) + CASE WHEN "t14"."is_meeting" THEN 30.0 WHEN "t14"."is_contact" THEN 4.0 ELSE 0.0 END AS "minutes"
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
              ) AS "t14"
              WHERE
               "t14"."is_contact"
             ) AS "t22"
             LEFT OUTER JOIN (
              SELECT
               "t0"."deal_id" AS "deal_id",
               "t0"."customer_id" AS "deal_customer",
               "t0"."deal_kind" AS "of_kind"
              FROM "deals" AS "t0"
             ) AS "t6"
              ON "t22"."deal_id" = "t6"."deal_id"
            ) AS "t26"
           ) AS "t28"
          ) AS "t31"
         ) AS "t34"
         LEFT OUTER JOIN (
          SELECT
           "t35"."customer_id" AS "customer_id",
           CASE
            WHEN "t35"."known_at" < "t35"."first_at"
            THEN "t35"."known_at"
            ELSE "t35"."first_at"
           END AS "first_at"
          FROM (
           SELECT
            "t30"."customer_id" AS "customer_id",
            MIN("t30"."at") AS "first_at",
            MIN("t30"."first_order_on") AS "known_at"
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
             "t25"."at" AS "at",
             "t25"."event" AS "event",
             "t25"."position" AS "position",
             "t25"."first_order_on" AS "first_order_on",
             COALESCE(
              "t25"."first_order_on" < CAST(dateTrunc('DAY', "t25"."at") AS Nullable(DateTime)),
              FALSE
             ) AS "began_before"
            FROM (
             SELECT
              "t24".*
              EXCEPT ("customer_id_right")
             FROM (
              SELECT
               "t17"."deal_id" AS "deal_id",
               "t17"."customer_id" AS "customer_id",
               "t17"."rep_id" AS "rep_id",
               "t17"."pipeline_id" AS "pipeline_id",
               "t17"."stage_id" AS "stage_id",
               "t17"."status" AS "status",
               "t17"."created_at" AS "created_at",
               "t17"."closed_at" AS "closed_at",
               "t17"."amount_base" AS "amount_base",
               "t17"."cost_base" AS "cost_base",
               "t17"."source" AS "source",
               "t17"."segment" AS "segment",
               "t17"."deal_kind" AS "deal_kind",
               "t17"."lost_reason" AS "lost_reason",
               "t17"."at" AS "at",
               "t17"."event" AS "event",
               "t17"."position" AS "position",
               "t7"."customer_id" AS "customer_id_right",
               "t7"."first_order_on" AS "first_order_on"
              FROM (
               SELECT
                "t11"."deal_id" AS "deal_id",
                "t11"."customer_id" AS "customer_id",
                "t11"."rep_id" AS "rep_id",
                "t11"."pipeline_id" AS "pipeline_id",
                "t11"."stage_id" AS "stage_id",
                "t11"."status" AS "status",
                "t11"."created_at" AS "created_at",
                "t11"."closed_at" AS "closed_at",
                "t11"."amount_base" AS "amount_base",
                "t11"."cost_base" AS "cost_base",
                "t11"."source" AS "source",
                "t11"."segment" AS "segment",
                "t11"."deal_kind" AS "deal_kind",
                "t11"."lost_reason" AS "lost_reason",
                "t11"."at" AS "at",
                "t11"."event" AS "event",
                ROW_NUMBER() OVER (
                 PARTITION BY "t11"."customer_id"
                 ORDER BY "t11"."at" ASC, "t11"."event" ASC
                 ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                ) - 1 AS "position"
               FROM "t8" AS "t11"
              ) AS "t17"
              LEFT OUTER JOIN (
               SELECT
                "t3"."customer_id" AS "customer_id",
                "t3"."first_order_on" AS "first_order_on"
               FROM "customers" AS "t3"
              ) AS "t7"
               ON "t17"."customer_id" = "t7"."customer_id"
             ) AS "t24"
            ) AS "t25"
           ) AS "t30"
           GROUP BY
            "t30"."customer_id"
          ) AS "t35"
         ) AS "t37"
          ON "t34"."customer_id" = "t37"."customer_id"
        ) AS "t38"
       ) AS "t39"
       WHERE
        "t39"."at" > "t39"."first_at"
      ) AS "t42"
      LEFT OUTER JOIN (
       SELECT
        "t44"."activity_id" AS "activity_id",
        COUNT(*) AS "deals"
       FROM (
        SELECT
         "t43"."activity_id" AS "activity_id",
         "t43"."at" AS "at",
         "t43"."rep_id" AS "rep_id",
         "t43"."customer_id" AS "customer_id",
         "t43"."deal_id" AS "deal_id",
         "t43"."purpose" AS "purpose",
         "t43"."minutes" AS "minutes",
         "t43"."of_kind" AS "of_kind",
         "t43"."first_at" AS "first_at",
         "t12"."created_at" AS "created_at",
         "t12"."gone_at" AS "gone_at",
         "t12"."buyer" AS "buyer"
        FROM (
         SELECT
          *
         FROM (
          SELECT
           "t38".*
           EXCEPT ("customer_id_right")
          FROM (
           SELECT
            "t34"."activity_id" AS "activity_id",
            "t34"."at" AS "at",
            "t34"."rep_id" AS "rep_id",
            "t34"."customer_id" AS "customer_id",
            "t34"."deal_id" AS "deal_id",
            "t34"."purpose" AS "purpose",
            "t34"."minutes" AS "minutes",
            "t34"."of_kind" AS "of_kind",
            "t37"."customer_id" AS "customer_id_right",
            "t37"."first_at" AS "first_at"
           FROM (
            SELECT
             "t31".*
             EXCEPT ("deal_customer")
            FROM (
             SELECT
              "t28"."activity_id" AS "activity_id",
              "t28"."at" AS "at",
              "t28"."rep_id" AS "rep_id",
              COALESCE("t28"."customer_id", "t28"."deal_customer") AS "customer_id",
              "t28"."deal_id" AS "deal_id",
              "t28"."purpose" AS "purpose",
              "t28"."minutes" AS "minutes",
              "t28"."deal_customer" AS "deal_customer",
              "t28"."of_kind" AS "of_kind"
             FROM (
              SELECT
               "t26".*
               EXCEPT ("deal_id_right")
              FROM (
               SELECT
                "t22"."activity_id" AS "activity_id",
                "t22"."at" AS "at",
                "t22"."rep_id" AS "rep_id",
                "t22"."customer_id" AS "customer_id",
                "t22"."deal_id" AS "deal_id",
                "t22"."purpose" AS "purpose",
                "t22"."minutes" AS "minutes",
                "t6"."deal_id" AS "deal_id_right",
                "t6"."deal_customer" AS "deal_customer",
                "t6"."of_kind" AS "of_kind"
               FROM (
                SELECT
                 "t14"."activity_id" AS "activity_id",
                 "t14"."at" AS "at",
                 "t14"."rep_id" AS "rep_id",
                 "t14"."customer_id" AS "customer_id",
                 "t14"."deal_id" AS "deal_id",
                 "t14"."purpose" AS "purpose",
                 (
                  COALESCE("t14"."duration_s", 0.0) / 60.0
                 ) + CASE WHEN "t14"."is_meeting" THEN 30.0 WHEN "t14"."is_contact" THEN 4.0 ELSE 0.0 END AS "minutes"
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
                ) AS "t14"
                WHERE
                 "t14"."is_contact"
               ) AS "t22"
               LEFT OUTER JOIN (
                SELECT
                 "t0"."deal_id" AS "deal_id",
                 "t0"."customer_id" AS "deal_customer",
                 "t0"."deal_kind" AS "of_kind"
                FROM "deals" AS "t0"
               ) AS "t6"
                ON "t22"."deal_id" = "t6"."deal_id"
              ) AS "t26"
             ) AS "t28"
            ) AS "t31"
           ) AS "t34"
           LEFT OUTER JOIN (
            SELECT
             "t35"."customer_id" AS "customer_id",
             CASE
              WHEN "t35"."known_at" < "t35"."first_at"
              THEN "t35"."known_at"
              ELSE "t35"."first_at"
             END AS "first_at"
            FROM (
             SELECT
              "t30"."customer_id" AS "customer_id",
              MIN("t30"."at") AS "first_at",
              MIN("t30"."first_order_on") AS "known_at"
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
               "t25"."at" AS "at",
               "t25"."event" AS "event",
               "t25"."position" AS "position",
               "t25"."first_order_on" AS "first_order_on",
               COALESCE(
                "t25"."first_order_on" < CAST(dateTrunc('DAY', "t25"."at") AS Nullable(DateTime)),
                FALSE
               ) AS "began_before"
              FROM (
               SELECT
                "t24".*
                EXCEPT ("customer_id_right")
               FROM (
                SELECT
                 "t17"."deal_id" AS "deal_id",
                 "t17"."customer_id" AS "customer_id",
                 "t17"."rep_id" AS "rep_id",
                 "t17"."pipeline_id" AS "pipeline_id",
                 "t17"."stage_id" AS "stage_id",
                 "t17"."status" AS "status",
                 "t17"."created_at" AS "created_at",
                 "t17"."closed_at" AS "closed_at",
                 "t17"."amount_base" AS "amount_base",
                 "t17"."cost_base" AS "cost_base",
                 "t17"."source" AS "source",
                 "t17"."segment" AS "segment",
                 "t17"."deal_kind" AS "deal_kind",
                 "t17"."lost_reason" AS "lost_reason",
                 "t17"."at" AS "at",
                 "t17"."event" AS "event",
                 "t17"."position" AS "position",
                 "t7"."customer_id" AS "customer_id_right",
                 "t7"."first_order_on" AS "first_order_on"
                FROM (
                 SELECT
                  "t11"."deal_id" AS "deal_id",
                  "t11"."customer_id" AS "customer_id",
                  "t11"."rep_id" AS "rep_id",
                  "t11"."pipeline_id" AS "pipeline_id",
                  "t11"."stage_id" AS "stage_id",
                  "t11"."status" AS "status",
                  "t11"."created_at" AS "created_at",
                  "t11"."closed_at" AS "closed_at",
                  "t11"."amount_base" AS "amount_base",
                  "t11"."cost_base" AS "cost_base",
                  "t11"."source" AS "source",
                  "t11"."segment" AS "segment",
                  "t11"."deal_kind" AS "deal_kind",
                  "t11"."lost_reason" AS "lost_reason",
                  "t11"."at" AS "at",
                  "t11"."event" AS "event",
                  ROW_NUMBER() OVER (
                   PARTITION BY "t11"."customer_id"
                   ORDER BY "t11"."at" ASC, "t11"."event" ASC
                   ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                  ) - 1 AS "position"
                 FROM "t8" AS "t11"
                ) AS "t17"
                LEFT OUTER JOIN (
                 SELECT
                  "t3"."customer_id" AS "customer_id",
                  "t3"."first_order_on" AS "first_order_on"
                 FROM "customers" AS "t3"
                ) AS "t7"
                 ON "t17"."customer_id" = "t7"."customer_id"
               ) AS "t24"
              ) AS "t25"
             ) AS "t30"
             GROUP BY
              "t30"."customer_id"
            ) AS "t35"
           ) AS "t37"
            ON "t34"."customer_id" = "t37"."customer_id"
          ) AS "t38"
         ) AS "t39"
         WHERE
          "t39"."at" > "t39"."first_at"
          AND isNull("t39"."purpose")
          AND isNull("t39"."deal_id")
        ) AS "t43"
        INNER JOIN (
         SELECT
          "t0"."created_at" AS "created_at",
          CASE
           WHEN "t0"."status" = 'open'
           THEN parseDateTimeBestEffort('2200-01-01T00:00:00')
           ELSE "t0"."closed_at"
          END AS "gone_at",
          "t0"."customer_id" AS "buyer"
         FROM "deals" AS "t0"
         WHERE
          NOT (
           COALESCE("t0"."is_test", FALSE) OR COALESCE("t0"."is_duplicate", FALSE)
          )
          AND (
           isNull("t0"."created_at")
           OR (
            "t0"."created_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
           )
          )
          AND (
           "t0"."pipeline_id" IN ('P1') OR isNull("t0"."pipeline_id")
          )
          AND COALESCE("t0"."deal_kind", 'new') <> 'renewal'
        ) AS "t12"
         ON "t43"."customer_id" = "t12"."buyer"
         AND "t12"."created_at" <= "t43"."at"
         AND "t12"."gone_at" > "t43"."at"
       ) AS "t44"
       GROUP BY
        "t44"."activity_id"
      ) AS "t46"
       ON "t42"."activity_id" = "t46"."activity_id"
     ) AS "t47"
    ) AS "t48"
    WHERE
     (
      COALESCE("t48"."purpose" = 'retention', FALSE)
      OR (
       isNull("t48"."purpose")
       AND (
        COALESCE("t48"."of_kind" = 'renewal', FALSE)
        OR (
         isNull("t48"."deal_id") AND isNull("t48"."deals")
        )
       )
      )
     )
     AND "t48"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
     AND isNotNull("t48"."customer_id")
   ) AS "t49"
   GROUP BY
    "t49"."customer_id",
    "t49"."of"
  ) AS "t51"
   ON "t32"."customer_id" = "t51"."customer_id" AND "t32"."of" = "t51"."of"
 ) AS "t52"
 WHERE
  "t52"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t53"
GROUP BY
 CAST(dateTrunc('MONTH', "t53"."at") AS Nullable(DateTime))
