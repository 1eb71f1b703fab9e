SELECT
 CAST(dateTrunc('MONTH', "t21"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t21"."x") AS "x_0"
FROM (
 SELECT
  "t20"."region" AS "region",
  "t20"."at" AS "at",
  "t20"."customers" AS "customers",
  1.0 AS "x"
 FROM (
  SELECT
   "t19"."region" AS "region",
   "t19"."at" AS "at",
   uniq("t19"."customer_id") AS "customers"
  FROM (
   SELECT
    "t18"."customer_id" AS "customer_id",
    "t18"."rep_id" AS "rep_id",
    "t18"."at" AS "at",
    "t4"."region" AS "region"
   FROM (
    SELECT
     "t16"."customer_id" AS "customer_id",
     "t16"."rep_id" AS "rep_id",
     "t16"."at" AS "at"
    FROM (
     SELECT
      "t15".*
      EXCEPT ("place_from_end")
     FROM (
      SELECT
       *
      FROM (
       SELECT
        "t13"."deal_id" AS "deal_id",
        "t13"."customer_id" AS "customer_id",
        "t13"."rep_id" AS "rep_id",
        "t13"."pipeline_id" AS "pipeline_id",
        "t13"."stage_id" AS "stage_id",
        "t13"."status" AS "status",
        "t13"."created_at" AS "created_at",
        "t13"."closed_at" AS "closed_at",
        "t13"."amount_base" AS "amount_base",
        "t13"."cost_base" AS "cost_base",
        "t13"."source" AS "source",
        "t13"."segment" AS "segment",
        "t13"."deal_kind" AS "deal_kind",
        "t13"."lost_reason" AS "lost_reason",
        "t13"."at" AS "at",
        "t13"."event" AS "event",
        "t13"."bought_at" AS "bought_at",
        ROW_NUMBER() OVER (
         PARTITION BY "t13"."customer_id", "t13"."at"
         ORDER BY "t13"."bought_at" DESC, "t13"."event" DESC
         ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "place_from_end"
       FROM (
        SELECT
         "t12".*
         EXCEPT ("moment")
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
          "t11"."moment" AS "at",
          "t11"."event" AS "event",
          "t11"."moment" AS "moment",
          "t11"."at" AS "bought_at"
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
           "t7"."at" AS "at",
           "t7"."event" AS "event",
           "t10"."moment" AS "moment"
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
            "t1"."closed_at" AS "at",
            "t1"."deal_id" AS "event"
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
            AND "t1"."status" = 'won'
            AND isNotNull("t1"."customer_id")
            AND isNotNull("t1"."closed_at")
            AND "t1"."closed_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
          ) AS "t7"
          INNER JOIN (
           SELECT
            CASE
             WHEN "t8"."at" > parseDateTimeBestEffort('2026-07-01T00:00:00')
             THEN parseDateTimeBestEffort('2026-07-01T00:00:00')
             ELSE "t8"."at"
            END AS "moment"
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
           ) AS "t8"
          ) AS "t10"
           ON "t7"."at" <= "t10"."moment"
           AND (
            "t7"."at" + INTERVAL '90' DAY
           ) > "t10"."moment"
         ) AS "t11"
        ) AS "t12"
       ) AS "t13"
      ) AS "t14"
      WHERE
       "t14"."place_from_end" = 0
     ) AS "t15"
    ) AS "t16"
   ) AS "t18"
   INNER JOIN (
    SELECT
     "t0"."customer_id" AS "customer_id",
     "t0"."region" AS "region"
    FROM "customers" AS "t0"
    WHERE
     isNotNull("t0"."region")
   ) AS "t4"
    ON "t18"."customer_id" = "t4"."customer_id"
  ) AS "t19"
  GROUP BY
   "t19"."region",
   "t19"."at"
 ) AS "t20"
 WHERE
  "t20"."customers" >= 1
  AND "t20"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t21"
GROUP BY
 CAST(dateTrunc('MONTH', "t21"."at") AS Nullable(DateTime))
