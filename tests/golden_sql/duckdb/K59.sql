SELECT
 DATE_TRUNC('MONTH', "t26"."at") AS "by_period",
 COUNT(*) AS "n_0",
 SUM("t26"."x") AS "x_0",
 SUM("t26"."x" * "t26"."x") AS "xx_0",
 SUM("t26"."y") AS "y_0"
FROM (
 SELECT
  *
 FROM (
  SELECT
   *
  FROM (
   SELECT
    "t22"."at",
    "t22"."rep_id",
    "t22"."minutes" AS "x",
    0.0 AS "y"
   FROM (
    SELECT
     "t19"."at",
     "t19"."rep_id",
     "t9"."role",
     "t19"."minutes"
    FROM (
     SELECT
      "t15"."activity_id",
      "t15"."kind",
      "t15"."direction",
      "t15"."rep_id",
      "t15"."customer_id",
      "t15"."deal_id",
      "t15"."started_at",
      "t15"."created_at",
      "t15"."duration_s",
      "t15"."is_connected",
      "t15"."is_completed",
      "t15"."result",
      "t15"."purpose",
      "t15"."at",
      "t15"."is_call",
      "t15"."is_meeting",
      "t15"."is_contact",
      (
       COALESCE("t15"."duration_s", 0.0) / 60.0
      ) + CASE WHEN "t15"."is_meeting" THEN 30.0 WHEN "t15"."is_contact" THEN 4.0 ELSE 0.0 END AS "minutes",
      DATE_TRUNC('DAY', "t15"."at") AS "day"
     FROM (
      SELECT
       "t0"."activity_id",
       "t0"."kind",
       "t0"."direction",
       "t0"."rep_id",
       "t0"."customer_id",
       "t0"."deal_id",
       "t0"."attribution",
       "t0"."started_at",
       "t0"."duration_s",
       "t0"."is_completed",
       "t0"."is_connected",
       "t0"."result",
       "t0"."phone",
       "t0"."is_automatic",
       "t0"."created_at",
       "t0"."purpose",
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
       AND "t0"."started_at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
     ) AS "t15"
     WHERE
      "t15"."is_contact"
    ) AS "t19"
    INNER JOIN (
     SELECT
      "t1"."rep_id" AS "person",
      "t1"."role",
      "t1"."hired_on",
      "t1"."left_on",
      COALESCE("t1"."fte", 1.0) AS "fte"
     FROM "reps" AS "t1"
     WHERE
      COALESCE("t1"."is_human", TRUE) AND "t1"."rep_id" IS NOT NULL
    ) AS "t9"
     ON "t19"."rep_id" = "t9"."person"
     AND (
      (
       "t9"."hired_on" IS NULL
      ) OR (
       "t9"."hired_on" <= "t19"."day"
      )
     )
     AND (
      (
       "t9"."left_on" IS NULL
      ) OR (
       "t9"."left_on" >= "t19"."day"
      )
     )
   ) AS "t22"
  ) AS "t23"
  UNION ALL
  SELECT
   *
  FROM (
   SELECT
    "t21"."day" AS "at",
    "t21"."rep_id",
    0.0 AS "x",
    (
     "t21"."fte" * (
      1.0 - LEAST(COALESCE("t21"."away", 0.0), 1.0)
     ) * "t21"."work_s"
    ) / 60.0 AS "y"
   FROM (
    SELECT
     "t20".*
     EXCLUDE ("day_right", "rep_id_right")
    FROM (
     SELECT
      "t10"."rep_id",
      "t10"."role",
      "t10"."hired_on",
      "t10"."left_on",
      "t10"."fte",
      "t17"."day",
      "t17"."work_s",
      "t13"."rep_id" AS "rep_id_right",
      "t13"."day" AS "day_right",
      "t13"."away"
     FROM (
      SELECT
       "t1"."rep_id",
       "t1"."role",
       "t1"."hired_on",
       "t1"."left_on",
       COALESCE("t1"."fte", 1.0) AS "fte"
      FROM "reps" AS "t1"
      WHERE
       COALESCE("t1"."is_human", TRUE) AND "t1"."rep_id" IS NOT NULL
     ) AS "t10"
     INNER JOIN (
      SELECT
       "t14"."date" AS "day",
       "t14"."work_s"
      FROM (
       SELECT
        "t12"."date",
        "t12"."work_s",
        "t12"."start_s",
        "t12"."end_s",
        "t12"."before_s",
        "t8"."first_at"
       FROM (
        SELECT
         *
        FROM "calendar" AS "t3"
        WHERE
         "t3"."work_s" > 0 AND "t3"."date" < MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
       ) AS "t12"
       CROSS JOIN (
        SELECT
         MIN("t0"."started_at") AS "first_at"
        FROM "activities" AS "t0"
       ) AS "t8"
      ) AS "t14"
      WHERE
       "t14"."date" >= DATE_TRUNC('DAY', "t14"."first_at")
     ) AS "t17"
      ON (
       (
        "t10"."hired_on" IS NULL
       ) OR (
        "t10"."hired_on" <= "t17"."day"
       )
      )
      AND (
       (
        "t10"."left_on" IS NULL
       ) OR (
        "t10"."left_on" >= "t17"."day"
       )
      )
     LEFT OUTER JOIN (
      SELECT
       "t2"."rep_id",
       DATE_TRUNC('DAY', "t2"."date") AS "day",
       MAX(COALESCE("t2"."share", 1.0)) AS "away"
      FROM "absences" AS "t2"
      GROUP BY
       1,
       2
     ) AS "t13"
      ON "t10"."rep_id" = "t13"."rep_id" AND "t17"."day" = "t13"."day"
    ) AS "t20"
   ) AS "t21"
  ) AS "t24"
 ) AS "t25"
 WHERE
  "t25"."at" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
) AS "t26"
GROUP BY
 1
