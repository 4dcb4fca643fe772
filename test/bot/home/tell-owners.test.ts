import assert from "node:assert/strict";
import { test } from "node:test";
import type { Home, HomeFile, Problem } from "../../../adapters/files/index.ts";
import { tellOwners } from "../../../bot/home/index.ts";
import type { People } from "../../../core/people/index.ts";
import type { Directory, Outbox, OutboxItem } from "../../../core/ports/index.ts";
import { textsOf } from "../../../core/texts/index.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";

const RULES = [
  { id: "owned", title: "有人管", owner: { users: ["wangwu"] } },
  { id: "orphan", title: "没人管" },
];
const FILES = RULES.map(({ id }) => ({ kind: "rule", file: `rules/${id}.yaml`, name: id }));

function problemIn(file: string): Problem {
  return { file, line: 3, column: 1, field: "approval.need", value: "", message: "必须是整数" };
}

/** Who is told, and what. */
async function toldOf(file: string, admin: People | null): Promise<{ to: string; text: string }[]> {
  const added: OutboxItem[] = [];
  await tellOwners(
    [problemIn(file)],
    { outcome: "loaded", home: { rules: RULES } as unknown as Home, files: FILES as HomeFile[] },
    {
      outbox: { add: async (items: readonly OutboxItem[]) => void added.push(...items) } as unknown as Outbox,
      directory: { expand: async ({ users = [] }: People) => [...users] } as unknown as Directory,
      admin,
      textsFor: async () => textsOf("zh"),
      plain: (text) => text,
      clock: movableClock(),
      log: silentLog,
    },
  );
  return added.map(({ body }) => {
    return body.kind === "answer" ? { to: body.to, text: body.text } : assert.fail(body.kind);
  });
}

const ADMIN = { users: ["ops"] };

test("the owner of a rule hears of its file, and nobody else does", async () => {
  const [told, ...others] = await toldOf("rules/owned.yaml", ADMIN);
  assert.equal(told?.to, "wangwu");
  assert.match(told?.text ?? "", /有人管.*rules\/owned\.yaml:3：approval\.need 必须是整数/s);
  assert.deepEqual(others, []);
});

test("of a rule without an owner, and of a file that is no rule, the administrator hears", async () => {
  const [rule] = await toldOf("rules/orphan.yaml", ADMIN);
  const [file] = await toldOf("groups.yaml", ADMIN);
  assert.deepEqual([rule?.to, file?.to], ["ops", "ops"]);
  assert.match(rule?.text ?? "", /没人管/);
  assert.match(file?.text ?? "", /groups\.yaml:3：approval\.need 必须是整数.*whale check/s);
});

test("where no administrator is named nobody hears", async () => {
  assert.deepEqual(await toldOf("groups.yaml", null), []);
});
