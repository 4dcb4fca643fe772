import type { JsonObject } from "../../../core/ids/index.ts";
import { type ApiPaths, errorAnswer, guardedAnswers, jsonOf, pathParameter } from "./openapi.ts";

const text = { type: "string" };
const cluster: JsonObject = {
  type: "object",
  required: ["name", "state", "since", "open", "drain", "left"],
  properties: {
    ...{ name: text, zone: { type: ["string", "null"] }, businesses: { type: "array", items: text } },
    ...{ priority: { type: "integer" }, version: text, message: text },
    state: { enum: ["up", "degraded", "draining", "down", "unknown"] },
    since: { type: "string", format: "date-time" },
    open: { type: "integer", description: "鲸在它上面未结束的执行 · runs of Whale that are not over" },
    drain: { type: ["object", "null"] },
    left: { type: ["object", "null"], description: "排空中还在跑的 · what still runs while it is drained" },
  },
};
const name = pathParameter("name", "集群的名称 · the cluster's name");
const drainOrder: JsonObject = {
  type: "object",
  properties: {
    for: { type: "string", description: "期限，如 30m · a deadline such as 30m" },
    atDeadline: { enum: ["wait", "cancel", "leave"] },
    why: text,
    force: { type: "boolean" },
  },
};

/** Clusters, for the OpenAPI document. */
export const clusterPaths: ApiPaths = {
  "/api/v1/clusters": {
    get: {
      operationId: "listClusters",
      summary: "集群的状态 · how the clusters stand",
      tags: ["clusters"],
      responses: {
        200: jsonOf("集群 · clusters", {
          type: "object",
          properties: { clusters: { type: "array", items: cluster } },
        }),
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/clusters/{name}": {
    get: {
      operationId: "getCluster",
      summary: "一个集群的状态 · how one cluster stands",
      tags: ["clusters"],
      parameters: [name],
      responses: {
        200: jsonOf("集群 · the cluster", cluster),
        404: errorAnswer("没有 · unknown"),
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/clusters/{name}/drain": {
    post: {
      operationId: "drainCluster",
      summary: "排空：不再启动新的执行 · drain: nothing new starts there",
      tags: ["clusters"],
      parameters: [name],
      requestBody: jsonOf("期限、到期怎么办、原因 · deadline, what then, why", drainOrder),
      responses: {
        200: jsonOf("先前已在排空 · was drained before", cluster),
        201: jsonOf("开始排空 · is drained now", cluster),
        404: errorAnswer("没有 · unknown"),
        409: errorAnswer("有业务会没有集群 · a business would have no cluster left"),
        422: errorAnswer("写得不对 · cannot be read"),
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/clusters/{name}/undrain": {
    post: {
      operationId: "undrainCluster",
      summary: "试运行后恢复启动 · starts go there again once a canary passed",
      tags: ["clusters"],
      parameters: [name],
      requestBody: jsonOf("skip：不试运行的原因 · why no canary is run", {
        type: "object",
        properties: { skip: text },
      }),
      responses: {
        200: jsonOf("已恢复 · takes starts again", cluster),
        404: errorAnswer("没有 · unknown"),
        409: errorAnswer("试运行失败，或没有在排空 · canary failed, or not drained"),
        422: errorAnswer("写得不对 · cannot be read"),
        ...guardedAnswers,
      },
    },
  },
};
