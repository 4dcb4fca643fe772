import type { PackContent, PackProblem } from "../pack-content.ts";
import { errorOf, type FetchedRepo, warningOf } from "./content.ts";

const NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(\[[A-Za-z0-9._, -]*\])?/;
const VERSIONS = /^\s*((===|==|~=|!=|<=|>=|<|>)\s*[A-Za-z0-9.*+!_-]+\s*(,\s*)?)*(;.*)?$/;
const FIXED = /(===|==)\s*[A-Za-z0-9.+!_-]+\s*(;.*)?$/;

/** Lines of requirements that pip would not understand, or that take something else tomorrow than today. */
export function checkRequirements(repos: readonly FetchedRepo[]): PackProblem[] {
  return repos.flatMap(({ name, packs }) =>
    packs.flatMap((pack) => pack.requirements.flatMap((line) => checkLine(name, pack, line))),
  );
}

function checkLine(repo: string, { ref, path }: PackContent, line: string): PackProblem[] {
  const file = path === "." ? "requirements.txt" : `${path}/requirements.txt`;
  const words = wordsOf(line);
  if (words === null) return [];
  const make = words.stops ? errorOf : warningOf;
  return [make("requirements", repo, { pack: ref, file, zh: words.zh, en: words.en })];
}

/** A line may hold a password in an address: what is shown of it ends there. */
function wordsOf(line: string): { stops: boolean; zh: string; en: string } | null {
  const shown = JSON.stringify(line.replace(/\/\/[^/]*@/, "//***@").slice(0, 80));
  if (line.startsWith("-") || /^\.{0,2}\//.test(line)) {
    const zh = `${shown} 是选项或路径，不能用在这里`;
    return { stops: true, zh, en: `${shown} is an option or a path, which cannot be used here` };
  }
  if (/:\/\//.test(line)) {
    const zh = `${shown} 从地址安装，内容可能会变`;
    return { stops: false, zh, en: `${shown} is installed from an address, whose content may change` };
  }
  const name = NAME.exec(line)?.[0];
  if (name === undefined || !VERSIONS.test(line.slice(name.length))) {
    return { stops: true, zh: `看不懂 ${shown}`, en: `cannot read ${shown}` };
  }
  if (FIXED.test(line) && !line.includes("*")) return null;
  const zh = `${shown} 没有写死版本（==）：两次构建可能不同`;
  return { stops: false, zh, en: `${shown} is not fixed by ==, so that two builds may differ` };
}
