import { readFile } from "node:fs/promises";
import { ChatOpsError } from "../../core/errors.ts";
import type { ImageName } from "./names.ts";

/** Name and password for a registry, as one text of basic authentication; null when the file has none for it. */
export async function credentialsFor(
  { host, repository }: ImageName,
  authFile: string | undefined,
): Promise<string | null> {
  if (authFile === undefined) return null;
  const auths = await readAuths(authFile);
  const keys = [...paths(`${host}/${repository}`), ...(host === "docker.io" ? DOCKER_HUB : [])];
  const found = keys.map((key) => auths[key]?.auth ?? auths[`https://${key}`]?.auth).find(Boolean);
  return found ?? null;
}

const DOCKER_HUB = ["index.docker.io/v1/", "index.docker.io"];

/** The most exact first: `a/b/c`, `a/b`, `a`. */
function paths(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_, n) => parts.slice(0, parts.length - n).join("/"));
}

async function readAuths(file: string): Promise<Record<string, { auth?: string } | undefined>> {
  try {
    const { auths } = JSON.parse(await readFile(file, "utf8"));
    return auths ?? {};
  } catch (cause) {
    // The parser's own message quotes the file.
    const message = `读不了镜像仓库的凭据文件 (the file of registries' credentials cannot be read): ${file}`;
    throw new ChatOpsError(message, {
      code: "images.bad_auth_file",
      ...(cause instanceof SyntaxError ? {} : { cause }),
    });
  }
}
