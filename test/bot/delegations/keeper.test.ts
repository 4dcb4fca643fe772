import assert from "node:assert/strict";
import { test } from "node:test";
import { standingOf } from "../../../bot/chat/standing.ts";
import { createDelegationKeeper } from "../../../bot/delegations/index.ts";
import type { NamedDelegation } from "../../../core/delegations/index.ts";
import type { Membership, PeopleGroups } from "../../../core/people/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { movableClock, START_MS } from "../../support/clock.ts";
import { recordingLog } from "../../support/log.ts";

const HOUR_MS = 3_600_000;
const GROUP = [{ name: "dba", people: { users: ["zhang"] } }];
const OWN = { outcome: "entitled", groups: ["dba"] };
const IN_PLACE = {
  entitlement: { outcome: "entitled", groups: [] },
  standsFor: [{ person: "zhang", groups: ["dba"] }],
};

/** Two processes over one store, and a directory of a few people. */
function bench() {
  const clock = movableClock();
  const store = openMemoryStore({ clock });
  const against = new Map<string, Exclude<Membership["outcome"], "entitled">>([
    ["gone", "unknown_person"],
    ["left", "inactive"],
  ]);
  const vouch = async (userId: string, groups: PeopleGroups): Promise<Membership> => {
    const places = groups.flatMap(({ users }, at) => (users?.includes(userId) ? [at] : []));
    const outcome = against.get(userId) ?? (places.length > 0 ? "entitled" : "not_entitled");
    return outcome === "entitled" ? { outcome, groups: places } : { outcome };
  };
  let no = 0;
  const ids = { ulid: () => `01${++no}` };
  const told: string[] = [];
  const tell = async ({ delegation }: NamedDelegation) => void told.push(delegation.to);
  const deps = {
    tell,
    state: store.state,
    audit: store.audit,
    directory: { vouch },
    ids,
    clock,
    log: recordingLog(),
  };
  const [one, other] = [createDelegationKeeper(deps), createDelegationKeeper(deps)];
  const order = (from: string, to: string) => ({ from, to, untilMs: clock.nowMs() + HOUR_MS, why: "出差" });
  const give = (from: string, to: string) => one.give(order(from, to), `user:${from}`);
  const standing = (userId: string) =>
    standingOf(userId, GROUP, { directory: { vouch }, delegations: other });
  return { told, clock, store, against, one, other, give, standing };
}

test("a delegation counts in every process at once, until its end", async () => {
  const { give, other, standing, clock } = bench();
  assert.deepEqual(await standing("li"), { entitlement: { outcome: "not_entitled" } });
  await give("zhang", "li");
  assert.deepEqual(await standing("li"), IN_PLACE);
  assert.deepEqual(await other.withDelegates(["zhang"]), ["zhang", "li"]);
  clock.advance(HOUR_MS);
  assert.deepEqual(await standing("li"), { entitlement: { outcome: "not_entitled" } });
});

test("who delegated may still decide as themselves", async () => {
  const { give, standing } = bench();
  await give("zhang", "li");
  assert.deepEqual(await standing("zhang"), { entitlement: OWN });
});

test("one that was ended does not count at the next click", async () => {
  const { give, one, standing } = bench();
  const given = await give("zhang", "li");
  assert.ok(given.outcome === "given");
  assert.equal(await one.end(given.given.name, "user:li"), true);
  assert.deepEqual(await standing("li"), { entitlement: { outcome: "not_entitled" } });
  assert.equal(await one.end(given.given.name, "user:li"), false);
});

test("a delegate may not decide where the absent person may not", async () => {
  const { give, standing, against } = bench();
  await give("wang", "li");
  assert.deepEqual(await standing("li"), { entitlement: { outcome: "not_entitled" } });
  await give("zhang", "li");
  against.set("zhang", "inactive");
  assert.deepEqual(await standing("li"), { entitlement: { outcome: "not_entitled" } });
});

test("nor where the delegate is no active member any more", async () => {
  const { give, standing, against } = bench();
  await give("zhang", "li");
  against.set("li", "inactive");
  assert.deepEqual(await standing("li"), { entitlement: { outcome: "inactive" } });
});

test("is not followed to the delegate of a delegate", async () => {
  const { give, standing } = bench();
  await give("zhang", "li");
  await give("li", "chen");
  assert.deepEqual(await standing("chen"), { entitlement: { outcome: "not_entitled" } });
});

test("is not known while it is not known whether the absent person is on duty", async () => {
  const { give, standing, against } = bench();
  await give("zhang", "li");
  against.set("zhang", "duty_unknown");
  assert.deepEqual(await standing("li"), { entitlement: { outcome: "duty_unknown" } });
});

for (const to of ["gone", "left"]) {
  test(`nobody can delegate to somebody who is ${to}`, async () => {
    const { give, one } = bench();
    const given = await give("zhang", to);
    assert.deepEqual(given, { outcome: "refused", fault: "not_a_member", about: to });
    assert.deepEqual(await one.list(), []);
  });
}

test("one person has five delegates at most; those that are over do not count", async () => {
  const { give, clock, store } = bench();
  for (const to of ["a", "b", "c", "d", "e"]) assert.equal((await give("zhang", to)).outcome, "given");
  const sixth = await give("zhang", "f");
  assert.equal(sixth.outcome === "refused" && sixth.fault, "too_many");
  clock.advance(HOUR_MS);
  assert.equal((await give("zhang", "f")).outcome, "given");
  assert.equal((await store.state.list("delegation")).length, 1);
});

test("who stands in is told", async () => {
  const { give, told } = bench();
  await give("zhang", "li");
  await give("zhang", "gone");
  assert.deepEqual(told, ["li"]);
});

test("both deeds are audited with who, for whom and until when", async () => {
  const { give, one, store } = bench();
  const given = await give("zhang", "li");
  assert.ok(given.outcome === "given");
  await one.end(given.given.name, "user:li");
  const until = new Date(START_MS + HOUR_MS).toISOString();
  const entries = await store.audit.read(0, 10);
  assert.deepEqual(
    entries.map(({ who, what, detail }) => [who, what, detail]),
    [
      ["user:zhang", "delegation.give", { from: "zhang", to: "li", until, why: "出差" }],
      ["user:li", "delegation.end", { from: "zhang", to: "li" }],
    ],
  );
});
