SELECT
 CAST(dateTrunc('MONTH', "t15"."at") AS Nullable(DateTime)) AS "by_period",
 countIf("t15"."position" = 0) AS "n_0"
FROM (
 SELECT
  "t14"."region" AS "region",
  "t14"."at" AS "at",
  "t14"."position" AS "position"
 FROM (
  SELECT
   "t13"."customer_id" AS "customer_id",
   "t13"."at" AS "at",
   "t13"."region" AS "region",
   ROW_NUMBER() OVER (
    PARTITION BY "t13"."region"
    ORDER BY "t13"."at" ASC, "t13"."customer_id" ASC
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
   ) - 1 AS "position"
  FROM (
   SELECT
    "t12"."customer_id" AS "customer_id",
    "t12"."at" AS "at",
    "t5"."region" AS "region"
   FROM (
    SELECT
     "t10"."customer_id" AS "customer_id",
     LEAST("t10"."at", COALESCE("t10"."first_order_on", "t10"."at")) AS "at"
    FROM (
     SELECT
      "t9".*
      EXCEPT ("customer_id_right")
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
       "t8"."position" AS "position",
       "t4"."customer_id" AS "customer_id_right",
       "t4"."first_order_on" AS "first_order_on"
      FROM (
       SELECT
        "t6"."deal_id" AS "deal_id",
        "t6"."customer_id" AS "customer_id",
        "t6"."rep_id" AS "rep_id",
        "t6"."pipeline_id" AS "pipeline_id",
        "t6"."stage_id" AS "stage_id",
        "t6"."status" AS "status",
        "t6"."created_at" AS "created_at",
        "t6"."closed_at" AS "closed_at",
        "t6"."amount_base" AS "amount_base",
        "t6"."cost_base" AS "cost_base",
        "t6"."source" AS "source",
        "t6"."segment" AS "segment",
        "t6"."deal_kind" AS "deal_kind",
        "t6"."lost_reason" AS "lost_reason",
        "t6"."at" AS "at",
        "t6"."event" AS "event",
        ROW_NUMBER() OVER (
         PARTITION BY "t6"."customer_id"
         ORDER BY "t6"."at" ASC, "t6"."event" ASC
         ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "position"
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
       ) AS "t6"
      ) AS "t8"
      LEFT OUTER JOIN (
       SELECT
        "t0"."customer_id" AS "customer_id",
        "t0"."first_order_on" AS "first_order_on"
       FROM "customers" AS "t0"
      ) AS "t4"
       ON "t8"."customer_id" = "t4"."customer_id"
     ) AS "t9"
    ) AS "t10"
    WHERE
     "t10"."position" = 0
   ) AS "t12"
   INNER JOIN (
    SELECT
     "t0"."customer_id" AS "customer_id",
     "t0"."region" AS "region"
    FROM "customers" AS "t0"
    WHERE
     isNotNull("t0"."region")
   ) AS "t5"
    ON "t12"."customer_id" = "t5"."customer_id"
  ) AS "t13"
 ) AS "t14"
 WHERE
  "t14"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t15"
GROUP BY
 CAST(dateTrunc('MONTH', "t15"."at") AS Nullable(DateTime))
