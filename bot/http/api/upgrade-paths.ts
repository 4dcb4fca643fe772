import { UPGRADE_STAGES } from "../../../core/clusters/index.ts";
import type { JsonObject } from "../../../core/ids/index.ts";
import { type ApiPaths, errorAnswer, guardedAnswers, jsonOf, pathParameter } from "./openapi.ts";

const text = { type: "string" };
const texts = { type: "array", items: text };
const versions = { type: "object", additionalProperties: text };
const upgrade: JsonObject = {
  type: "object",
  required: ["id", "by", "at", "clusters", "stage", "index", "since", "before", "after"],
  properties: {
    ...{ id: text, by: text, at: { type: "string", format: "date-time" }, why: text, clusters: texts },
    ...{ forMs: { type: ["integer", "null"] }, atDeadline: { enum: ["wait", "cancel", "leave"] } },
    ...{ force: text, approvedBy: text, stage: { enum: [...UPGRADE_STAGES] } },
    index: { type: "integer", description: "正在第几个集群，从 0 起 · which of the clusters it is at" },
    since: {
      type: "string",
      format: "date-time",
      description: "这一步的开始 · since when it is at this step",
    },
    ...{ before: versions, after: versions, problem: { type: "object" } },
  },
};
const one = (schema: JsonObject): JsonObject => ({ type: "object", properties: { upgrade: schema } });
const order: JsonObject = {
  type: "object",
  required: ["clusters"],
  properties: {
    clusters: { ...texts, minItems: 1, description: "按先后 · in their order" },
    for: { type: "string", description: "每次排空的期限，如 30m · a deadline of each drain such as 30m" },
    ...{ atDeadline: { enum: ["wait", "cancel", "leave"] }, why: text, force: { type: "boolean" } },
  },
};

/** The upgrade over clusters, for the OpenAPI document. */
export const upgradePaths: ApiPaths = {
  "/api/v1/upgrades": {
    get: {
      operationId: "getUpgrade",
      summary: "进行中或最近一次的集群升级 · the upgrade over clusters that is under way, or was last",
      tags: ["clusters"],
      responses: {
        200: jsonOf(
          "升级，没有则为 null · the upgrade, or null",
          one({ oneOf: [upgrade, { type: "null" }] }),
        ),
        ...guardedAnswers,
      },
    },
    post: {
      operationId: "askUpgrade",
      summary: "提出逐个升级集群，在聊天里由另一人批准 · ask for one; somebody else approves it in chat",
      tags: ["clusters"],
      requestBody: jsonOf("集群、期限、原因 · clusters, deadline, why", order),
      responses: {
        201: jsonOf("等待批准 · waits for approval", one(upgrade)),
        409: errorAnswer(
          "已有升级，或有业务会没有集群 · one is under way, or a business would have no cluster left",
        ),
        422: errorAnswer("写得不对 · cannot be read"),
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/upgrades/{id}/{deed}": {
    post: {
      operationId: "moveUpgrade",
      summary: "拒绝、已升级、再试、中止 · reject it, say that its cluster is upgraded, retry, abort",
      tags: ["clusters"],
      parameters: [
        pathParameter("id", "升级的编号 · the upgrade's id"),
        {
          ...pathParameter("deed", "做什么 · what to do"),
          schema: { enum: ["reject", "confirm", "retry", "abort"] },
        },
      ],
      requestBody: jsonOf("why：原因；since：看到的那一步 · why; the step that was seen", {
        type: "object",
        properties: { why: text, since: text },
      }),
      responses: {
        200: jsonOf("升级 · the upgrade", one(upgrade)),
        404: errorAnswer("没有 · unknown"),
        409: errorAnswer("现在不是做这一步的时候 · this is not its step now"),
        ...guardedAnswers,
      },
    },
  },
};
