WITH "t8" AS (
 SELECT
  "t0"."cost_id",
  "t0"."period_start_on",
  "t0"."period_end_on",
  COALESCE("t0"."kind", '') AS "kind",
  COALESCE("t0"."channel", '') AS "channel",
  COALESCE("t0"."segment", '') AS "segment",
  COALESCE("t0"."rep_id", '') AS "rep_id",
  "t0"."amount_base",
  "t0"."period_start_on" AS "at",
  "t0"."period_end_on" + INTERVAL '1' DAY AS "until",
  DATE_TRUNC('MONTH', "t0"."period_start_on") = DATE_TRUNC('MONTH', "t0"."period_end_on") AS "fits"
 FROM "costs" AS "t0"
 WHERE
  "t0"."amount_base" IS NOT NULL
  AND "t0"."period_start_on" IS NOT NULL
  AND "t0"."period_end_on" >= "t0"."period_start_on"
  AND (
   "t0"."period_end_on" + INTERVAL '1' DAY
  ) <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
), "t28" AS (
 SELECT
  "t6"."day",
  "t26"."channel",
  "t26"."segment",
  "t26"."rep_id"
 FROM (
  SELECT
   "t1"."date" AS "day"
  FROM "calendar" AS "t1"
 ) AS "t6"
 INNER JOIN (
  SELECT
   "t24"."at",
   "t24"."until",
   "t24"."fits",
   "t24"."amount_base",
   NULLIF("t24"."channel", '') AS "channel",
   NULLIF("t24"."segment", '') AS "segment",
   NULLIF("t24"."rep_id", '') AS "rep_id"
  FROM (
   SELECT
    "t23".*
    EXCLUDE ("is_found")
   FROM (
    SELECT
     "t22"."cost_id",
     "t22"."period_start_on",
     "t22"."period_end_on",
     "t22"."kind",
     "t22"."channel",
     "t22"."segment",
     "t22"."rep_id",
     "t22"."amount_base",
     "t22"."at",
     "t22"."until",
     "t22"."fits",
     "t22"."is_found"
    FROM (
     SELECT
      "t11"."cost_id",
      "t11"."period_start_on",
      "t11"."period_end_on",
      "t11"."kind",
      "t11"."channel",
      "t11"."segment",
      "t11"."rep_id",
      "t11"."amount_base",
      "t11"."at",
      "t11"."until",
      "t11"."fits",
      "t21"."kind" AS "kind_right",
      "t21"."channel" AS "channel_right",
      "t21"."rep_id" AS "rep_id_right",
      "t21"."segment" AS "segment_right",
      "t21"."at" AS "at_right",
      "t21"."until" AS "until_right",
      "t21"."is_found"
     FROM "t8" AS "t11"
     LEFT OUTER JOIN (
      SELECT
       "t17"."kind",
       "t17"."channel",
       "t17"."rep_id",
       "t17"."segment",
       "t17"."at",
       "t17"."until",
       1.0 AS "is_found"
      FROM (
       SELECT DISTINCT
        *
       FROM (
        SELECT
         "t11"."kind",
         "t11"."channel",
         "t11"."rep_id",
         "t11"."segment",
         "t11"."at",
         "t11"."until"
        FROM "t8" AS "t11"
        INNER JOIN "t8" AS "t12"
         ON "t11"."kind" = "t12"."kind"
         AND "t11"."channel" = "t12"."channel"
         AND "t11"."rep_id" = "t12"."rep_id"
         AND "t12"."at" >= "t11"."at"
         AND "t12"."until" <= "t11"."until"
         AND (
          (
           "t11"."segment" = ''
          ) OR (
           "t11"."segment" = "t12"."segment"
          )
         )
         AND (
          (
           "t12"."at" > "t11"."at"
          )
          OR (
           "t12"."until" < "t11"."until"
          )
          OR (
           (
            "t11"."segment" = ''
           ) AND (
            "t12"."segment" <> ''
           )
          )
         )
       ) AS "t16"
      ) AS "t17"
     ) AS "t21"
      ON "t11"."kind" = "t21"."kind"
      AND "t11"."channel" = "t21"."channel"
      AND "t11"."rep_id" = "t21"."rep_id"
      AND "t11"."segment" = "t21"."segment"
      AND "t11"."at" = "t21"."at"
      AND "t11"."until" = "t21"."until"
    ) AS "t22"
    WHERE
     "t22"."is_found" IS NULL
   ) AS "t23"
  ) AS "t24"
  WHERE
   "t24"."fits"
 ) AS "t26"
  ON "t6"."day" >= "t26"."at" AND "t6"."day" < "t26"."until"
)
SELECT
 DATE_TRUNC('MONTH', "t58"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t58"."cost" * "t58"."months") AS "x_0",
 SUM("t58"."profit") AS "y_0"
FROM (
 SELECT
  "t57"."at",
  "t57"."channel",
  "t57"."segment",
  "t57"."rep_id",
  "t57"."profit",
  "t57"."cost",
  1.0 AS "months"
 FROM (
  SELECT
   *
  FROM (
   SELECT
    "t55"."at",
    "t55"."channel",
    "t55"."segment",
    "t55"."rep_id",
    "t55"."amount_base" - "t55"."cost_base" AS "profit",
    0.0 AS "cost"
   FROM (
    SELECT
     "t54".*
     EXCLUDE ("day")
    FROM (
     SELECT
      "t53".*
      EXCLUDE ("is_own")
     FROM (
      SELECT
       "t52"."deal_id",
       "t52"."customer_id",
       CASE WHEN "t52"."is_own" IS NOT NULL THEN "t52"."rep_id" ELSE CAST(NULL AS TEXT) END AS "rep_id",
       "t52"."pipeline_id",
       "t52"."stage_id",
       "t52"."status",
       "t52"."created_at",
       "t52"."closed_at",
       "t52"."amount_base",
       "t52"."cost_base",
       "t52"."source",
       "t52"."segment",
       "t52"."deal_kind",
       "t52"."lost_reason",
       "t52"."at",
       "t52"."channel",
       "t52"."day",
       "t52"."is_own"
      FROM (
       SELECT
        "t51".*
        EXCLUDE ("day_right", "rep_id_right")
       FROM (
        SELECT
         "t50"."deal_id",
         "t50"."customer_id",
         "t50"."rep_id",
         "t50"."pipeline_id",
         "t50"."stage_id",
         "t50"."status",
         "t50"."created_at",
         "t50"."closed_at",
         "t50"."amount_base",
         "t50"."cost_base",
         "t50"."source",
         "t50"."segment",
         "t50"."deal_kind",
         "t50"."lost_reason",
         "t50"."at",
         "t50"."channel",
         "t50"."day",
         "t38"."day" AS "day_right",
         "t38"."rep_id" AS "rep_id_right",
         "t38"."is_own"
        FROM (
         SELECT
          "t48".*
          EXCLUDE ("is_own")
         FROM (
          SELECT
           "t47"."deal_id",
           "t47"."customer_id",
           "t47"."rep_id",
           "t47"."pipeline_id",
           "t47"."stage_id",
           "t47"."status",
           "t47"."created_at",
           "t47"."closed_at",
           "t47"."amount_base",
           "t47"."cost_base",
           "t47"."source",
           CASE
            WHEN "t47"."is_own" IS NOT NULL
            THEN "t47"."segment"
            ELSE CAST(NULL AS TEXT)
           END AS "segment",
           "t47"."deal_kind",
           "t47"."lost_reason",
           "t47"."at",
           "t47"."channel",
           "t47"."day",
           "t47"."is_own"
          FROM (
           SELECT
            "t46".*
            EXCLUDE ("day_right", "segment_right")
           FROM (
            SELECT
             "t45"."deal_id",
             "t45"."customer_id",
             "t45"."rep_id",
             "t45"."pipeline_id",
             "t45"."stage_id",
             "t45"."status",
             "t45"."created_at",
             "t45"."closed_at",
             "t45"."amount_base",
             "t45"."cost_base",
             "t45"."source",
             "t45"."segment",
             "t45"."deal_kind",
             "t45"."lost_reason",
             "t45"."at",
             "t45"."channel",
             "t45"."day",
             "t39"."day" AS "day_right",
             "t39"."segment" AS "segment_right",
             "t39"."is_own"
            FROM (
             SELECT
              "t43".*
              EXCLUDE ("is_own")
             FROM (
              SELECT
               "t42"."deal_id",
               "t42"."customer_id",
               "t42"."rep_id",
               "t42"."pipeline_id",
               "t42"."stage_id",
               "t42"."status",
               "t42"."created_at",
               "t42"."closed_at",
               "t42"."amount_base",
               "t42"."cost_base",
               "t42"."source",
               "t42"."segment",
               "t42"."deal_kind",
               "t42"."lost_reason",
               "t42"."at",
               CASE
                WHEN "t42"."is_own" IS NOT NULL
                THEN "t42"."channel"
                ELSE CAST(NULL AS TEXT)
               END AS "channel",
               "t42"."day",
               "t42"."is_own"
              FROM (
               SELECT
                "t41".*
                EXCLUDE ("channel_right", "day_right")
               FROM (
                SELECT
                 "t19"."deal_id",
                 "t19"."customer_id",
                 "t19"."rep_id",
                 "t19"."pipeline_id",
                 "t19"."stage_id",
                 "t19"."status",
                 "t19"."created_at",
                 "t19"."closed_at",
                 "t19"."amount_base",
                 "t19"."cost_base",
                 "t19"."source",
                 "t19"."segment",
                 "t19"."deal_kind",
                 "t19"."lost_reason",
                 "t19"."at",
                 "t19"."channel",
                 "t19"."day",
                 "t40"."day" AS "day_right",
                 "t40"."channel" AS "channel_right",
                 "t40"."is_own"
                FROM (
                 SELECT
                  "t15"."deal_id",
                  "t15"."customer_id",
                  "t15"."rep_id",
                  "t15"."pipeline_id",
                  "t15"."stage_id",
                  "t15"."status",
                  "t15"."created_at",
                  "t15"."closed_at",
                  "t15"."amount_base",
                  "t15"."cost_base",
                  "t15"."source",
                  "t15"."segment",
                  "t15"."deal_kind",
                  "t15"."lost_reason",
                  "t15"."at",
                  "t15"."channel",
                  DATE_TRUNC('DAY', "t15"."at") AS "day"
                 FROM (
                  SELECT
                   "t14".*
                   EXCLUDE ("customer_id_right")
                  FROM (
                   SELECT
                    "t13"."deal_id",
                    "t13"."customer_id",
                    "t13"."rep_id",
                    "t13"."pipeline_id",
                    "t13"."stage_id",
                    "t13"."status",
                    "t13"."created_at",
                    "t13"."closed_at",
                    "t13"."amount_base",
                    "t13"."cost_base",
                    "t13"."source",
                    "t13"."segment",
                    "t13"."deal_kind",
                    "t13"."lost_reason",
                    "t13"."at",
                    "t7"."customer_id" AS "customer_id_right",
                    "t7"."channel"
                   FROM (
                    SELECT
                     "t2"."deal_id",
                     "t2"."customer_id",
                     "t2"."owner_id" AS "rep_id",
                     "t2"."pipeline_id",
                     "t2"."stage_id",
                     "t2"."status",
                     "t2"."created_at",
                     "t2"."closed_at",
                     "t2"."amount_base",
                     "t2"."cost_base",
                     "t2"."source",
                     "t2"."segment",
                     "t2"."deal_kind",
                     "t2"."lost_reason",
                     "t2"."closed_at" AS "at"
                    FROM "deals" AS "t2"
                    WHERE
                     NOT (
                      COALESCE("t2"."is_test", FALSE) OR COALESCE("t2"."is_duplicate", FALSE)
                     )
                     AND (
                      (
                       "t2"."created_at" IS NULL
                      )
                      OR (
                       "t2"."created_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
                      )
                     )
                     AND (
                      "t2"."pipeline_id" IN ('P1') OR (
                       "t2"."pipeline_id" IS NULL
                      )
                     )
                     AND "t2"."status" = 'won'
                   ) AS "t13"
                   LEFT OUTER JOIN (
                    SELECT
                     "t3"."customer_id",
                     "t3"."channel"
                    FROM "customers" AS "t3"
                   ) AS "t7"
                    ON "t13"."customer_id" = "t7"."customer_id"
                  ) AS "t14"
                 ) AS "t15"
                ) AS "t19"
                INNER JOIN (
                 SELECT DISTINCT
                  "t29"."day"
                 FROM "t28" AS "t29"
                ) AS "t31"
                 ON "t19"."day" = "t31"."day"
                LEFT OUTER JOIN (
                 SELECT
                  "t34"."day",
                  "t34"."channel",
                  1.0 AS "is_own"
                 FROM (
                  SELECT DISTINCT
                   "t29"."day",
                   "t29"."channel"
                  FROM "t28" AS "t29"
                  WHERE
                   "t29"."channel" IS NOT NULL
                 ) AS "t34"
                ) AS "t40"
                 ON "t19"."day" = "t40"."day" AND "t19"."channel" = "t40"."channel"
               ) AS "t41"
              ) AS "t42"
             ) AS "t43"
            ) AS "t45"
            LEFT OUTER JOIN (
             SELECT
              "t33"."day",
              "t33"."segment",
              1.0 AS "is_own"
             FROM (
              SELECT DISTINCT
               "t29"."day",
               "t29"."segment"
              FROM "t28" AS "t29"
              WHERE
               "t29"."segment" IS NOT NULL
             ) AS "t33"
            ) AS "t39"
             ON "t45"."day" = "t39"."day" AND "t45"."segment" = "t39"."segment"
           ) AS "t46"
          ) AS "t47"
         ) AS "t48"
        ) AS "t50"
        LEFT OUTER JOIN (
         SELECT
          "t32"."day",
          "t32"."rep_id",
          1.0 AS "is_own"
         FROM (
          SELECT DISTINCT
           "t29"."day",
           "t29"."rep_id"
          FROM "t28" AS "t29"
          WHERE
           "t29"."rep_id" IS NOT NULL
         ) AS "t32"
        ) AS "t38"
         ON "t50"."day" = "t38"."day" AND "t50"."rep_id" = "t38"."rep_id"
       ) AS "t51"
      ) AS "t52"
     ) AS "t53"
    ) AS "t54"
   ) AS "t55"
   WHERE
    "t55"."amount_base" IS NOT NULL AND "t55"."cost_base" IS NOT NULL
  ) AS "t56"
  UNION ALL
  SELECT
   *
  FROM (
   SELECT
    "t24"."at",
    NULLIF("t24"."channel", '') AS "channel",
    NULLIF("t24"."segment", '') AS "segment",
    NULLIF("t24"."rep_id", '') AS "rep_id",
    0.0 AS "profit",
    "t24"."amount_base" * CASE WHEN "t24"."fits" THEN 1.0 ELSE 0.0 END AS "cost"
   FROM (
    SELECT
     "t23".*
     EXCLUDE ("is_found")
    FROM (
     SELECT
      "t22"."cost_id",
      "t22"."period_start_on",
      "t22"."period_end_on",
      "t22"."kind",
      "t22"."channel",
      "t22"."segment",
      "t22"."rep_id",
      "t22"."amount_base",
      "t22"."at",
      "t22"."until",
      "t22"."fits",
      "t22"."is_found"
     FROM (
      SELECT
       "t11"."cost_id",
       "t11"."period_start_on",
       "t11"."period_end_on",
       "t11"."kind",
       "t11"."channel",
       "t11"."segment",
       "t11"."rep_id",
       "t11"."amount_base",
       "t11"."at",
       "t11"."until",
       "t11"."fits",
       "t21"."kind" AS "kind_right",
       "t21"."channel" AS "channel_right",
       "t21"."rep_id" AS "rep_id_right",
       "t21"."segment" AS "segment_right",
       "t21"."at" AS "at_right",
       "t21"."until" AS "until_right",
       "t21"."is_found"
      FROM "t8" AS "t11"
      LEFT OUTER JOIN (
       SELECT
        "t17"."kind",
        "t17"."channel",
        "t17"."rep_id",
        "t17"."segment",
        "t17"."at",
        "t17"."until",
        1.0 AS "is_found"
       FROM (
        SELECT DISTINCT
         *
        FROM (
         SELECT
          "t11"."kind",
          "t11"."channel",
          "t11"."rep_id",
          "t11"."segment",
          "t11"."at",
          "t11"."until"
         FROM "t8" AS "t11"
         INNER JOIN "t8" AS "t12"
          ON "t11"."kind" = "t12"."kind"
          AND "t11"."channel" = "t12"."channel"
          AND "t11"."rep_id" = "t12"."rep_id"
          AND "t12"."at" >= "t11"."at"
          AND "t12"."until" <= "t11"."until"
          AND (
           (
            "t11"."segment" = ''
           ) OR (
            "t11"."segment" = "t12"."segment"
           )
          )
          AND (
           (
            "t12"."at" > "t11"."at"
           )
           OR (
            "t12"."until" < "t11"."until"
           )
           OR (
            (
             "t11"."segment" = ''
            ) AND (
             "t12"."segment" <> ''
            )
           )
          )
        ) AS "t16"
       ) AS "t17"
      ) AS "t21"
       ON "t11"."kind" = "t21"."kind"
       AND "t11"."channel" = "t21"."channel"
       AND "t11"."rep_id" = "t21"."rep_id"
       AND "t11"."segment" = "t21"."segment"
       AND "t11"."at" = "t21"."at"
       AND "t11"."until" = "t21"."until"
     ) AS "t22"
     WHERE
      "t22"."is_found" IS NULL
    ) AS "t23"
   ) AS "t24"
  ) AS "t27"
 ) AS "t57"
) AS "t58"
GROUP BY
 1
