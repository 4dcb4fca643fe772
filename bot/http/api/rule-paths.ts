import type { JsonObject } from "../../../core/ids/index.ts";
import { RULE_MODES } from "../../../core/rules/index.ts";
import { type ApiPaths, errorAnswer, guardedAnswers, jsonOf, queryParameter } from "./openapi.ts";

const text = { type: "string" };
const texts = { type: "array", items: text };
const maybe = { type: ["string", "null"] };
const rule: JsonObject = {
  type: "object",
  required: [
    ...["id", "title", "version", "mode", "business", "on", "action"],
    ...["features", "approval", "offers", "owner", "readers"],
  ],
  properties: {
    ...{ id: text, title: text, business: text, action: text, owner: maybe },
    version: { ...text, description: "结论里的 ruleVersion · the ruleVersion of verdicts" },
    mode: { enum: [...RULE_MODES] },
    on: { ...texts, description: "读取的事件类型 · the event types that it takes" },
    features: { type: "integer", description: "有多少个特征 · how many tests an event must pass" },
    approval: { type: "object", required: ["zh", "en"], properties: { zh: text, en: text } },
    offers: texts,
    readers: { ...texts, description: "哪些角色可读 · the roles that may read it" },
  },
};

/** Rules in force, for the OpenAPI document. */
export const rulePaths: ApiPaths = {
  "/api/v1/rules": {
    get: {
      operationId: "listRules",
      summary: "生效中的规则，只含您可读的 · the rules in force, of those that you may read",
      tags: ["rules"],
      parameters: [
        queryParameter("type", "读取这些事件类型的 · that take one of these event types", texts),
        queryParameter("business", "业务 · businesses", texts),
        queryParameter("mode", "正式或影子 · live or shadow", { enum: [...RULE_MODES] }),
        queryParameter("after", "上一页的 next · the next of the page before", text),
        queryParameter("limit", "最多多少个 · at most so many", {
          ...{ type: "integer", minimum: 1, maximum: 1000, default: 100 },
        }),
      ],
      responses: {
        200: jsonOf("按 id 排列的一页 · one page, by their ids", {
          type: "object",
          required: ["rules", "next"],
          properties: { rules: { type: "array", items: rule }, next: maybe },
        }),
        400: errorAnswer("参数不对，逐个列出 · parameters are wrong; each is listed"),
        ...guardedAnswers,
      },
    },
  },
};
