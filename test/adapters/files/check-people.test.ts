import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { tokenHash } from "../../../core/people/index.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { loaded, refused } from "./home-dir.ts";

const TOKEN = "Hq3v0kLkJm4cVtB2yQn8xWzR5sD7fGhJ1pAeUiOoTtM";
const HASH = tokenHash(TOKEN);
const ROLE = "roles:\n  - name: dev\n    of: { users: [ZhangSan] }\n    rights: [events.read]\n";
const ENTRY = `  - id: ci\n    hash: ${HASH}\n    user: ZhangSan\n    rights: [events.send]\n    expires: 2027-02-01\n`;
const LANGUAGES = "languages:\n  - language: en\n    of: { users: [John], tag: overseas }\n";
const TOKENS = `tokens:\n${ENTRY}`;

/** A file of the home, its text, and what must be said of it: line, column, field and a part of the message. */
const REFUSALS: readonly [file: string, text: string, place: string, message: RegExp][] = [
  ["roles.yaml", "role: []\n", "1:1 role", /是不是 roles？/],
  ["roles.yaml", "roles: {}\n", "1:8 roles", /应为列表/],
  ["roles.yaml", ROLE.replace("dev", "a b"), "2:11 roles[0].name", /应为字母、数字/],
  ["roles.yaml", ROLE.replace("{ users: [ZhangSan] }", "{}"), "3:9 roles[0].of", /至少写 users/],
  [
    "roles.yaml",
    ROLE.replace("events.read", "event.read"),
    "4:14 roles[0].rights[0]",
    /是不是 events\.read？/,
  ],
  ["roles.yaml", ROLE.replace("events.read", "fly"), "4:14 roles[0].rights[0]", /可用：events\.read、/],
  ["roles.yaml", ROLE.replace("[events.read]", "[]"), "4:13 roles[0].rights", /至少要有 1 项/],
  ["roles.yaml", `${ROLE}    on: {}\n`, "5:9 roles[0].on", /不限就不写 on/],
  ["roles.yaml", `${ROLE}    on: { types: ["v*m"] }\n`, "5:19 roles[0].on.types[0]", /\* 只能在末尾/],
  ["roles.yaml", `${ROLE}    on: { type: [a] }\n`, "5:11 roles[0].on.type", /是不是 types？/],
  ["roles.yaml", ROLE + ROLE.replace("roles:\n", ""), "5:11 roles[1].name", /与第 2 行重复/],
  ["roles.yml", ROLE, "1:1 ", /与 roles\.yaml 重复/],
  ["tokens.yaml", TOKENS.replace(HASH, HASH.toUpperCase()), "3:11 tokens[0].hash", /不是令牌本身/],
  ["tokens.yaml", TOKENS.replace(HASH, "${" + "HASH}"), "3:11 tokens[0].hash", /环境变量 HASH 没有设置/],
  ["tokens.yaml", TOKENS.replace("2027-02-01", "90d"), "6:14 tokens[0].expires", /应为日期或时间/],
  ["tokens.yaml", TOKENS.replace("    expires: 2027-02-01\n", ""), "2:5 tokens[0].expires", /缺少此字段/],
  ["languages.yaml", LANGUAGES.replace("en\n", "fr\n"), "2:15 languages[0].language", /zh/],
  ["languages.yaml", LANGUAGES.replace("language:", "lang:"), "2:5 languages[0].lang", /没有这个字段/],
  ["languages.yaml", LANGUAGES.replace("tag:", "duty:"), "3:32 languages[0].of.duty", /值班表/],
  ["tokens.yaml", TOKENS.replace("send", "sent"), "5:14 tokens[0].rights[0]", /是不是 events\.send？/],
  ["tokens.yaml", TOKENS + ENTRY, "7:9 tokens[1].id", /与第 2 行重复/],
  ["tokens.yaml", TOKENS + ENTRY.replace("ci", "cd"), "8:11 tokens[1].hash", /与第 3 行重复/],
];

describe("roles.yaml, tokens.yaml and languages.yaml", () => {
  for (const [file, text, place, message] of REFUSALS) {
    test(`refuses ${file} at ${place} for ${message.source}`, async (t) => {
      const files = { "roles.yaml": ROLE, "tokens.yaml": TOKENS, "languages.yaml": LANGUAGES, [file]: text };
      const all = await refused(t, files);
      const problems = all.filter((problem) => problem.file === file && problem.message.match(message));
      assert.deepEqual(
        problems.map(({ line, column, field }) => `${line}:${column} ${field}`),
        [place],
        JSON.stringify(all),
      );
      assert.ok(problems.every(({ messageEn }) => messageEn));
    });
  }

  test("may all be absent, or hold nothing", async (t) => {
    const none = await loaded(t);
    const nothing = ["roles", "tokens", "languages"].map((name) => [`${name}.yaml`, `${name}: []\n`]);
    const empty = await loaded(t, Object.fromEntries(nothing));
    for (const { roles, tokens, languages } of [none, empty]) {
      assert.deepEqual([roles, tokens, languages], [[], [], []]);
    }
  });

  test("say who reads which language", async (t) => {
    const home = await loaded(t, { "languages.yaml": LANGUAGES });
    assert.deepEqual(home.languages, [{ language: "en", of: { users: ["john"], tag: "overseas" } }]);
  });

  test("are read with rights spelt out, userids in lower case and instants in UTC", async (t) => {
    const roles = `${ROLE.replace("events.read", '"types.*", types.read')}    on: { types: ["vm.*"], businesses: ["*"], rules: [disk-*], clusters: [hz] }\n`;
    const tokens = TOKENS.replace("2027-02-01", "2027-02-01T08:00:00+08:00");
    const home = await loaded(t, { "roles.yaml": roles, "tokens.yaml": tokens });
    assert.deepEqual(home.roles, [
      {
        name: "dev",
        of: { users: ["zhangsan"] },
        rights: ["types.read", "types.write"],
        on: { types: ["vm.*"], businesses: ["*"], rules: ["disk-*"], clusters: ["hz"] },
      },
    ]);
    assert.deepEqual(home.tokens, [
      {
        ...{ id: "ci", hash: HASH, user: "zhangsan", rights: ["events.send"] },
        expires: "2027-02-01T00:00:00.000Z",
      },
    ]);
  });

  test("a token that has expired still loads", async (t) => {
    const home = await loaded(t, { "tokens.yaml": TOKENS.replace("2027", "2020") });
    assert.equal(home.tokens[0]?.expires, "2020-02-01T00:00:00.000Z");
  });
});

/** Places of tokens.yaml into which a person may have put the token itself. */
const MISPLACED: readonly [where: string, text: string][] = [
  ["its hash", TOKENS.replace(HASH, TOKEN)],
  ["its id", TOKENS.replace("id: ci", `id: "${TOKEN}="`)],
  ["its user", TOKENS.replace("user: ZhangSan", `user: [${TOKEN}]`)],
  ["its rights", TOKENS.replace("events.send", TOKEN)],
  ["its expiry", TOKENS.replace("2027-02-01", TOKEN)],
  ["a field of its own", `${TOKENS}    token: ${TOKEN}\n`],
  ["a key", `${TOKENS}    ${TOKEN}: x\n`],
  ["a key of the file", `${TOKENS}${TOKEN}: x\n`],
  ["the place of an entry", `tokens: [${TOKEN}]\n`],
  ["a repeated key", `${TOKENS}    ${TOKEN}: x\n    ${TOKEN}: x\n`],
];

for (const [where, text] of MISPLACED) {
  test(`a token in ${where} is refused without being shown`, async (t) => {
    assertLeaksNoSecret([TOKEN], await refused(t, { "tokens.yaml": text }));
  });
}
