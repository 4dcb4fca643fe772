import { type Config, type ConfigFault, type Environment, foldersOf } from "./config.ts";
import { configReader } from "./reader.ts";
import { readStores } from "./stores.ts";

/** Where files and stores are, for a command that needs nothing else of the configuration. */
export type PlaceConfig =
  | { outcome: "read"; place: Pick<Config, "home" | "dataDir" | "stores"> }
  | { outcome: "refused"; faults: ConfigFault[] };

/** Reads the part of the configuration that says where everything is. */
export function readPlace(env: Environment, cwd: string): PlaceConfig {
  const read = configReader(env, () => null);
  const stores = readStores(read);
  if (read.faults.length > 0) return { outcome: "refused", faults: read.faults };
  return { outcome: "read", place: { ...foldersOf(env, cwd), stores } };
}
