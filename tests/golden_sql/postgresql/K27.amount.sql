SELECT
 DATE_TRUNC('MONTH', "t9"."at") AS "by_period",
 COUNT(*) FILTER(WHERE
  (
   "t9"."position" > 0
  ) OR "t9"."began_before") AS "n_0",
 SUM("t9"."amount_base") FILTER(WHERE
  (
   "t9"."position" > 0
  ) OR "t9"."began_before") AS "x_0",
 SUM("t9"."amount_base" * "t9"."amount_base") FILTER(WHERE
  (
   "t9"."position" > 0
  ) OR "t9"."began_before") AS "xx_0"
FROM (
 SELECT
  "t8"."deal_id",
  "t8"."customer_id",
  "t8"."rep_id",
  "t8"."pipeline_id",
  "t8"."stage_id",
  "t8"."status",
  "t8"."created_at",
  "t8"."closed_at",
  "t8"."amount_base",
  "t8"."cost_base",
  "t8"."source",
  "t8"."segment",
  "t8"."deal_kind",
  "t8"."lost_reason",
  "t8"."at",
  "t8"."event",
  "t8"."position",
  "t8"."first_order_on",
  COALESCE("t8"."first_order_on" < DATE_TRUNC('DAY', "t8"."at"), FALSE) AS "began_before"
 FROM (
  SELECT
   "t7"."deal_id",
   "t7"."customer_id",
   "t7"."rep_id",
   "t7"."pipeline_id",
   "t7"."stage_id",
   "t7"."status",
   "t7"."created_at",
   "t7"."closed_at",
   "t7"."amount_base",
   "t7"."cost_base",
   "t7"."source",
   "t7"."segment",
   "t7"."deal_kind",
   "t7"."lost_reason",
   "t7"."at",
   "t7"."event",
   "t7"."position",
   "t7"."first_order_on"
  FROM (
   SELECT
    "t6"."deal_id",
    "t6"."customer_id",
    "t6"."rep_id",
    "t6"."pipeline_id",
    "t6"."stage_id",
    "t6"."status",
    "t6"."created_at",
    "t6"."closed_at",
    "t6"."amount_base",
    "t6"."cost_base",
    "t6"."source",
    "t6"."segment",
    "t6"."deal_kind",
    "t6"."lost_reason",
    "t6"."at",
    "t6"."event",
    "t6"."position",
    "t3"."customer_id" AS "customer_id_right",
    "t3"."first_order_on"
   FROM (
    SELECT
     "t4"."deal_id",
     "t4"."customer_id",
     "t4"."rep_id",
     "t4"."pipeline_id",
     "t4"."stage_id",
     "t4"."status",
     "t4"."created_at",
     "t4"."closed_at",
     "t4"."amount_base",
     "t4"."cost_base",
     "t4"."source",
     "t4"."segment",
     "t4"."deal_kind",
     "t4"."lost_reason",
     "t4"."at",
     "t4"."event",
     ROW_NUMBER() OVER (
      PARTITION BY "t4"."customer_id"
      ORDER BY "t4"."at" ASC, "t4"."event" ASC
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
      "t0"."closed_at" AS "at",
      "t0"."deal_id" AS "event"
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
      AND "t0"."status" = 'won'
      AND "t0"."customer_id" IS NOT NULL
      AND "t0"."closed_at" IS NOT NULL
      AND "t0"."closed_at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
    ) AS "t4"
   ) AS "t6"
   LEFT OUTER JOIN (
    SELECT
     "t1"."customer_id",
     "t1"."first_order_on"
    FROM "customers" AS "t1"
   ) AS "t3"
    ON "t6"."customer_id" = "t3"."customer_id"
  ) AS "t7"
 ) AS "t8"
 WHERE
  "t8"."at" <= CAST('2026-07-01T00:00:00' AS TIMESTAMP)
) AS "t9"
GROUP BY
 1
