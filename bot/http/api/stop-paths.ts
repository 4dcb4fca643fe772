import type { JsonObject } from "../../../core/ids/index.ts";
import { type ApiPaths, errorAnswer, guardedAnswers, jsonOf, pathParameter } from "./openapi.ts";

const name: JsonObject = {
  type: "string",
  description:
    "everything、cluster:名称、rule:名称、business:名称 · or cluster:NAME, rule:NAME, business:NAME",
};
const why: JsonObject = {
  type: "string",
  minLength: 1,
  description: "原因，最长 200 字 · why, 200 characters",
};
const stop: JsonObject = {
  type: "object",
  required: ["stop", "by", "at", "why"],
  properties: { stop: name, by: { type: "string" }, at: { type: "string", format: "date-time" }, why },
};

/** Stops, for the OpenAPI document. */
export const stopPaths: ApiPaths = {
  "/api/v1/stops": {
    get: {
      operationId: "listStops",
      summary: "正在生效的急停 · the stops in force",
      tags: ["stops"],
      responses: {
        200: jsonOf("急停 · stops", {
          type: "object",
          properties: { stops: { type: "array", items: stop } },
        }),
        ...guardedAnswers,
      },
    },
    post: {
      operationId: "orderStop",
      summary: "急停：立即不再启动新的执行 · stop: nothing new starts from now on",
      tags: ["stops"],
      requestBody: jsonOf("停什么、为什么 · what and why", {
        type: "object",
        required: ["stop", "why"],
        properties: { stop: name, why },
      }),
      responses: {
        200: jsonOf("先前已急停 · was stopped before", stop),
        201: jsonOf("已急停 · is stopped", stop),
        422: errorAnswer("写得不对，或没有这个名称 · cannot be read, or there is none of that name"),
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/stops/{name}": {
    delete: {
      operationId: "liftStop",
      summary: "解除一个急停，等待的任务继续 · lift a stop: what waits goes on",
      tags: ["stops"],
      parameters: [pathParameter("name", "如 everything、cluster:hz · such as everything, cluster:hz")],
      responses: {
        204: { description: "已解除 · lifted" },
        404: errorAnswer("没有被急停 · is not stopped"),
        422: errorAnswer("写得不对 · cannot be read"),
        ...guardedAnswers,
      },
    },
  },
};
