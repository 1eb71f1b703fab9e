SELECT
 CAST(dateTrunc('MONTH', "t31"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM(CAST(COALESCE("t31"."contacts", 0) AS Nullable(Float64))) AS "x_0",
 SUM(
  CAST(COALESCE("t31"."contacts", 0) AS Nullable(Float64)) * CAST(COALESCE("t31"."contacts", 0) AS Nullable(Float64))
 ) AS "xx_0",
 COUNT(CAST(COALESCE("t31"."contacts", 0) AS Nullable(Float64))) AS "filled_0"
FROM (
 SELECT
  "t30"."customer_id" AS "customer_id",
  "t30"."rep_id" AS "rep_id",
  "t30"."at" AS "at",
  "t30"."of" AS "of",
  "t30"."contacts" AS "contacts"
 FROM (
  SELECT
   "t29"."customer_id" AS "customer_id",
   "t29"."rep_id" AS "rep_id",
   "t29"."at" AS "at",
   "t29"."of" AS "of",
   "t27"."customer_id" AS "customer_id_right",
   "t27"."of" AS "of_right",
   "t27"."contacts" AS "contacts"
  FROM (
   SELECT
    "t25"."customer_id" AS "customer_id",
    "t25"."rep_id" AS "rep_id",
    "t25"."at" AS "at",
    "t25"."of" AS "of"
   FROM (
    SELECT
     "t24".*
     EXCEPT ("place_from_end")
    FROM (
     SELECT
      *
     FROM (
      SELECT
       "t19"."deal_id" AS "deal_id",
       "t19"."customer_id" AS "customer_id",
       "t19"."rep_id" AS "rep_id",
       "t19"."pipeline_id" AS "pipeline_id",
       "t19"."stage_id" AS "stage_id",
       "t19"."status" AS "status",
       "t19"."created_at" AS "created_at",
       "t19"."closed_at" AS "closed_at",
       "t19"."amount_base" AS "amount_base",
       "t19"."cost_base" AS "cost_base",
       "t19"."source" AS "source",
       "t19"."segment" AS "segment",
       "t19"."deal_kind" AS "deal_kind",
       "t19"."lost_reason" AS "lost_reason",
       "t19"."gone_at" AS "gone_at",
       "t19"."at" AS "at",
       "t19"."of" AS "of",
       ROW_NUMBER() OVER (
        PARTITION BY "t19"."customer_id", "t19"."at"
        ORDER BY "t19"."created_at" DESC, "t19"."deal_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
       ) - 1 AS "place_from_end"
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
        "t17"."gone_at" AS "gone_at",
        "t17"."at" AS "at",
        CAST(dateTrunc('MONTH', "t17"."at") AS Nullable(DateTime)) AS "of"
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
         "t14"."at" AS "at"
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
           WHEN "t9"."at" > parseDateTimeBestEffort('2026-07-01T00:00:00')
           THEN parseDateTimeBestEffort('2026-07-01T00:00:00')
           ELSE "t9"."at"
          END AS "at"
         FROM (
          SELECT
           "t6"."of" AS "of",
           MAX("t6"."at") AS "at"
          FROM (
           SELECT
            (
             "t2"."date" + INTERVAL '1' DAY
            ) - INTERVAL '1' SECOND AS "at",
            CAST(dateTrunc('MONTH', (
             "t2"."date" + INTERVAL '1' DAY
            ) - INTERVAL '1' SECOND) AS Nullable(DateTime)) AS "of"
           FROM "calendar" AS "t2"
           WHERE
            (
             "t2"."date" + INTERVAL '1' DAY + INTERVAL '-1' DAY
            ) < parseDateTimeBestEffort('2026-07-01T00:00:00')
          ) AS "t6"
          GROUP BY
           "t6"."of"
         ) AS "t9"
        ) AS "t14"
         ON "t11"."created_at" <= "t14"."at"
         AND "t11"."gone_at" > CAST(dateTrunc('MONTH', "t14"."at") AS Nullable(DateTime))
       ) AS "t17"
       WHERE
        isNotNull("t17"."customer_id")
      ) AS "t19"
     ) AS "t22"
     WHERE
      "t22"."place_from_end" = 0
    ) AS "t24"
   ) AS "t25"
  ) AS "t29"
  LEFT OUTER JOIN (
   SELECT
    "t23"."customer_id" AS "customer_id",
    "t23"."of" AS "of",
    COUNT(*) AS "contacts"
   FROM (
    SELECT
     "t21"."activity_id" AS "activity_id",
     "t21"."at" AS "at",
     "t21"."rep_id" AS "rep_id",
     "t21"."customer_id" AS "customer_id",
     "t21"."deal_id" AS "deal_id",
     "t21"."purpose" AS "purpose",
     "t21"."minutes" AS "minutes",
     "t21"."of_kind" AS "of_kind",
     CAST(dateTrunc('MONTH', "t21"."at") AS Nullable(DateTime)) AS "of"
    FROM (
     SELECT
      "t20".*
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
        "t16".*
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
          "t8"."activity_id" AS "activity_id",
          "t8"."at" AS "at",
          "t8"."rep_id" AS "rep_id",
          "t8"."customer_id" AS "customer_id",
          "t8"."deal_id" AS "deal_id",
          "t8"."purpose" AS "purpose",
          (
           COALESCE("t8"."duration_s", 0.0) / 60.0
          ) + CASE WHEN "t8"."is_meeting" THEN 30.0 WHEN "t8"."is_contact" THEN 4.0 ELSE 0.0 END AS "minutes"
         FROM (
          SELECT
           "t1"."activity_id" AS "activity_id",
           "t1"."kind" AS "kind",
           "t1"."direction" AS "direction",
           "t1"."rep_id" AS "rep_id",
           "t1"."customer_id" AS "customer_id",
           "t1"."deal_id" AS "deal_id",
           "t1"."attribution" AS "attribution",
           "t1"."started_at" AS "started_at",
           "t1"."duration_s" AS "duration_s",
           "t1"."is_completed" AS "is_completed",
           "t1"."is_connected" AS "is_connected",
           "t1"."result" AS "result",
           "t1"."phone" AS "phone",
           "t1"."is_automatic" AS "is_automatic",
           "t1"."created_at" AS "created_at",
           "t1"."purpose" AS "purpose",
           "t1"."started_at" AS "at",
           (
            "t1"."kind" = 'call'
           )
           AND (
            COALESCE("t1"."is_connected", FALSE)
            AND (
             COALESCE("t1"."duration_s", 20.0) >= 20.0
            )
           ) AS "is_call",
           "t1"."kind" IN ('meeting', 'visit', 'demo')
           AND COALESCE("t1"."is_completed", TRUE) AS "is_meeting",
           (
            (
             "t1"."kind" = 'call'
            )
            AND (
             COALESCE("t1"."is_connected", FALSE)
             AND (
              COALESCE("t1"."duration_s", 20.0) >= 20.0
             )
            )
           )
           OR (
            "t1"."kind" IN ('meeting', 'visit', 'demo')
            AND COALESCE("t1"."is_completed", TRUE)
           )
           OR (
            (
             "t1"."kind" = 'chat'
            ) AND COALESCE("t1"."is_completed", TRUE)
           ) AS "is_contact"
          FROM "activities" AS "t1"
          WHERE
           NOT (
            COALESCE("t1"."is_automatic", FALSE)
           )
           AND "t1"."started_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
         ) AS "t8"
         WHERE
          "t8"."is_contact"
        ) AS "t15"
        LEFT OUTER JOIN (
         SELECT
          "t0"."deal_id" AS "deal_id",
          "t0"."customer_id" AS "deal_customer",
          "t0"."deal_kind" AS "of_kind"
         FROM "deals" AS "t0"
        ) AS "t4"
         ON "t15"."deal_id" = "t4"."deal_id"
       ) AS "t16"
      ) AS "t18"
     ) AS "t20"
    ) AS "t21"
    WHERE
     (
      COALESCE("t21"."of_kind" = 'cross_sell', FALSE)
      OR (
       isNull("t21"."deal_id") AND COALESCE("t21"."purpose" = 'cross_sell', FALSE)
      )
     )
     AND "t21"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
     AND isNotNull("t21"."customer_id")
   ) AS "t23"
   GROUP BY
    "t23"."customer_id",
    "t23"."of"
  ) AS "t27"
   ON "t29"."customer_id" = "t27"."customer_id" AND "t29"."of" = "t27"."of"
 ) AS "t30"
 WHERE
  "t30"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t31"
GROUP BY
 CAST(dateTrunc('MONTH', "t31"."at") AS Nullable(DateTime))
