import { REPLAY_MODES, REPLAY_STATES } from "../../../core/replays/index.ts";

const text = { type: "string" };
const count = { type: "integer", minimum: 0 };
const instant = { type: "string", format: "date-time" };
const HEAD = {
  ...{ id: text, mode: { enum: [...REPLAY_MODES] }, filter: { type: "object" } },
  rules: { description: "只用这些规则；null 为全部 · these rules alone; null: all" },
  ...{ perSecond: {}, ignoreThrottle: { type: "boolean" }, maxTasks: {}, maxEvents: {} },
  ...{ by: text, state: { enum: [...REPLAY_STATES] }, reason: text, message: text },
  ...{ createdAt: instant, updatedAt: instant, events: count, tasks: count },
  chained: { ...count, description: "任务结束事件，从不重放 · ends of tasks, never replayed" },
  outOfScope: count,
};
const REQUIRED = Object.keys(HEAD).filter((name) => name !== "message");

/** The shapes of replays. */
export const replaySchemas = {
  ReplayHead: { type: "object", required: REQUIRED, properties: HEAD },
  Replay: {
    type: "object",
    required: [...REQUIRED, "outcomes", "samples"],
    properties: {
      ...HEAD,
      outcomes: {
        type: "array",
        description: "按规则和版本 · by rule and version",
        items: {
          type: "object",
          required: ["ruleId", "ruleVersion", "fired", "held"],
          properties: {
            ...{ ruleId: text, ruleVersion: text, fired: count },
            held: { type: "object", additionalProperties: count, description: "按原因 · by reason" },
          },
        },
      },
      samples: {
        type: "array",
        items: {
          type: "object",
          required: ["eventId", "ruleId", "ruleVersion", "outcome", "reason", "type", "receivedAt"],
          properties: {
            ...{ eventId: text, type: text, receivedAt: instant, subject: text, title: text, business: text },
            ...{ ruleId: text, ruleVersion: text, outcome: { enum: ["fired", "held"] }, reason: text },
            ...{ message: text, feature: { type: "object" }, taskId: text },
            work: {
              type: "object",
              description: "操作、参数、目标、问谁 · action, params, targets, who is asked",
            },
          },
        },
      },
    },
  },
} as const;
