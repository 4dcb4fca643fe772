import assert from "node:assert/strict";
import { test } from "node:test";
import { createAliasBook } from "../../../bot/runs/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { ActionAlias } from "../../../core/runs/index.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";

function anAlias(ref: string): ActionAlias {
  return { ref, action: ref, description: "", formats: [], immutable: {} };
}

test("the chat commands of clusters are merged, kept for two minutes, and replaced as a whole", async () => {
  const clock = movableClock();
  const at: Record<string, ActionAlias[] | null> = {
    hz: [anAlias("a.b")],
    sh: [anAlias("a.b"), anAlias("c.d")],
  };
  let reads = 0;
  const aliases = async (cluster: string) => {
    reads += 1;
    const found = at[cluster];
    if (!found) throw new ChatOpsError("down", { code: "stackstorm.unreachable", retryable: true });
    return found;
  };
  const book = createAliasBook({
    executor: { aliases },
    clusters: () => ["hz", "sh"],
    clock,
    log: silentLog,
  });
  const refs = async () => (await book.current()).aliases.map(({ ref }) => ref);
  assert.deepEqual(await Promise.all([refs(), refs()]), [
    ["a.b", "c.d"],
    ["a.b", "c.d"],
  ]);
  assert.equal(reads, 2);
  at["hz"] = [];
  at["sh"] = null;
  assert.deepEqual(await refs(), ["a.b", "c.d"]);
  clock.advance(120_000);
  assert.deepEqual(await book.current(), { aliases: [anAlias("a.b"), anAlias("c.d")], silent: ["sh"] });
  at["sh"] = [anAlias("e.f")];
  clock.advance(10_000);
  assert.deepEqual(await book.current(), { aliases: [anAlias("e.f")], silent: [] });
});
