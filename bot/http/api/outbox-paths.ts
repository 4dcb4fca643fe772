import type { JsonObject } from "../../../core/ids/index.ts";
import { LANE_NAMES, OUTBOX_STANDINGS } from "../../../core/outbox/index.ts";
import {
  type ApiPaths,
  errorAnswer,
  guardedAnswers,
  jsonOf,
  pathParameter,
  queryParameter,
} from "./openapi.ts";

const text = { type: "string" };
const instant = { type: "string", format: "date-time" };
const lane = { enum: Object.values(LANE_NAMES) };
const counts = { type: "object", additionalProperties: { type: "integer" } };

const item: JsonObject = {
  type: "object",
  required: ["key", "task", "user", "lane", "kind", "attempts", "why", "waits", "created", "due"],
  properties: {
    key: text,
    task: { type: ["string", "null"] },
    user: {
      type: ["string", "null"],
      description: "在此人的汇总或答复中排队 · waits among this person's digest lines or answers",
    },
    lane,
    kind: text,
    attempts: { type: "integer" },
    why: { type: ["string", "null"], description: "上一次为何没有发出 · why it was not sent the last time" },
    waits: {
      enum: [...OUTBOX_STANDINGS],
      description:
        "正在发送、轮到、未到时间、等额度、通道被拒、等重试 · being sent, its turn, its time, room in a budget, a channel that refuses, the next try",
    },
    created: instant,
    due: instant,
  },
};

/** What waits to be sent, for the OpenAPI document. */
export const outboxPaths: ApiPaths = {
  "/api/v1/outbox": {
    get: {
      operationId: "listOutbox",
      summary: "等待发送的消息 · messages that wait to be sent",
      tags: ["outbox"],
      parameters: [
        queryParameter("lane", "只看这一级 · of this lane alone", lane),
        queryParameter("limit", "至多几条 · how many at most", {
          ...{ type: "integer", minimum: 1, maximum: 1000, default: 50 },
        }),
      ],
      responses: {
        200: jsonOf("队列 · the queue", {
          type: "object",
          required: ["depth", "oldest", "items"],
          properties: {
            depth: { ...counts, description: "各类各有多少 · how many of each kind" },
            oldest: {
              ...{ type: "object", additionalProperties: instant },
              description: "各级最早的一条何时写入 · when the oldest of each lane was written",
            },
            items: { type: "array", items: item },
          },
        }),
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/outbox/budgets/{user}": {
    get: {
      operationId: "showBudget",
      summary: "此人现在还能收几条 · how many messages a person may get now",
      tags: ["outbox"],
      parameters: [pathParameter("user", "userid")],
      responses: {
        200: jsonOf("每一级的余量 · what is left for each lane", {
          type: "object",
          required: ["user", "left"],
          properties: { user: text, left: counts },
        }),
        422: errorAnswer("不是 userid · no userid"),
        ...guardedAnswers,
      },
    },
  },
};
