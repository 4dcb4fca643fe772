import { actionPaths } from "./action-paths.ts";
import { auditPaths } from "./audit-paths.ts";
import { buildPaths } from "./build-paths.ts";
import { clusterPaths } from "./cluster-paths.ts";
import { configPaths } from "./config-paths.ts";
import { deadLetterPaths } from "./dead-letter-paths.ts";
import { delegationPaths } from "./delegation-paths.ts";
import { dutyPaths } from "./duty-paths.ts";
import { eventPaths } from "./event-paths.ts";
import { eventTypePaths } from "./event-type-paths.ts";
import { explainPaths } from "./explain-paths.ts";
import { inquiryPaths } from "./inquiry-paths.ts";
import { mutePaths } from "./mute-paths.ts";
import { type ApiPaths, apiSchemas, errorAnswer, jsonOf } from "./openapi.ts";
import { outboxPaths } from "./outbox-paths.ts";
import { releasePaths } from "./release-paths.ts";
import { replayPaths } from "./replay-paths.ts";
import { rulePaths } from "./rule-paths.ts";
import { runPaths } from "./run-paths.ts";
import { stopPaths } from "./stop-paths.ts";
import { taskPaths } from "./task-paths.ts";
import { throttlePaths } from "./throttle-paths.ts";
import { upgradePaths } from "./upgrade-paths.ts";

const UNKNOWN = { 401: errorAnswer("没有表明身份 · the caller is not known") };

const ownPaths: ApiPaths = {
  "/api/v1/whoami": {
    get: {
      operationId: "whoami",
      summary: "我是谁，有什么权限 · who calls, and what they may",
      tags: ["access"],
      responses: { 200: jsonOf("身份与权限 · the caller and their rights", { type: "object" }), ...UNKNOWN },
    },
  },
  "/api/v1/openapi.json": {
    get: {
      operationId: "openapi",
      summary: "这份说明 · this document",
      tags: ["access"],
      responses: { 200: jsonOf("OpenAPI 3.1", { type: "object" }), ...UNKNOWN },
    },
  },
};

/** Everything below `/api/v1`, as OpenAPI 3.1 describes it. */
export const apiDocument = {
  openapi: "3.1.0",
  info: { title: "Whale 鲸", version: "1" },
  security: [{ token: [] }],
  paths: {
    ...eventPaths,
    ...explainPaths,
    ...eventTypePaths,
    ...configPaths,
    ...clusterPaths,
    ...buildPaths,
    ...upgradePaths,
    ...actionPaths,
    ...releasePaths,
    ...replayPaths,
    ...deadLetterPaths,
    ...auditPaths,
    ...mutePaths,
    ...stopPaths,
    ...delegationPaths,
    ...dutyPaths,
    ...throttlePaths,
    ...outboxPaths,
    ...taskPaths,
    ...rulePaths,
    ...inquiryPaths,
    ...runPaths,
    ...ownPaths,
  },
  components: {
    schemas: apiSchemas,
    securitySchemes: { token: { type: "http", scheme: "bearer" } },
  },
};
