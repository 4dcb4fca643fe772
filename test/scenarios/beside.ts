import { join } from "node:path";
import type { TestContext } from "node:test";
import {
  type StackStormSimulator,
  startStackStormSimulator,
} from "../../fixtures/simulators/stackstorm/index.ts";
import { API_KEY, FIXTURES } from "../support/world.ts";

/** A StackStorm beside that of the world. */
export async function another(t: TestContext): Promise<StackStormSimulator> {
  const simulator = await startStackStormSimulator({
    packsDir: join(FIXTURES, "packs"),
    vmsDir: FIXTURES,
    apiKey: API_KEY,
  });
  t.after(() => simulator.close());
  return simulator;
}

/** Request ids of the executions that Whale has started there. */
export function runs(simulator: StackStormSimulator): string[] {
  return simulator.rows().flatMap((row) => {
    const whale = (row.context as { whale?: { request_id?: string } } | undefined)?.whale;
    return whale?.request_id === undefined ? [] : [whale.request_id];
  });
}
