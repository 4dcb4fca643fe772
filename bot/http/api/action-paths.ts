import type { JsonObject } from "../../../core/ids/index.ts";
import { USER_KINDS } from "../../../core/releases/index.ts";
import {
  type ApiPaths,
  errorAnswer,
  guardedAnswers,
  jsonOf,
  pathParameter,
  queryParameter,
} from "./openapi.ts";

const text = { type: "string" };
const list = (items: JsonObject): JsonObject => ({ type: "array", items });
const object = (properties: JsonObject): JsonObject => ({ type: "object", properties });

const action = object({
  ...{ ref: text, pack: text, about: text, runner: text },
  parameters: {
    type: "object",
    description: "它自己的参数，不含 runner 的 · its own, without those of its runner",
    additionalProperties: { type: "object" },
  },
  places: list(
    object({ cluster: text, version: { type: ["string", "null"] }, enabled: { type: "boolean" } }),
  ),
  differing: {
    ...list(text),
    description: "各集群不一致的参数 · parameters that differ between clusters",
  },
  uses: list(object({ kind: { enum: [...USER_KINDS] }, name: text })),
});
const silent = {
  ...list(object({ cluster: text, message: text })),
  description: "没有应答的集群 · clusters that did not answer",
};

/** What can be run, for the OpenAPI document. */
export const actionPaths: ApiPaths = {
  "/api/v1/actions": {
    get: {
      operationId: "listActions",
      summary: "所有集群的原子任务、参数、版本、谁在用 · what can be run over all clusters, and what uses it",
      tags: ["actions"],
      parameters: [
        queryParameter("pack", "只看这个 pack · of this pack alone", text),
        queryParameter("cluster", "只看这个集群 · on this cluster alone", text),
        queryParameter("q", "名称或说明里有 · in the name or description", text),
      ],
      responses: {
        200: jsonOf("动作 · actions", object({ actions: list(action), silent })),
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/actions/{ref}": {
    get: {
      operationId: "getAction",
      summary: "一个原子任务 · one of them",
      tags: ["actions"],
      parameters: [pathParameter("ref", "包名.动作名 · pack.name")],
      responses: {
        200: jsonOf("动作 · the action", action),
        404: errorAnswer("没有 · unknown"),
        ...guardedAnswers,
      },
    },
  },
};
