import { createVms } from "../../../fixtures/simulators/vms.ts";
import { type ExecutorHarness, executorContract } from "../../contract/executor.ts";
import { simulated } from "./simulated.ts";
import { API_KEY, passwordAuth } from "./support.ts";

function harnessOf(sim: Awaited<ReturnType<typeof simulated>>): ExecutorHarness {
  const { simulator, st2 } = sim;
  return {
    executor: st2,
    cluster: "hz",
    action: "core.wait",
    parameters: { seconds: 0 },
    slow: { seconds: 30 },
    sinceMs: Date.now(),
    runsOf: (requestId) => simulator.rowsByRequestId(requestId).length,
    loseNextAnswer: () => simulator.faults.set({ dropAnswerAfterStoring: 1 }),
    workflow: { action: "core.sleep", parameters: { seconds: 60 } },
    doubleNextStart: () => simulator.faults.set({ doubleStarts: 1 }),
    failing: { action: "disk.show", parameters: { host: "no-such-machine" } },
    followFailuresUp: (maxRetryCount) => {
      const policy = { action: "disk.show", retryOn: "failure" as const, maxRetryCount, delaySeconds: 0 };
      return simulator.faults.set({ retryPolicies: [policy] });
    },
    alias: { ref: "disk.show", action: "disk.show", format: "show disk of {{host}}" },
    asking: { action: "core.asking", parameters: {} },
    loseNextReply: () => simulator.faults.set({ dropAnswers: 1 }),
    mendable: {
      ...{ action: "disk.inspect", parameters: { host: "vm-late" }, step: "look" },
      mend: () =>
        void createVms(sim.vmsDir, [{ name: "vm-late", files: [], kernelLines: [], usagePercent: 50 }]),
    },
    startByHand: async () => {
      const body = JSON.stringify({ action: "core.wait", parameters: { seconds: 0 } });
      const headers = { "content-type": "application/json", "st2-api-key": API_KEY };
      const answer = await fetch(`${simulator.api}/v1/executions`, { method: "POST", headers, body });
      return ((await answer.json()) as { id: string }).id;
    },
    setDown: (isDown) => simulator.faults.set({ down: isDown ? "refuse" : "no" }),
    close: sim.close,
  };
}

executorContract("StackStorm by key", async () => harnessOf(await simulated()));
executorContract("StackStorm by login", async () => harnessOf(await simulated(passwordAuth)));
