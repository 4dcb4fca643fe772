import { posix } from "node:path";
import { validRange } from "semver";
import { EXCEPTABLE_CHECKS, PACK_CHECKS } from "../../core/releases/index.ts";
import { type ApprovalContext, checkApproval } from "./check-approval.ts";
import { RANGE_WORDS } from "./check-packs.ts";
import { checkUnique } from "./check-people.ts";
import { checkDuration } from "./check-values.ts";
import type { Path } from "./home-file.ts";
import { type Located, problemAt, problemAtKey, spotOf } from "./located.ts";
import { itemsAt, keysAt, textAt, valueAt } from "./look.ts";
import type { Problem, Words } from "./problem.ts";
import { isFolderUrl } from "./read-pack-set.ts";
import { unknownWords } from "./unknown-words.ts";

/** What can be said of one pack set's file alone. */
export function checkPackSet(located: Located, approvals: ApprovalContext): Problem[] {
  const repos = itemsAt(located, ["repos"]);
  return [
    ...checkUnique(located, repos, "name"),
    ...repos.flatMap((repo) => checkRepo(located, repo)),
    ...checkTwice(located, ["clusters"]),
    ...checkBases(located),
    ...checkExcept(located),
    ...checkDuration(located, ["drain"]),
    ...checkGate(located, approvals),
  ];
}

function checkRepo(located: Located, repo: Path): Problem[] {
  return [...checkAt(located, repo), ...checkFolder(located, repo), ...checkAuth(located, repo)];
}

const AT: Words = {
  zh: "ref（分支、标签或提交）和 range（标签的版本范围）写且只写一个",
  en: "name either ref (a branch, tag or commit) or range (of the versions of tags)",
};

function checkAt(located: Located, repo: Path): Problem[] {
  const keys = keysAt(located, repo);
  if (keys.includes("ref") === keys.includes("range")) return [problemAt(located, repo, AT)];
  const range = textAt(located, [...repo, "range"]);
  if (range === undefined || validRange(range) !== null) return [];
  return [problemAt(located, [...repo, "range"], RANGE_WORDS)];
}

function checkFolder(located: Located, repo: Path): Problem[] {
  const path = [...repo, "url"];
  const url = textAt(located, path);
  if (url === undefined || !isFolderUrl(url)) return [];
  const allowed = itemsAt(located, ["folders"]).flatMap((one) => textAt(located, one) ?? []);
  if (allowed.some((folder) => isWithin(url, folder))) return [];
  return [
    problemAt(located, path, {
      zh: "本机目录只能在共享 Pack folders 列出的目录之下",
      en: "a folder of this machine must stand below one that the set lists in folders",
    }),
  ];
}

/** By their words alone; where links lead is looked at when the repository is read. */
function isWithin(url: string, folder: string): boolean {
  const between = posix.relative(posix.normalize(folder), posix.normalize(url));
  return between !== ".." && !between.startsWith("../") && url.startsWith("/") === folder.startsWith("/");
}

const AUTH: Words = {
  zh: "应为 { token } 或 { sshKeyFile, knownHostsFile }",
  en: "must be { token } or { sshKeyFile, knownHostsFile }",
};
const NEEDS_KEY: Words = {
  zh: "ssh 地址要写 auth: { sshKeyFile, knownHostsFile }",
  en: "an ssh address needs auth: { sshKeyFile, knownHostsFile }",
};

function checkAuth(located: Located, repo: Path): Problem[] {
  const path = [...repo, "auth"];
  const url = textAt(located, [...repo, "url"]) ?? "";
  const keys = keysAt(located, path).sort().join(" ");
  const isSsh = !url.startsWith("https://") && !isFolderUrl(url);
  if (valueAt(located, path) === undefined) return isSsh ? [problemAt(located, repo, NEEDS_KEY)] : [];
  if (keys !== "token" && keys !== "knownHostsFile sshKeyFile") return [problemAt(located, path, AUTH)];
  const token = [...path, "token"];
  if (spotOf(located, token).placeholder !== undefined) return [problemAt(located, token, NAME_ALONE)];
  if (isSsh !== (keys !== "token")) return [problemAt(located, path, isSsh ? NEEDS_KEY : TOKEN_FOR_HTTPS)];
  return isFolderUrl(url) ? [problemAtKey(located, path, NO_AUTH)] : [];
}

const NAME_ALONE: Words = {
  zh: "只写环境变量名，不加 $ 和花括号：令牌在用到时才读",
  en: "write the name of the variable alone, without $ and braces: the token is read when it is needed",
};
const TOKEN_FOR_HTTPS: Words = {
  zh: "https 地址用 auth: { token }",
  en: "an https address takes auth: { token }",
};
const NO_AUTH: Words = { zh: "本机目录不需要 auth", en: "a folder of this machine needs no auth" };

function checkTwice(located: Located, path: Path): Problem[] {
  const seen = new Set<string>();
  return itemsAt(located, path).flatMap((item) => {
    const text = textAt(located, item) ?? "";
    if (seen.has(text)) return [problemAt(located, item, { zh: "重复", en: "stands here twice" })];
    seen.add(text);
    return [];
  });
}

/** Built from a name alone, two builds of one lock would differ. */
function checkBases(located: Located): Problem[] {
  return ["builder", "runtime"].flatMap((key) => {
    const text = textAt(located, ["base", key]);
    if (text === undefined || /[^/]:[^/]+$|@/.test(text)) return [];
    return [problemAt(located, ["base", key], { zh: "要带标签或摘要", en: "needs a tag or a digest" })];
  });
}

function checkExcept(located: Located): Problem[] {
  const path = ["checks", "except"];
  const [known, all]: readonly (readonly string[])[] = [EXCEPTABLE_CHECKS, PACK_CHECKS];
  return keysAt(located, path).flatMap((key) => {
    if (known?.includes(key)) return [];
    const words = all?.includes(key)
      ? { zh: "这项检查不能放过", en: "this check cannot be left out" }
      : unknownWords("检查", "check", { name: key, known: known ?? [] });
    return [problemAtKey(located, [...path, key], words)];
  });
}

const PEOPLE_ALONE: Words = {
  zh: "发布要由人批准，不能用策略",
  en: "a release is approved by people: no policy stands for them",
};

function checkGate(located: Located, approvals: ApprovalContext): Problem[] {
  const policy = ["approval", "policy"];
  if (valueAt(located, policy) !== undefined) return [problemAtKey(located, policy, PEOPLE_ALONE)];
  return checkApproval(located, ["approval"], { ...approvals, action: undefined });
}
