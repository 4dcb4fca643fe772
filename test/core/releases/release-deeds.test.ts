import assert from "node:assert/strict";
import { test } from "node:test";
import { releaseCard, releaseDeeds } from "../../../core/cards/index.ts";
import {
  driftOf,
  lastAt,
  nextReleaseDeed,
  type Release,
  type ReleaseFacts,
  type ReleasePlace,
  releaseDiff,
  releaseOfWords,
  vanishedOf,
  wantedOn,
} from "../../../core/releases/index.ts";
import { textsOf } from "../../../core/texts/index.ts";
import { anImage, aPack, aRelease, OLD_IMAGE, oldParts, RELEASE_AT } from "../../support/releases.ts";

const START = Date.parse(RELEASE_AT);
const BEFORE = [aPack("disk", "1.0.0", "cleanup", "old")];
const place = (change: Partial<ReleasePlace> = {}): ReleasePlace => {
  return { parts: oldParts, packs: BEFORE, vanished: [], stands: "touched", at: RELEASE_AT, ...change };
};
const OWN = { by: "user:wangwu", release: `r_${"a".repeat(26)}` };
const EMPTY = { ...OWN, done: { at: RELEASE_AT, how: "empty" as const } };
const facts = (drain: ReleaseFacts["drain"], nowMs = START): ReleaseFacts => ({ drain, nowMs });
const rolling = (step: Release["step"], change: Partial<Release> = {}) =>
  aRelease({ stage: "rolling", step, places: { hz: place() }, ...change });
const back = (step: Release["step"], change: Partial<Release> = {}) =>
  rolling(step, { stage: "back", back: { whole: false, ends: "rolled_back" }, ...change });

const deeds: [string, Release, ReleaseFacts, string][] = [
  ["asked", aRelease(), facts(null), "wait approval"],
  ["asked for too long", aRelease(), facts(null, START + 3_600_000), "move expire"],
  ["approved", aRelease({ stage: "starting" }), facts(null), "verify approved"],
  ["at a cluster that takes starts", rolling("draining", { places: {} }), facts(null), "drain next"],
  [
    "at a cluster that others upgrade",
    rolling("draining"),
    facts({ by: "x", upgrade: "u_1" }),
    "fail drained_by_others",
  ],
  [
    "at a cluster of another release",
    rolling("draining"),
    facts({ by: "x", release: "r_b" }),
    "fail drained_by_others",
  ],
  ["at a cluster with runs", rolling("draining"), facts(OWN), "wait runs"],
  [
    "at one with runs for too long",
    rolling("draining", { drainMs: 5 }),
    facts(OWN, START + 5),
    "fail drain_late",
  ],
  ["at one that is empty", rolling("draining"), facts(EMPTY), "move stepped"],
  ["before a change, where starts are taken again", rolling("workers"), facts(null), "fail undrained"],
  ["before a change, where something runs again", rolling("workers"), facts(OWN), "wait runs"],
  ["going back where starts are taken again", back("workers"), facts(null), "drain again"],
  [
    "going back where nothing was changed, of others",
    back("undraining", { places: {} }),
    facts({ by: "x", upgrade: "u_1" }),
    "move stepped",
  ],
  ["going back where nothing was changed", back("undraining", { places: {} }), facts(OWN), "undrain old"],
  ["at the end, its drain ended by others", rolling("undraining"), facts(null), "canary new"],
  ["paused", aRelease({ stage: "paused" }), facts(null), "wait person"],
];

for (const [what, release, world, expected] of deeds) {
  test(`a release that is ${what}: ${expected}`, () => {
    const { outcome, reason } = nextReleaseDeed(release, world);
    assert.equal(`${outcome} ${reason}`, expected);
  });
}

test("forward the parts get the new image in their order, backward each the one that it had", () => {
  const parts = (release: Release) => {
    const deed = nextReleaseDeed(release, facts(EMPTY));
    return deed.outcome === "set" ? deed.parts.map(({ role, image }) => [role, image]) : deed;
  };
  const { reference } = aRelease().image;
  assert.deepEqual(parts(rolling("workers")), [["workers", reference]]);
  assert.deepEqual(parts(rolling("others")), [
    ["api", reference],
    ["client", reference],
  ]);
  assert.deepEqual(parts(back("workers")), [["workers", OLD_IMAGE]]);
});

test("going back removes what came with the release, going forward what is gone", () => {
  const things = (release: Release) => {
    const deed = nextReleaseDeed(release, facts(EMPTY));
    return deed.outcome === "remove" ? deed.things.map(({ ref }) => ref) : deed;
  };
  const vanished = vanishedOf(aRelease(), { registered: BEFORE, former: null });
  assert.deepEqual(things(rolling("removing", { places: { hz: place({ vanished }) } })), ["disk.old"]);
  assert.deepEqual(things(back("removing")), ["disk.usage"]);
});

test("what people made by hand in a pack stays where it is known what the release before brought", () => {
  const registered = [aPack("disk", "1.0.0", "cleanup", "old", "by_hand")];
  const vanished = vanishedOf(aRelease(), { registered, former: BEFORE });
  assert.deepEqual(vanished, [{ kind: "action", ref: "disk.old" }]);
});

test("what should run is what the last release left, and what it went back to where it was rolled back", () => {
  const first = aRelease({ id: "r_1", places: { hz: place({ stands: "new", at: "2026-11-01" }) } });
  const second = aRelease({ id: "r_2", places: { hz: place({ stands: "old", at: "2026-11-02" }) } });
  assert.equal(lastAt("hz", [first, second])?.id, "r_2");
  assert.equal(wantedOn("hz", [first, second])?.parts[0]?.image, OLD_IMAGE);
  const wanted = wantedOn("hz", [first]);
  assert.ok(wanted);
  const found = driftOf(wanted, { parts: oldParts, packs: [aPack("disk", "1.0.0")] });
  assert.deepEqual(
    found.map((one) => (one.kind === "part" ? one.role : one.pack)),
    ["workers", "api", "client", "disk"],
  );
  assert.equal(wantedOn("bj", [first]), null);
});

test("two releases differ by their packs, commits and what these hold", () => {
  const one = aRelease({ id: "r_1", image: anImage("1", "1.0.0"), packs: BEFORE });
  const diff = releaseDiff(one, aRelease({ id: "r_2" }));
  assert.deepEqual(diff.packs[0]?.to, { version: "2.0.0", commit: "2".repeat(40) });
  assert.deepEqual(
    [diff.added, diff.removed].flat().map(({ ref }) => ref),
    ["disk.usage", "disk.old"],
  );
});

test("the card that asks shows what changes and the rules that use it; the one of a done release lets go back", () => {
  const viewing = { texts: textsOf("zh"), nameOf: (id: string) => id, timeZone: "Asia/Shanghai" };
  const asking = releaseCard(aRelease(), viewing);
  assert.match(asking.quote?.text ?? "", /vm-disk-cleanup/);
  assert.deepEqual(
    asking.buttons.map(({ key }) => key),
    ["approve", "reject", "refresh"],
  );
  const done = aRelease({ stage: "done", places: { hz: place({ stands: "new" }) } });
  assert.deepEqual(releaseDeeds(done), ["rollback"]);
  const closed = releaseCard(aRelease({ stage: "rejected" }), viewing);
  assert.deepEqual([closed.buttons, closed.closed], [[], "被拒绝"]);
});

test("the card is in one language, and names the command line where that asked", () => {
  const names = { nameOf: (id: string) => id, timeZone: "Asia/Shanghai" };
  const english = releaseCard(aRelease({ by: "local" }), { texts: textsOf("en"), ...names });
  assert.doesNotMatch(JSON.stringify([english.quote, english.rows]), /[\u4e00-\u9fff]/);
  assert.equal(english.rows?.[0]?.value, textsOf("en").cards.machine);
  const chinese = releaseCard(aRelease({ by: "local" }), { texts: textsOf("zh"), ...names });
  assert.equal(chinese.rows?.[0]?.value, "本机命令行");
});

const orders: [string, unknown][] = [
  ["", { what: "list" }],
  ["abcdef", { what: "show", id: "abcdef" }],
  ["申请 shared 因为要用", { what: "ask", set: "shared", why: "因为要用" }],
  ["ask shared b_01abcdef why", { what: "ask", set: "shared", build: "b_01abcdef", why: "why" }],
  ["回滚 ABCDEF 坏了", { what: "rollback", id: "abcdef", why: "坏了" }],
  ["diff aaaaaa bbbbbb", { what: "diff", from: "aaaaaa", to: "bbbbbb" }],
];

for (const [text, order] of orders) {
  test(`reads "release ${text}"`, () => assert.deepEqual(releaseOfWords(text), { outcome: "read", order }));
}
