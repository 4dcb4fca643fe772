import type { JsonObject } from "../../../core/ids/index.ts";
import { type ApiPaths, errorAnswer, guardedAnswers, jsonOf, queryParameter } from "./openapi.ts";

const text = { type: "string" };
const people = { type: "array", items: text };
const instant = { type: ["string", "null"], format: "date-time" };
const duty: JsonObject = {
  type: "object",
  required: ["name", "title", "kind", "known", "people", "leaving", "until", "next", "asOf", "trouble"],
  properties: {
    name: text,
    title: text,
    kind: { enum: ["calendar", "lookup"] },
    known: {
      type: "boolean",
      description: "false：查不到，无人可批 · it could not be looked up, nobody is entitled by it",
    },
    people,
    leaving: { ...people, description: "交接中，上一班仍有效的人 · those of before who still count" },
    until: instant,
    next: {
      type: ["object", "null"],
      properties: { people, from: { type: "string", format: "date-time" } },
    },
    asOf: { ...instant, description: "何时查得 · when it was looked up" },
    trouble: { type: ["string", "null"], description: "为何没有查到新的 · why it could not be asked anew" },
  },
};

/** Who is on duty, for the OpenAPI document. */
export const dutyPaths: ApiPaths = {
  "/api/v1/duty": {
    get: {
      operationId: "showDuty",
      summary: "谁在值班、到何时、下一班是谁 · who is on duty, until when, and who is next",
      tags: ["duty"],
      parameters: [queryParameter("name", "只看这个值班表 · of this roster alone", text)],
      responses: {
        200: jsonOf("值班表 · rosters", {
          type: "object",
          required: ["rosters"],
          properties: { rosters: { type: "array", items: duty } },
        }),
        404: errorAnswer("没有 · unknown"),
        ...guardedAnswers,
      },
    },
  },
};
