import assert from "node:assert/strict";
import { test } from "node:test";
import { runCommands } from "../../../../bot/chat/commands/runs.ts";
import type { Asked } from "../../../../bot/chat/index.ts";
import { ChatOpsError } from "../../../../core/errors.ts";
import { aViewing } from "../../../core/cards/viewing.ts";

/** Asks what there is to run while its person cannot be looked up. */
function listedWhile(error: Error) {
  const fail = async () => {
    throw error;
  };
  const aliases = { current: async () => ({ aliases: [], silent: [] }) };
  const stops = { refresh: async () => undefined, current: () => [] };
  const { run } = runCommands({ desk: { ask: fail, usableBy: fail }, aliases, grants: () => [], stops });
  const asked: Asked = {
    ...{ id: "run", by: "lisi", key: "k", args: {}, after: null, about: [], viewing: aViewing("en") },
    actor: { kind: "user", userId: "lisi", roles: [], unsure: [], against: null },
  };
  return run.run(asked);
}

test("who asks what they may run while WeCom's contacts are away is told so at once", async () => {
  const away = new ChatOpsError("no answer", { code: "wecom.timeout", retryable: true });
  assert.match(String(await listedWhile(away)), /contacts cannot be read now/);
});

test("a fault of the program is not taken for contacts that are away", async () => {
  await assert.rejects(listedWhile(new TypeError("bug")), TypeError);
});
