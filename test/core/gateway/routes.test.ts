import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import {
  GATEWAY_REFUSALS,
  GATEWAY_ROUTES,
  type GatewayRoute,
  matchRoute,
  readGatewayPath,
} from "../../../core/gateway/index.ts";

const OPENAPI = "/work/shared/stackstorm/openapi-3.10dev.yaml";
/** `METHOD path` of every operation in StackStorm's OpenAPI file, one a line. */
const COPIED = readFileSync(join(import.meta.dirname, "operations.txt"), "utf8")
  .trim()
  .split("\n");

function operationsOf(file: string): string[] {
  const { paths } = parse(readFileSync(file, "utf8")) as { paths: Record<string, object> };
  return Object.entries(paths).flatMap(([path, methods]) => {
    const known = Object.keys(methods).filter((method) => /^(?:get|post|put|delete|patch)$/.test(method));
    return known.map((method) => `${method.toUpperCase()} ${path}`);
  });
}

const operationOf = ({ method, path }: GatewayRoute) => `${method} ${path.replace("*}", "}")}`;

/** Writes by their method that change nothing. */
const HARMLESS = [
  "POST /api/v1/actionalias/match",
  "POST /api/v1/packs/index/search",
  "POST /api/v1/workflows/inspect",
];
const READS = ["execution", "one", "by_time", "by_key", "joined", "cluster", "stream"];

describe("the operations of StackStorm's OpenAPI file", () => {
  test("each has a class, and there is no class for another", () => {
    const classified = GATEWAY_ROUTES.map(operationOf);
    assert.deepEqual([...classified].sort(), [...COPIED].sort());
    assert.equal(new Set(classified).size, classified.length);
  });

  test("the list kept here is that of the file, where the file is at hand", (t) => {
    if (!existsSync(OPENAPI)) return t.skip(`${OPENAPI} is not here`);
    assert.deepEqual(COPIED, operationsOf(OPENAPI));
  });

  test("no write is classed as a read", () => {
    const writes = GATEWAY_ROUTES.filter(({ method }) => method !== "GET");
    const passed = writes.filter((route) => READS.includes(route.class.kind)).map(operationOf);
    assert.deepEqual(passed.sort(), [...HARMLESS].sort());
  });

  test("what starts or controls asks for a right of its own, and every read for one", () => {
    for (const route of GATEWAY_ROUTES) {
      const { kind } = route.class;
      if (kind === "own" || kind === "refused") assert.equal(route.right, null, operationOf(route));
      else if (kind === "start") assert.equal(route.right, "tasks.run", operationOf(route));
      else if (kind === "control") assert.equal(route.right, "tasks.control", operationOf(route));
      else assert.match(String(route.right), /\.read$/, operationOf(route));
    }
  });

  test("each is met by an address of its own form", () => {
    for (const route of GATEWAY_ROUTES) {
      const path = route.path.replace(/\{[^}]*\*\}/, "a/b").replace(/\{[^}]*\}/g, "a1");
      const read = readGatewayPath(`/st2${path}`);
      assert.ok(read.outcome === "read", path);
      assert.equal(matchRoute(route.method, read.path)?.route, route, operationOf(route));
    }
  });

  test("what is refused says in both languages why, and what to do", () => {
    for (const text of Object.values(GATEWAY_REFUSALS)) assert.match(text, /^[^(]*[\u4e00-\u9fff].*\(.+\)$/s);
  });
});

describe("the path of a request", () => {
  const paths = [
    ["/st2/api/v1/executions", "/api/v1/executions", undefined],
    ["/st2/api/executions", "/api/v1/executions", undefined],
    ["/st2/api/v1/executions/", "/api/v1/executions", undefined],
    ["/st2/api", "/api/v1/", undefined],
    ["/st2/api/v1/", "/api/v1/", undefined],
    ["/st2/stream/v1/stream", "/stream/v1/stream", undefined],
    ["/st2/api/v1/keys/system%3Afoo", "/api/v1/keys/system:foo", undefined],
    ["/st2/clusters/hz-core/api/v1/keys", "/api/v1/keys", "hz-core"],
  ] as const;
  for (const [raw, path, cluster] of paths) {
    test(`${raw} is read as ${path}${cluster ? ` of ${cluster}` : ""}`, () => {
      const read = readGatewayPath(raw);
      assert.deepEqual(read, { outcome: "read", path, ...(cluster ? { cluster } : {}) });
    });
  }

  const tricks = [
    ...["/st2/api/v1/executions/..", "/st2/api/v1/executions/%2e%2e/keys", "/st2/api/v1//executions"],
    ...["/st2/api/v1/executions/a%2Fb", "/st2/api/v1/executions/a%5Cb", "/st2/api/v1/executions/a\\b"],
    ...["/st2/api/v1/executions/a%00", "/st2/api/v1/executions/%252e%252e", "/st2/api/v1/executions/a;b"],
    ...["/st2/api/v1/packs/views/file/p/../../x", "/st2/api/v1/executions/%ff", "/st2/api/v1/x%0d%0ay"],
    ...[
      "/st2/../api",
      "/st2/other/v1/x",
      "/st2",
      "/st2/clusters/..%2f/api/v1/keys",
      `/st2/api/${"a".repeat(3000)}`,
    ],
  ];
  for (const raw of tricks) {
    test(`${raw.slice(0, 60)} is refused`, () => {
      assert.equal(readGatewayPath(raw).outcome, "refused");
    });
  }

  test("other addresses are none of the gateway's", () => {
    for (const raw of ["/", "/api/v1/events", "/st2x/api", "/hooks/st2"]) {
      assert.equal(readGatewayPath(raw).outcome, "elsewhere");
    }
  });

  test("an operation that StackStorm does not have is none", () => {
    assert.equal(matchRoute("PATCH", "/api/v1/executions"), null);
    assert.equal(matchRoute("POST", "/api/v1/executions/a1"), null);
    assert.equal(matchRoute("GET", "/api/v1/nothing"), null);
    assert.equal(matchRoute("GET", "/stream/v1/executions"), null);
  });
});
