import type { JsonObject } from "../../../core/ids/index.ts";
import { type ApiPaths, errorAnswer, guardedAnswers, jsonOf, pathParameter } from "./openapi.ts";

const text = { type: "string" };
const instant = { type: "string", format: "date-time" };
const match: JsonObject = {
  type: "object",
  description: "写下的都要符合 · everything that is given must fit",
  properties: { ruleId: text, type: text, source: text, subject: text, labels: { type: "object" } },
};
const mute: JsonObject = {
  type: "object",
  required: ["id", "match", "for", "from", "until", "by", "why"],
  properties: { id: text, match, for: text, from: instant, until: instant, by: text, why: text },
};
const order: JsonObject = {
  type: "object",
  required: ["match", "for", "why"],
  properties: {
    match: {
      type: "object",
      minProperties: 1,
      additionalProperties: text,
      description: "rule、type、source、subject、label.NAME",
    },
    for: { type: "string", description: "时长，如 2h，最长 30d · a duration such as 2h, 30d at most" },
    why: text,
  },
};

/** Mutes, for the OpenAPI document. */
export const mutePaths: ApiPaths = {
  "/api/v1/mutes": {
    get: {
      operationId: "listMutes",
      summary: "正在生效的静默 · the mutes in force",
      tags: ["mutes"],
      responses: {
        200: jsonOf("静默 · mutes", {
          type: "object",
          properties: { mutes: { type: "array", items: mute } },
        }),
        ...guardedAnswers,
      },
    },
    post: {
      operationId: "orderMute",
      summary: "静默一段时间：事件照收，不建任务 · mute for a time: events are kept and make no tasks",
      tags: ["mutes"],
      requestBody: jsonOf("静默什么、多久、为什么 · what, how long, why", order),
      responses: {
        201: jsonOf("已生效 · in force", mute),
        422: errorAnswer("写得不对 · cannot be read"),
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/mutes/{name}": {
    delete: {
      operationId: "liftMute",
      summary: "结束一条静默 · lift a mute",
      tags: ["mutes"],
      parameters: [pathParameter("name", "静默的编号 · the id of the mute")],
      responses: {
        204: { description: "已结束 · lifted" },
        404: errorAnswer("没有 · unknown"),
        ...guardedAnswers,
      },
    },
  },
};
