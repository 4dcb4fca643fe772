import { prepare, startWhale } from "../../bot/wire.ts";
import type { Step } from "../../bot/workers/index.ts";

/** What the campaign tells one life of the process. */
export interface LifeOrders {
  env: Record<string, string>;
  /** Die after passing this step so many times; null leaves the killing to the campaign. */
  dieAt: { step: Step; after: number } | null;
  /** How far ahead its clock is; a store that processes share has a clock of its own. */
  clockAheadMs: number;
  /** A fault to be found, see plant.ts. */
  plant: string | null;
}

const passed = new Map<Step, number>();

/** One life of the process: the product as it is, with an observer that may end it at a named step. */
async function live(orders: LifeOrders): Promise<void> {
  const prepared = await prepare(orders.env, "/");
  if (prepared.outcome === "refused") throw new Error(prepared.message);
  process.on("message", (next: Pick<LifeOrders, "dieAt">) => {
    passed.clear();
    orders.dieAt = next.dieAt;
  });
  const onStep = (step: Step) => {
    const times = (passed.get(step) ?? 0) + 1;
    passed.set(step, times);
    const { dieAt } = orders;
    if (dieAt?.step === step && times >= dieAt.after) process.kill(process.pid, "SIGKILL");
  };
  const clock = { nowMs: () => Date.now() + orders.clockAheadMs };
  const whale = await startWhale({ ...prepared, onStep, clock, logTo: { write: () => undefined } });
  process.send?.({ port: whale.port });
}

process.once("message", (orders: LifeOrders) => void live(orders));
