WITH "t12" AS (
 SELECT DISTINCT
  *
 FROM (
  SELECT
   *
  FROM (
   SELECT
    "t1"."customer_id" AS "customer_id",
    "t1"."contract_end_on" AS "at"
   FROM "customers" AS "t1"
  ) AS "t3"
  UNION ALL
  SELECT
   *
  FROM (
   SELECT
    "t2"."customer_id" AS "customer_id",
    "t2"."contract_end_on" AS "at"
   FROM "invoices" AS "t2"
   WHERE
    NOT (
     COALESCE("t2"."is_cancelled", FALSE)
    )
    AND COALESCE("t2"."doc_kind", '') <> 'return'
    AND isNotNull("t2"."contract_end_on")
    AND isNotNull("t2"."customer_id")
  ) AS "t4"
 ) AS "t9"
 WHERE
  isNotNull("t9"."customer_id") AND isNotNull("t9"."at")
)
SELECT
 CAST(dateTrunc('MONTH', "t44"."at") AS Nullable(DateTime)) AS "by_period",
 countIf("t44"."known_since" <= parseDateTimeBestEffort('2026-07-01T00:00:00')) AS "n_0",
 sumIf(
  "t44"."is_renewed",
  "t44"."known_since" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
 ) AS "x_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   *
  FROM (
   SELECT
    "t41"."customer_id" AS "customer_id",
    "t41"."rep_id" AS "rep_id",
    "t41"."at" AS "at",
    "t41"."is_renewed" AS "is_renewed",
    "t41"."at" + INTERVAL '31' DAY AS "known_since"
   FROM (
    SELECT
     "t39"."customer_id" AS "customer_id",
     "t39"."at" AS "at",
     "t39"."is_renewed" AS "is_renewed",
     "t33"."customer_id" AS "customer_id_right",
     "t33"."rep_id" AS "rep_id",
     "t33"."at" AS "at_right"
    FROM (
     SELECT
      "t35"."customer_id" AS "customer_id",
      "t35"."at" AS "at",
      COALESCE("t35"."is_renewed", 0.0) AS "is_renewed"
     FROM (
      SELECT
       "t17"."customer_id" AS "customer_id",
       "t17"."at" AS "at",
       "t31"."customer_id" AS "customer_id_right",
       "t31"."at" AS "at_right",
       "t31"."is_renewed" AS "is_renewed"
      FROM "t12" AS "t17"
      LEFT OUTER JOIN (
       SELECT
        "t26"."customer_id" AS "customer_id",
        "t26"."at" AS "at",
        1.0 AS "is_renewed"
       FROM (
        SELECT DISTINCT
         *
        FROM (
         SELECT
          "t17"."customer_id" AS "customer_id",
          "t17"."at" AS "at"
         FROM "t12" AS "t17"
         INNER JOIN (
          SELECT
           *
          FROM (
           SELECT
            *
           FROM (
            SELECT
             "t0"."customer_id" AS "customer_id",
             "t0"."closed_at" AS "signed_at",
             CAST(NULL AS Nullable(DateTime)) AS "until"
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
             AND "t0"."status" = 'won'
             AND "t0"."deal_kind" = 'renewal'
             AND isNotNull("t0"."customer_id")
           ) AS "t8"
           UNION ALL
           SELECT
            *
           FROM (
            SELECT
             "t2"."customer_id" AS "customer_id",
             "t2"."issued_on" AS "signed_at",
             "t2"."contract_end_on" AS "until"
            FROM "invoices" AS "t2"
            WHERE
             NOT (
              COALESCE("t2"."is_cancelled", FALSE)
             )
             AND COALESCE("t2"."doc_kind", '') <> 'return'
             AND isNotNull("t2"."contract_end_on")
             AND isNotNull("t2"."customer_id")
           ) AS "t5"
          ) AS "t11"
          WHERE
           "t11"."signed_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
         ) AS "t16"
          ON "t17"."customer_id" = "t16"."customer_id"
          AND "t16"."signed_at" >= (
           "t17"."at" + INTERVAL '-90' DAY
          )
          AND "t16"."signed_at" < (
           "t17"."at" + INTERVAL '31' DAY
          )
          AND (
           isNull("t16"."until") OR (
            "t16"."until" > "t17"."at"
           )
          )
        ) AS "t24"
       ) AS "t26"
      ) AS "t31"
       ON "t17"."customer_id" = "t31"."customer_id" AND "t17"."at" = "t31"."at"
     ) AS "t35"
    ) AS "t39"
    LEFT OUTER JOIN (
     SELECT
      "t27"."customer_id" AS "customer_id",
      "t27"."rep_id" AS "rep_id",
      "t27"."moment" AS "at"
     FROM (
      SELECT
       "t23"."customer_id" AS "customer_id",
       "t23"."rep_id" AS "rep_id",
       "t20"."moment" AS "moment"
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
        "t15"."at" AS "at",
        "t15"."event" AS "event",
        COALESCE("t15"."until", parseDateTimeBestEffort('2200-01-01T00:00:00')) AS "until"
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
         leadInFrame(nullIf("t7"."at", parseDateTimeBestEffort('1970-01-01T00:00:00'))) OVER (
          PARTITION BY "t7"."customer_id"
          ORDER BY "t7"."at" ASC, "t7"."event" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
         ) AS "until"
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
          "t0"."closed_at" AS "at",
          "t0"."deal_id" AS "event"
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
          AND "t0"."status" = 'won'
          AND isNotNull("t0"."customer_id")
          AND isNotNull("t0"."closed_at")
          AND "t0"."closed_at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
        ) AS "t7"
       ) AS "t15"
      ) AS "t23"
      INNER JOIN (
       SELECT
        "t14"."customer_id" AS "customer_id",
        "t14"."at" AS "moment"
       FROM "t12" AS "t14"
      ) AS "t20"
       ON "t23"."at" < "t20"."moment"
       AND "t23"."until" >= "t20"."moment"
       AND "t23"."customer_id" = "t20"."customer_id"
     ) AS "t27"
    ) AS "t33"
     ON "t39"."customer_id" = "t33"."customer_id" AND "t39"."at" = "t33"."at"
   ) AS "t41"
  ) AS "t42"
  UNION ALL
  SELECT
   *
  FROM (
   SELECT
    "t37"."customer_id" AS "customer_id",
    "t37"."rep_id" AS "rep_id",
    "t37"."at" AS "at",
    CASE WHEN "t37"."status" = 'won' THEN 1.0 ELSE 0.0 END AS "is_renewed",
    "t37"."at" AS "known_since"
   FROM (
    SELECT
     "t36".*
     EXCEPT ("deal_id_right")
    FROM (
     SELECT
      "t10"."deal_id" AS "deal_id",
      "t10"."customer_id" AS "customer_id",
      "t10"."rep_id" AS "rep_id",
      "t10"."at" AS "at",
      "t10"."status" AS "status",
      "t34"."deal_id" AS "deal_id_right",
      "t34"."is_listed" AS "is_listed"
     FROM (
      SELECT
       "t0"."deal_id" AS "deal_id",
       "t0"."customer_id" AS "customer_id",
       "t0"."owner_id" AS "rep_id",
       "t0"."closed_at" AS "at",
       "t0"."status" AS "status"
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
       AND "t0"."status" IN ('won', 'lost')
       AND "t0"."deal_kind" = 'renewal'
       AND isNotNull("t0"."customer_id")
     ) AS "t10"
     LEFT OUTER JOIN (
      SELECT
       "t28"."deal_id" AS "deal_id",
       1.0 AS "is_listed"
      FROM (
       SELECT DISTINCT
        *
       FROM (
        SELECT
         "t10"."deal_id" AS "deal_id"
        FROM (
         SELECT
          "t0"."deal_id" AS "deal_id",
          "t0"."customer_id" AS "customer_id",
          "t0"."owner_id" AS "rep_id",
          "t0"."closed_at" AS "at",
          "t0"."status" AS "status"
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
          AND "t0"."status" IN ('won', 'lost')
          AND "t0"."deal_kind" = 'renewal'
          AND isNotNull("t0"."customer_id")
        ) AS "t10"
        INNER JOIN (
         SELECT
          "t14"."customer_id" AS "whose",
          "t14"."at" AS "due"
         FROM "t12" AS "t14"
        ) AS "t21"
         ON "t10"."customer_id" = "t21"."whose"
         AND "t21"."due" > (
          "t10"."at" + INTERVAL '-31' DAY
         )
         AND "t21"."due" <= (
          "t10"."at" + INTERVAL '90' DAY
         )
       ) AS "t25"
      ) AS "t28"
     ) AS "t34"
      ON "t10"."deal_id" = "t34"."deal_id"
    ) AS "t36"
   ) AS "t37"
   WHERE
    isNull("t37"."is_listed")
  ) AS "t40"
 ) AS "t43"
 WHERE
  "t43"."at" <= parseDateTimeBestEffort('2026-07-01T00:00:00')
) AS "t44"
GROUP BY
 CAST(dateTrunc('MONTH', "t44"."at") AS Nullable(DateTime))
