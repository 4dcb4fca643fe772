import assert from "node:assert/strict";
import { test } from "node:test";
import { cronFault } from "../../../adapters/cron/index.ts";
import { formatProblems, loadHome } from "../../../adapters/files/index.ts";
import { aHomeDir, aRule, type Files, NOW_MS } from "./home-dir.ts";

async function load(dir: string) {
  return loadHome({ dir, env: {}, nowMs: NOW_MS, kinds: ["generic"], cronFault });
}

const WINDOW = `id: release
title: 发布
why: 每周发布
zone: Europe/Berlin
at:
  - { cron: "0 2 * * 6", for: 4h }
  - { days: [mon, fri], from: "22:00", to: "06:00" }
  - { from: 2026-12-01T22:00:00+08:00, to: 2026-12-02T06:00:00+08:00 }
match: { types: ["vm.*"], labels: { env: [prod] } }
`;

test("reads a window in each of its forms", async (t) => {
  const loaded = await load(aHomeDir(t, { "windows/release.yaml": WINDOW }));
  assert.equal(loaded.outcome, "loaded");
  assert.deepEqual(loaded.outcome === "loaded" && loaded.home.windows, [
    {
      id: "release",
      title: "发布",
      why: "每周发布",
      spans: [
        { kind: "cron", cron: "0 2 * * 6", zone: "Europe/Berlin", forMs: 14_400_000 },
        { kind: "weekly", days: ["mon", "fri"], fromMinute: 1_320, untilMinute: 360, zone: "Europe/Berlin" },
        {
          kind: "once",
          fromMs: Date.parse("2026-12-01T14:00:00Z"),
          untilMs: Date.parse("2026-12-01T22:00:00Z"),
        },
      ],
      match: { types: ["vm.*"], labels: { env: ["prod"] } },
    },
  ]);
});

test("reads a rule's schedule, in Shanghai's time where it names no zone", async (t) => {
  const schedule = { only: [{ days: ["mon"], from: "09:00", to: "24:00" }] };
  const loaded = await load(aHomeDir(t, { "rules/r.yaml": aRule({ schedule }) }));
  const spans = [
    { kind: "weekly", days: ["mon"], fromMinute: 540, untilMinute: 1_440, zone: "Asia/Shanghai" },
  ];
  assert.deepEqual(loaded.outcome === "loaded" && loaded.home.rules[0]?.schedule, { only: spans });
});

function windowOf(at: object, more: object = {}): Files {
  return {
    "windows/w.yaml": JSON.stringify({ id: "w", title: "w", at: [at], match: { rules: ["*"] }, ...more }),
  };
}

const REFUSED: [what: string, files: Files, says: RegExp][] = [
  ["a form of its own", windowOf({ cron: "0 2 * * 6", from: "09:00" }), /at\[0\].*cron, for/],
  ["a cron expression without a length", windowOf({ cron: "0 2 * * 6" }), /at\[0\]\.for/],
  [
    "a cron expression of six fields",
    windowOf({ cron: "0 0 2 * * 6", for: "1h" }),
    /at\[0\]\.cron.*6 fields/,
  ],
  ["an impossible cron field", windowOf({ cron: "61 2 * * *", for: "1h" }), /at\[0\]\.cron/],
  ["a length of a month", windowOf({ cron: "0 2 * * 6", for: "30d" }), /at\[0\]\.for.*7d/],
  ["a length that is none", windowOf({ cron: "0 2 * * 6", for: "long" }), /at\[0\]\.for/],
  ["an unknown day", windowOf({ days: ["monday"], from: "09:00", to: "10:00" }), /at\[0\]\.days/],
  [
    "a time of day that is none",
    windowOf({ days: ["mon"], from: "9:00", to: "24:01" }),
    /at\[0\]\.from[\s\S]*at\[0\]\.to/,
  ],
  ["an end before its beginning", windowOf({ from: "2026-12-02", to: "2026-12-01" }), /at\[0\]\.to.*later/],
  ["a local time without a zone", windowOf({ from: "2026-12-01T10:00", to: "2026-12-02" }), /at\[0\]\.from/],
  ["an unknown zone", windowOf({ from: "2026-12-01", to: "2026-12-02" }, { zone: "Beijing" }), /zone/],
  ["a match of nothing", windowOf({ from: "2026-12-01", to: "2026-12-02" }, { match: {} }), /match.*rules/],
  ["no time at all", windowOf({}, { at: [] }), /at/],
  [
    "a rule's schedule that cannot be",
    { "rules/r.yaml": aRule({ schedule: { only: [{ cron: "x", for: "1h" }] } }) },
    /schedule\.only\[0\]\.cron/,
  ],
  [
    "an id that is there twice",
    {
      ...windowOf({ from: "2026-12-01", to: "2026-12-02" }),
      "windows/x.yaml": windowOf({ from: "2026-12-01", to: "2026-12-02" })["windows/w.yaml"] ?? "",
    },
    /windows\/x\.yaml.*id/,
  ],
];

for (const [what, files, says] of REFUSED) {
  test(`refuses ${what}, with its place`, async (t) => {
    const outcome = await load(aHomeDir(t, files));
    assert.match(outcome.outcome === "refused" ? formatProblems(outcome.problems) : "loaded", says);
  });
}
