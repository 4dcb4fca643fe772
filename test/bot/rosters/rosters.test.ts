import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  createLookups,
  createRosterKeeper,
  dutyDirectory,
  readyRosters,
} from "../../../bot/rosters/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { People, PeopleGroups } from "../../../core/people/index.ts";
import type { Roster } from "../../../core/rosters/index.ts";
import { movableClock, START_MS } from "../../support/clock.ts";
import { recordingLog } from "../../support/log.ts";

const HOUR_MS = 3_600_000;
const CALENDAR: Roster = {
  ...{ kind: "calendar", name: "dba", title: "DBA", zone: "UTC", shifts: [], overlapMs: 0 },
  rotation: { startWallMs: START_MS, everyMs: 12 * HOUR_MS, turns: [["zhang"], ["li"]] },
};
const LOOKUP: Roster = {
  ...{ kind: "lookup", name: "net", title: "网络", cacheMs: 60_000 },
  lookup: { kind: "http", url: "https://duty.example", users: "{{ data }}" },
};
const DOWN = new ChatOpsError("duty: no complete answer in time", { code: "duty.timeout", retryable: true });

/** Rosters and a directory that knows those who are named by userid alone. */
function bench() {
  const clock = movableClock();
  const log = recordingLog();
  const state = { rosters: [CALENDAR, LOOKUP], answer: ["wang"] as string[] | Error, asked: 0 };
  const ask = async () => {
    state.asked++;
    if (state.answer instanceof Error) throw state.answer;
    return state.answer;
  };
  const metrics = { count: () => undefined, observe: () => undefined, gauge: () => undefined };
  const lookups = createLookups({ http: { ask }, action: { ask }, clock, log, metrics });
  const keeper = createRosterKeeper({ rosters: () => readyRosters(state.rosters), lookups, clock });
  const users = (groups: PeopleGroups) => groups.flatMap((group) => group.users ?? []);
  const onDuty = dutyDirectory(
    {
      expand: async (people: People) => [...(people.users ?? [])],
      vouch: async (userId, groups) => {
        const places = groups.flatMap((group, at) => (users([group]).includes(userId) ? [at] : []));
        return places.length > 0 ? { outcome: "entitled", groups: places } : { outcome: "not_entitled" };
      },
      nameOf: async (userId) => userId,
    },
    keeper,
  );
  /** The words alone: whom the groups are is the directory's own test. */
  const vouch = async (userId: string, groups: PeopleGroups) => (await onDuty.vouch(userId, groups)).outcome;
  return { clock, log, state, keeper, directory: { ...onDuty, vouch } };
}

describe("people named by a roster", () => {
  test("are those on duty at the sending, and again at the click", async () => {
    const { directory, clock } = bench();
    assert.deepEqual(await directory.expand({ users: ["chen"], duty: "dba" }), ["chen", "zhang"]);
    assert.equal(await directory.vouch("zhang", [{ duty: "dba" }]), "entitled");
    clock.advance(12 * HOUR_MS);
    assert.equal(await directory.vouch("zhang", [{ duty: "dba" }]), "not_entitled");
    assert.equal(await directory.vouch("li", [{ users: ["x"] }, { duty: "dba" }]), "entitled");
  });

  test("are nobody while nobody is on duty, which a warning says", async () => {
    const { directory, keeper, clock } = bench();
    clock.set(START_MS - HOUR_MS);
    assert.deepEqual(await directory.expand({ duty: "dba" }), []);
    assert.equal(await directory.vouch("zhang", [{ duty: "dba" }]), "not_entitled");
    const [warning] = keeper.warnings();
    assert.equal(warning?.about, "roster dba");
    assert.match(warning.message, /nobody is on duty now until 2026-11-01T00:00:00\.000Z/);
  });

  test("are not known once the roster's file is gone", async () => {
    const { directory, state } = bench();
    state.rosters = [];
    assert.equal(await directory.vouch("zhang", [{ duty: "dba" }]), "duty_unknown");
    await assert.rejects(directory.expand({ duty: "dba" }), { code: "duty.unknown", retryable: true });
  });
});

describe("a roster that is looked up", () => {
  test("is asked once for all who ask, and again when its time is over", async () => {
    const { directory, clock, state } = bench();
    const asking = [1, 2, 3].map(() => directory.vouch("wang", [{ duty: "net" }]));
    assert.deepEqual(await Promise.all(asking), ["entitled", "entitled", "entitled"]);
    clock.advance(59_999);
    await directory.expand({ duty: "net" });
    assert.equal(state.asked, 1);
    clock.advance(1);
    state.answer = ["zhao"];
    assert.equal(await directory.vouch("wang", [{ duty: "net" }]), "not_entitled");
    assert.equal(state.asked, 2);
  });

  test("counts as last answered for an hour while it fails, which log and warnings say", async () => {
    const { directory, keeper, clock, state, log } = bench();
    await directory.expand({ duty: "net" });
    state.answer = DOWN;
    clock.advance(HOUR_MS - 1);
    assert.equal(await directory.vouch("wang", [{ duty: "net" }]), "entitled");
    assert.match(
      keeper.warnings()[0]?.message ?? "",
      /the answer of 2026-11-01T00:00:00\.000Z is used.*no complete/,
    );
    assert.deepEqual(
      log.lines.map(({ level, fields }) => [level, fields["roster"], fields["answeredAt"]]),
      [["warn", "net", "2026-11-01T00:00:00.000Z"]],
    );
  });

  test("entitles nobody once its last answer is an hour old, and says why", async () => {
    const { directory, keeper, clock, state } = bench();
    await directory.expand({ duty: "net" });
    state.answer = DOWN;
    clock.advance(HOUR_MS);
    assert.equal(await directory.vouch("wang", [{ duty: "net" }]), "duty_unknown");
    await assert.rejects(
      directory.expand({ duty: "net" }),
      /on duty on net is not known: duty: no complete answer/,
    );
    assert.match(keeper.warnings()[0]?.message ?? "", /nobody is entitled/);
    assert.equal(await directory.vouch("chen", [{ duty: "net" }, { users: ["chen"] }]), "entitled");
  });

  test("is not asked at each click while it fails", async () => {
    const { directory, clock, state } = bench();
    state.answer = DOWN;
    await directory.vouch("wang", [{ duty: "net" }]);
    await directory.vouch("wang", [{ duty: "net" }]);
    assert.equal(state.asked, 1);
    clock.advance(5_000);
    state.answer = ["wang"];
    assert.equal(await directory.vouch("wang", [{ duty: "net" }]), "entitled");
  });

  test("keeps its answer when the files are loaded again, and drops it when its own was changed", async () => {
    const { directory, state } = bench();
    await directory.expand({ duty: "net" });
    state.rosters = [{ ...LOOKUP }];
    await directory.expand({ duty: "net" });
    assert.equal(state.asked, 1);
    state.rosters = [{ ...LOOKUP, title: "另一个" }];
    await directory.expand({ duty: "net" });
    assert.equal(state.asked, 2);
  });
});
