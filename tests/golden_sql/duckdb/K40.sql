WITH "t12" AS (
 SELECT
  "t10"."stage_id",
  "t10"."stage_order",
  "t10"."stage",
  "t10"."pipeline_key",
  "t10"."position" AS "place"
 FROM (
  SELECT
   "t4"."stage_id",
   "t4"."stage_order",
   "t4"."stage",
   "t4"."pipeline_key",
   ROW_NUMBER() OVER (
    ORDER BY "t4"."pipeline_key" ASC, "t4"."stage_order" ASC, "t4"."stage_id" ASC, "t4"."stage" ASC
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
   ) - 1 AS "position"
  FROM (
   SELECT DISTINCT
    "t1"."stage_id",
    "t1"."stage_order",
    COALESCE("t1"."stage_name", "t1"."stage_id") AS "stage",
    COALESCE("t1"."pipeline_id", '') AS "pipeline_key"
   FROM "stages" AS "t1"
   WHERE
    "t1"."semantic" = 'open' AND "t1"."stage_order" IS NOT NULL
  ) AS "t4"
 ) AS "t10"
), "t23" AS (
 SELECT
  "t22"."deal_id",
  "t22"."pipeline",
  "t22"."entered_at",
  "t22"."rank"
 FROM (
  SELECT
   "t13"."deal_id",
   "t13"."stage_id",
   "t13"."entered_at",
   "t13"."pipeline",
   "t13"."seq",
   "t13"."stage_order",
   "t13"."semantic",
   CASE
    WHEN "t13"."semantic" = 'open'
    THEN "t13"."stage_order"
    WHEN "t13"."semantic" = 'won'
    THEN 1000000
    ELSE NULL
   END AS "rank"
  FROM (
   SELECT
    "t11".*
    EXCLUDE ("pipeline_right", "stage_id_right")
   FROM (
    SELECT
     "t8"."deal_id",
     "t8"."stage_id",
     "t8"."entered_at",
     "t8"."pipeline",
     "t8"."seq",
     "t5"."stage_id" AS "stage_id_right",
     "t5"."stage_order",
     "t5"."semantic",
     "t5"."pipeline" AS "pipeline_right"
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
      AND "t2"."entered_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
      AND "t2"."deal_id" IS NOT NULL
      AND (
       "t2"."pipeline_id" IN ('P1') OR (
        "t2"."pipeline_id" IS NULL
       )
      )
    ) AS "t8"
    LEFT OUTER JOIN (
     SELECT
      "t1"."stage_id",
      "t1"."stage_order",
      "t1"."semantic",
      COALESCE("t1"."pipeline_id", '') AS "pipeline"
     FROM "stages" AS "t1"
    ) AS "t5"
     ON "t8"."pipeline" = "t5"."pipeline" AND "t8"."stage_id" = "t5"."stage_id"
   ) AS "t11"
  ) AS "t13"
 ) AS "t22"
 SEMI JOIN (
  SELECT
   "t9"."deal_id",
   "t9"."customer_id",
   "t9"."rep_id",
   "t9"."pipeline_id",
   "t9"."stage_id" AS "open_stage_id",
   "t9"."status",
   "t9"."created_at",
   "t9"."closed_at",
   "t9"."amount_base",
   "t9"."cost_base",
   "t9"."source",
   "t9"."segment",
   "t9"."deal_kind",
   "t9"."lost_reason",
   "t9"."status" IN ('won', 'lost')
   AND NOT (
    COALESCE("t9"."closed_at" > MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0), FALSE)
   )
   AND (
    "t9"."status" = 'won'
   ) AS "is_sold"
  FROM (
   SELECT
    "t7".*
    EXCLUDE ("at")
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
       "t0"."created_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
      )
     )
     AND (
      "t0"."pipeline_id" IN ('P1') OR (
       "t0"."pipeline_id" IS NULL
      )
     )
     AND COALESCE("t0"."deal_kind", 'new') IN ('new', 'unknown')
   ) AS "t7"
  ) AS "t9"
 ) AS "t19"
  ON "t22"."deal_id" = "t19"."deal_id"
)
SELECT
 DATE_TRUNC('MONTH', "t37"."at") AS "by_period",
 COUNT(*) FILTER(WHERE
  (
   "t37"."at" + INTERVAL '60' DAY
  ) <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)) AS "n_0",
 SUM(CASE WHEN "t37"."is_passed" THEN 1.0 ELSE 0.0 END) FILTER(WHERE
  (
   "t37"."at" + INTERVAL '60' DAY
  ) <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)) AS "x_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   "t35".*
   EXCLUDE ("best", "pipeline_key")
  FROM (
   SELECT
    "t34"."deal_id",
    "t34"."place",
    "t34"."at",
    "t34"."best",
    "t34"."customer_id",
    "t34"."rep_id",
    "t34"."pipeline_id",
    "t34"."open_stage_id",
    "t34"."status",
    "t34"."created_at",
    "t34"."closed_at",
    "t34"."amount_base",
    "t34"."cost_base",
    "t34"."source",
    "t34"."segment",
    "t34"."deal_kind",
    "t34"."lost_reason",
    "t34"."is_sold",
    "t34"."stage_id",
    "t34"."stage_order",
    "t34"."stage",
    "t34"."pipeline_key",
    "t34"."is_sold" OR (
     "t34"."best" > "t34"."stage_order"
    ) AS "is_passed"
   FROM (
    SELECT
     "t33"."deal_id",
     "t33"."place",
     "t33"."at",
     "t33"."best",
     "t19"."customer_id",
     "t19"."rep_id",
     "t19"."pipeline_id",
     "t19"."open_stage_id",
     "t19"."status",
     "t19"."created_at",
     "t19"."closed_at",
     "t19"."amount_base",
     "t19"."cost_base",
     "t19"."source",
     "t19"."segment",
     "t19"."deal_kind",
     "t19"."lost_reason",
     "t19"."is_sold",
     "t15"."stage_id",
     "t15"."stage_order",
     "t15"."stage",
     "t15"."pipeline_key"
    FROM (
     SELECT
      "t31"."deal_id",
      "t31"."place",
      MIN("t31"."entered_at") AS "at",
      MAX("t31"."rank") AS "best"
     FROM (
      SELECT
       "t30"."deal_id",
       "t30"."pipeline",
       "t30"."entered_at",
       "t30"."rank",
       "t16"."stage_id",
       "t16"."stage_order",
       "t16"."stage",
       "t16"."pipeline_key",
       "t16"."place"
      FROM (
       SELECT
        *
       FROM (
        SELECT
         *
        FROM "t23" AS "t24"
        UNION ALL
        SELECT
         *
        FROM (
         SELECT
          "t20"."deal_id",
          "t26"."pipeline",
          "t20"."entered_at",
          CAST(1000000.0 AS BIGINT) AS "rank"
         FROM (
          SELECT
           "t9"."deal_id",
           "t9"."closed_at" AS "entered_at"
          FROM (
           SELECT
            "t7".*
            EXCLUDE ("at")
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
               "t0"."created_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
              )
             )
             AND (
              "t0"."pipeline_id" IN ('P1') OR (
               "t0"."pipeline_id" IS NULL
              )
             )
             AND COALESCE("t0"."deal_kind", 'new') IN ('new', 'unknown')
           ) AS "t7"
          ) AS "t9"
          WHERE
           (
            "t9"."status" IN ('won', 'lost')
            AND NOT (
             COALESCE("t9"."closed_at" > MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0), FALSE)
            )
            AND (
             "t9"."status" = 'won'
            )
           )
           AND "t9"."closed_at" IS NOT NULL
         ) AS "t20"
         INNER JOIN (
          SELECT
           "t24"."deal_id",
           MAX("t24"."pipeline") AS "pipeline"
          FROM "t23" AS "t24"
          GROUP BY
           1
         ) AS "t26"
          ON "t20"."deal_id" = "t26"."deal_id"
        ) AS "t27"
       ) AS "t28"
       WHERE
        "t28"."rank" IS NOT NULL
      ) AS "t30"
      INNER JOIN "t12" AS "t16"
       ON "t30"."pipeline" = "t16"."pipeline_key" AND "t30"."rank" >= "t16"."stage_order"
     ) AS "t31"
     GROUP BY
      1,
      2
    ) AS "t33"
    INNER JOIN (
     SELECT
      "t9"."deal_id",
      "t9"."customer_id",
      "t9"."rep_id",
      "t9"."pipeline_id",
      "t9"."stage_id" AS "open_stage_id",
      "t9"."status",
      "t9"."created_at",
      "t9"."closed_at",
      "t9"."amount_base",
      "t9"."cost_base",
      "t9"."source",
      "t9"."segment",
      "t9"."deal_kind",
      "t9"."lost_reason",
      "t9"."status" IN ('won', 'lost')
      AND NOT (
       COALESCE("t9"."closed_at" > MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0), FALSE)
      )
      AND (
       "t9"."status" = 'won'
      ) AS "is_sold"
     FROM (
      SELECT
       "t7".*
       EXCLUDE ("at")
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
          "t0"."created_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
         )
        )
        AND (
         "t0"."pipeline_id" IN ('P1') OR (
          "t0"."pipeline_id" IS NULL
         )
        )
        AND COALESCE("t0"."deal_kind", 'new') IN ('new', 'unknown')
      ) AS "t7"
     ) AS "t9"
    ) AS "t19"
     ON "t33"."deal_id" = "t19"."deal_id"
    INNER JOIN "t12" AS "t15"
     ON "t33"."place" = "t15"."place"
   ) AS "t34"
  ) AS "t35"
 ) AS "t36"
 WHERE
  "t36"."at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
) AS "t37"
GROUP BY
 1
