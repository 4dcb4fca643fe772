import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { entitlementOf, roleFinder } from "../../bot/people.ts";
import { ChatOpsError } from "../../core/errors.ts";
import type { Membership, PeopleGroups, Role } from "../../core/people/index.ts";
import { aRole } from "../core/people/people-cases.ts";
import { movableClock } from "../support/clock.ts";
import { recordingLog } from "../support/log.ts";

const BY_NAME = aRole({ name: "named", of: { users: ["zhangsan"] } });
const BY_TAG = aRole({ name: "tagged", of: { tag: "sre-oncall" } });
const BY_DEPARTMENT = aRole({ name: "department", of: { department: 2 } });
const DOWN = new ChatOpsError("no answer", { code: "wecom.timeout", retryable: true });

/** A directory that gives one answer to everybody, and counts how often it was asked. */
function bench(roles: Role[]) {
  const clock = movableClock();
  const log = recordingLog();
  const asked: PeopleGroups[] = [];
  const state = { roles, answer: "entitled" as Membership["outcome"] | Error };
  const vouch = async (_userId: string, groups: PeopleGroups) => {
    asked.push(groups);
    if (state.answer instanceof Error) throw state.answer;
    const { answer } = state;
    return answer === "entitled" ? { outcome: answer, groups: [0] } : { outcome: answer };
  };
  const find = roleFinder({ roles: () => state.roles, directory: { vouch }, clock, log });
  const held = async (userId = "zhangsan", options?: { fresh: boolean }) => {
    const { roles, unsure, against } = await find(userId, options);
    const names = (some: readonly Role[]) => some.map(({ name }) => name).join(" ");
    return [names(roles), names(unsure), against];
  };
  return { clock, log, asked, state, held };
}

describe("the roles that a person holds", () => {
  test("need no directory where a role names the person, nor where there is none", async () => {
    const { held, asked, state } = bench([BY_NAME]);
    assert.deepEqual(await held(), ["named", "", null]);
    assert.deepEqual(await held("lisi"), ["", "", null]);
    state.roles = [];
    assert.deepEqual(await held(), ["", "", null]);
    assert.equal(asked.length, 0);
  });

  test("are asked for by tag and by department", async () => {
    const { held, asked } = bench([BY_NAME, BY_TAG, BY_DEPARTMENT]);
    assert.deepEqual(await held(), ["named tagged department", "", null]);
    assert.deepEqual(asked, [[BY_TAG.of], [BY_DEPARTMENT.of]]);
  });

  test("are kept for a minute, for each person", async () => {
    const { held, asked, state, clock } = bench([BY_TAG]);
    await held();
    state.answer = "not_entitled";
    clock.advance(60_000);
    assert.deepEqual(await held(), ["tagged", "", null]);
    assert.deepEqual(await held("lisi"), ["", "", null]);
    clock.advance(1);
    assert.deepEqual(await held(), ["", "", null]);
    assert.equal(asked.length, 3);
  });

  test("are asked for once by calls at the same time", async () => {
    const { held, asked } = bench([BY_TAG]);
    await Promise.all([held(), held(), held()]);
    assert.equal(asked.length, 1);
  });

  test("follow the roles in force", async () => {
    const { held, state } = bench([]);
    assert.deepEqual(await held(), ["", "", null]);
    state.roles = [BY_TAG];
    assert.deepEqual(await held(), ["tagged", "", null]);
  });

  for (const against of ["inactive", "unknown_person"] as const) {
    test(`tell when the directory says ${against}`, async () => {
      const { held, state } = bench([BY_NAME, BY_TAG]);
      state.answer = against;
      assert.deepEqual(await held(), ["named", "", against]);
    });
  }

  test("are in doubt while the directory fails, which is logged, and asked for again soon", async () => {
    const { held, asked, state, clock, log } = bench([BY_NAME, BY_TAG]);
    state.answer = DOWN;
    assert.deepEqual(await held(), ["named", "tagged", null]);
    assert.deepEqual(await held(), ["named", "tagged", null]);
    assert.equal(asked.length, 1);
    const [line] = log.lines;
    assert.deepEqual([line?.level, line?.fields["code"]], ["warn", "wecom.timeout"]);
    state.answer = "entitled";
    clock.advance(5_001);
    assert.deepEqual(await held(), ["named tagged", "", null]);
  });

  test("are those in force when they are asked for, even while others are being found", async () => {
    const { held, state, asked } = bench([BY_TAG]);
    const before = held();
    state.roles = [BY_DEPARTMENT];
    assert.deepEqual(await Promise.all([before, held()]), [
      ["tagged", "", null],
      ["department", "", null],
    ]);
    assert.deepEqual(asked, [[BY_TAG.of], [BY_DEPARTMENT.of]]);
  });

  describe("for what changes things", () => {
    const fresh = { fresh: true };

    test("are asked for at this moment, whatever is kept, once for all", async () => {
      const { held, asked, state } = bench([BY_TAG, BY_NAME]);
      assert.deepEqual(await held(), ["tagged named", "", null]);
      state.answer = "not_entitled";
      assert.deepEqual(await held("zhangsan", fresh), ["", "", null]);
      assert.deepEqual(asked.at(-1), [BY_TAG.of, BY_NAME.of]);
      assert.deepEqual(await held(), ["tagged named", "", null]);
    });

    for (const against of ["inactive", "unknown_person"] as const) {
      test(`are none for somebody ${against}, though a role names them`, async () => {
        const { held, state } = bench([BY_NAME]);
        state.answer = against;
        assert.deepEqual(await held("zhangsan", fresh), ["", "", against]);
      });
    }

    test("are all in doubt while the directory fails", async () => {
      const { held, state, log } = bench([BY_NAME, BY_TAG]);
      state.answer = DOWN;
      assert.deepEqual(await held("zhangsan", fresh), ["", "named tagged", null]);
      assert.equal(log.lines[0]?.level, "warn");
      state.answer = new TypeError("bug");
      await assert.rejects(held("zhangsan", fresh), TypeError);
    });

    test("are in doubt where it is not known who is on duty", async () => {
      const byDuty = aRole({ name: "duty", of: { duty: "dba" } });
      const { held, state } = bench([BY_TAG, byDuty]);
      state.answer = "duty_unknown";
      assert.deepEqual(await held("zhangsan", fresh), ["", "duty", null]);
    });
  });

  test("do not hide a fault of the program", async () => {
    const { held, state } = bench([BY_TAG]);
    state.answer = new TypeError("bug");
    await assert.rejects(held(), TypeError);
  });
});

test("somebody may decide as those groups that the directory finds them in, by their names", async () => {
  const among = ["DBA", "负责人", "escalate[0]"].map((name) => ({ name, people: { tag: name } }));
  const asked: PeopleGroups[] = [];
  const answers: Membership[] = [{ outcome: "entitled", groups: [0, 2] }, { outcome: "inactive" }];
  const vouch = async (_userId: string, groups: PeopleGroups) => {
    asked.push(groups);
    return answers.shift() ?? { outcome: "not_entitled" as const };
  };
  assert.deepEqual(await entitlementOf("zhangsan", among, { vouch }), {
    outcome: "entitled",
    groups: ["DBA", "escalate[0]"],
  });
  assert.deepEqual(await entitlementOf("zhangsan", among, { vouch }), { outcome: "inactive" });
  assert.deepEqual(asked[0], [{ tag: "DBA" }, { tag: "负责人" }, { tag: "escalate[0]" }]);
});

test("nobody may decide while a group is gone, and it is looked up again while the directory is away", async () => {
  const among = [{ name: "DBA", people: { tag: "gone" } }];
  const failing = (error: Error) => ({
    vouch: async () => {
      throw error;
    },
  });
  const gone = new ChatOpsError("no such tag", { code: "wecom.unknown_tag", reached: "no" });
  assert.deepEqual(await entitlementOf("zhangsan", among, failing(gone)), { outcome: "group_gone" });
  await assert.rejects(entitlementOf("zhangsan", among, failing(DOWN)), DOWN);
  await assert.rejects(entitlementOf("zhangsan", among, failing(new TypeError("bug"))), TypeError);
});
