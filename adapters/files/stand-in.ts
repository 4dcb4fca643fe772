import type { Environment } from "./home-file.ts";
import { readHomeFolders } from "./home-folders.ts";

const PLACEHOLDER = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;
/** Fits an address as well as a token; no name below `invalid` is ever found. */
const STAND_IN = "https://unset.invalid/";

/** Names of the environment whose made-up values stand in this, once each. */
export function madeUpNames(value: object): string[] {
  const found = JSON.stringify(value).matchAll(/https:\/\/unset\.invalid\/([A-Za-z_][A-Za-z0-9_]*)/g);
  return [...new Set([...found].map(([, name = ""]) => name))];
}

/**
 * The environment, in which each name that the home's files ask for and that is not set stands for a made-up
 * value: so that rules can be looked at where the secrets of production are not known. Connect to nothing with it.
 */
export async function standInEnvironment(dir: string, env: Environment): Promise<Environment> {
  const { texts } = await readHomeFolders(dir);
  const names = texts.flatMap(({ text }) => [...text.matchAll(PLACEHOLDER)].map(([, name = ""]) => name));
  const unset = names.filter((name) => !env[name]);
  return { ...env, ...Object.fromEntries(unset.map((name) => [name, `${STAND_IN}${name}`])) };
}
