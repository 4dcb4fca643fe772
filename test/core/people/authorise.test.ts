import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type AccessObject,
  type Actor,
  type Authorisation,
  actorName,
  authorise,
  grantWords,
  inScope,
  objectOfTask,
  type Reach,
  RIGHTS,
  type Right,
  type Role,
  rolesGranting,
  scopeOf,
} from "../../../core/people/index.ts";
import { aRole, aUser } from "./people-cases.ts";

const DISK: AccessObject = { type: "vm.disk.usage", business: "shop" };
const RULE: AccessObject = { business: "shop", rule: "disk-cleanup" };

function outcomeOf(decision: Authorisation): string {
  return decision.outcome === "allowed" ? `${decision.reason} ${decision.by}` : decision.reason;
}

const CASES: readonly [
  name: string,
  actor: Actor,
  right: Right,
  object: AccessObject | "some",
  is: string,
][] = [
  ["nobody without a role", aUser(), "events.read", DISK, "no_role"],
  ["whoever a role grants it", aUser({ roles: [aRole()] }), "events.read", DISK, "role reader"],
  ["no other right than the role's", aUser({ roles: [aRole()] }), "events.send", DISK, "no_role"],
  [
    "by the first role that reaches the object",
    aUser({ roles: [aRole({ name: "a", on: { types: ["x"] } }), aRole({ name: "b" })] }),
    ...(["events.read", DISK, "role b"] as const),
  ],
  ["the command line everything", { kind: "local" }, "types.write", {}, "local local"],
  [
    "what both the token and a role hold",
    aUser({ roles: [aRole()], token: { id: "t", rights: ["events.read"] } }),
    ...(["events.read", DISK, "role reader"] as const),
  ],
  [
    "nothing that the token lacks",
    aUser({ roles: [aRole()], token: { id: "t", rights: ["events.send"] } }),
    ...(["events.read", DISK, "token_lacks_right"] as const),
  ],
  [
    "nothing that only the token holds",
    aUser({ token: { id: "t", rights: [...RIGHTS] } }),
    ...(["events.read", DISK, "no_role"] as const),
  ],
  [
    "nothing to who is no active member, whatever the roles",
    aUser({ roles: [aRole()], against: "inactive" }),
    ...(["events.read", DISK, "inactive"] as const),
  ],
  ["nothing to a stranger", aUser({ against: "unknown_person" }), "events.read", DISK, "unknown_person"],
  [
    "a stranger to the directory what a role names them for",
    aUser({ roles: [aRole()], against: "unknown_person" }),
    ...(["events.read", DISK, "role reader"] as const),
  ],
  [
    "nothing for a role that may not be held",
    aUser({ unsure: [aRole()] }),
    ...(["events.read", DISK, "directory_unavailable"] as const),
  ],
  [
    "nothing, as for anybody, when the doubtful role would not grant it",
    aUser({ unsure: [aRole({ on: { types: ["x"] } })] }),
    ...(["events.read", DISK, "no_role"] as const),
  ],
];

const REACHES: readonly [name: string, on: Reach, object: AccessObject | "some", is: string][] = [
  ["a listed type", { types: ["vm.disk.usage"] }, DISK, "role reader"],
  ["no other type", { types: ["vm.disk"] }, DISK, "outside_scope"],
  ["types that begin so", { types: ["vm.*"] }, DISK, "role reader"],
  ["none that lack the end of the beginning", { types: ["vm.*"] }, { type: "vmx" }, "outside_scope"],
  ["none that begin otherwise", { types: ["host.*"] }, DISK, "outside_scope"],
  ["no pattern in the middle", { types: ["vm.*.usage"] }, DISK, "outside_scope"],
  [
    "a type and business that are both listed",
    { types: ["vm.*"], businesses: ["shop"] },
    DISK,
    "role reader",
  ],
  ["neither alone", { types: ["vm.*"], businesses: ["pay"] }, DISK, "outside_scope"],
  ["nothing without a type where types are bounded", { types: ["*"] }, { business: "shop" }, "outside_scope"],
  ["nothing without a business where those are", { businesses: ["*"] }, { type: "a" }, "outside_scope"],
  ["no whole", { types: ["*"] }, {}, "outside_scope"],
  ["an object without a dimension that is not bounded", { types: ["a"] }, { type: "a" }, "role reader"],
  ["nothing when the list is empty", { types: [] }, DISK, "outside_scope"],
  ["a listed rule of a listed business", { businesses: ["shop"], rules: ["disk-*"] }, RULE, "role reader"],
  ["no other rule", { rules: ["net-*"] }, RULE, "outside_scope"],
  ["nothing without a rule where those are bounded", { rules: ["*"] }, DISK, "outside_scope"],
  ["what runs on a listed cluster", { clusters: ["hz"] }, { clusters: ["hz"] }, "role reader"],
  ["what can run on listed clusters alone", { clusters: ["h*"] }, { clusters: ["hz", "hk"] }, "role reader"],
  ["nothing that may come to another", { clusters: ["hz"] }, { clusters: ["hz", "sh"] }, "outside_scope"],
  ["nothing without a cluster where those are bounded", { clusters: ["*"] }, RULE, "outside_scope"],
  ["nothing that can run nowhere", { clusters: ["*"] }, { clusters: [] }, "outside_scope"],
  ["some object, which is not known yet", { types: ["x"] }, "some", "role reader"],
];

describe("authorise", () => {
  for (const [name, actor, right, object, is] of CASES) {
    test(`grants ${name}`, () => assert.equal(outcomeOf(authorise(actor, right, object)), is));
  }
  for (const [name, on, object, is] of REACHES) {
    test(`a bounded role reaches ${name}`, () => {
      const actor = aUser({ roles: [aRole({ on })] });
      assert.equal(outcomeOf(authorise(actor, "events.read", object)), is);
    });
  }

  test("tells in both languages which right is missing and which roles are in doubt", () => {
    const missing = authorise(aUser(), "types.write", {});
    const doubtful = authorise(aUser({ unsure: [aRole()] }), "events.read", DISK);
    assert.ok(missing.outcome === "denied" && doubtful.outcome === "denied");
    assert.match(missing.message.zh, /没有 types\.write 权限/);
    assert.match(missing.message.en, /has the right types\.write/);
    assert.match(doubtful.message.zh, /查不到企业微信通讯录.*reader/);
    assert.match(doubtful.message.en, /contacts cannot be read now.*reader/);
  });
});

const word = fc.constantFrom("a", "a.b", "a.bc", "b", "");
const list = fc.array(fc.constantFrom("a", "a.b", "b", "a*", "a.*", "*", "c"), { maxLength: 3 });
const reach = fc.record({ types: list, businesses: list, rules: list, clusters: list }, { requiredKeys: [] });
const role = fc
  .record(
    { name: word, rights: fc.subarray(["events.read", "events.send"] as Right[]), on: reach },
    { requiredKeys: ["name", "rights"] },
  )
  .map((drawn): Role => ({ of: {}, ...drawn }));
const user = fc.record({
  roles: fc.array(role, { maxLength: 4 }),
  unsure: fc.array(role, { maxLength: 2 }),
  against: fc.constantFrom(null, null, "inactive" as const, "unknown_person" as const),
  limit: fc.option(fc.subarray(["events.read", "events.send"] as Right[])),
});
const actor: fc.Arbitrary<Actor> = fc.oneof(
  { weight: 9, arbitrary: user.map(({ limit, ...held }) => aUser({ ...held, ...tokenOf(limit) })) },
  { weight: 1, arbitrary: fc.constant({ kind: "local" as const }) },
);
const object = fc.record(
  { type: word, business: word, rule: word, clusters: fc.array(word, { maxLength: 2 }) },
  { requiredKeys: [] },
);

function tokenOf(rights: Right[] | null) {
  return rights === null ? {} : { token: { id: "t", rights } };
}

describe("scopeOf", () => {
  test("holds exactly the objects that authorise allows", () => {
    fc.assert(
      fc.property(
        actor,
        fc.constantFrom<Right>("events.read", "events.send"),
        object,
        (who, right, asked) => {
          const allowed = authorise(who, right, asked).outcome === "allowed";
          assert.equal(inScope(scopeOf(who, right), asked), allowed);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test("is nothing exactly when authorise denies even some object", () => {
    fc.assert(
      fc.property(actor, (who) => {
        const allowed = authorise(who, "events.read", "some").outcome === "allowed";
        assert.equal(scopeOf(who, "events.read").kind !== "nothing", allowed);
      }),
    );
  });

  test("is everything as soon as one role is not bounded", () => {
    const roles = [aRole({ on: { types: ["a"] } }), aRole({ on: {} })];
    assert.deepEqual(scopeOf(aUser({ roles }), "events.read"), { kind: "everything" });
  });

  test("keeps each role's bounds together", () => {
    const [one, two] = [{ types: ["a"], businesses: ["shop"] }, { businesses: ["pay"] }];
    const roles = [aRole({ on: one }), aRole({ on: two }), aRole({ rights: ["types.read"] })];
    assert.deepEqual(scopeOf(aUser({ roles }), "events.read"), { kind: "limited", anyOf: [one, two] });
  });
});

test("a task is asked for where it may run, and once it runs, where it does", () => {
  const task = { business: "shop", ruleId: "disk", clusters: ["hk", "hz"], execution: null };
  assert.deepEqual(objectOfTask(task), { business: "shop", rule: "disk", clusters: ["hk", "hz"] });
  assert.deepEqual(objectOfTask({ ...task, execution: { cluster: "hz" } }).clusters, ["hz"]);
});

test("who was denied is told who may, and who may let them", () => {
  const roles = [
    aRole({ name: "shop", on: { businesses: ["shop"] }, rights: ["tasks.control"] }),
    aRole({ name: "pay", on: { businesses: ["pay"] }, rights: ["tasks.control"] }),
    aRole({ name: "admin", of: { users: ["wangwu"] }, rights: ["config.reload"] }),
  ];
  const granting = rolesGranting(roles, "tasks.control", { business: "shop" });
  const { zh, en } = grantWords(granting, rolesGranting(roles, "config.reload", "some"));
  // Why somebody is denied says where rights are granted, before this.
  assert.doesNotMatch(zh + en, /roles\.yaml/);
  assert.match(zh, /有此权限的角色：shop（#sre-oncall）。.*可找：admin（wangwu）/);
  assert.match(en, /Roles that have it: shop \(#sre-oncall\).*ask: admin \(wangwu\)/);
  assert.match(grantWords([], []).zh, /还没有角色有此权限.*请找 Whale 的管理员/);
});

test("a member whose userid is local cannot be taken for the command line", () => {
  assert.notEqual(actorName(aUser({ userId: "local" })), actorName({ kind: "local" }));
});
