import { parseArgs } from "node:util";

/** What a campaign is told. */
export interface Campaign {
  /** Tasks' lives. */
  runs: number;
  seed: number;
  store: "embedded" | "redis";
  processes: number;
  /** A fault in the processes that the campaign must find; null for the product as it is. */
  plant: string | null;
}

/** What each planted fault must be named. */
export const NAMED = { hash: "unapproved", intent: "doubled", fence: "doubled" } as const;
export type Plant = keyof typeof NAMED;
export const PLANTED = Object.keys(NAMED) as Plant[];

/** Reads the command line. One process may die beside embedded stores; what shares a store must be asked for. */
export function ordered(): Campaign & { selfTest: boolean; releases: number } {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "200" },
      seed: { type: "string", default: "1" },
      store: { type: "string", default: "embedded" },
      processes: { type: "string", default: "1" },
      releases: { type: "string", default: "0" },
      "self-test": { type: "boolean", default: false },
    },
  });
  const { store } = values;
  if (store !== "embedded" && store !== "redis")
    throw new Error(`--store is ${store}, not embedded or redis`);
  const numbers = [values.runs, values.seed, values.processes].map(Number);
  const [runs, seed, processes] = numbers as [number, number, number];
  if (store === "embedded" && processes !== 1) throw new Error("embedded stores have one process");
  const releases = Number(values.releases);
  return { runs, seed, store, processes, plant: null, releases, selfTest: values["self-test"] };
}
