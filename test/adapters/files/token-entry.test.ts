import assert from "node:assert/strict";
import { test } from "node:test";
import { type TokenRequest, tokenEntry } from "../../../adapters/files/index.ts";
import { tokenHash } from "../../../core/people/index.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { loaded, NOW_MS } from "./home-dir.ts";

const TOKEN = "Hq3v0kLkJm4cVtB2yQn8xWzR5sD7fGhJ1pAeUiOoTtM";

function entryOf(overrides: Partial<TokenRequest> = {}) {
  const rights = ["events.read", "types.*"];
  return tokenEntry({
    token: TOKEN,
    user: "ZhangSan",
    rights,
    expires: "90d",
    now: new Date(NOW_MS),
    ...overrides,
  });
}

test("makes lines that tokens.yaml takes, holding the hash alone", async (t) => {
  const entry = entryOf();
  assert.ok(entry.outcome === "made");
  assertLeaksNoSecret([TOKEN], entry);
  const { tokens } = await loaded(t, { "tokens.yaml": `tokens:\n${entry.text}` });
  assert.deepEqual(tokens, [
    {
      id: entry.id,
      hash: tokenHash(TOKEN),
      user: "zhangsan",
      rights: ["events.read", "types.read", "types.write"],
      expires: new Date(NOW_MS + 90 * 86_400_000).toISOString(),
    },
  ]);
});

const USERS: readonly [user: string, id: RegExp][] = [
  ["ZhangSan", /^zhangsan-[0-9a-f]{8}$/],
  ["li.si@corp", /^li-si-corp-[0-9a-f]{8}$/],
  ["张三", /^token-[0-9a-f]{8}$/],
  ["x".repeat(64), /^x{40}-[0-9a-f]{8}$/],
];

for (const [user, id] of USERS) {
  test(`names the token of ${user.slice(0, 12)} so that the file takes it`, () => {
    const entry = entryOf({ user });
    assert.ok(entry.outcome === "made");
    assert.match(entry.id, id);
  });
}

test("takes a date for its end", () => {
  const entry = entryOf({ expires: "2027-02-01" });
  assert.ok(entry.outcome === "made");
  assert.match(entry.text, /expires: "2027-02-01"/);
});

const REFUSALS: readonly [overrides: Partial<TokenRequest>, says: RegExp][] = [
  [
    { rights: ["events.raed"] },
    /^rights\[0\] = "events\.raed": 没有这个权限，是不是 events\.read？ \(unknown right/,
  ],
  [{ rights: [] }, /^rights = .*至少要有 1 项/],
  [{ expires: "soon" }, /^expires = "soon": 应为日期或时间/],
  [{ expires: "999999999d" }, /^expires = "999999999d": 应为日期或时间/],
  [{ expires: "2026-11-01" }, /^expires = "2026-11-01": 应在将来 \(must lie in the future\)/],
  [{ user: " " }, /^user = .*不能为空/],
  [{ user: "a\nb", rights: ["x"], expires: "y" }, /rights.*\n.*expires/],
];

for (const [overrides, says] of REFUSALS) {
  test(`refuses ${JSON.stringify(overrides)}`, () => {
    const entry = entryOf(overrides);
    assert.ok(entry.outcome === "refused");
    assert.match(entry.message, says);
  });
}
