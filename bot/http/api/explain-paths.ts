import {
  type ApiPaths,
  errorAnswer,
  guardedAnswers,
  jsonOf,
  pathParameter,
  queryParameter,
  schemaRef,
} from "./openapi.ts";

const text = { type: "string" };

/** A task and how it stands. */
const toldTask = {
  ...{ type: "object", required: ["task", "state", "reason"] },
  properties: {
    ...{ task: text, state: text, reason: text, retryOf: text },
    ...{ choice: { type: "object" }, rerunOf: { type: "object" } },
    changed: { type: "array", items: { type: "object" } },
  },
};

/** Why rules did or did not make tasks of an event, for the OpenAPI document. */
export const explainPaths: ApiPaths = {
  "/api/v1/events/{id}/explain": {
    parameters: [
      pathParameter(
        "id",
        "事件编号或其开头，或任务编号的开头 · the event's id or its beginning, or that of a task's",
      ),
    ],
    get: {
      operationId: "explainEvent",
      summary: "各规则为何建或没建任务 · why rules did or did not make tasks of it",
      tags: ["events"],
      parameters: [queryParameter("rule", "只问这条规则 · of this rule alone", text)],
      responses: {
        200: jsonOf("触发的在前，差得少的其次 · fired first, then the nearest misses", {
          type: "object",
          required: ["event", "rules", "asked"],
          properties: {
            event: { type: "object" },
            rules: {
              type: "array",
              items: {
                type: "object",
                required: ["known", "ruleId"],
                properties: {
                  known: {
                    enum: ["stored", "recomputed", "not_asked"],
                    description:
                      "stored：当时的记录；recomputed：按现有规则重算；not_asked：规则不读此类型 · as recorded; judged again by the rules in force; the rule reads other types",
                  },
                  ...{ ruleId: text, title: { type: ["string", "null"] }, verdict: schemaRef("Verdict") },
                  changed: {
                    type: "boolean",
                    description: "此后规则改过或已删 · the rule was changed or removed since",
                  },
                  untold: {
                    type: "boolean",
                    description:
                      "会触发，但还没有记录，也没有任务 · would fire, but neither verdict nor task is there",
                  },
                  approval: {
                    ...{ type: "object", required: ["zh", "en"], properties: { zh: text, en: text } },
                    description:
                      "触发时：谁来批准，按现有规则 · where it fires: who must approve, as the rule is now",
                  },
                  on: { type: "array", items: text },
                  tasks: {
                    type: "array",
                    description:
                      "建的任务及其重试：状态、选了哪个集群和原因、重试改了什么 · the tasks it made and their retries: how they stand, which cluster was chosen and why, what a retry has changed",
                    items: toldTask,
                  },
                },
              },
            },
            asked: {
              type: "array",
              description:
                "有人用此事件直接要求的任务及其重试 · the tasks that a person asked for with this event, and their retries",
              items: toldTask,
            },
          },
        }),
        400: errorAnswer("参数不对 · parameters are wrong"),
        404: errorAnswer("没有这个事件或规则 · no such event or rule"),
        409: errorAnswer("对应多个事件 · several events begin like this"),
        ...guardedAnswers,
      },
    },
  },
};
