SELECT
 CAST(dateTrunc('MONTH', "t43"."at") AS Nullable(DateTime)) AS "by_period",
 countIf(
  (
   "t43"."at" + INTERVAL '60' DAY
  ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
 ) AS "n_0",
 sumIf(
  CASE
   WHEN COALESCE("t43"."best_order" >= 2, FALSE) OR (
    "t43"."won" > 0
   )
   THEN 1.0
   ELSE 0.0
  END,
  (
   "t43"."at" + INTERVAL '60' DAY
  ) <= parseDateTimeBestEffort('2026-07-01T00:00:00')
 ) AS "x_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t41".*
   EXCEPT ("customer_id_right")
  FROM (
   SELECT
    "t26"."deal_id" AS "deal_id",
    "t26"."customer_id" AS "customer_id",
    "t26"."pipeline_id" AS "pipeline_id",
    "t26"."stage_id" AS "stage_id",
    "t26"."status" AS "status",
    "t26"."created_at" AS "created_at",
    "t26"."closed_at" AS "closed_at",
    "t26"."amount_base" AS "amount_base",
    "t26"."cost_base" AS "cost_base",
    "t26"."source" AS "source",
    "t26"."segment" AS "segment",
    "t26"."deal_kind" AS "deal_kind",
    "t26"."lost_reason" AS "lost_reason",
    "t38"."rep_id" AS "rep_id",
    "t38"."at" AS "at",
    "t40"."customer_id" AS "customer_id_right",
    "t40"."best_order" AS "best_order",
    "t40"."won" AS "won"
   FROM (
    SELECT
     "t22".*
     EXCEPT ("at", "rep_id")
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
          AND isNotNull("t0"."customer_id")
          AND isNotNull("t0"."created_at")
        ) AS "t9"
       ) AS "t15"
       WHERE
        "t15"."position" = 0
      ) AS "t17"
     ) AS "t19"
     WHERE
      "t19"."source" IN ('cold', 'холодный звонок', 'hideghívás')
    ) AS "t22"
   ) AS "t26"
   INNER JOIN (
    SELECT
     "t35"."customer_id" AS "customer_id",
     "t35"."rep_id" AS "rep_id",
     "t35"."at" AS "at"
    FROM (
     SELECT
      "t33"."activity_id" AS "activity_id",
      "t33"."at" AS "at",
      "t33"."rep_id" AS "rep_id",
      "t33"."customer_id" AS "customer_id",
      "t33"."deal_id" AS "deal_id",
      "t33"."purpose" AS "purpose",
      "t33"."minutes" AS "minutes",
      "t33"."of_kind" AS "of_kind",
      ROW_NUMBER() OVER (
       PARTITION BY "t33"."customer_id"
       ORDER BY "t33"."at" ASC, "t33"."activity_id" ASC
       ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) - 1 AS "position"
     FROM (
      SELECT
       *
      FROM (
       SELECT
        "t30".*
        EXCEPT ("deal_customer")
       FROM (
        SELECT
         "t27"."activity_id" AS "activity_id",
         "t27"."at" AS "at",
         "t27"."rep_id" AS "rep_id",
         COALESCE("t27"."customer_id", "t27"."deal_customer") AS "customer_id",
         "t27"."deal_id" AS "deal_id",
         "t27"."purpose" AS "purpose",
         "t27"."minutes" AS "minutes",
         "t27"."deal_customer" AS "deal_customer",
         "t27"."of_kind" AS "of_kind"
        FROM (
         SELECT
          "t25".*
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
           "t5"."deal_id" AS "deal_id_right",
           "t5"."deal_customer" AS "deal_customer",
           "t5"."of_kind" AS "of_kind"
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
           ) AS "t13"
           WHERE
            "t13"."is_contact"
          ) AS "t20"
          LEFT OUTER JOIN (
           SELECT
            "t0"."deal_id" AS "deal_id",
            "t0"."customer_id" AS "deal_customer",
            "t0"."deal_kind" AS "of_kind"
           FROM "deals" AS "t0"
          ) AS "t5"
           ON "t20"."deal_id" = "t5"."deal_id"
         ) AS "t25"
        ) AS "t27"
       ) AS "t30"
      ) AS "t31"
      WHERE
       isNotNull("t31"."customer_id")
     ) AS "t33"
    ) AS "t35"
    WHERE
     "t35"."position" = 0
   ) AS "t38"
    ON "t26"."customer_id" = "t38"."customer_id"
   LEFT OUTER JOIN (
    SELECT
     "t37"."customer_id" AS "customer_id",
     MAX("t37"."best_order") AS "best_order",
     MAX("t37"."won") AS "won"
    FROM (
     SELECT
      "t34"."deal_id" AS "deal_id",
      "t34"."customer_id" AS "customer_id",
      "t34"."rep_id" AS "rep_id",
      "t34"."pipeline_id" AS "pipeline_id",
      "t34"."stage_id" AS "stage_id",
      "t34"."status" AS "status",
      "t34"."created_at" AS "created_at",
      "t34"."closed_at" AS "closed_at",
      "t34"."amount_base" AS "amount_base",
      "t34"."cost_base" AS "cost_base",
      "t34"."source" AS "source",
      "t34"."segment" AS "segment",
      "t34"."deal_kind" AS "deal_kind",
      "t34"."lost_reason" AS "lost_reason",
      "t34"."at" AS "at",
      "t34"."best_order" AS "best_order",
      CASE
       WHEN "t34"."status" IN ('won', 'lost')
       AND NOT (
        COALESCE("t34"."closed_at" > parseDateTimeBestEffort('2026-07-01T00:00:00'), FALSE)
       )
       AND (
        "t34"."status" = 'won'
       )
       THEN 1.0
       ELSE 0.0
      END AS "won"
     FROM (
      SELECT
       "t32".*
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
        "t12"."at" AS "at",
        "t29"."deal_id" AS "deal_id_right",
        "t29"."best_order" AS "best_order"
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
       ) AS "t12"
       LEFT OUTER JOIN (
        SELECT
         "t23"."deal_id" AS "deal_id",
         COALESCE("t23"."best_order", 0) AS "best_order"
        FROM (
         SELECT
          "t21"."deal_id" AS "deal_id",
          MAX("t21"."rank") AS "best_order"
         FROM (
          SELECT
           "t16"."deal_id" AS "deal_id",
           "t16"."stage_id" AS "stage_id",
           "t16"."entered_at" AS "entered_at",
           "t16"."pipeline" AS "pipeline",
           "t16"."seq" AS "seq",
           "t16"."stage_order" AS "stage_order",
           "t16"."semantic" AS "semantic",
           CASE
            WHEN "t16"."semantic" = 'open'
            THEN "t16"."stage_order"
            WHEN "t16"."semantic" = 'won'
            THEN 1000000
            ELSE NULL
           END AS "rank"
          FROM (
           SELECT
            "t14".*
            EXCEPT ("pipeline_right", "stage_id_right")
           FROM (
            SELECT
             "t11"."deal_id" AS "deal_id",
             "t11"."stage_id" AS "stage_id",
             "t11"."entered_at" AS "entered_at",
             "t11"."pipeline" AS "pipeline",
             "t11"."seq" AS "seq",
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
            ) AS "t11"
            LEFT OUTER JOIN (
             SELECT
              "t3"."stage_id" AS "stage_id",
              "t3"."stage_order" AS "stage_order",
              "t3"."semantic" AS "semantic",
              COALESCE("t3"."pipeline_id", '') AS "pipeline"
             FROM "stages" AS "t3"
            ) AS "t8"
             ON "t11"."pipeline" = "t8"."pipeline" AND "t11"."stage_id" = "t8"."stage_id"
           ) AS "t14"
          ) AS "t16"
         ) AS "t21"
         GROUP BY
          "t21"."deal_id"
        ) AS "t23"
       ) AS "t29"
        ON "t12"."deal_id" = "t29"."deal_id"
      ) AS "t32"
     ) AS "t34"
     WHERE
      isNotNull("t34"."customer_id")
    ) AS "t37"
    GROUP BY
     "t37"."customer_id"
   ) AS "t40"
    ON "t26"."customer_id" = "t40"."customer_id"
  ) AS "t41"
 ) AS "t42"
 WHERE
  "t42"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t43"
GROUP BY
 CAST(dateTrunc('MONTH', "t43"."at") AS Nullable(DateTime))
