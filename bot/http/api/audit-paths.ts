import { AUDIT_VERBS } from "../../../core/audit/index.ts";
import type { JsonObject } from "../../../core/ids/index.ts";
import { type ApiPaths, errorAnswer, guardedAnswers, jsonOf, queryParameter } from "./openapi.ts";

const text = { type: "string" };
const instant = { type: "string", format: "date-time" };
const entry: JsonObject = {
  type: "object",
  required: ["seq", "prev", "at", "who", "what", "object", "detail", "hash"],
  properties: {
    seq: { type: "integer", minimum: 1, description: "从 1 连续编号 · counted from 1, without gaps" },
    prev: { type: "string", description: "前一条的 hash · the hash of the entry before" },
    ...{ at: instant, who: text, what: { enum: [...AUDIT_VERBS] }, object: text, detail: { type: "object" } },
    hash: { type: "string", description: "其余内容的 SHA-256（RFC 8785）· sha256 of everything else" },
  },
};
const FILTER = [
  queryParameter("task", "任务编号 · a task's id", text),
  queryParameter("object", "对什么做的 · what it was done to", text),
  queryParameter("who", "谁 · who: a userid, local, whale, file", text),
  queryParameter("what", "做了什么，可重复 · deeds, repeatable", { enum: [...AUDIT_VERBS] }),
  queryParameter("since", "从何时起 · since when: 2h or an instant", text),
  queryParameter("until", "到何时止 · until when", text),
];
const BAD_QUERY = errorAnswer("查询里有不对的参数 · something in the query is wrong");
const TAGS = ["audit"];

/** The audit log, for the OpenAPI document. */
export const auditPaths: ApiPaths = {
  "/api/v1/audit": {
    get: {
      operationId: "listAudit",
      summary: "审计记录，旧的在前 · the audit log, oldest first",
      description:
        "一页可能不满，next 为 null 才是尽头；查询本身也被记录 · a page may be short, the end is where next is null; that it was read is recorded too",
      tags: TAGS,
      parameters: [
        ...FILTER,
        queryParameter("after", "上一页的 next · the next of the page before", {
          type: "integer",
          minimum: 0,
        }),
        queryParameter("limit", "最多多少条 · at most so many", {
          ...{ type: "integer", minimum: 1, maximum: 500, default: 50 },
        }),
      ],
      responses: {
        200: jsonOf("一页 · one page", {
          type: "object",
          required: ["entries", "next"],
          properties: { entries: { type: "array", items: entry }, next: { type: ["integer", "null"] } },
        }),
        400: BAD_QUERY,
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/audit/export": {
    get: {
      operationId: "exportAudit",
      summary: "导出为 JSON 行，旧的在前 · export as JSON lines, oldest first",
      tags: TAGS,
      parameters: FILTER,
      responses: {
        200: {
          description: "一行一条 · one entry a line",
          content: { "application/x-ndjson": { schema: entry } },
        },
        400: BAD_QUERY,
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/audit/verify": {
    get: {
      operationId: "verifyAudit",
      summary: "从头核对整条链 · walk the whole chain and tell the first entry that does not hold",
      tags: TAGS,
      parameters: [
        queryParameter("head", "记在别处的链头 HASH@SEQ · a head that was noted elsewhere", text),
        queryParameter("archive", "还与归档核对 · also compare the archive's copy", {
          enum: ["true", "false"],
        }),
      ],
      responses: {
        200: jsonOf("完好，或第一处不对 · whole, or what is wrong first", {
          type: "object",
          required: ["outcome"],
          properties: {
            outcome: { enum: ["whole", "broken"] },
            count: { type: "integer", description: "条数 · how many entries" },
            head: { type: ["string", "null"], description: "请记在别处 · to be noted elsewhere: HASH@SEQ" },
            archived: { type: "integer", description: "归档里到第几条 · how far the archive's copy reaches" },
            seq: { type: "integer" },
            reason: {
              enum: [
                ...["missing", "unlinked", "altered", "cut", "other_head"],
                ...["not_archived", "archived_otherwise"],
              ],
            },
            message: text,
          },
        }),
        400: BAD_QUERY,
        ...guardedAnswers,
      },
    },
  },
};
