import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { cronFault } from "../../../adapters/cron/index.ts";
import { formatProblems, loadHome } from "../../../adapters/files/index.ts";
import { aHomeDir, type Files, NOW_MS, refused, refusedText } from "./home-dir.ts";

const SECRET = "s3cr3t-value";

const SPOILT_SECRETS: readonly [why: string, files: Files][] = [
  ["a secret as a key", { "sources/open.yaml": `name: open\nkind: generic\nauth: { ${SECRET} }\n` }],
  ["a secret as a key twice", { "sources/open.yaml": `name: open\nauth: { ${SECRET}, ${SECRET} }\n` }],
  ["a robot key as a key", { "groups.yaml": `ops: { ${SECRET}: x }\n` }],
  ["a misspelt key", { "sources/open.yaml": `name: open\nkind: generic\nauth: { baerer: ${SECRET} }\n` }],
  ["text in place of a mapping", { "sources/open.yaml": `name: open\nkind: generic\nauth: ${SECRET}\n` }],
  [
    "a token in the wrong place",
    { "sources/open.yaml": `name: open\nkind: generic\nauth: none\ntoken: ${SECRET}\n` },
  ],
  ["a list of tokens", { "sources/open.yaml": `name: open\nkind: generic\nauth: { bearer: [${SECRET}] }\n` }],
  [
    "a list below a token",
    { "sources/open.yaml": `name: open\nkind: generic\nauth: [{ bearer: ${SECRET} }]\n` },
  ],
  ["a key twice", { "sources/open.yaml": `name: open\nauth: { bearer: ${SECRET}, bearer: ${SECRET} }\n` }],
  ["an open quote", { "sources/open.yaml": `name: open\nauth: { bearer: "${SECRET} }\n` }],
  ["an alias", { "sources/open.yaml": `name: open\nauth: { bearer: *${SECRET} }\n` }],
  ["a tag", { "sources/open.yaml": `name: open\nauth: { bearer: !x ${SECRET} }\n` }],
  ["a stray value", { "sources/open.yaml": `name: open\nauth: none\n${SECRET}\n` }],
  [
    "both kinds of credentials",
    { "clusters/hz.yaml": `name: hz\napi: http://x/\nauth: { apiKey: ${SECRET}, user: ${SECRET} }\n` },
  ],
  [
    "a password in an address",
    { "clusters/hz.yaml": `name: hz\napi: http://u:${SECRET}@x/\nauth: { apiKey: k }\n` },
  ],
  ["a robot's key as the group", { "groups.yaml": `ops: ${SECRET}\n` }],
  ["a robot's key that is a list", { "groups.yaml": `ops: { robot: [${SECRET}] }\n` }],
];

for (const [why, files] of SPOILT_SECRETS) {
  test(`never prints a secret: ${why}`, async (t) => {
    const problems = await refused(t, files);
    assert.ok(problems.length > 0);
    assert.doesNotMatch(formatProblems(problems) + inspect(problems, { depth: null }), /s3cr3t/);
  });

  test(`never prints a substituted value: ${why}`, async (t) => {
    const withPlaceholder = Object.fromEntries(
      Object.entries(files).map(([file, text]) => [
        file,
        String(text).replaceAll(SECRET, `"\${THE_SECRET}"`),
      ]),
    );
    const problems = await refused(t, withPlaceholder, { env: { THE_SECRET: SECRET } });
    assert.doesNotMatch(formatProblems(problems) + inspect(problems, { depth: null }), /s3cr3t/);
  });
}

test("shows the placeholder, not the value, of a wrong value from the environment", async (t) => {
  const cluster = `name: hz\napi: "\${API}"\nauth: { apiKey: k }\n`;
  assert.match(
    await refusedText(t, { "clusters/hz.yaml": cluster }, { env: { API: "ftp://internal.example" } }),
    /^clusters\/hz\.yaml:2:6 api = "\$\{API\}": 应为 http/,
  );
});

test("never throws and never tells a secret, wherever a file is spoilt", async (t) => {
  const sound = `name: open\nkind: generic\nauth: { bearer: ${SECRET} }\nmap:\n  - { type: disk.full }\n`;
  const dir = aHomeDir(t);
  const spoilt = fc.record({
    at: fc.nat({ max: sound.length }),
    drop: fc.nat({ max: 12 }),
    put: fc.constantFrom(
      "",
      "\n",
      "\t",
      "  ",
      "'",
      '"',
      "{",
      "}",
      "[",
      "]",
      ":",
      "- ",
      "&a ",
      "*a",
      "!t ",
      "#",
      "|",
      ",",
    ),
  });
  await fc.assert(
    fc.asyncProperty(spoilt, async ({ at, drop, put }) => {
      // A cut through the secret itself would leave a part that nobody could tell from other text.
      fc.pre(at + drop <= sound.indexOf(SECRET) || at >= sound.indexOf(SECRET) + SECRET.length);
      writeFileSync(join(dir, "sources/open.yaml"), sound.slice(0, at) + put + sound.slice(at + drop));
      const outcome = await loadHome({ dir, env: {}, nowMs: NOW_MS, kinds: ["generic"], cronFault });
      if (outcome.outcome === "refused") assert.doesNotMatch(formatProblems(outcome.problems), /s3cr3t/);
    }),
    { numRuns: 300 },
  );
});
