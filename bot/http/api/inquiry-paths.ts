import type { JsonObject } from "../../../core/ids/index.ts";
import {
  type ApiPaths,
  errorAnswer,
  guardedAnswers,
  jsonOf,
  pathParameter,
  queryParameter,
} from "./openapi.ts";

const text = { type: "string" };
const texts = { type: "array", items: text };
const nullable = (type: string) => ({ type: [type, "null"] });
const field: JsonObject = {
  type: "object",
  properties: {
    ...{ name: text, title: text, required: { type: "boolean" }, secret: { type: "boolean" } },
    options: { type: ["array", "null"], description: "null：自由填写 · null: to be written" },
  },
};
const inquiry: JsonObject = {
  type: "object",
  required: ["id", "task", "cluster", "execution", "schema", "fields", "askedAt", "end", "answer"],
  properties: {
    ...{ id: text, task: text, cluster: text, execution: text, users: texts, roles: texts },
    schema: { type: "object", description: "StackStorm 的 schema · as StackStorm has it" },
    fields: { type: "array", items: field },
    ...{ askedAt: text, until: nullable("string"), endedAt: nullable("string") },
    end: {
      enum: [null, "answered", "elsewhere", "lapsed", "moot"],
      description: "null：仍在等待 · still asked",
    },
    answer: {
      type: ["object", "null"],
      description: "机密的值已隐去 · secret values are masked",
      properties: { by: text, onBehalfOf: nullable("string"), at: text, response: { type: "object" } },
    },
  },
};
const id = pathParameter("id", "提问的完整编号 · the whole id of the inquiry");
const unknown = { 404: errorAnswer("没有这个提问 · unknown inquiry") };
const outcome = (state: string): JsonObject => ({
  type: "object",
  required: ["id", "state"],
  properties: { id: text, state: { const: state } },
});

/** What workflows ask people, for the OpenAPI document. */
export const inquiryPaths: ApiPaths = {
  "/api/v1/inquiries": {
    get: {
      operationId: "listInquiries",
      summary: "运行中的工作流在问什么，最早的在前 · what running workflows ask, oldest first",
      tags: ["inquiries"],
      parameters: [
        queryParameter("task", "只看这个任务的，完整编号 · of this task alone, by its whole id", text),
        queryParameter(
          "state",
          "all：包括最近三天结束的 · all: with those that ended in the last three days",
          {
            enum: ["open", "all"],
            default: "open",
          },
        ),
      ],
      responses: {
        200: jsonOf("提问 · inquiries", {
          type: "object",
          properties: { inquiries: { type: "array", items: inquiry } },
        }),
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/inquiries/{id}": {
    get: {
      operationId: "getInquiry",
      summary: "一个提问 · one inquiry",
      tags: ["inquiries"],
      parameters: [id],
      responses: { 200: jsonOf("提问 · the inquiry", inquiry), ...unknown, ...guardedAnswers },
    },
  },
  "/api/v1/inquiries/{id}/answer": {
    post: {
      operationId: "answerInquiry",
      summary:
        "答复；须有 tasks.control，且是任务的授权人 · answer; takes tasks.control and to be one who may decide about the task",
      tags: ["inquiries"],
      parameters: [
        id,
        {
          ...{ name: "Idempotency-Key", in: "header", required: false, schema: text },
          description:
            "同一个键只算一次；已用于另一个答复的键会被拒绝（409 key_reused） · the same key counts once; one that has sent another answer is refused (409, key_reused)",
        },
      ],
      requestBody: jsonOf("答复 · the answer", {
        type: "object",
        required: ["response"],
        properties: { response: { type: "object", description: "按提问的 schema · as the schema has it" } },
      }),
      responses: {
        200: jsonOf("StackStorm 已收下 · StackStorm has it", outcome("answered")),
        202: jsonOf(
          "已记下，连上 StackStorm 后提交 · stored; StackStorm is told once it answers",
          outcome("waits"),
        ),
        409: errorAnswer(
          "已有人答复，不再等待，或键已用于另一个答复 · answered by another, not asked any more, or the key has sent another answer",
        ),
        422: errorAnswer("不符合 schema，或没有 response · does not fit the schema"),
        ...unknown,
        ...guardedAnswers,
      },
    },
  },
};
