import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv } from "ajv";
import Router from "koa-router";
import { apiDocument, apiSchemas, type HookDeps } from "../../../../bot/http/index.ts";
import { apiOver, type Serving } from "../../../../bot/serve.ts";
import { apiServer } from "./api-server.ts";

const METHODS = ["get", "post", "put", "delete"];
/** Whether a value has one of the described shapes; the faults as text. */
function faultsOf(schema: keyof typeof apiSchemas, value: unknown): string {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(apiDocument, "api");
  const validate = ajv.compile({ $ref: `api#/components/schemas/${schema}` });
  return validate(value) ? "" : JSON.stringify(validate.errors);
}

test("describes every address of the API with its methods, and no other", () => {
  const router = new Router();
  // Nothing is called.
  const part = {};
  const parts = {
    stores: { store: part },
    folder: part,
    keeper: part,
    wecom: part,
    releases: part,
    config: part,
    localToken: "",
  };
  apiOver(router, parts as unknown as Serving, part as HookDeps);
  const routed = router.stack.flatMap(({ path, methods }) =>
    methods.filter((method) => method !== "HEAD").map((method) => `${method.toLowerCase()} ${String(path)}`),
  );
  const described = Object.entries(apiDocument.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map(
      (method) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`,
    ),
  );
  assert.deepEqual(described.sort(), routed.sort());
});

test("refers to shapes that are there", () => {
  const refs = JSON.stringify(apiDocument).matchAll(/"#\/components\/schemas\/(\w+)"/g);
  const named = [...refs].map(([, name]) => name ?? "");
  assert.ok(named.length > 10);
  assert.deepEqual(
    named.filter((name) => !Object.hasOwn(apiSchemas, name)),
    [],
  );
});

test("answers have the shapes that are described", async (t) => {
  const api = await apiServer(t);
  const ALL = "/api/v1/event-types";
  const made = await api.call("POST", ALL, { body: { type: "a", title: "b", owner: "c", strict: true } });
  const list = await api.call("GET", ALL);
  const one = await api.call("GET", `${ALL}/a`);
  const version = await api.call("GET", `${ALL}/a/versions/1`);
  for (const { body } of [made, one, version]) assert.equal(faultsOf("EventType", body), "");
  for (const type of list.body.eventTypes) assert.equal(faultsOf("EventTypeSummary", type), "");
  const errors = [
    await api.call("DELETE", `${ALL}/disk.full`),
    await api.call("POST", ALL, { body: { type: "b" } }),
    await api.call("PUT", `${ALL}/a`, { body: {} }),
    await api.call("GET", `${ALL}/none`),
  ];
  for (const { body } of errors) assert.equal(faultsOf("Error", body), "");
  assert.notEqual(faultsOf("Error", { error: {} }), "");
});
