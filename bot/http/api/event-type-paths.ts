import type { JsonObject } from "../../../core/ids/index.ts";
import { type ApiPaths, errorAnswer, guardedAnswers, jsonOf, pathParameter, schemaRef } from "./openapi.ts";

const TYPE = pathParameter("type", "事件类型 · the event type");
const TAGS = ["event types"];
const UNKNOWN = errorAnswer("没有这个事件类型或版本 · no such event type or version");
const INVALID = errorAnswer(
  "改后不能载入，逐条列出文件、字段、值 · the files would not load; every problem is listed",
);
const CONFLICT = errorAnswer("文件被手工改动过 · the file was edited by hand");
const STALE = errorAnswer("版本已旧 · somebody was faster");

/** A change is a body and, where there is something to lose, the version that it is made of. */
function ifMatch(required: boolean): JsonObject {
  const description = '改的是哪一版，例如 "3" · the version that is changed, for example "3"';
  return { name: "If-Match", in: "header", required, description, schema: { type: "string" } };
}

function changed(description: string): JsonObject {
  const header = { description: '新版本，例如 "4" · the new version', schema: { type: "string" } };
  return { ...jsonOf(description, schemaRef("EventType")), headers: { ETag: header } };
}

const body = {
  ...jsonOf("文件内容 · what the file shall say", schemaRef("EventTypeDefinition")),
  required: true,
};
const badBody = {
  400: errorAnswer("不是 JSON 对象 · not a JSON object"),
  413: errorAnswer("超过 1 MiB · larger than 1 MiB"),
  415: errorAnswer("不是 application/json · not application/json"),
};

/** Event types, for the OpenAPI document. */
export const eventTypePaths: ApiPaths = {
  "/api/v1/event-types": {
    get: {
      operationId: "listEventTypes",
      summary: "列出事件类型 · list event types",
      tags: TAGS,
      parameters: [
        {
          name: "retired",
          in: "query",
          description: "也列出已停用的 · retired ones too",
          schema: { type: "boolean" },
        },
      ],
      responses: {
        200: jsonOf("按名称排序 · by name", {
          type: "object",
          required: ["eventTypes", "undeclared"],
          properties: {
            eventTypes: { type: "array", items: schemaRef("EventTypeSummary") },
            undeclared: {
              type: "array",
              description: "收到过但没有声明的类型 · seen, and not declared",
              items: {
                type: "object",
                required: ["type", "connections"],
                properties: {
                  type: { type: "string" },
                  connections: { type: "array", items: schemaRef("Connection") },
                },
              },
            },
          },
        }),
        ...guardedAnswers,
      },
    },
    post: {
      operationId: "createEventType",
      summary: "新建事件类型 · create an event type",
      tags: TAGS,
      requestBody: body,
      responses: {
        201: changed("已生效 · in force"),
        ...badBody,
        409: errorAnswer("已存在，或文件被占用 · it exists, or its file is taken"),
        422: INVALID,
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/event-types/{type}": {
    parameters: [TYPE],
    get: {
      operationId: "getEventType",
      summary: "查看事件类型和它的版本 · one event type and its versions",
      tags: TAGS,
      responses: { 200: changed("现在的版本 · the newest version"), 404: UNKNOWN, ...guardedAnswers },
    },
    put: {
      operationId: "changeEventType",
      summary: "修改事件类型 · change an event type",
      tags: TAGS,
      parameters: [ifMatch(true)],
      requestBody: body,
      responses: {
        200: changed("已生效 · in force"),
        ...badBody,
        404: UNKNOWN,
        409: CONFLICT,
        412: STALE,
        422: INVALID,
        428: errorAnswer("缺少 If-Match · If-Match is missing"),
        ...guardedAnswers,
      },
    },
    delete: {
      operationId: "retireEventType",
      summary: "停用事件类型，版本保留 · retire an event type, its versions stay",
      tags: TAGS,
      parameters: [ifMatch(false)],
      responses: {
        200: changed("已停用 · retired"),
        404: UNKNOWN,
        409: errorAnswer("还在用，逐个列出规则和事件源 · still used; every rule and source is listed"),
        412: STALE,
        422: INVALID,
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/event-types/{type}/versions/{no}": {
    parameters: [TYPE, pathParameter("no", "版本号 · the version's number")],
    get: {
      operationId: "getEventTypeVersion",
      summary: "查看某一版和文件原文 · one version with the file's text",
      tags: TAGS,
      responses: {
        200: jsonOf("这一版 · the version", schemaRef("EventType")),
        404: UNKNOWN,
        ...guardedAnswers,
      },
    },
  },
};
