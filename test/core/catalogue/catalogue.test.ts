import assert from "node:assert/strict";
import { test } from "node:test";
import { actionParameters } from "../../../core/actions/index.ts";
import { catalogueOf, type ListedAction, usesOf } from "../../../core/catalogue/index.ts";
import type { Rule } from "../../../core/rules/index.ts";
import type { RunGrant } from "../../../core/runs/index.ts";

const rule = {
  id: "r",
  business: "shop",
  action: "disk.cleanup",
  offers: [{ id: "view", action: "disk.show" }],
};
const grant = { id: "g", business: "shop", actions: ["disk.*"] };
const policy = { id: "read-only", actions: ["disk.show"] };
const users = {
  rules: [rule as unknown as Rule],
  grants: [grant as unknown as RunGrant],
  policies: [{ ...policy, mode: "auto", approvedBy: "", approvedAt: "", expires: "", digest: "" } as const],
};

function action(over: object = {}, enabled = true): ListedAction {
  const parameters = actionParameters({ host: { type: "string", ...over } });
  return { ref: "disk.show", pack: "disk", about: "", runner: "noop", enabled, parameters, declared: {} };
}

test("an action's uses are rules, offers, grants by pattern and policies", () => {
  const named = (ref: string) => usesOf(ref, users).map(({ kind, name }) => `${kind} ${name}`);
  assert.deepEqual(named("disk.cleanup"), ["rule r", "run g"]);
  assert.deepEqual(named("disk.show"), ["offer r/view", "run g", "policy read-only"]);
  assert.deepEqual(named("dmesg.show"), []);
});

test("one action of several clusters is one entry: places, versions, and what differs", () => {
  const hz = { cluster: "hz", actions: [action()], versions: new Map([["disk", "1.0.0"]]) };
  const sh = { cluster: "sh", actions: [action({ required: true }, false)], versions: new Map() };
  const [entry, ...others] = catalogueOf([hz, sh], users);
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
  assert.deepEqual(catalogueOf([one, worded], users)[0]?.differing, []);
  const bare = { cluster: "sh", actions: [{ ...action(), parameters: new Map() }], versions: new Map() };
  assert.deepEqual(catalogueOf([one, bare], users)[0]?.differing, ["host"]);
});
