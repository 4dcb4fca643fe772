import { readFile, realpath } from "node:fs/promises";
import { isAbsolute, relative, resolve } from "node:path";
import type { PackRepo } from "../../core/releases/index.ts";
import type { ReadyGit } from "./config.ts";
import { gitError } from "./errors.ts";

/** How a repository is reached. The secret is in the environment alone, never among the arguments. */
export interface Access {
  url: string;
  env: Readonly<Record<string, string>>;
  secrets: readonly string[];
}

/** Prepares the way to a repository. Throws when it may not be used, or its token cannot be read. */
export async function accessTo(repo: PackRepo, git: ReadyGit): Promise<Access> {
  const { url, auth } = repo;
  if (isFolder(url)) return { url: await folderOf(repo, git), env: envOf(git, "file"), secrets: [] };
  if (auth && "sshKeyFile" in auth)
    return { url, env: { ...envOf(git, "ssh"), ...sshOf(auth) }, secrets: [] };
  if (!/^https:\/\/[^\s@]+$/.test(url)) throw gitError("refused", ADDRESS);
  if (!auth) return { url, env: withConfig(envOf(git, "https"), HTTPS), secrets: [] };
  const token = await tokenOf(auth.token, git);
  const basic = Buffer.from(token.includes(":") ? token : `oauth2:${token}`).toString("base64");
  // For this origin alone: what a submodule or a redirect points to never sees it.
  const header = [`http.${new URL(url).origin}/.extraHeader`, `Authorization: Basic ${basic}`] as const;
  return { url, env: withConfig(envOf(git, "https"), [...HTTPS, header]), secrets: [token, basic] };
}

const ADDRESS = "仓库地址不能用：应为 https://、带密钥的 ssh，或允许的本机目录 (this address cannot be used)";

function isFolder(url: string): boolean {
  return url.startsWith("/") || url.startsWith("./");
}

/** The folder, links followed, which must stand below one that the set allows. */
async function folderOf({ url, folders = [] }: PackRepo, { home }: ReadyGit): Promise<string> {
  const folder = await real(resolve(home, url));
  if (folder === null) throw gitError("refused", `没有目录 ${url} (no such folder)`);
  for (const allowed of folders) {
    const above = await real(resolve(home, allowed));
    if (above !== null && isWithin(folder, above)) return folder;
  }
  throw gitError("refused", `${url} 不在允许的目录之下 (is not below a folder that the set allows)`);
}

async function real(path: string): Promise<string | null> {
  return realpath(path).catch(() => null);
}

function isWithin(path: string, above: string): boolean {
  const between = relative(above, path);
  return between !== ".." && !between.startsWith("../") && !isAbsolute(between);
}

/** Nothing of the machine's own settings, no questions, one protocol. */
function envOf({ path, scratch }: ReadyGit, protocol: string): Record<string, string> {
  return {
    ...{ PATH: path, HOME: scratch, LC_ALL: "C" },
    ...{ GIT_TERMINAL_PROMPT: "0", GIT_ASKPASS: "false", SSH_ASKPASS: "false" },
    ...{ GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", GIT_ATTR_NOSYSTEM: "1" },
    ...{ GIT_ALLOW_PROTOCOL: protocol, GIT_NO_REPLACE_OBJECTS: "1", GIT_OPTIONAL_LOCKS: "0" },
  };
}

type Setting = readonly [name: string, value: string];

/** A redirect could lead into the own network; a line that says nothing for half a minute is dead. */
const HTTPS: readonly Setting[] = [
  ["http.followRedirects", "false"],
  ["http.lowSpeedLimit", "1000"],
  ["http.lowSpeedTime", "30"],
];

function withConfig(env: Record<string, string>, settings: readonly Setting[]): Record<string, string> {
  const entries = settings.flatMap(([name, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, name],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ]);
  return { ...env, GIT_CONFIG_COUNT: String(settings.length), ...Object.fromEntries(entries) };
}

const SAFE_PATH = /^\/[A-Za-z0-9_./+-]+$/;

/** Git splits this line like a shell would, so that paths with any other sign are refused. */
function sshOf({ sshKeyFile, knownHostsFile }: { sshKeyFile: string; knownHostsFile: string }) {
  if (!SAFE_PATH.test(sshKeyFile) || !SAFE_PATH.test(knownHostsFile)) {
    throw gitError("refused", "ssh 的文件路径含有不能用的字符 (a path of ssh's files cannot be used)");
  }
  const settings = [
    ...["BatchMode=yes", "IdentitiesOnly=yes", "StrictHostKeyChecking=yes", "ConnectTimeout=15"],
    ...["PasswordAuthentication=no", "ForwardAgent=no", "ClearAllForwardings=yes", "PermitLocalCommand=no"],
    ...["GlobalKnownHostsFile=/dev/null", `UserKnownHostsFile=${knownHostsFile}`],
  ];
  const options = settings.map((one) => `-o ${one}`).join(" ");
  return { GIT_SSH_VARIANT: "ssh", GIT_SSH_COMMAND: `ssh -F /dev/null -i ${sshKeyFile} ${options}` };
}

async function tokenOf(name: string, { secretOf }: ReadyGit): Promise<string> {
  const token = isAbsolute(name) ? await tokenIn(name) : secretOf(name);
  if (token !== undefined && /^[\x21-\x7e]+$/.test(token)) return token;
  const zh = isAbsolute(name) ? `文件 ${name} 里没有可用的令牌` : `环境变量 ${name} 没有设置或不是令牌`;
  throw gitError("refused", `${zh} (${name} holds no usable token)`);
}

async function tokenIn(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trim();
}
