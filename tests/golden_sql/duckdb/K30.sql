SELECT
 DATE_TRUNC('MONTH', "t1"."at") AS "by_period",
 COUNT(*) FILTER(WHERE
  "t1"."score" IS NOT NULL) AS "n_0",
 SUM("t1"."score") FILTER(WHERE
  "t1"."score" IS NOT NULL) AS "x_0",
 SUM("t1"."score" * "t1"."score") FILTER(WHERE
  "t1"."score" IS NOT NULL) AS "xx_0",
 COUNT("t1"."score") FILTER(WHERE
  "t1"."score" IS NOT NULL) AS "filled_0"
FROM (
 SELECT
  "t0"."sent_on" AS "at",
  "t0"."customer_id",
  "t0"."rep_id",
  "t0"."score"
 FROM "surveys" AS "t0"
 WHERE
  "t0"."sent_on" <= MAKE_TIMESTAMP(2026, 7, 1, 0, 0, 0.0)
) AS "t1"
GROUP BY
 1
