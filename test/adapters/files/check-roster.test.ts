import assert from "node:assert/strict";
import { test } from "node:test";
import { aPolicy, aRule, type Files, loaded, refusedText } from "./home-dir.ts";

const ROTATION = { start: "2026-11-02", handover: "10:00", every: "1w", people: ["Zhang", ["wang", "chen"]] };
const PLACEHOLDER = `\${DUTY_TOKEN}`;
const HTTP = { url: "https://duty.example/now?team=dba", bearer: PLACEHOLDER, users: "{{ data.users }}" };
const ACTION = { action: "disk.show", cluster: "hz", params: { team: "dba" }, users: "{{ result.result }}" };

function roster(overrides: object): string {
  return JSON.stringify({ name: "dba", title: "DBA", ...overrides });
}

function files(overrides: object): Files {
  return { "rosters/dba.yaml": roster(overrides) };
}

test("reads a rotation with shifts, in Shanghai's time where it names no zone", async (t) => {
  const shifts = [{ from: "2026-12-24T10:00", to: "2026-12-26T10:00", people: ["ZHAO", "zhao"] }];
  const { rosters } = await loaded(t, files({ rotation: ROTATION, shifts, overlap: "30m" }));
  assert.deepEqual(rosters, [
    {
      ...{ kind: "calendar", name: "dba", title: "DBA", zone: "Asia/Shanghai", overlapMs: 1_800_000 },
      rotation: {
        startWallMs: Date.UTC(2026, 10, 2, 10),
        everyMs: 604_800_000,
        turns: [["zhang"], ["wang", "chen"]],
      },
      shifts: [
        {
          fromWallMs: Date.UTC(2026, 11, 24, 10),
          untilWallMs: Date.UTC(2026, 11, 26, 10),
          people: ["zhao"],
        },
      ],
    },
  ]);
});

test("reads a look-up over HTTP, its secret out of the environment", async (t) => {
  const env = { DUTY_TOKEN: "s3cret" };
  const { rosters } = await loaded(t, files({ lookup: { http: HTTP, cache: "2m" } }), { env });
  const lookup = { kind: "http", ...HTTP, bearer: "s3cret" };
  assert.deepEqual(rosters, [{ kind: "lookup", name: "dba", title: "DBA", lookup, cacheMs: 120_000 }]);
});

test("reads a look-up by an action that an approved policy covers", async (t) => {
  const { rosters } = await loaded(t, files({ lookup: ACTION }));
  const lookup = { kind: "action", ...ACTION };
  assert.deepEqual(rosters, [{ kind: "lookup", name: "dba", title: "DBA", lookup, cacheMs: 60_000 }]);
});

test("takes a roster wherever a rule or a role names people", async (t) => {
  const { rules, roles } = await loaded(t, {
    ...files({ rotation: ROTATION }),
    "rules/r.yaml": aRule({ approval: { from: { duty: "dba" } }, report: { to: { duty: "dba" } } }),
    "roles.yaml": "roles: [{ name: dba, of: { duty: dba }, rights: [events.read] }]\n",
  });
  assert.deepEqual(rules[0]?.approval.mode === "people" && rules[0].approval.groups[0]?.from, {
    duty: "dba",
  });
  assert.deepEqual(roles[0]?.of, { duty: "dba" });
});

const shift = (more: object) => ({
  shifts: [{ from: "2026-12-24T10:00", to: "2026-12-26T10:00", people: ["zhao"], ...more }],
});
const rotation = (more: object) => ({ rotation: { ...ROTATION, ...more } });

const REFUSED: [what: string, overrides: object, says: RegExp][] = [
  ["neither a calendar nor a look-up", {}, /dba\.yaml:1.*rotation or shifts.*lookup/],
  ["both of them", { rotation: ROTATION, lookup: ACTION }, /lookup.*instead of them/],
  ["a start that is no date", rotation({ start: "2026-13-02" }), /rotation\.start.*date/],
  ["a hand-over that is no time of day", rotation({ handover: "10" }), /rotation\.handover.*"10:00"/],
  ["turns of minutes", rotation({ every: "30m" }), /rotation\.every.*hours/],
  ["turns of two years", rotation({ every: "104w" }), /rotation\.every.*year/],
  ["a turn of nobody", rotation({ people: ["zhang", []] }), /rotation\.people\[1\].*userid/],
  ["everybody as a person", rotation({ people: ["@all"] }), /rotation\.people\[0\].*not a userid/],
  ["an unknown zone", { ...rotation({}), timezone: "Beijing" }, /timezone/],
  ["a shift with a zone of its own", shift({ from: "2026-12-24T10:00Z" }), /shifts\[0\]\.from.*zone/],
  ["a shift that ends before it begins", shift({ to: "2026-12-24T09:00" }), /shifts\[0\]\.to.*later/],
  ["a shift of nobody", shift({ people: [] }), /shifts\[0\]\.people/],
  ["an overlap of a whole turn", { ...rotation({ every: "1d" }), overlap: "24h" }, /overlap.*shorter/],
  ["both ways to ask", { lookup: { ...ACTION, http: { ...HTTP, bearer: "x" } } }, /lookup.*must be/],
  ["an action without a cluster", { lookup: { ...ACTION, cluster: undefined } }, /lookup\.cluster.*required/],
  ["an unknown cluster", { lookup: { ...ACTION, cluster: "hx" } }, /lookup\.cluster.*did you mean hz\?/],
  [
    "an action that no policy covers",
    { lookup: { ...ACTION, action: "disk.cleanup" } },
    /lookup\.action.*policy/,
  ],
  ["params that are a template", { lookup: { ...ACTION, params: { a: ["{{ x }}"] } } }, /params\.a\[0\]/],
  ["users that is no template", { lookup: { ...ACTION, users: "{{ result" } }, /lookup\.users.*template/],
  ["a cache of a day", { lookup: { ...ACTION, cache: "1d" } }, /lookup\.cache.*1h/],
  ["an address that is none", { lookup: { http: { ...HTTP, bearer: "x", url: "duty" } } }, /http\.url.*http/],
];

for (const [what, overrides, says] of REFUSED) {
  test(`refuses ${what}, with its place`, async (t) => {
    assert.match(await refusedText(t, files(overrides)), says);
  });
}

test("loads a look-up whose policy has expired by now: a restart that day does not fail", async (t) => {
  const expired = {
    ...files({ lookup: ACTION }),
    "policies/read-only.yaml": aPolicy({ expires: "2026-11-01" }),
  };
  assert.equal((await loaded(t, expired)).rosters.length, 1);
});

test("refuses a rule that names an unknown roster, with its place and the closest name", async (t) => {
  const rule = aRule({
    offers: [],
    approval: { from: { users: ["li"] }, escalate: { to: { duty: "dbb" }, after: "5m" } },
  });
  const text = await refusedText(t, { ...files({ rotation: ROTATION }), "rules/r.yaml": rule });
  assert.match(text, /^rules\/r\.yaml:1:\d+ approval\.escalate\.to\.duty = "dbb".*did you mean dba\?/);
});

test("refuses a role that names an unknown roster", async (t) => {
  const roles = "roles: [{ name: dba, of: { duty: dba }, rights: [events.read] }]\n";
  assert.match(await refusedText(t, { "roles.yaml": roles }), /roles\[0\]\.of\.duty.*known: none/);
});

test("leaves a parameter that happens to be called duty alone", async (t) => {
  const home = await loaded(t, { "rules/r.yaml": aRule({ params: { duty: "none" } }) });
  assert.deepEqual(home.rules[0]?.params, { duty: "none" });
});

test("never shows the secret of a look-up", async (t) => {
  const text = await refusedText(t, files({ lookup: { http: { ...HTTP, bearer: ["s3cret"] } } }));
  assert.doesNotMatch(text, /s3cret/);
});
