SELECT
 DATE_TRUNC('MONTH', "t43"."at") AS "by_period",
 COUNT(*) FILTER(WHERE
  (
   "t43"."at" + INTERVAL '60 DAY'
  ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)) AS "n_0",
 SUM(
  CASE
   WHEN COALESCE("t43"."best_order" >= 2, FALSE) OR (
    "t43"."won" > 0
   )
   THEN 1.0
   ELSE 0.0
  END
 ) FILTER(WHERE
  (
   "t43"."at" + INTERVAL '60 DAY'
  ) <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)) AS "x_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t41"."deal_id",
   "t41"."customer_id",
   "t41"."pipeline_id",
   "t41"."stage_id",
   "t41"."status",
   "t41"."created_at",
   "t41"."closed_at",
   "t41"."amount_base",
   "t41"."cost_base",
   "t41"."source",
   "t41"."segment",
   "t41"."deal_kind",
   "t41"."lost_reason",
   "t41"."rep_id",
   "t41"."at",
   "t41"."best_order",
   "t41"."won"
  FROM (
   SELECT
    "t26"."deal_id",
    "t26"."customer_id",
    "t26"."pipeline_id",
    "t26"."stage_id",
    "t26"."status",
    "t26"."created_at",
    "t26"."closed_at",
    "t26"."amount_base",
    "t26"."cost_base",
    "t26"."source",
    "t26"."segment",
    "t26"."deal_kind",
    "t26"."lost_reason",
    "t38"."rep_id",
    "t38"."at",
    "t40"."customer_id" AS "customer_id_right",
    "t40"."best_order",
    "t40"."won"
   FROM (
    SELECT
     "t22"."deal_id",
     "t22"."customer_id",
     "t22"."pipeline_id",
     "t22"."stage_id",
     "t22"."status",
     "t22"."created_at",
     "t22"."closed_at",
     "t22"."amount_base",
     "t22"."cost_base",
     "t22"."source",
     "t22"."segment",
     "t22"."deal_kind",
     "t22"."lost_reason"
    FROM (
     SELECT
      *
     FROM (
      SELECT
       "t17"."deal_id",
       "t17"."customer_id",
       "t17"."rep_id",
       "t17"."pipeline_id",
       "t17"."stage_id",
       "t17"."status",
       "t17"."created_at",
       "t17"."closed_at",
       "t17"."amount_base",
       "t17"."cost_base",
       "t17"."source",
       "t17"."segment",
       "t17"."deal_kind",
       "t17"."lost_reason",
       "t17"."at"
      FROM (
       SELECT
        *
       FROM (
        SELECT
         "t9"."deal_id",
         "t9"."customer_id",
         "t9"."rep_id",
         "t9"."pipeline_id",
         "t9"."stage_id",
         "t9"."status",
         "t9"."created_at",
         "t9"."closed_at",
         "t9"."amount_base",
         "t9"."cost_base",
         "t9"."source",
         "t9"."segment",
         "t9"."deal_kind",
         "t9"."lost_reason",
         "t9"."at",
         ROW_NUMBER() OVER (
          PARTITION BY "t9"."customer_id"
          ORDER BY "t9"."created_at" ASC, "t9"."deal_id" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
         ) - 1 AS "position"
        FROM (
         SELECT
          "t0"."deal_id",
          "t0"."customer_id",
          "t0"."owner_id" AS "rep_id",
          "t0"."pipeline_id",
          "t0"."stage_id",
          "t0"."status",
          "t0"."created_at",
          "t0"."closed_at",
          "t0"."amount_base",
          "t0"."cost_base",
          "t0"."source",
          "t0"."segment",
          "t0"."deal_kind",
          "t0"."lost_reason",
          "t0"."created_at" AS "at"
         FROM "deals" AS "t0"
         WHERE
          NOT (
           COALESCE("t0"."is_test", FALSE) OR COALESCE("t0"."is_duplicate", FALSE)
          )
          AND (
           (
            "t0"."created_at" IS NULL
           )
           OR (
            "t0"."created_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
           )
          )
          AND (
           "t0"."pipeline_id" IN ('P1') OR (
            "t0"."pipeline_id" IS NULL
           )
          )
          AND "t0"."customer_id" IS NOT NULL
          AND "t0"."created_at" IS NOT NULL
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
     "t35"."customer_id",
     "t35"."rep_id",
     "t35"."at"
    FROM (
     SELECT
      "t33"."activity_id",
      "t33"."at",
      "t33"."rep_id",
      "t33"."customer_id",
      "t33"."deal_id",
      "t33"."purpose",
      "t33"."minutes",
      "t33"."of_kind",
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
        "t30"."activity_id",
        "t30"."at",
        "t30"."rep_id",
        "t30"."customer_id",
        "t30"."deal_id",
        "t30"."purpose",
        "t30"."minutes",
        "t30"."of_kind"
       FROM (
        SELECT
         "t27"."activity_id",
         "t27"."at",
         "t27"."rep_id",
         COALESCE("t27"."customer_id", "t27"."deal_customer") AS "customer_id",
         "t27"."deal_id",
         "t27"."purpose",
         "t27"."minutes",
         "t27"."deal_customer",
         "t27"."of_kind"
        FROM (
         SELECT
          "t25"."activity_id",
          "t25"."at",
          "t25"."rep_id",
          "t25"."customer_id",
          "t25"."deal_id",
          "t25"."purpose",
          "t25"."minutes",
          "t25"."deal_customer",
          "t25"."of_kind"
         FROM (
          SELECT
           "t20"."activity_id",
           "t20"."at",
           "t20"."rep_id",
           "t20"."customer_id",
           "t20"."deal_id",
           "t20"."purpose",
           "t20"."minutes",
           "t5"."deal_id" AS "deal_id_right",
           "t5"."deal_customer",
           "t5"."of_kind"
          FROM (
           SELECT
            "t13"."activity_id",
            "t13"."at",
            "t13"."rep_id",
            "t13"."customer_id",
            "t13"."deal_id",
            "t13"."purpose",
            (
             CAST(COALESCE("t13"."duration_s", 0.0) AS DOUBLE PRECISION) / 60.0
            ) + CASE WHEN "t13"."is_meeting" THEN 30.0 WHEN "t13"."is_contact" THEN 4.0 ELSE 0.0 END AS "minutes"
           FROM (
            SELECT
             "t1"."activity_id",
             "t1"."kind",
             "t1"."direction",
             "t1"."rep_id",
             "t1"."customer_id",
             "t1"."deal_id",
             "t1"."attribution",
             "t1"."started_at",
             "t1"."duration_s",
             "t1"."is_completed",
             "t1"."is_connected",
             "t1"."result",
             "t1"."phone",
             "t1"."is_automatic",
             "t1"."created_at",
             "t1"."purpose",
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
             AND "t1"."started_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
           ) AS "t13"
           WHERE
            "t13"."is_contact"
          ) AS "t20"
          LEFT OUTER JOIN (
           SELECT
            "t0"."deal_id",
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
       "t31"."customer_id" IS NOT NULL
     ) AS "t33"
    ) AS "t35"
    WHERE
     "t35"."position" = 0
   ) AS "t38"
    ON "t26"."customer_id" = "t38"."customer_id"
   LEFT OUTER JOIN (
    SELECT
     "t37"."customer_id",
     MAX("t37"."best_order") AS "best_order",
     MAX("t37"."won") AS "won"
    FROM (
     SELECT
      "t34"."deal_id",
      "t34"."customer_id",
      "t34"."rep_id",
      "t34"."pipeline_id",
      "t34"."stage_id",
      "t34"."status",
      "t34"."created_at",
      "t34"."closed_at",
      "t34"."amount_base",
      "t34"."cost_base",
      "t34"."source",
      "t34"."segment",
      "t34"."deal_kind",
      "t34"."lost_reason",
      "t34"."at",
      "t34"."best_order",
      CASE
       WHEN "t34"."status" IN ('won', 'lost')
       AND NOT (
        COALESCE("t34"."closed_at" > CAST('2026-07-01T00:00:00' AS TIMESTAMP), FALSE)
       )
       AND (
        "t34"."status" = 'won'
       )
       THEN 1.0
       ELSE 0.0
      END AS "won"
     FROM (
      SELECT
       "t32"."deal_id",
       "t32"."customer_id",
       "t32"."rep_id",
       "t32"."pipeline_id",
       "t32"."stage_id",
       "t32"."status",
       "t32"."created_at",
       "t32"."closed_at",
       "t32"."amount_base",
       "t32"."cost_base",
       "t32"."source",
       "t32"."segment",
       "t32"."deal_kind",
       "t32"."lost_reason",
       "t32"."at",
       "t32"."best_order"
      FROM (
       SELECT
        "t12"."deal_id",
        "t12"."customer_id",
        "t12"."rep_id",
        "t12"."pipeline_id",
        "t12"."stage_id",
        "t12"."status",
        "t12"."created_at",
        "t12"."closed_at",
        "t12"."amount_base",
        "t12"."cost_base",
        "t12"."source",
        "t12"."segment",
        "t12"."deal_kind",
        "t12"."lost_reason",
        "t12"."at",
        "t29"."deal_id" AS "deal_id_right",
        "t29"."best_order"
       FROM (
        SELECT
         "t0"."deal_id",
         "t0"."customer_id",
         "t0"."owner_id" AS "rep_id",
         "t0"."pipeline_id",
         "t0"."stage_id",
         "t0"."status",
         "t0"."created_at",
         "t0"."closed_at",
         "t0"."amount_base",
         "t0"."cost_base",
         "t0"."source",
         "t0"."segment",
         "t0"."deal_kind",
         "t0"."lost_reason",
         "t0"."created_at" AS "at"
        FROM "deals" AS "t0"
        WHERE
         NOT (
          COALESCE("t0"."is_test", FALSE) OR COALESCE("t0"."is_duplicate", FALSE)
         )
         AND (
          (
           "t0"."created_at" IS NULL
          )
          OR (
           "t0"."created_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
          )
         )
         AND (
          "t0"."pipeline_id" IN ('P1') OR (
           "t0"."pipeline_id" IS NULL
          )
         )
       ) AS "t12"
       LEFT OUTER JOIN (
        SELECT
         "t23"."deal_id",
         COALESCE("t23"."best_order", 0) AS "best_order"
        FROM (
         SELECT
          "t21"."deal_id",
          MAX("t21"."rank") AS "best_order"
         FROM (
          SELECT
           "t16"."deal_id",
           "t16"."stage_id",
           "t16"."entered_at",
           "t16"."pipeline",
           "t16"."seq",
           "t16"."stage_order",
           "t16"."semantic",
           CASE
            WHEN "t16"."semantic" = 'open'
            THEN "t16"."stage_order"
            WHEN "t16"."semantic" = 'won'
            THEN 1000000
            ELSE NULL
           END AS "rank"
          FROM (
           SELECT
            "t14"."deal_id",
            "t14"."stage_id",
            "t14"."entered_at",
            "t14"."pipeline",
            "t14"."seq",
            "t14"."stage_order",
            "t14"."semantic"
           FROM (
            SELECT
             "t11"."deal_id",
             "t11"."stage_id",
             "t11"."entered_at",
             "t11"."pipeline",
             "t11"."seq",
             "t8"."stage_id" AS "stage_id_right",
             "t8"."stage_order",
             "t8"."semantic",
             "t8"."pipeline" AS "pipeline_right"
            FROM (
             SELECT
              "t2"."deal_id",
              "t2"."stage_id",
              "t2"."entered_at",
              COALESCE("t2"."pipeline_id", '') AS "pipeline",
              COALESCE("t2"."seq", 0) AS "seq"
             FROM "stage_events" AS "t2"
             WHERE
              "t2"."entered_at" IS NOT NULL
              AND "t2"."entered_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
              AND "t2"."deal_id" IS NOT NULL
              AND (
               "t2"."pipeline_id" IN ('P1') OR (
                "t2"."pipeline_id" IS NULL
               )
              )
            ) AS "t11"
            LEFT OUTER JOIN (
             SELECT
              "t3"."stage_id",
              "t3"."stage_order",
              "t3"."semantic",
              COALESCE("t3"."pipeline_id", '') AS "pipeline"
             FROM "stages" AS "t3"
            ) AS "t8"
             ON "t11"."pipeline" = "t8"."pipeline" AND "t11"."stage_id" = "t8"."stage_id"
           ) AS "t14"
          ) AS "t16"
         ) AS "t21"
         GROUP BY
          1
        ) AS "t23"
       ) AS "t29"
        ON "t12"."deal_id" = "t29"."deal_id"
      ) AS "t32"
     ) AS "t34"
     WHERE
      "t34"."customer_id" IS NOT NULL
    ) AS "t37"
    GROUP BY
     1
   ) AS "t40"
    ON "t26"."customer_id" = "t40"."customer_id"
  ) AS "t41"
 ) AS "t42"
 WHERE
  "t42"."at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS "t43"
GROUP BY
 1
