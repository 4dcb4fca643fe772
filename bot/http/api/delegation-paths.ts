import type { JsonObject } from "../../../core/ids/index.ts";
import { type ApiPaths, errorAnswer, guardedAnswers, jsonOf, pathParameter } from "./openapi.ts";

const text = { type: "string" };
const instant = { type: "string", format: "date-time" };
const delegation: JsonObject = {
  type: "object",
  required: ["id", "from", "to", "since", "until", "by", "why"],
  properties: { id: text, from: text, to: text, since: instant, until: instant, by: text, why: text },
};
const order: JsonObject = {
  type: "object",
  required: ["to", "until"],
  properties: {
    from: {
      type: "string",
      description: "谁不在，默认是自己，也只能是自己 · who is absent; the caller, and nobody else",
    },
    to: { type: "string", description: "谁代为授权 · userid of who stands in" },
    until: {
      type: "string",
      description:
        "时长、日期或时间，最长 30d，如 2d、2026-12-01 · a duration, a day (to its end), a time or an instant, 30d at most",
    },
    why: text,
  },
};

/** Delegations, for the OpenAPI document. */
export const delegationPaths: ApiPaths = {
  "/api/v1/delegations": {
    get: {
      operationId: "listDelegations",
      summary: "正在生效的委托 · the delegations in force",
      tags: ["delegations"],
      responses: {
        200: jsonOf("委托 · delegations", {
          type: "object",
          properties: { delegations: { type: "array", items: delegation } },
        }),
        ...guardedAnswers,
      },
    },
    post: {
      operationId: "giveDelegation",
      summary: "请别人在一段时间里代自己授权 · let somebody decide in one's place for a time",
      tags: ["delegations"],
      requestBody: jsonOf("委托给谁、到何时、为什么 · to whom, until when, why", order),
      responses: {
        201: jsonOf("已生效 · in force", delegation),
        422: errorAnswer("写得不对，或此人不能受托 · cannot be taken"),
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/delegations/{name}": {
    delete: {
      operationId: "endDelegation",
      summary: "结束一条委托 · end a delegation",
      tags: ["delegations"],
      parameters: [pathParameter("name", "委托的编号 · the id of the delegation")],
      responses: {
        204: { description: "已结束 · ended" },
        404: errorAnswer("没有 · unknown"),
        ...guardedAnswers,
      },
    },
  },
};
