import type { JsonObject } from "../../../core/ids/index.ts";
import { RELEASE_DEEDS, RELEASE_STAGES, RELEASE_STEPS } from "../../../core/releases/index.ts";
import { type ApiPaths, errorAnswer, guardedAnswers, jsonOf, pathParameter } from "./openapi.ts";

const text = { type: "string" };
const texts = { type: "array", items: text };
const instant = { type: "string", format: "date-time" };
const facts = {
  ...{ id: text, set: text, title: text, by: text, at: instant, why: text, since: instant, clusters: texts },
  stage: { enum: [...RELEASE_STAGES] },
  step: {
    enum: [...RELEASE_STEPS],
    description: "rolling、back、stopped 时有意义 · of rolling, back and stopped",
  },
  index: { type: "integer", description: "正在第几个集群，从 0 起 · which of the clusters it is at" },
  problem: { type: ["object", "null"], description: "为何没有继续 · why it went no further" },
  approvedBy: texts,
};
const brief: JsonObject = {
  type: "object",
  required: ["id", "set", "by", "at", "stage", "clusters", "stands", "digest", "approvedBy"],
  properties: {
    ...{ ...facts, build: text, digest: text, reference: text },
    stands: {
      type: "object",
      additionalProperties: { enum: ["touched", "new", "old", null] },
      description:
        "每个集群：改动中、已更新、已还原、未开始 · each cluster: being changed, has it, as before, not begun",
    },
  },
};
const release: JsonObject = {
  type: "object",
  required: ["id", "set", "by", "at", "stage", "clusters", "image", "plan", "packs", "places", "approvedBy"],
  properties: {
    ...{ ...facts, image: { type: "object" }, plan: { type: "object" }, hash: text },
    ...{ packs: { type: "array" }, places: { type: "object" }, decisions: { type: "array" } },
  },
};
const id = pathParameter("id", "发布的编号，或其末几位 · the release's id, or the end of it");
const NONE = errorAnswer("没有 · unknown");
const one = jsonOf("发布 · the release", { type: "object", properties: { release } });

/** Releases, for the OpenAPI document. */
export const releasePaths: ApiPaths = {
  "/api/v1/releases": {
    get: {
      operationId: "listReleases",
      summary: "发布历史，新的在前 · releases, the newest first",
      tags: ["releases"],
      responses: {
        200: jsonOf("发布 · releases", {
          type: "object",
          properties: { releases: { type: "array", items: brief } },
        }),
        ...guardedAnswers,
      },
    },
    post: {
      operationId: "askRelease",
      summary: "提出发布，由共享 Pack 写明的人批准 · ask for one; those whom the set names approve it",
      tags: ["releases"],
      requestBody: jsonOf("共享 Pack、构建、原因 · set, build, why", {
        type: "object",
        required: ["set"],
        properties: {
          set: text,
          build: { type: "string", description: "不写则为最新的构建 · the newest build when absent" },
          why: text,
          key: { type: "string", description: "同一 key 只提出一次 · the same key asks once" },
        },
      }),
      responses: {
        200: jsonOf("先前已提出 · was asked for before", { type: "object", properties: { release } }),
        201: jsonOf("等待批准 · waits for approval", { type: "object", properties: { release } }),
        404: NONE,
        409: errorAnswer("集群正被占用，或没有可发布的构建 · a cluster is taken, or there is no build"),
        422: errorAnswer("写得不对 · cannot be read"),
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/releases/drift": {
    get: {
      operationId: "getDrift",
      summary: "各集群与其最近一次发布的差别 · how clusters differ from their last release",
      tags: ["releases"],
      responses: {
        200: jsonOf("每个集群 · each cluster", {
          type: "object",
          properties: { drift: { type: "array", items: { type: "object" } } },
        }),
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/releases/{id}": {
    get: {
      operationId: "getRelease",
      summary: "一次发布的全部 · one release, whole",
      tags: ["releases"],
      parameters: [id],
      responses: { 200: one, 404: NONE, ...guardedAnswers },
    },
  },
  "/api/v1/releases/{id}/diff/{other}": {
    get: {
      operationId: "diffReleases",
      summary: "两次发布的差别 · how two releases differ",
      tags: ["releases"],
      parameters: [id, pathParameter("other", "另一次发布 · the other release")],
      responses: {
        200: jsonOf("差别 · the difference", { type: "object", properties: { diff: { type: "object" } } }),
        404: NONE,
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/releases/{id}/{deed}": {
    post: {
      operationId: "moveRelease",
      summary: "批准、拒绝、暂停、继续、重试、回滚、中止 · decide about it, or go on with it",
      tags: ["releases"],
      parameters: [
        id,
        { ...pathParameter("deed", "做什么 · what to do"), schema: { enum: [...RELEASE_DEEDS] } },
      ],
      requestBody: jsonOf("why：原因；since：批准时看到的那一轮 · why; the asking that was seen", {
        type: "object",
        properties: { why: text, since: text },
      }),
      responses: {
        200: one,
        404: NONE,
        409: errorAnswer("现在不能 · not now"),
        ...guardedAnswers,
      },
    },
  },
};
