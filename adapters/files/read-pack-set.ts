import type { PackRepo, PackSet } from "../../core/releases/index.ts";
import { parseDuration } from "../../core/time/index.ts";
import type { PackSetFile } from "./pack-set-schema.ts";
import { readApproval } from "./read-approval.ts";

/** A set of a checked file, with its defaults filled in. Without `drain` a release waits as long as it takes. */
export function readPackSet(file: PackSetFile): PackSet {
  const { id, title, owner, repos, strategy, image, base, clusters, canary, checks, drain } = file;
  const approval = readApproval(file.approval);
  if (approval.mode !== "people") throw new TypeError("a pack set's release is approved by people");
  return {
    ...{ id, title, ...(owner === undefined ? {} : { owner }) },
    repos: repos.map((repo) => readRepo(repo, file.folders)),
    ...{ strategy, image, base, clusters, ...(canary ? { canary } : {}) },
    checks: checks ?? {},
    drainMs: drain === undefined ? null : (parseDuration(drain) ?? 0),
    approval,
  };
}

/** Whether a repository is a folder of this machine. */
export function isFolderUrl(url: string): boolean {
  return url.startsWith("/") || url.startsWith("./");
}

function readRepo(
  { name, url, ref, range, paths, auth }: PackSetFile["repos"][number],
  folders: readonly string[] = [],
): PackRepo {
  return {
    ...{ name, url },
    ...(isFolderUrl(url) ? { folders } : {}),
    at: range === undefined ? { ref: ref ?? "HEAD" } : { range },
    ...(paths ? { paths } : {}),
    ...authOf(auth),
  };
}

function authOf(auth: PackSetFile["repos"][number]["auth"]): Pick<PackRepo, "auth"> {
  if (auth?.token !== undefined) return { auth: { token: auth.token } };
  const { sshKeyFile, knownHostsFile } = auth ?? {};
  return sshKeyFile === undefined || knownHostsFile === undefined
    ? {}
    : { auth: { sshKeyFile, knownHostsFile } };
}
