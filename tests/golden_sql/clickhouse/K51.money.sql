WITH "t11" AS (
 SELECT
  "t10"."activity_id" AS "activity_id",
  "t10"."at" AS "at",
  "t10"."rep_id" AS "rep_id",
  "t10"."customer_id" AS "customer_id",
  "t10"."deal_id" AS "deal_id",
  "t10"."purpose" AS "purpose",
  "t10"."minutes" AS "minutes",
  "t10"."of_kind" AS "of_kind",
  CAST(dateTrunc('MONTH', "t10"."at") AS Nullable(DateTime)) AS "of"
 FROM (
  SELECT
   "t9".*
   EXCEPT ("deal_customer")
  FROM (
   SELECT
    "t8"."activity_id" AS "activity_id",
    "t8"."at" AS "at",
    "t8"."rep_id" AS "rep_id",
    COALESCE("t8"."customer_id", "t8"."deal_customer") AS "customer_id",
    "t8"."deal_id" AS "deal_id",
    "t8"."purpose" AS "purpose",
    "t8"."minutes" AS "minutes",
    "t8"."deal_customer" AS "deal_customer",
    "t8"."of_kind" AS "of_kind"
   FROM (
    SELECT
     "t7".*
     EXCEPT ("deal_id_right")
    FROM (
     SELECT
      "t6"."activity_id" AS "activity_id",
      "t6"."at" AS "at",
      "t6"."rep_id" AS "rep_id",
      "t6"."customer_id" AS "customer_id",
      "t6"."deal_id" AS "deal_id",
      "t6"."purpose" AS "purpose",
      "t6"."minutes" AS "minutes",
      "t3"."deal_id" AS "deal_id_right",
      "t3"."deal_customer" AS "deal_customer",
      "t3"."of_kind" AS "of_kind"
     FROM (
      SELECT
       "t4"."activity_id" AS "activity_id",
       "t4"."at" AS "at",
       "t4"."rep_id" AS "rep_id",
       "t4"."customer_id" AS "customer_id",
       "t4"."deal_id" AS "deal_id",
       "t4"."purpose" AS "purpose",
       (
        COALESCE("t4"."duration_s", 0.0) / 60.0
       ) + CASE WHEN "t4"."is_meeting" THEN 30.0 WHEN "t4"."is_contact" THEN 4.0 ELSE 0.0 END AS "minutes"
      FROM (
       SELECT
        "t0"."activity_id" AS "activity_id",
        "t0"."kind" AS "kind",
        "t0"."direction" AS "direction",
        "t0"."rep_id" AS "rep_id",
        "t0"."customer_id" AS "customer_id",
        "t0"."deal_id" AS "deal_id",
        "t0"."attribution" AS "attribution",
        "t0"."started_at" AS "started_at",
        "t0"."duration_s" AS "duration_s",
        "t0"."is_completed" AS "is_completed",
        "t0"."is_connected" AS "is_connected",
        "t0"."result" AS "result",
        "t0"."phone" AS "phone",
        "t0"."is_automatic" AS "is_automatic",
        "t0"."created_at" AS "created_at",
        "t0"."purpose" AS "purpose",
        "t0"."started_at" AS "at",
        (
         "t0"."kind" = 'call'
        )
        AND (
         COALESCE("t0"."is_connected", FALSE)
         AND (
          COALESCE("t0"."duration_s", 20.0) >= 20.0
         )
        ) AS "is_call",
        "t0"."kind" IN ('meeting', 'visit', 'demo')
        AND COALESCE("t0"."is_completed", TRUE) AS "is_meeting",
        (
         (
          "t0"."kind" = 'call'
         )
         AND (
          COALESCE("t0"."is_connected", FALSE)
          AND (
           COALESCE("t0"."duration_s", 20.0) >= 20.0
          )
         )
        )
        OR (
         "t0"."kind" IN ('meeting', 'visit', 'demo')
         AND COALESCE("t0"."is_completed", TRUE)
        )
        OR (
         (
          "t0"."kind" = 'chat'
         ) AND COALESCE("t0"."is_completed", TRUE)
        ) AS "is_contact"
       FROM "activities" AS "t0"
       WHERE
        NOT (
         COALESCE("t0"."is_automatic", FALSE)
        )
        AND "t0"."started_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
      ) AS "t4"
      WHERE
       "t4"."is_contact"
     ) AS "t6"
     LEFT OUTER JOIN (
      SELECT
       "t1"."deal_id" AS "deal_id",
       "t1"."customer_id" AS "deal_customer",
       "t1"."deal_kind" AS "of_kind"
      FROM "deals" AS "t1"
     ) AS "t3"
      ON "t6"."deal_id" = "t3"."deal_id"
    ) AS "t7"
   ) AS "t8"
  ) AS "t9"
 ) AS "t10"
 WHERE
  isNotNull("t10"."customer_id")
  AND "t10"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
)
SELECT
 CAST(dateTrunc('MONTH', "t21"."at") AS Nullable(DateTime)) AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t21"."hours" * 1000.0) AS "x_0",
 SUM("t21"."hours" * 1000.0 * (
  "t21"."hours" * 1000.0
 )) AS "xx_0",
 COUNT("t21"."hours" * 1000.0) AS "filled_0"
FROM (
 SELECT
  "t20"."customer_id" AS "customer_id",
  "t20"."of" AS "of",
  "t20"."rep_id" AS "rep_id",
  "t20"."at" AS "at",
  "t20"."hours" AS "hours"
 FROM (
  SELECT
   "t19"."customer_id" AS "customer_id",
   "t19"."of" AS "of",
   "t19"."rep_id" AS "rep_id",
   "t19"."at" AS "at",
   "t15"."customer_id" AS "customer_id_right",
   "t15"."of" AS "of_right",
   "t15"."hours" AS "hours"
  FROM (
   SELECT
    "t17"."customer_id" AS "customer_id",
    "t17"."of" AS "of",
    "t17"."rep_id" AS "rep_id",
    "t17"."at" AS "at"
   FROM (
    SELECT
     "t16".*
     EXCEPT ("place_from_end")
    FROM (
     SELECT
      *
     FROM (
      SELECT
       "t12"."activity_id" AS "activity_id",
       "t12"."at" AS "at",
       "t12"."rep_id" AS "rep_id",
       "t12"."customer_id" AS "customer_id",
       "t12"."deal_id" AS "deal_id",
       "t12"."purpose" AS "purpose",
       "t12"."minutes" AS "minutes",
       "t12"."of_kind" AS "of_kind",
       "t12"."of" AS "of",
       ROW_NUMBER() OVER (
        PARTITION BY "t12"."customer_id", "t12"."of"
        ORDER BY "t12"."at" DESC, "t12"."activity_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
       ) - 1 AS "place_from_end"
      FROM "t11" AS "t12"
     ) AS "t14"
     WHERE
      "t14"."place_from_end" = 0
    ) AS "t16"
   ) AS "t17"
  ) AS "t19"
  LEFT OUTER JOIN (
   SELECT
    "t12"."customer_id" AS "customer_id",
    "t12"."of" AS "of",
    SUM("t12"."minutes") / 60.0 AS "hours"
   FROM "t11" AS "t12"
   GROUP BY
    "t12"."customer_id",
    "t12"."of"
  ) AS "t15"
   ON "t19"."customer_id" = "t15"."customer_id" AND "t19"."of" = "t15"."of"
 ) AS "t20"
 WHERE
  "t20"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t21"
GROUP BY
 CAST(dateTrunc('MONTH', "t21"."at") AS Nullable(DateTime))
