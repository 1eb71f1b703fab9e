SELECT
 CAST(dateTrunc('MONTH', "t28"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM(CAST(COALESCE("t28"."contacts", 0) AS Nullable(Float64))) AS "x_0",
 SUM(
  CAST(COALESCE("t28"."contacts", 0) AS Nullable(Float64)) * CAST(COALESCE("t28"."contacts", 0) AS Nullable(Float64))
 ) AS "xx_0",
 COUNT(CAST(COALESCE("t28"."contacts", 0) AS Nullable(Float64))) AS "filled_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t26".*
   EXCEPT ("deal_id_right", "of_right")
  FROM (
   SELECT
    "t20"."deal_id" AS "deal_id",
    "t20"."customer_id" AS "customer_id",
    "t20"."rep_id" AS "rep_id",
    "t20"."pipeline_id" AS "pipeline_id",
    "t20"."stage_id" AS "stage_id",
    "t20"."status" AS "status",
    "t20"."created_at" AS "created_at",
    "t20"."closed_at" AS "closed_at",
    "t20"."amount_base" AS "amount_base",
    "t20"."cost_base" AS "cost_base",
    "t20"."source" AS "source",
    "t20"."segment" AS "segment",
    "t20"."deal_kind" AS "deal_kind",
    "t20"."lost_reason" AS "lost_reason",
    "t20"."gone_at" AS "gone_at",
    "t20"."at" AS "at",
    "t20"."of" AS "of",
    "t25"."deal_id" AS "deal_id_right",
    "t25"."of" AS "of_right",
    "t25"."contacts" AS "contacts"
   FROM (
    SELECT
     "t16"."deal_id" AS "deal_id",
     "t16"."customer_id" AS "customer_id",
     "t16"."rep_id" AS "rep_id",
     "t16"."pipeline_id" AS "pipeline_id",
     "t16"."stage_id" AS "stage_id",
     "t16"."status" AS "status",
     "t16"."created_at" AS "created_at",
     "t16"."closed_at" AS "closed_at",
     "t16"."amount_base" AS "amount_base",
     "t16"."cost_base" AS "cost_base",
     "t16"."source" AS "source",
     "t16"."segment" AS "segment",
     "t16"."deal_kind" AS "deal_kind",
     "t16"."lost_reason" AS "lost_reason",
     "t16"."gone_at" AS "gone_at",
     "t16"."at" AS "at",
     CAST(dateTrunc('MONTH', "t16"."at") AS Nullable(DateTime)) AS "of"
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
      "t11"."gone_at" AS "gone_at",
      "t13"."at" AS "at"
     FROM (
      SELECT
       "t7"."deal_id" AS "deal_id",
       "t7"."customer_id" AS "customer_id",
       "t7"."rep_id" AS "rep_id",
       "t7"."pipeline_id" AS "pipeline_id",
       "t7"."stage_id" AS "stage_id",
       "t7"."status" AS "status",
       "t7"."created_at" AS "created_at",
       "t7"."closed_at" AS "closed_at",
       "t7"."amount_base" AS "amount_base",
       "t7"."cost_base" AS "cost_base",
       "t7"."source" AS "source",
       "t7"."segment" AS "segment",
       "t7"."deal_kind" AS "deal_kind",
       "t7"."lost_reason" AS "lost_reason",
       CASE
        WHEN "t7"."status" = 'open'
        THEN parseDateTimeBestEffort('2200-01-01T00:00:00')
        ELSE "t7"."closed_at"
       END AS "gone_at"
      FROM (
       SELECT
        "t5".*
        EXCEPT ("at")
       FROM (
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
         "t0"."created_at" AS "at"
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
       ) AS "t5"
      ) AS "t7"
      WHERE
       "t7"."deal_kind" = 'cross_sell'
     ) AS "t11"
     INNER JOIN (
      SELECT
       CASE
        WHEN "t8"."at" > parseDateTimeBestEffort('2026-07-01T00:00:00')
        THEN parseDateTimeBestEffort('2026-07-01T00:00:00')
        ELSE "t8"."at"
       END AS "at"
      FROM (
       SELECT
        "t6"."of" AS "of",
        MAX("t6"."at") AS "at"
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
       ) AS "t6"
       GROUP BY
        "t6"."of"
      ) AS "t8"
     ) AS "t13"
      ON "t11"."created_at" <= "t13"."at"
      AND "t11"."gone_at" > CAST(dateTrunc('MONTH', "t13"."at") AS Nullable(DateTime))
    ) AS "t16"
   ) AS "t20"
   LEFT OUTER JOIN (
    SELECT
     "t23"."deal_id" AS "deal_id",
     "t23"."of" AS "of",
     COUNT(*) AS "contacts"
    FROM (
     SELECT
      "t22"."activity_id" AS "activity_id",
      "t22"."at" AS "at",
      "t22"."rep_id" AS "rep_id",
      "t22"."customer_id" AS "customer_id",
      "t22"."deal_id" AS "deal_id",
      "t22"."purpose" AS "purpose",
      "t22"."minutes" AS "minutes",
      "t22"."of_kind" AS "of_kind",
      CAST(dateTrunc('MONTH', "t22"."at") AS Nullable(DateTime)) AS "of"
     FROM (
      SELECT
       "t21".*
       EXCEPT ("deal_customer")
      FROM (
       SELECT
        "t18"."activity_id" AS "activity_id",
        "t18"."at" AS "at",
        "t18"."rep_id" AS "rep_id",
        COALESCE("t18"."customer_id", "t18"."deal_customer") AS "customer_id",
        "t18"."deal_id" AS "deal_id",
        "t18"."purpose" AS "purpose",
        "t18"."minutes" AS "minutes",
        "t18"."deal_customer" AS "deal_customer",
        "t18"."of_kind" AS "of_kind"
       FROM (
        SELECT
         "t17".*
         EXCEPT ("deal_id_right")
        FROM (
         SELECT
          "t15"."activity_id" AS "activity_id",
          "t15"."at" AS "at",
          "t15"."rep_id" AS "rep_id",
          "t15"."customer_id" AS "customer_id",
          "t15"."deal_id" AS "deal_id",
          "t15"."purpose" AS "purpose",
          "t15"."minutes" AS "minutes",
          "t4"."deal_id" AS "deal_id_right",
          "t4"."deal_customer" AS "deal_customer",
          "t4"."of_kind" AS "of_kind"
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
         ) AS "t15"
         LEFT OUTER JOIN (
          SELECT
           "t0"."deal_id" AS "deal_id",
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
        isNull("t22"."deal_id") AND COALESCE("t22"."purpose" = 'cross_sell', FALSE)
       )
      )
      AND "t22"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
      AND isNotNull("t22"."deal_id")
    ) AS "t23"
    GROUP BY
     "t23"."deal_id",
     "t23"."of"
   ) AS "t25"
    ON "t20"."deal_id" = "t25"."deal_id" AND "t20"."of" = "t25"."of"
  ) AS "t26"
 ) AS "t27"
 WHERE
  "t27"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t28"
GROUP BY
 CAST(dateTrunc('MONTH', "t28"."at") AS Nullable(DateTime))
