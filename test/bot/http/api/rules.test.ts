import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv } from "ajv";
import { ruleLine } from "../../../../bot/cli/rule-list.ts";
import { apiDocument } from "../../../../bot/http/index.ts";
import { ruleVersion } from "../../../../core/rules/index.ts";
import { aRule } from "../../../adapters/files/home-dir.ts";
import { apiServer } from "./api-server.ts";

const ALL = "/api/v1/rules";
const FILES = {
  "event-types/net.yaml": "type: net.loss\ntitle: 丢包\nowner: sre\n",
  "rules/r.yaml": aRule({ params: { password: "hunter22" }, owner: { tag: "dba" } }),
  "rules/s.yaml": aRule({ id: "s", on: ["net.loss"], business: "pay", mode: "shadow" }),
  "rules/b.yaml": aRule({ id: "b", on: ["net.loss", "disk.full"] }),
  "roles.yaml":
    "roles:\n  - { name: readers, of: { tag: t }, rights: [rules.read], on: { businesses: [pay] } }\n",
};

function faultsOf(value: unknown): string {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(apiDocument, "api");
  const at = `api#/paths/${ALL.replaceAll("/", "~1")}/get/responses/200/content/application~1json/schema`;
  return ajv.compile({ $ref: at })(value) ? "" : "does not fit";
}

test("lists the rules in force by their ids, with version, mode, what they take and who may read them", async (t) => {
  const api = await apiServer(t, { files: FILES });
  const { status, body } = await api.call("GET", ALL);
  assert.equal(status, 200);
  assert.equal(faultsOf(body), "");
  const [b, r, s] = body.rules;
  assert.deepEqual([b.id, r.id, s.id, body.next], ["b", "r", "s", null]);
  assert.deepEqual(
    [r.mode, s.mode, s.on, s.readers, b.readers],
    ["live", "shadow", ["net.loss"], ["readers"], []],
  );
  const [known] = api
    .inForce()
    .current()
    .rules.filter(({ id }) => id === "r");
  assert.equal(r.version, known && ruleVersion(known));
  assert.deepEqual(
    [r.owner, r.approval.zh],
    ["#dba", "需 1 人（zhangsan）批准；一人拒绝即不执行；30m 无人应答即不执行"],
  );
  assert.ok(!JSON.stringify(body).includes("hunter22"));
  assert.match(
    ruleLine(s),
    /^s · 规则 · 影子 shadow · pay · net\.loss → disk\.cleanup · .* · 可读 read by readers$/,
  );
});

test("finds rules by type, business and mode, page by page", async (t) => {
  const api = await apiServer(t, { files: FILES });
  const found = async (query: string) => {
    const { body } = await api.call("GET", `${ALL}?${query}`);
    return [...body.rules.map(({ id }: { id: string }) => id), body.next];
  };
  assert.deepEqual(await found("type=disk.full"), ["b", "r", null]);
  assert.deepEqual(await found("type=net.loss&mode=live"), ["b", null]);
  assert.deepEqual(await found("business=pay,none"), ["s", null]);
  assert.deepEqual(await found("limit=2"), ["b", "r", "r"]);
  assert.deepEqual(await found("limit=2&after=r"), ["s", null]);
  for (const query of ["mode=off", "limit=1001", "rule=r"]) {
    assert.equal((await api.call("GET", `${ALL}?${query}`)).status, 400, query);
  }
});

test("tells nobody of rules that they may not read", async (t) => {
  const api = await apiServer(t, { files: FILES });
  assert.equal((await api.call("GET", ALL, { who: "" })).status, 401);
  assert.equal((await api.call("GET", ALL, { headers: { "x-rights": "tasks.read" } })).status, 403);
  const { body } = await api.call("GET", ALL, { headers: { "x-types": "disk.*" } });
  assert.deepEqual(
    body.rules.map(({ id }: { id: string }) => id),
    ["b", "r"],
  );
  assert.ok(api.asked.every((asked) => asked.endsWith("rules.read -")));
});
