import { type ExecutorHarness, executorContract } from "../../contract/executor.ts";
import { simulated } from "./simulated.ts";
import { passwordAuth } from "./support.ts";

function harnessOf(sim: Awaited<ReturnType<typeof simulated>>): ExecutorHarness {
  const { simulator, st2 } = sim;
  return {
    executor: st2,
    cluster: "hz",
    action: "core.wait",
    parameters: { seconds: 0 },
    sinceMs: Date.now(),
    runsOf: (requestId) => simulator.rowsByRequestId(requestId).length,
    loseNextAnswer: () => simulator.faults.set({ dropAnswerAfterStoring: 1 }),
    setDown: (isDown) => simulator.faults.set({ down: isDown ? "refuse" : "no" }),
    close: sim.close,
  };
}

executorContract("StackStorm by key", async () => harnessOf(await simulated()));
executorContract("StackStorm by login", async () => harnessOf(await simulated(passwordAuth)));
