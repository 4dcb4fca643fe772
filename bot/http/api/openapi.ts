import type { JsonObject } from "../../../core/ids/index.ts";
import { deadLetterSchemas } from "./dead-letter-schemas.ts";
import { eventSchemas } from "./event-schemas.ts";
import { replaySchemas } from "./replay-schemas.ts";

/** The addresses of one group of routes, as OpenAPI 3.1 describes them. */
export type ApiPaths = Readonly<Record<string, JsonObject>>;

/** A reference to one of `apiSchemas`. */
export function schemaRef(name: keyof typeof apiSchemas): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

/** An answer, or a request's body, that is JSON of this shape. */
export function jsonOf(description: string, schema: JsonObject): JsonObject {
  return { description, content: { "application/json": { schema } } };
}

/** An answer that says no. */
export function errorAnswer(description: string): JsonObject {
  return jsonOf(description, schemaRef("Error"));
}

/** The answers that every guarded address may give. */
export const guardedAnswers: JsonObject = {
  401: errorAnswer("没有表明身份 · the caller is not known"),
  403: errorAnswer("没有这个权限 · the caller may not"),
  503: errorAnswer("暂时不能保存，稍后再试 · cannot be stored now, try again after Retry-After"),
};

/** A parameter of the query. */
export function queryParameter(name: string, description: string, schema: JsonObject): JsonObject {
  return { name, in: "query", description, schema };
}

/** A parameter of the address. */
export function pathParameter(name: string, description: string): JsonObject {
  return { name, in: "path", required: true, description, schema: { type: "string" } };
}

const text = { type: "string" };
const VERSION_HEAD = {
  type: text,
  version: { type: "integer", minimum: 1 },
  change: { enum: ["created", "changed", "retired"] },
  by: {
    type: "string",
    description: "userid；`file` 表示文件被手工修改 · `file`: edited by hand, nobody knows by whom",
  },
  at: { type: "string", format: "date-time" },
};

/** The shapes that the addresses refer to. */
export const apiSchemas = {
  Error: {
    type: "object",
    required: ["error"],
    properties: {
      error: {
        type: "object",
        required: ["code", "message"],
        properties: {
          code: { type: "string", description: "给程序判断 · for programs" },
          message: { type: "string", description: "给人看，中文在前 · for people, Chinese first" },
          problems: { type: "array", items: { $ref: "#/components/schemas/Problem" } },
          parameters: {
            type: "array",
            items: { type: "object", properties: { name: text, message: text } },
            description: "查询里不对的参数 · what is wrong in the query",
          },
          types: { type: "array", items: text, description: "不能发送的类型 · types that may not be sent" },
          uses: { type: "array", items: { $ref: "#/components/schemas/TypeUse" } },
        },
      },
    },
  },
  Problem: {
    type: "object",
    required: ["file", "line", "column", "field", "value", "message"],
    properties: {
      file: text,
      line: { type: "integer" },
      column: { type: "integer" },
      field: text,
      value: { type: "string", description: "出错的值，不含密钥 · the value, never a secret" },
      message: { type: "string", description: "中文" },
      messageEn: { type: "string", description: "English" },
    },
  },
  TypeUse: {
    type: "object",
    required: ["kind", "name", "file"],
    properties: { kind: { enum: ["rule", "source"] }, name: text, file: text },
  },
  EventTypeDefinition: {
    type: "object",
    required: ["type", "title", "owner"],
    additionalProperties: false,
    properties: {
      type: { type: "string", pattern: "^[A-Za-z][A-Za-z0-9_.-]{0,99}$" },
      title: text,
      owner: text,
      subject: { type: "string", description: "模板 · a template" },
      schema: { type: "object", description: "detail 的 JSON Schema · JSON Schema of detail" },
      strict: { type: "boolean", default: false },
      keep: { type: "string", description: "在归档中保存多久，如 30d · how long its events are kept" },
    },
  },
  EventTypeVersion: { type: "object", required: Object.keys(VERSION_HEAD), properties: VERSION_HEAD },
  EventType: {
    type: "object",
    required: [...Object.keys(VERSION_HEAD), "definition"],
    properties: {
      ...VERSION_HEAD,
      definition: { $ref: "#/components/schemas/EventTypeDefinition" },
      text: {
        type: "string",
        description: "文件原文，只在查看某一版时给出 · the file, when one version is asked for",
      },
      versions: { type: "array", items: { $ref: "#/components/schemas/EventTypeVersion" } },
    },
  },
  EventTypeSummary: {
    type: "object",
    required: [...Object.keys(VERSION_HEAD), "title", "owner", "strict", "connections"],
    properties: {
      ...{ ...VERSION_HEAD, title: text, owner: text, strict: { type: "boolean" } },
      connections: { type: "array", items: { $ref: "#/components/schemas/Connection" } },
    },
  },
  ...eventSchemas,
  ...replaySchemas,
  ...deadLetterSchemas,
} as const;
