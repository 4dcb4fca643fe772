import type { Strategy } from "../../../core/releases/index.ts";
import { type RolloutsHarness, rolloutsContract } from "../../contract/rollouts.ts";
import { IMAGES, type Setup, simulated } from "./simulated.ts";

const WORKER_IMAGES = {
  first: "stackstorm/st2actionrunner:3.9.0",
  next: "registry.example/sre/worker@sha256:22",
  broken: "registry.example/sre/worker@sha256:bad",
};

async function harness(strategy: Strategy, setup: Setup): Promise<RolloutsHarness> {
  const sim = await simulated(setup);
  const { simulator, rollouts } = sim;
  await simulator.faults.set({ pullFails: ["sha256:bad"] });
  const list = strategy === "packs-image" ? "initContainers" : "containers";
  return {
    ...{ rollouts, cluster: "hz", strategy, close: sim.close },
    images: strategy === "packs-image" ? IMAGES : WORKER_IMAGES,
    pass: async () => simulator.tick(),
    running: () =>
      simulator.running("st2-st2actionrunner").map(({ spec }) => spec[list]?.[0]?.image ?? "none"),
    changes: () => simulator.deployment("st2-st2actionrunner").metadata.generation,
    setDown: (isDown) => simulator.faults.set({ down: isDown }),
  };
}

rolloutsContract("Kubernetes, an image of packs", () => harness("packs-image", {}));
rolloutsContract("Kubernetes, the workers' image", () =>
  harness("worker-image", { simulator: { packsImage: null } }),
);
