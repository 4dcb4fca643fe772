import type { JsonObject } from "../../../core/ids/index.ts";
import { type ApiPaths, errorAnswer, guardedAnswers, jsonOf } from "./openapi.ts";

const text = { type: "string" };
const texts = { type: "array", items: text };
const grant: JsonObject = {
  type: "object",
  required: ["id", "title", "actions", "business", "approval"],
  properties: {
    ...{ id: text, title: text, actions: texts, business: text },
    approval: { type: "string", enum: ["people", "policy"] },
  },
};
const made: JsonObject = {
  type: "object",
  required: ["task", "state", "reason", "clusters"],
  properties: { task: text, state: text, reason: text, clusters: texts },
};

/** Runs by hand, for the OpenAPI document. */
export const runPaths: ApiPaths = {
  "/api/v1/runs": {
    get: {
      operationId: "listRuns",
      summary: "我能手工执行什么 · what the caller may run by hand",
      tags: ["runs"],
      responses: {
        200: jsonOf("runs.yaml 里调用者能用的条目 · the entries of runs.yaml that the caller may use", {
          type: "object",
          required: ["runs"],
          properties: { runs: { type: "array", items: grant } },
        }),
        ...guardedAnswers,
      },
    },
    post: {
      operationId: "run",
      summary: "手工执行一个动作，按 runs.yaml 授权 · run an action by hand, approved as runs.yaml says",
      tags: ["runs"],
      requestBody: jsonOf(
        "动作与参数；同一个 key 只算一次 · the action and its parameters; the same key counts once",
        {
          type: "object",
          required: ["action"],
          additionalProperties: false,
          properties: { action: text, parameters: { type: "object" }, key: text },
        },
      ),
      responses: {
        201: jsonOf("任务已建 · the task is made", made),
        404: errorAnswer("集群上没有这个动作 · no cluster has the action"),
        409: errorAnswer("现在不能，code 说明原因 · not now, code says why"),
        422: errorAnswer("参数不对 · the parameters do not fit"),
        429: errorAnswer(
          "太频繁，Retry-After 说明多少秒后再试 · too many, Retry-After tells when to try again",
        ),
        ...guardedAnswers,
      },
    },
  },
};
