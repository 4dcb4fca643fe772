import type { JsonObject } from "../../../core/ids/index.ts";
import { TASK_STATES } from "../../../core/tasks/index.ts";
import {
  type ApiPaths,
  errorAnswer,
  guardedAnswers,
  jsonOf,
  pathParameter,
  queryParameter,
} from "./openapi.ts";

const text = { type: "string" };
const stored: JsonObject = {
  type: "object",
  required: ["task", "state", "reason"],
  properties: { task: text, state: text, reason: text },
};
const made: JsonObject = {
  type: "object",
  required: ["task", "state", "retryOf"],
  properties: { task: text, state: text, retryOf: text },
};
const wish: JsonObject = {
  ...{ type: "object", additionalProperties: false },
  properties: {
    rerun: {
      enum: ["all", "failed"],
      description:
        "在 StackStorm 重跑原执行：all 整个，failed 只跑失败步骤；不能与下面两项同用 · StackStorm runs the ended run once more, as a whole or its failed steps alone; with neither of the others",
    },
    cluster: { ...text, description: "只在这个集群启动 · started on this cluster alone" },
    parameters: { type: "object", description: "改这些参数 · these parameters differ" },
  },
};
const parameters = [
  pathParameter("id", "任务的完整编号 · the whole id of the task"),
  {
    name: "Idempotency-Key",
    in: "header",
    required: false,
    schema: text,
    description:
      "同一个键只算一次；已用于另一个请求的键会被拒绝（409 key_reused） · the same key counts once; one that has asked for something else is refused (409, key_reused)",
  },
];
const refusals = {
  404: errorAnswer("没有这个任务 · unknown task"),
  409: errorAnswer("现在不能，code 说明原因 · not now, code says why"),
  ...guardedAnswers,
};

function order(operationId: string, summary: string): JsonObject {
  return {
    operationId,
    summary,
    tags: ["tasks"],
    parameters,
    responses: {
      202: jsonOf("已记下，结果看任务 · stored; the task tells what comes of it", stored),
      ...refusals,
    },
  };
}

const instant = { type: "string", format: "date-time" };
const maybe = { type: ["string", "null"] };
const brief: JsonObject = {
  type: "object",
  required: [
    ...["task", "state", "reason", "title", "rule", "business", "action", "targets"],
    ...["event", "cluster", "execution", "created", "updated"],
  ],
  properties: {
    ...{
      task: text,
      state: { enum: [...TASK_STATES] },
      reason: text,
      title: text,
      rule: text,
      business: text,
    },
    ...{ action: text, targets: { type: "array", items: text }, cluster: maybe, execution: maybe },
    event: {
      type: "object",
      required: ["id", "source", "type", "severity", "subject", "title"],
      properties: { id: text, source: text, type: text, severity: text, subject: text, title: text },
    },
    ...{ created: instant, updated: instant },
  },
};
const whole: JsonObject = {
  allOf: [
    brief,
    {
      type: "object",
      required: [
        ...["params", "clusters", "hash", "message", "approval", "deadline", "decisions", "history"],
      ],
      properties: {
        params: { type: "object", description: "已隐去密钥 · secrets are masked" },
        ...{ clusters: { type: "array", items: text }, hash: text, message: maybe, deadline: maybe },
        approval: { type: "object", properties: { zh: text, en: text } },
        decisions: { type: "array", items: { type: "object" } },
        history: { type: "array", items: { type: "object" } },
      },
    },
  ],
};
const several = { type: "array", items: text };

/** What may be asked and ordered of tasks, for the OpenAPI document. */
export const taskPaths: ApiPaths = {
  "/api/v1/tasks": {
    get: {
      operationId: "listTasks",
      summary: "任务，新的在前；只含您可读的 · tasks, newest first, of those that you may read",
      tags: ["tasks"],
      parameters: [
        queryParameter("state", "状态，或 open、ended；可重复 · states, or open, ended", several),
        queryParameter("rule", "规则 · rules", several),
        queryParameter("source", "事件源 · sources of their events", several),
        queryParameter("business", "业务 · businesses", several),
        queryParameter(
          "after",
          "上一页的 next；一页可能不满 · the next of the page before; a page may hold fewer",
          text,
        ),
        queryParameter("limit", "最多多少个 · at most so many", {
          ...{ type: "integer", minimum: 1, maximum: 500, default: 50 },
        }),
      ],
      responses: {
        200: jsonOf("一页，next 为 null 时是最后一页 · one page, the last where next is null", {
          type: "object",
          required: ["tasks", "next"],
          properties: { tasks: { type: "array", items: brief }, next: maybe },
        }),
        400: errorAnswer("参数不对，逐个列出 · parameters are wrong; each is listed"),
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/tasks/{id}": {
    get: {
      operationId: "getTask",
      summary: "一个任务：运行什么、谁批准、经过 · one task: what it runs, who approves, its history",
      tags: ["tasks"],
      parameters: [
        pathParameter("id", "任务编号，或至少前 4 位 · the task's id, or its first 4 characters or more"),
      ],
      responses: {
        200: jsonOf("任务 · the task", { type: "object", required: ["task"], properties: { task: whole } }),
        404: errorAnswer("没有这个任务 · unknown task"),
        409: errorAnswer("对应多个任务 · several tasks begin like this"),
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/tasks/{id}/cancel": {
    post: order(
      "cancelTask",
      "取消任务或其执行；单个操作的进程可能仍会运行 · cancel a task or its run; the process of a single action may go on",
    ),
  },
  "/api/v1/tasks/{id}/pause": {
    post: order("pauseTask", "暂停工作流的执行 · pause the run of a workflow"),
  },
  "/api/v1/tasks/{id}/resume": {
    post: order("resumeTask", "继续暂停的执行 · let a paused run go on"),
  },
  "/api/v1/tasks/{id}/adopt": {
    post: {
      ...order(
        "adoptExecution",
        "无法确认启动时，指明是哪个执行 · where it is not known whether it started, say which execution it is",
      ),
      requestBody: jsonOf("哪个执行 · which execution", {
        type: "object",
        required: ["execution"],
        properties: { execution: text },
      }),
      responses: {
        202: jsonOf("已认领 · taken", stored),
        422: errorAnswer("不是执行编号 · no id of an execution"),
        ...refusals,
      },
    },
  },
  "/api/v1/tasks/{id}/output": {
    get: {
      operationId: "taskOutput",
      summary: "执行的输出，已隐去密钥 · what the run has put out, secrets hidden",
      tags: ["tasks"],
      parameters: [
        pathParameter("id", "任务的完整编号 · the whole id of the task"),
        queryParameter("follow", "1：一直读到执行结束 · 1: read on until the run ends", { enum: ["1"] }),
      ],
      responses: {
        200: { description: "文本 · text", content: { "text/plain": { schema: text } } },
        404: errorAnswer("没有这个任务 · unknown task"),
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/tasks/{id}/result": {
    get: {
      operationId: "taskResult",
      summary: "执行的完整结果，JSON 文件，已隐去密钥 · the whole result as a JSON file, secrets hidden",
      tags: ["tasks"],
      parameters: [pathParameter("id", "任务的完整编号 · the whole id of the task")],
      responses: {
        200: { description: "文件 · a file", content: { "application/json": {} } },
        404: errorAnswer("没有这个任务，或还没有结果 · unknown task, or no result yet"),
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/tasks/{id}/retry": {
    post: {
      operationId: "retryTask",
      summary: "再建一个任务，需重新授权 · ask for an ended task once more; it needs an approval of its own",
      tags: ["tasks"],
      parameters,
      requestBody: {
        required: false,
        ...jsonOf("怎样重试；不给则照原样再启动 · in which way; without it: started anew as it was", wish),
      },
      responses: {
        201: jsonOf("新任务 · the new task", made),
        422: errorAnswer("请求体或参数不对 · the body or the parameters do not fit"),
        ...refusals,
      },
    },
  },
};
