SELECT
 CAST(dateTrunc('MONTH', "t24"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t24"."is_new") AS "x_0"
FROM (
 SELECT
  "t23"."customer_id" AS "customer_id",
  "t23"."rep_id" AS "rep_id",
  "t23"."at" AS "at",
  "t23"."of" AS "of",
  "t23"."product_group" AS "product_group",
  COALESCE("t23"."is_new", 0.0) AS "is_new"
 FROM (
  SELECT
   "t22"."customer_id" AS "customer_id",
   "t22"."rep_id" AS "rep_id",
   "t22"."at" AS "at",
   "t22"."of" AS "of",
   "t4"."product_group" AS "product_group",
   "t13"."customer_id" AS "customer_id_right",
   "t13"."product_group" AS "product_group_right",
   "t13"."of" AS "of_right",
   "t13"."is_new" AS "is_new"
  FROM (
   SELECT
    "t20"."customer_id" AS "customer_id",
    "t20"."rep_id" AS "rep_id",
    "t20"."at" AS "at",
    CAST(dateTrunc('MONTH', "t20"."at") AS Nullable(DateTime)) AS "of"
   FROM (
    SELECT
     "t19".*
     EXCEPT ("place_from_end")
    FROM (
     SELECT
      *
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
       "t17"."bought_at" AS "bought_at",
       ROW_NUMBER() OVER (
        PARTITION BY "t17"."customer_id", "t17"."at"
        ORDER BY "t17"."bought_at" DESC, "t17"."event" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
       ) - 1 AS "place_from_end"
      FROM (
       SELECT
        "t16".*
        EXCEPT ("moment")
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
         "t15"."moment" AS "at",
         "t15"."event" AS "event",
         "t15"."moment" AS "moment",
         "t15"."at" AS "bought_at"
        FROM (
         SELECT
          "t8"."deal_id" AS "deal_id",
          "t8"."customer_id" AS "customer_id",
          "t8"."rep_id" AS "rep_id",
          "t8"."pipeline_id" AS "pipeline_id",
          "t8"."stage_id" AS "stage_id",
          "t8"."status" AS "status",
          "t8"."created_at" AS "created_at",
          "t8"."closed_at" AS "closed_at",
          "t8"."amount_base" AS "amount_base",
          "t8"."cost_base" AS "cost_base",
          "t8"."source" AS "source",
          "t8"."segment" AS "segment",
          "t8"."deal_kind" AS "deal_kind",
          "t8"."lost_reason" AS "lost_reason",
          "t8"."at" AS "at",
          "t8"."event" AS "event",
          "t14"."moment" AS "moment"
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
         ) AS "t8"
         INNER JOIN (
          SELECT
           CASE
            WHEN "t9"."at" > parseDateTimeBestEffort('2026-07-01T00:00:00')
            THEN parseDateTimeBestEffort('2026-07-01T00:00:00')
            ELSE "t9"."at"
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
          ) AS "t9"
         ) AS "t14"
          ON "t8"."at" <= "t14"."moment"
          AND (
           "t8"."at" + INTERVAL '90' DAY
          ) > "t14"."moment"
        ) AS "t15"
       ) AS "t16"
      ) AS "t17"
     ) AS "t18"
     WHERE
      "t18"."place_from_end" = 0
    ) AS "t19"
   ) AS "t20"
  ) AS "t22"
  CROSS JOIN (
   SELECT DISTINCT
    "t0"."product_group" AS "product_group"
   FROM "order_lines" AS "t0"
   WHERE
    isNotNull("t0"."product_group") AND "t0"."product_group" IN ('g0')
  ) AS "t4"
  LEFT OUTER JOIN (
   SELECT
    "t10"."customer_id" AS "customer_id",
    "t10"."product_group" AS "product_group",
    CAST(dateTrunc('MONTH', "t10"."at") AS Nullable(DateTime)) AS "of",
    1.0 AS "is_new"
   FROM (
    SELECT
     "t7"."customer_id" AS "customer_id",
     "t7"."product_group" AS "product_group",
     MIN("t7"."at") AS "at"
    FROM (
     SELECT
      "t0"."line_id" AS "line_id",
      "t0"."invoice_id" AS "invoice_id",
      "t0"."customer_id" AS "customer_id",
      "t0"."rep_id" AS "rep_id",
      "t0"."product_id" AS "product_id",
      "t0"."product_group" AS "product_group",
      "t0"."units" AS "units",
      "t0"."amount_base" AS "amount_base",
      "t0"."cost_base" AS "cost_base",
      "t0"."doc_kind" AS "doc_kind",
      "t0"."issued_on" AS "at",
      COALESCE("t0"."line_id", "t0"."invoice_id", '') AS "event"
     FROM "order_lines" AS "t0"
     WHERE
      COALESCE("t0"."doc_kind", '') <> 'cancelled'
      AND NOT (
       COALESCE("t0"."doc_kind" = 'return', FALSE)
       OR COALESCE("t0"."amount_base" < 0, FALSE)
      )
      AND "t0"."issued_on" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
      AND isNotNull("t0"."customer_id")
      AND isNotNull("t0"."product_group")
    ) AS "t7"
    GROUP BY
     "t7"."customer_id",
     "t7"."product_group"
   ) AS "t10"
   WHERE
    "t10"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
  ) AS "t13"
   ON "t22"."customer_id" = "t13"."customer_id"
   AND "t4"."product_group" = "t13"."product_group"
   AND "t22"."of" = "t13"."of"
 ) AS "t23"
 WHERE
  "t23"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t24"
GROUP BY
 CAST(dateTrunc('MONTH', "t24"."at") AS Nullable(DateTime))
