import assert from "node:assert/strict";
import { test } from "node:test";
import { actionParameters } from "../../../core/actions/index.ts";
import { catalogueOf, type ListedAction } from "../../../core/catalogue/index.ts";
import { actionUses, type PackSet, usesByAction } from "../../../core/releases/index.ts";
import type { Rule } from "../../../core/rules/index.ts";
import type { RunGrant } from "../../../core/runs/index.ts";

const rule = {
  id: "r",
  business: "shop",
  action: "disk.cleanup",
  params: {},
  offers: [{ id: "view", action: "disk.show", params: {} }],
};
const grant = { id: "g", business: "shop", actions: ["disk.*", "disk.show"] };
const policy = { id: "read-only", actions: ["disk.show"] };
const uses = actionUses({
  rules: [rule as unknown as Rule],
  grants: [grant as unknown as RunGrant],
  policies: [{ ...policy, mode: "auto", approvedBy: "", approvedAt: "", expires: "", digest: "" } as const],
  rosters: [],
  packSets: [{ id: "base", canary: { action: "disk.show" } } as unknown as PackSet],
});

function action(over: object = {}, enabled = true): ListedAction {
  const parameters = actionParameters({ host: { type: "string", ...over } });
  return { ref: "disk.show", pack: "disk", about: "", runner: "noop", enabled, parameters, declared: {} };
}

test("an action's uses are rules, offers, grants by pattern, policies and canaries, each once", () => {
  const usesOf = usesByAction(uses);
  const named = (ref: string) => usesOf(ref).map(({ kind, name }) => `${kind} ${name}`);
  assert.deepEqual(named("disk.cleanup"), ["rule r", "run g"]);
  assert.deepEqual(named("disk.show"), ["offer r/view", "run g", "policy read-only", "pack-set base"]);
  assert.deepEqual(named("dmesg.show"), []);
});

test("one action of several clusters is one entry: places, versions, and what differs", () => {
  const hz = { cluster: "hz", actions: [action()], versions: new Map([["disk", "1.0.0"]]) };
  const sh = { cluster: "sh", actions: [action({ required: true }, false)], versions: new Map() };
  const [entry, ...others] = catalogueOf([hz, sh], uses);
  assert.deepEqual(others, []);
  assert.deepEqual(entry?.places, [
    { cluster: "hz", version: "1.0.0", enabled: true },
    { cluster: "sh", version: null, enabled: false },
  ]);
  assert.deepEqual(entry.differing, ["host"]);
});

test("other words about a parameter are no difference, a missing parameter is", () => {
  const one = { cluster: "hz", actions: [action()], versions: new Map() };
  const worded = { cluster: "sh", actions: [action({ description: "of a machine" })], versions: new Map() };
  assert.deepEqual(catalogueOf([one, worded], uses)[0]?.differing, []);
  const bare = { cluster: "sh", actions: [{ ...action(), parameters: new Map() }], versions: new Map() };
  assert.deepEqual(catalogueOf([one, bare], uses)[0]?.differing, ["host"]);
});
