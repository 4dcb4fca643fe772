import { EVENT_STATUSES, SEVERITIES } from "../../../core/events/index.ts";
import { VERDICT_REASONS } from "../../../core/rules/index.ts";

const text = { type: "string" };
const instant = { type: "string", format: "date-time" };
const texts = { type: "object", additionalProperties: text };
const VIOLATION = {
  type: "object",
  required: ["path", "message"],
  properties: { path: text, message: text },
};

const BUCKET_FIELDS = {
  key: text,
  tokens: { type: "number", description: "判定后剩余 · left after it" },
  burst: { type: "number" },
  nextAtMs: { type: "number", description: "下一个令牌的时刻 · when the next token is there" },
  held: { type: "integer", description: "上一个令牌之后拦下的 · held back since the last token" },
};
const BUCKET = {
  type: "object",
  required: ["key", "tokens", "burst", "nextAtMs"],
  properties: {
    ...BUCKET_FIELDS,
    also: {
      type: "array",
      description: "一起判定的其他桶 · the others that were asked",
      items: { type: "object", properties: BUCKET_FIELDS },
    },
  },
};

/** The shapes of events and of what is said about them. */
export const eventSchemas = {
  Event: {
    type: "object",
    required: [
      ...["id", "type", "name", "title", "source", "subject", "severity", "status", "time", "receivedAt"],
      ...["fingerprint", "incident", "labels", "annotations", "detail", "violations", "rawRef"],
    ],
    properties: {
      ...{ id: text, type: text, name: text, title: text, source: text, subject: text },
      severity: { enum: [...SEVERITIES] },
      status: { enum: [...EVENT_STATUSES] },
      ...{ time: instant, endsAt: instant, receivedAt: instant, fingerprint: text, incident: text },
      ...{ repeatOf: text, recovers: text, supersedes: text, late: { const: true } },
      ...{ labels: texts, annotations: texts, detail: { type: "object" }, rawRef: text },
      violations: { type: "array", items: VIOLATION },
    },
  },
  Verdict: {
    type: "object",
    required: ["eventId", "ruleId", "ruleVersion", "outcome", "reason", "at"],
    properties: {
      ...{ eventId: text, ruleId: text, ruleVersion: text, outcome: { enum: ["fired", "held"] } },
      ...{ reason: { enum: [...VERDICT_REASONS] }, at: instant, taskId: text, message: text },
      withdrawn: { type: "array", items: text },
      would: {
        type: "object",
        description: "影子规则本来会做的 · what a shadow rule would have done",
        required: ["action", "targets", "params", "paramsDigest", "tasks"],
        properties: {
          ...{ action: text, targets: { type: "array", items: text }, params: text, paramsDigest: text },
          ...{ tasks: { type: "integer" }, throttleKey: text },
        },
      },
      feature: { type: "object", description: "第一个不符的特征 · the first feature that does not fit" },
      throttle: BUCKET,
      elements: {
        type: "array",
        description: "forEach 的每一项 · each element of the rule's forEach",
        items: {
          type: "object",
          required: ["index", "outcome", "reason"],
          properties: {
            ...{
              index: { type: "integer" },
              outcome: { enum: ["fired", "held"] },
              taskId: text,
              message: text,
            },
            ...{ reason: { enum: [...VERDICT_REASONS] }, throttle: BUCKET },
          },
        },
      },
    },
  },
  Bucket: BUCKET,
  Receipts: {
    type: "object",
    required: ["events", "refused"],
    properties: {
      events: {
        type: "array",
        description: "按发送顺序；duplicate 表示以前收过 · in order; duplicate: it came before",
        items: {
          type: "object",
          required: ["eventId", "outcome"],
          properties: { eventId: text, outcome: text },
        },
      },
      refused: {
        type: "array",
        items: {
          type: "object",
          required: ["index", "reason", "message", "violations"],
          properties: {
            ...{ index: { type: "integer" }, reason: text, message: text },
            violations: { type: "array", items: VIOLATION },
          },
        },
      },
    },
  },
  GenericEvent: {
    type: "object",
    required: ["event_type"],
    properties: {
      event_type: { type: "string", description: "已声明的事件类型 · a declared event type" },
      detail: { description: "对象，或 JSON 文本 · an object, or JSON as text" },
      id: { description: "同一个 id 只算一次 · the same id counts once" },
      incident: { description: "联系触发、重复与恢复 · joins firing, repeats and recovery" },
      ...{ title: text, subject: text, severity: text, time: {}, ends_at: {} },
      status: { enum: [...EVENT_STATUSES], default: "firing" },
      ...{ labels: { type: "object" }, annotations: { type: "object" } },
    },
  },
  Connection: {
    type: "object",
    required: ["source", "events", "invalidShare", "lastSeenAt"],
    properties: {
      ...{ source: text, events: { type: "integer" }, lastSeenAt: instant },
      invalidShare: { type: "number", minimum: 0, maximum: 1 },
    },
  },
} as const;
