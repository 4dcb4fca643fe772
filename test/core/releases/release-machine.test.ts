import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  canRollBack,
  isReleaseOver,
  moveRelease,
  nextReleaseDeed,
  RELEASE_STAGES,
  RELEASE_STEPS,
  type Release,
  type ReleaseInput,
  type ReleasePlace,
  type ReleaseStage,
  termsHash,
} from "../../../core/releases/index.ts";
import "../../support/property-seed.ts";
import { aDecision, aPack, aRelease, oldParts, theTerms } from "../../support/releases.ts";

const NOW = Date.parse("2026-11-01T00:10:00.000Z");
const USER = { by: "user:lisi" };
const place = (stands: ReleasePlace["stands"] = "touched"): ReleasePlace => {
  return {
    parts: oldParts,
    packs: [aPack("disk", "1.0.0", "cleanup", "old")],
    vanished: [],
    stands,
    at: "t",
  };
};
const LOOKED = { kind: "looked", parts: oldParts, packs: [], vanished: [] } as const;
const ROLLBACK = { kind: "rollback", ...USER, why: "bad" } as const;
const ABORT = { kind: "abort", ...USER, why: "not now" } as const;
const WHOLE = { whole: true, ends: "rolled_back" } as const;
const ALONE = { whole: false, ends: "rolled_back" } as const;

const at = (stage: ReleaseStage, change: Partial<Release> = {}) => aRelease({ stage, ...change });
const moves: [string, Release, ReleaseInput, Partial<Release>][] = [
  ["asked", at("asked"), { kind: "decide", decision: aDecision(aRelease(), "lisi") }, { stage: "starting" }],
  [
    "asked",
    at("asked"),
    { kind: "decide", decision: aDecision(aRelease(), "lisi", { verdict: "reject" }) },
    { stage: "rejected" },
  ],
  ["asked", at("asked"), { kind: "expire" }, { stage: "expired" }],
  ["asked", at("asked"), ABORT, { stage: "aborted" }],
  ["starting", at("starting"), { kind: "begin" }, { stage: "rolling", step: "draining", index: 0 }],
  ["starting", at("starting"), { kind: "expire" }, { stage: "expired" }],
  ["starting", at("starting"), { kind: "fail", message: "gone" }, { stage: "aborted" }],
  ["draining", at("rolling"), { kind: "stepped" }, { step: "checking" }],
  ["checking", at("rolling", { step: "checking" }), LOOKED, { step: "workers" }],
  ["workers_wait", at("rolling", { step: "workers_wait" }), { kind: "stepped" }, { step: "others" }],
  [
    "the first cluster's end",
    at("rolling", { step: "undraining", places: { hz: place() } }),
    { kind: "stepped" },
    { stage: "rolling", step: "draining", index: 1 },
  ],
  [
    "the first cluster's end, to be paused,",
    at("rolling", { step: "undraining", places: { hz: place() }, pausing: true }),
    { kind: "stepped" },
    { stage: "paused", index: 0, pausing: false },
  ],
  [
    "the last cluster's end",
    at("rolling", { step: "undraining", index: 1, places: { hz: place("new"), bj: place() } }),
    { kind: "stepped" },
    { stage: "done" },
  ],
  [
    "paused",
    at("paused", { places: { hz: place("new") } }),
    { kind: "resume", ...USER },
    { stage: "rolling", index: 1 },
  ],
  [
    "paused",
    at("paused", { places: { hz: place("new") } }),
    ROLLBACK,
    { stage: "back", index: 0, back: WHOLE },
  ],
  ["paused", at("paused", { places: { hz: place("new") } }), ABORT, { stage: "aborted" }],
  [
    "a drain",
    at("rolling"),
    { kind: "fail", message: "late" },
    { stage: "back", step: "undraining", back: ALONE },
  ],
  [
    "registering",
    at("rolling", { step: "registering", places: { hz: place() } }),
    { kind: "fail", message: "bad pack" },
    { stage: "back", step: "draining", back: ALONE },
  ],
  [
    "a drain",
    at("rolling"),
    ABORT,
    { stage: "back", step: "undraining", back: { whole: false, ends: "aborted" } },
  ],
  [
    "a way back over all of them",
    at("back", { step: "undraining", index: 1, back: WHOLE, places: { hz: place("new"), bj: place() } }),
    { kind: "stepped" },
    { stage: "back", step: "draining", index: 0 },
  ],
  [
    "a way back of one",
    at("back", { step: "undraining", index: 1, back: ALONE, places: { hz: place("new"), bj: place() } }),
    { kind: "stepped" },
    { stage: "rolled_back" },
  ],
  [
    "a way back",
    at("back", { back: ALONE, places: { hz: place() } }),
    ROLLBACK,
    { stage: "back", back: WHOLE },
  ],
  ["a way back", at("back", { back: ALONE }), { kind: "stepped" }, { stage: "back", step: "workers" }],
  ["a way back", at("back", { back: ALONE }), { kind: "fail", message: "x" }, { stage: "stopped" }],
  [
    "stopped",
    at("stopped", { step: "others", back: ALONE }),
    { kind: "retry", ...USER },
    { stage: "back", step: "others" },
  ],
  ["stopped", at("stopped", { step: "others", back: ALONE }), ABORT, { stage: "aborted" }],
  [
    "done",
    at("done", { index: 1, places: { hz: place("new"), bj: place("new") } }),
    ROLLBACK,
    { stage: "back", step: "draining", index: 1, back: WHOLE },
  ],
  ["rolling", at("rolling"), { kind: "pause", ...USER }, { pausing: true }],
  [
    "rolling, to be paused,",
    at("rolling", { pausing: true }),
    { kind: "resume", ...USER },
    { pausing: false },
  ],
];

for (const [what, before, input, change] of moves) {
  test(`${input.kind} takes ${what} to ${JSON.stringify(change)}`, () => {
    const moved = moveRelease(before, input, NOW);
    assert.equal(moved.outcome, "moved", moved.reason);
    for (const [field, value] of Object.entries(change)) {
      assert.deepEqual(moved.release[field as keyof Release], value, field);
    }
  });
}

const refusals: [string, Release, ReleaseInput, string][] = [
  ["their own", at("asked"), { kind: "decide", decision: aDecision(aRelease(), "wangwu") }, "own_release"],
  [
    "their own in another's place",
    at("asked"),
    { kind: "decide", decision: aDecision(aRelease(), "lisi", { onBehalfOf: "wangwu" }) },
    "own_release",
  ],
  [
    "one from the machine",
    at("asked"),
    { kind: "decide", decision: aDecision(aRelease(), "local") },
    "no_person",
  ],
  [
    "one who is not asked",
    at("asked"),
    { kind: "decide", decision: aDecision(aRelease(), "sunqi", { groups: [] }) },
    "not_entitled",
  ],
  [
    "another content",
    at("asked"),
    { kind: "decide", decision: aDecision(aRelease(), "lisi", { hash: "other" }) },
    "other_content",
  ],
  [
    "an asking that is over",
    at("asked", { round: 2 }),
    { kind: "decide", decision: aDecision(aRelease(), "lisi") },
    "other_content",
  ],
  ["abort of what is changed", at("rolling", { step: "others", places: { hz: place() } }), ABORT, "not_safe"],
  ["pause before no cluster", at("rolling", { index: 1 }), { kind: "pause", ...USER }, "no_next_cluster"],
  ["undoing nothing", at("rolled_back", { places: { hz: place("old") } }), ROLLBACK, "nothing_to_undo"],
  ["a look at another step", at("rolling", { step: "others" }), LOOKED, "wrong_stage"],
  ["a dry run that found nothing", at("rolling", { step: "checking" }), { kind: "stepped" }, "wrong_stage"],
];

for (const [what, before, input, reason] of refusals) {
  test(`refuses ${what}`, () => {
    const moved = moveRelease(before, input, NOW);
    assert.deepEqual([moved.outcome, moved.reason, moved.release], ["refused", reason, before]);
  });
}

test("two have to approve where two are needed, and one counts once", () => {
  const approval = {
    ...aRelease().approval,
    groups: [{ name: "approvers", from: { users: ["lisi", "zhaoliu"] }, need: 2 }],
  };
  const asked = aRelease({ approval });
  const decide = (release: Release, by: string, clickKey: string) =>
    moveRelease(release, { kind: "decide", decision: aDecision(release, by, { clickKey }) }, NOW);
  const first = decide(asked, "lisi", "1");
  assert.deepEqual([first.release.stage, first.release.since], ["asked", asked.since]);
  assert.equal(decide(first.release, "lisi", "2").release.stage, "asked");
  assert.equal(decide(first.release, "zhaoliu", "3").release.stage, "starting");
});

test("terms that have changed void the approval: the new ones are asked for, and old decisions do not count", () => {
  const approved = at("starting", { decisions: [aDecision(aRelease(), "lisi")] });
  const terms = theTerms({ plan: { lines: [{ zh: "x", en: "x" }] } });
  const { release } = moveRelease(approved, { kind: "void", terms, why: "changed" }, NOW);
  assert.deepEqual([release.stage, release.round, release.hash], ["asked", 2, termsHash(terms)]);
  assert.notEqual(release.since, approved.since);
  const again = moveRelease(release, { kind: "decide", decision: aDecision(approved, "zhaoliu") }, NOW);
  assert.equal(again.reason, "other_content");
});

for (const [what, change] of Object.entries({
  digest: { image: { ...theTerms().image, digest: `sha256:${"3".repeat(64)}` } },
  lock: { image: { ...theTerms().image, lock: { ...theTerms().image.lock, repos: [] } } },
  plan: { plan: { lines: [] } },
  clusters: { clusters: ["bj", "hz"] },
  canary: { canary: { action: "disk.usage" } },
  drain: { drainMs: 1 },
})) {
  test(`an approval is bound to the ${what}`, () => {
    assert.notEqual(termsHash(theTerms(change)), termsHash(theTerms()));
  });
}

const INPUTS: readonly ReleaseInput[] = [
  { kind: "decide", decision: aDecision(aRelease(), "lisi") },
  ...(["expire", "escalate", "begin", "stepped"] as const).map((kind) => ({ kind })),
  { kind: "void", terms: theTerms({ drainMs: 5 }), why: "changed" },
  LOOKED,
  { kind: "fail", message: "x" },
  ...(["pause", "resume", "retry"] as const).map((kind) => ({ kind, ...USER })),
  ROLLBACK,
  ABORT,
];

test("every stage and step answers every input, and what is over is only ever rolled back", () => {
  for (const stage of RELEASE_STAGES) {
    for (const step of RELEASE_STEPS) {
      for (const input of INPUTS) {
        for (const places of [{}, { hz: place() }, { hz: place("new") }]) {
          const before = at(stage, { step, places, back: ALONE });
          const moved = moveRelease(before, input, NOW);
          assert.ok(["moved", "refused"].includes(moved.outcome));
          if (isReleaseOver(before) && moved.outcome === "moved") assert.equal(input.kind, "rollback");
        }
      }
    }
  }
});

const inputs = fc.array(fc.constantFrom(...INPUTS), { maxLength: 60 });

test("whatever comes in which order: ends tell the truth, and whoever is not over goes on or waits for people", () => {
  fc.assert(
    fc.property(inputs, (all) => {
      let release = aRelease();
      for (const input of all) {
        const before = release;
        release = moveRelease(release, input, NOW).release;
        if (release.since !== before.since) assert.ok(release.since > before.since);
        checkTruth(release);
      }
    }),
    { numRuns: 500 },
  );
});

/** What holds of every release that can come about. */
function checkTruth(release: Release): void {
  const { stage, clusters, places, index } = release;
  const stands = clusters.map((name) => places[name]?.stands);
  if (stage === "done") assert.ok(stands.every((one) => one === "new"));
  if (stage === "rolled_back") assert.ok(!stands.includes("touched"));
  // Of one cluster at most changes are under way.
  assert.ok(stands.filter((one) => one === "touched").length <= 1);
  if (stage === "rolling" && release.step !== "draining" && release.step !== "checking") {
    assert.equal(stands[index], "touched");
  }
  if (stage === "paused") assert.equal(stands[index], "new");
  if (canRollBack(release)) assert.equal(moveRelease(release, ROLLBACK, NOW).outcome, "moved");
  const drain = { by: "user:wangwu", release: release.id, done: { at: "t", how: "empty" as const } };
  const deed = nextReleaseDeed(release, { drain, nowMs: NOW });
  const waits = deed.outcome === "wait" ? deed.reason : "goes on";
  const expected = { asked: "approval", paused: "person", stopped: "person" }[stage as string];
  assert.equal(waits, isReleaseOver(release) ? "over" : (expected ?? "goes on"));
}
