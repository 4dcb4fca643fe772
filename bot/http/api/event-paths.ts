import { EVENT_STATUSES, SEVERITIES } from "../../../core/events/index.ts";
import type { JsonObject } from "../../../core/ids/index.ts";
import { VERDICT_REASONS } from "../../../core/rules/index.ts";
import {
  type ApiPaths,
  errorAnswer,
  guardedAnswers,
  jsonOf,
  pathParameter,
  queryParameter,
  schemaRef,
} from "./openapi.ts";

const TAGS = ["events"];
const text = { type: "string" };
const instant = "时间、日期，或 2h 表示两小时前 · a time with its zone, a date, or 2h for two hours ago";

function several(items: JsonObject): JsonObject {
  return { type: "array", items };
}

function limit(fallback: number, maximum: number): JsonObject {
  const schema = { type: "integer", minimum: 1, maximum, default: fallback };
  return queryParameter("limit", "最多多少个 · at most so many", schema);
}

const FILTER: JsonObject[] = [
  queryParameter("q", "全文检索，中文两字即可 · words that must all be there", text),
  queryParameter("type", "可重复或用逗号分开 · repeated, or parted by commas", several(text)),
  queryParameter("source", "事件源 · sources", several(text)),
  queryParameter("severity", "级别 · severities", several({ enum: [...SEVERITIES] })),
  queryParameter("status", "状态 · statuses", several({ enum: [...EVENT_STATUSES] })),
  queryParameter("subject", "对象 · what it is about", text),
  queryParameter("incident", "故障 · the incident", text),
  queryParameter("label", "名=值，可重复 · key=value, repeated", several(text)),
  queryParameter(
    "number",
    "detail 中声明过的数字字段，字段=85..95、85.. 或 ..95，可重复 · a declared numeric field of detail, repeated",
    several(text),
  ),
  queryParameter("invalid", "是否不合类型的格式 · whether it fits its type's schema", { type: "boolean" }),
  queryParameter("rule", "规则有结论的，需 rules.read · that this rule judged; needs rules.read", text),
  queryParameter("reason", "结论的原因，需 rules.read · with this reason; needs rules.read", {
    enum: [...VERDICT_REASONS],
  }),
  queryParameter("from", `收到时间，含 · received from; ${instant}`, text),
  queryParameter("to", `收到时间，不含 · received before; ${instant}`, text),
];

const BAD_QUERY = errorAnswer("参数不对，逐个列出 · parameters are wrong; each is listed");
const UNKNOWN = errorAnswer("没有，或已过保存期 · none such, or kept no longer");
const AMBIGUOUS = errorAnswer("对应多个事件 · several events begin like this");
const ID = pathParameter(
  "id",
  "事件编号，或最新 1,000 个事件中一个的编号开头 · the event's id, or the beginning of one among the newest 1,000",
);
const RAW = {
  200: {
    description: "原文，作为附件 · the body as it came, as a download",
    content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
  },
  404: UNKNOWN,
  ...guardedAnswers,
};
const RAW_OF_EVENT = { ...RAW, 409: AMBIGUOUS };
const SENT = { oneOf: [schemaRef("GenericEvent"), several(schemaRef("GenericEvent"))] };

/** Events and refused bodies, for the OpenAPI document. */
export const eventPaths: ApiPaths = {
  "/api/v1/events": {
    post: {
      operationId: "sendEvents",
      summary: "发送事件，一个或一批 · send one event or many",
      description:
        "通用格式或 CloudEvents 1.0：结构化、批量、二进制 · Whale's form, or CloudEvents: structured, batched, binary",
      tags: TAGS,
      requestBody: {
        required: true,
        content: {
          "application/json": { schema: SENT },
          "application/cloudevents+json": { schema: { type: "object" } },
          "application/cloudevents-batch+json": { schema: several({ type: "object" }) },
        },
      },
      responses: {
        202: jsonOf("已持久保存 · durably stored", schemaRef("Receipts")),
        400: errorAnswer("读不懂，原文已保存 · cannot be read; the body is kept"),
        413: errorAnswer("太大 · too large"),
        415: errorAnswer("被压缩 · compressed"),
        422: errorAnswer("类型没有声明，或不符合严格的类型 · unknown type, or a misfit of a strict one"),
        ...guardedAnswers,
      },
    },
    get: {
      operationId: "searchEvents",
      summary: "检索事件 · search events",
      tags: TAGS,
      parameters: [
        ...FILTER,
        queryParameter("order", "按收到时间 · by time of receipt", {
          enum: ["newest", "oldest"],
          default: "newest",
        }),
        queryParameter("after", "上一页的 next · the next of the page before", text),
        limit(50, 500),
      ],
      responses: {
        200: jsonOf("一页 · one page", {
          type: "object",
          required: ["events", "next"],
          properties: { events: several(schemaRef("Event")), next: { type: ["string", "null"] } },
        }),
        400: BAD_QUERY,
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/events/export": {
    get: {
      operationId: "exportEvents",
      summary: "导出为 JSON 行，旧的在前 · export as JSON lines, oldest first",
      tags: TAGS,
      parameters: [...FILTER, limit(100_000, 10_000_000)],
      responses: {
        200: {
          description: "一行一个事件 · one event a line",
          content: { "application/x-ndjson": { schema: schemaRef("Event") } },
        },
        400: BAD_QUERY,
        422: errorAnswer(
          "q 没有可以查找的字词，会导出全部 · q holds no word to look for and would export everything",
        ),
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/events/aggregate": {
    get: {
      operationId: "aggregateEvents",
      summary: "按字段和时间计数 · count by a field, and by time",
      tags: TAGS,
      parameters: [
        {
          ...queryParameter(
            "by",
            "type source severity status subject rule reason，或 label:NAME；rule reason 需 rules.read · or a label; rule and reason need rules.read",
            text,
          ),
          required: true,
        },
        queryParameter("interval", "按 UTC 分段 · parts of time, in UTC", {
          enum: ["minute", "hour", "day"],
        }),
        limit(20, 1000),
        ...FILTER,
      ],
      responses: {
        200: jsonOf("计数，多的在前 · the larger first", {
          type: "object",
          required: ["buckets", "others", "events"],
          properties: {
            buckets: several({
              type: "object",
              required: ["key", "events"],
              properties: {
                key: text,
                at: { type: "string", format: "date-time" },
                events: { type: "integer" },
              },
            }),
            others: {
              type: "object",
              properties: { keys: { type: "integer" }, events: { type: "integer" } },
            },
            events: { type: "integer" },
          },
        }),
        400: BAD_QUERY,
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/events/{id}": {
    parameters: [ID],
    get: {
      operationId: "getEvent",
      summary:
        "一个事件、您可读的规则的结论、它的故障 · one event, the verdicts of the rules you may read, its incident",
      tags: TAGS,
      responses: {
        200: jsonOf("事件 · the event", {
          type: "object",
          required: ["event", "verdicts", "incident"],
          properties: {
            event: schemaRef("Event"),
            verdicts: several(schemaRef("Verdict")),
            incident: {
              type: "object",
              required: ["key", "events"],
              properties: { key: text, events: several({ type: "object" }) },
            },
          },
        }),
        404: UNKNOWN,
        409: AMBIGUOUS,
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/events/{id}/raw": {
    parameters: [ID],
    get: {
      operationId: "getEventBody",
      summary: "事件的原文 · the body that an event came in",
      tags: TAGS,
      responses: RAW_OF_EVENT,
    },
  },
  "/api/v1/refusals": {
    get: {
      operationId: "listRefusals",
      summary: "没有成为事件的请求体，新的在前 · bodies that made no event, newest first",
      tags: TAGS,
      parameters: [limit(50, 500)],
      responses: {
        200: jsonOf("新的在前 · newest first", {
          type: "object",
          required: ["refusals"],
          properties: {
            refusals: several({
              type: "object",
              required: ["source", "reason", "message", "rawRef", "at", "count"],
              properties: {
                ...{ source: text, reason: text, message: text, rawRef: text },
                ...{ at: { type: "string", format: "date-time" }, count: { type: "integer" } },
              },
            }),
          },
        }),
        400: BAD_QUERY,
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/refusals/{ref}/raw": {
    parameters: [pathParameter("ref", "rawRef")],
    get: {
      operationId: "getRefusedBody",
      summary: "被拒绝的原文 · a refused body",
      tags: TAGS,
      responses: RAW,
    },
  },
};
