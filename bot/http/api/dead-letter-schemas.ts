const text = { type: "string" };
const count = { type: "integer", minimum: 0 };
const HEAD = {
  ...{ id: text, kind: { enum: ["event", "verdict"] }, eventId: text },
  type: { type: "string", description: "事件类型，只有事件有 · the event type, of an event alone" },
  ruleId: { type: "string", description: "只有结论有 · of a verdict alone" },
  problem: { type: "string", description: "归档为什么不收 · what the archive said" },
  at: { type: "string", format: "date-time" },
};
const REQUIRED = ["id", "kind", "eventId", "problem", "at"];

/** The shapes of dead letters. */
export const deadLetterSchemas = {
  DeadLetterHead: { type: "object", required: REQUIRED, properties: HEAD },
  DeadLetter: {
    type: "object",
    required: [...REQUIRED, "value"],
    properties: { ...HEAD, value: { type: "object", description: "原文 · as it came" } },
  },
  Retried: { type: "object", required: ["stored", "left"], properties: { stored: count, left: count } },
} as const;
