import {
  type ApiPaths,
  errorAnswer,
  guardedAnswers,
  jsonOf,
  pathParameter,
  queryParameter,
  schemaRef,
} from "./openapi.ts";

const TAGS = ["archive"];
const ID = pathParameter("id", "死信编号 · the dead letter's id");
const UNKNOWN = errorAnswer("没有这封死信 · no such dead letter");
const RETRIED = jsonOf(
  "入档多少，还剩多少 · how many are archived now, how many are left",
  schemaRef("Retried"),
);

/** Dead letters of the archive, for the OpenAPI document. */
export const deadLetterPaths: ApiPaths = {
  "/api/v1/archive/dead-letters": {
    get: {
      operationId: "listDeadLetters",
      summary: "归档不收的事件和结论，旧的在前 · what the archive would not take, oldest first",
      tags: TAGS,
      parameters: [
        queryParameter("limit", "最多多少封 · at most so many", {
          ...{ type: "integer", minimum: 1, maximum: 500, default: 50 },
        }),
      ],
      responses: {
        200: jsonOf("旧的在前；count 是总数 · oldest first; count is of all", {
          type: "object",
          required: ["count", "deadLetters"],
          properties: {
            count: { type: "integer", minimum: 0 },
            deadLetters: { type: "array", items: schemaRef("DeadLetterHead") },
          },
        }),
        400: errorAnswer("查询里有不对的参数 · something in the query is wrong"),
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/archive/dead-letters/{id}": {
    parameters: [ID],
    get: {
      operationId: "getDeadLetter",
      summary: "一封死信和它的原文 · one dead letter, with what could not be archived",
      tags: TAGS,
      responses: {
        200: jsonOf("死信 · the dead letter", schemaRef("DeadLetter")),
        404: UNKNOWN,
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/archive/dead-letters/retry": {
    post: {
      operationId: "retryDeadLetters",
      summary: "全部再试一次 · try all again",
      tags: TAGS,
      responses: { 200: RETRIED, ...guardedAnswers },
    },
  },
  "/api/v1/archive/dead-letters/{id}/retry": {
    parameters: [ID],
    post: {
      operationId: "retryDeadLetter",
      summary: "这一封再试一次 · try this one again",
      tags: TAGS,
      responses: { 200: RETRIED, 404: UNKNOWN, ...guardedAnswers },
    },
  },
};
