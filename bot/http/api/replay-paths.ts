import type { JsonObject } from "../../../core/ids/index.ts";
import { type ApiPaths, errorAnswer, guardedAnswers, jsonOf, pathParameter, schemaRef } from "./openapi.ts";
import { ReplayOrderShape } from "./replay-order.ts";

const TAGS = ["replays"];
const ID = pathParameter("id", "重放编号 · the replay's id");
const UNKNOWN = errorAnswer("没有这次重放 · no such replay");
// The library's own keys are symbols, which JSON leaves out.
const ORDER = JSON.parse(JSON.stringify(ReplayOrderShape)) as JsonObject;

/** Replays, for the OpenAPI document. */
export const replayPaths: ApiPaths = {
  "/api/v1/replays": {
    post: {
      operationId: "createReplay",
      summary:
        "重放已存的事件，默认演练 · replay stored events: as a rehearsal, or for real with mode real and the right events.replay",
      tags: TAGS,
      requestBody: {
        ...jsonOf(
          "重放哪些事件；真实重放默认每秒 5 个、最多 100 个任务，最多 1000 个事件，all 取消事件上限 · for real by default 5 a second, at most 100 tasks of 1000 events; all lifts the latter",
          ORDER,
        ),
        required: true,
      },
      responses: {
        202: jsonOf("已排队 · queued", {
          type: "object",
          required: ["id"],
          properties: { id: { type: "string" } },
        }),
        400: errorAnswer("不是 JSON 对象 · not a JSON object"),
        413: errorAnswer("超过 1 MiB · larger than 1 MiB"),
        415: errorAnswer("不是 application/json · not application/json"),
        422: errorAnswer("不能这样重放，逐条列出 · it cannot be replayed so; every fault is listed"),
        ...guardedAnswers,
      },
    },
    get: {
      operationId: "listReplays",
      summary: "最近的 100 次重放 · the newest 100 replays",
      tags: TAGS,
      responses: {
        200: jsonOf("新的在前 · newest first", {
          type: "object",
          required: ["replays"],
          properties: { replays: { type: "array", items: schemaRef("ReplayHead") } },
        }),
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/replays/{id}": {
    parameters: [ID],
    get: {
      operationId: "getReplay",
      summary: "进度、各规则的结果和样例 · progress, what each rule said, samples",
      tags: TAGS,
      responses: {
        200: jsonOf("这次重放 · the replay", schemaRef("Replay")),
        404: UNKNOWN,
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/replays/{id}/cancel": {
    parameters: [ID],
    post: {
      operationId: "cancelReplay",
      summary: "停止重放，已做的任务留着 · stop a replay; tasks that were made stay",
      tags: TAGS,
      responses: {
        200: jsonOf("已停止 · stopped", schemaRef("ReplayHead")),
        404: UNKNOWN,
        409: errorAnswer("已经结束 · it has ended"),
        ...guardedAnswers,
      },
    },
  },
};
