import type { ConfigReader } from "./reader.ts";

/** A key that people make up is easily guessed. */
const SHORTEST_KEY = 32;

/** Reads `SESSION_KEY`, or the file that `SESSION_KEY_FILE` names. */
export function readSessionKey(read: ConfigReader): string {
  const key = read.secret("SESSION_KEY");
  if (key !== "" && key.length < SHORTEST_KEY) {
    const rule = `至少 ${SHORTEST_KEY} 个字符，例如 openssl rand -hex 32 (at least ${SHORTEST_KEY} characters, such as openssl rand -hex 32)`;
    read.fault("SESSION_KEY", "", rule);
  }
  return key;
}
