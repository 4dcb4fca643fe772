import { readFile } from "node:fs/promises";
import type { KubernetesDeploy } from "../../core/clusters/index.ts";
import { ChatOpsError } from "../../core/errors.ts";

/** What a call needs to be let in, and to know whom it talks with. */
export interface Credentials {
  token: string;
  caPem: string | undefined;
}

/**
 * Reads them anew: a token in a file is replaced there while it is used, and so may be the authority. Throws
 * `kubernetes.credentials`, which may be over soon, naming the file and nothing of what is in it.
 */
export async function readCredentials({ token, caFile }: KubernetesDeploy): Promise<Credentials> {
  const text = "text" in token ? token.text : (await textOf("tokenFile", token.file)).trim();
  const caPem = caFile === undefined ? undefined : await textOf("caFile", caFile);
  if (/^[\x21-\x7e]+$/.test(text)) return { token: text, caPem };
  throw unusable("tokenFile", "file" in token ? token.file : "", "holds no token");
}

async function textOf(field: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw unusable(field, path, `cannot be read (${code})`);
  }
}

function unusable(field: string, path: string, why: string): ChatOpsError {
  const facts = { code: "kubernetes.credentials", retryable: true, reached: "no" as const };
  return new ChatOpsError(`deploy.${field}: ${path} ${why}`, facts);
}
