import type { JsonObject } from "../../../core/ids/index.ts";
import { BUILD_STAGES } from "../../../core/releases/index.ts";
import {
  type ApiPaths,
  errorAnswer,
  guardedAnswers,
  jsonOf,
  pathParameter,
  queryParameter,
} from "./openapi.ts";

const text = { type: "string" };
const instant = { type: "string", format: "date-time" };
const build: JsonObject = {
  type: "object",
  required: ["id", "set", "by", "at", "stage", "since", "takes", "problems", "image"],
  properties: {
    ...{
      id: text,
      set: text,
      by: text,
      at: instant,
      since: instant,
      worker: text,
      cancelBy: text,
      problem: text,
    },
    stage: { enum: [...BUILD_STAGES] },
    takes: { type: "integer", description: "被进程接手过几次 · how often a process took it up" },
    problems: { type: "array", items: { type: "object" }, description: "检查的发现 · what the checks found" },
    image: {
      type: ["object", "null"],
      properties: {
        name: text,
        digest: text,
        reference: text,
        build: text,
        builtAt: instant,
        bytes: { type: "integer" },
      },
    },
    lock: { type: "object", description: "只在查看一次构建时给出 · when one build is asked for" },
  },
};
const id = pathParameter("id", "构建编号 · the build's id");
const TAGS = ["packs"];
const UNKNOWN = errorAnswer("没有 · unknown");
const NOT_HERE = errorAnswer("没有，或在别的进程的磁盘上 · unknown, or on the disk of another process");

/** Builds of pack sets, for the OpenAPI document. */
export const buildPaths: ApiPaths = {
  "/api/v1/builds": {
    get: {
      operationId: "listBuilds",
      summary: "构建，新的在前 · builds, newest first",
      tags: TAGS,
      responses: {
        200: jsonOf("构建 · builds", {
          type: "object",
          properties: { builds: { type: "array", items: build } },
        }),
        ...guardedAnswers,
      },
    },
    post: {
      operationId: "orderBuild",
      summary: "按锁构建一个共享 Pack · build a pack set as it is locked",
      tags: TAGS,
      requestBody: jsonOf("共享 Pack · the set", {
        type: "object",
        required: ["set"],
        properties: { set: text },
      }),
      responses: {
        202: jsonOf("已排队，或同一个锁已在构建 · queued, or the same lock is being built", build),
        404: UNKNOWN,
        409: errorAnswer("还没有锁 · there is no lock yet"),
        422: errorAnswer("锁文件不对 · the lock cannot be read"),
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/builds/{id}": {
    get: {
      operationId: "getBuild",
      summary: "一次构建，连同它的锁 · one build with its lock",
      tags: TAGS,
      parameters: [id],
      responses: { 200: jsonOf("构建 · the build", build), 404: UNKNOWN, ...guardedAnswers },
    },
  },
  "/api/v1/builds/{id}/log": {
    get: {
      operationId: "getBuildLog",
      summary: "日志 · its log",
      tags: TAGS,
      parameters: [id, queryParameter("follow", "1：直到结束 · 1: until it is over", { enum: ["1"] })],
      responses: {
        200: { description: "文本 · text", content: { "text/plain": { schema: text } } },
        404: NOT_HERE,
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/builds/{id}/sbom": {
    get: {
      operationId: "getBuildBill",
      summary: "物料清单，CycloneDX · its bill of materials",
      tags: TAGS,
      parameters: [id],
      responses: {
        200: {
          description: "CycloneDX 1.5",
          content: { "application/vnd.cyclonedx+json": { schema: { type: "object" } } },
        },
        404: NOT_HERE,
        ...guardedAnswers,
      },
    },
  },
  "/api/v1/builds/{id}/cancel": {
    post: {
      operationId: "cancelBuild",
      summary: "取消 · cancel it",
      tags: TAGS,
      parameters: [id],
      responses: {
        200: jsonOf("已取消 · canceled", build),
        202: jsonOf("正在取消 · being canceled", build),
        404: UNKNOWN,
        409: errorAnswer("已经结束 · it is over"),
        ...guardedAnswers,
      },
    },
  },
};
