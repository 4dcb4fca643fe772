import { createGit, openTree } from "../adapters/git/index.ts";
import { createPython } from "../adapters/python/index.ts";
import { packFormat } from "../adapters/stackstorm/index.ts";
import type { PackRegistry } from "../core/ports/index.ts";
import type { Environment } from "./config/index.ts";
import type { PackTools } from "./packs/index.ts";

export {
  type LockReading,
  packLockFile,
  parsePackLock,
  readPackLock,
  writePackLock,
} from "../adapters/files/index.ts";

/** What looks at the pack sets of a home. Tokens of repositories are read from the environment when they are needed. */
export function packTools(given: {
  home: string;
  env: Environment;
  registry: Pick<PackRegistry, "inspect" | "registered"> | null;
}): PackTools {
  const { home, env, registry } = given;
  const path = env["PATH"];
  const programs = path ? { path } : {};
  return {
    repos: createGit({ home, secretOf: (name) => env[name], ...programs }),
    python: createPython(programs),
    format: packFormat,
    ...{ registry, openTree },
  };
}
