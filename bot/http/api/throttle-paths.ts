import { type ApiPaths, errorAnswer, guardedAnswers, jsonOf, pathParameter } from "./openapi.ts";

/** The buckets of the throttle, for the OpenAPI document. */
export const throttlePaths: ApiPaths = {
  "/api/v1/throttle/{key}": {
    get: {
      operationId: "getBucket",
      summary: "一个限流桶 · a bucket of the throttle",
      tags: ["throttle"],
      parameters: [
        pathParameter(
          "key",
          "规则:键，或 @名称、@名称:业务、@名称:集群 · rule:key, or of a shared one @name, @name:business, @name:cluster",
        ),
      ],
      responses: {
        200: jsonOf("最后一次判定后的样子 · as last judged", {
          type: "object",
          required: ["bucket"],
          properties: {
            bucket: {
              type: "object",
              required: ["key", "tokens", "burst", "nextAt", "held"],
              properties: {
                key: { type: "string" },
                tokens: { type: "number" },
                burst: { type: "number" },
                nextAt: { type: "string", format: "date-time" },
                held: {
                  type: "integer",
                  description: "上一个令牌之后拦下的 · held back since the last token",
                },
              },
            },
          },
        }),
        404: errorAnswer("没有这个桶 · no such bucket"),
        ...guardedAnswers,
      },
    },
  },
};
