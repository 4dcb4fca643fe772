import { isJsonObject, type Json, type JsonObject } from "../ids/index.ts";
import { type TypedWord, typedWords } from "../runs/words.ts";
import { RERUNS, type Rerun, type RetryWish } from "../tasks/retry-plan.ts";

/** What a person wrote behind `retry ID`. */
export type TypedRetry =
  | { outcome: "read"; wish: RetryWish }
  /** `word`: what is not understood. */
  | { outcome: "misread"; word: string };

const RERUN_WORDS: Readonly<Record<string, Rerun>> = {
  ...{ failed: "failed", 失败步骤: "failed", 失败: "failed" },
  ...{ rerun: "all", 重跑: "all" },
};
const ON_WORDS = ["on", "在"];

/** Reads `[failed | rerun] [on CLUSTER] [name=value …]`, in any order, each once. */
export function retryOfWords(text: string): TypedRetry {
  const read = typedWords(text);
  if (read.outcome === "unclosed") return { outcome: "misread", word: read.sign };
  const wish: RetryWish = {};
  const parameters = new Map<string, Json>();
  const words = [...read.words];
  for (let word = words.shift(); word; word = words.shift()) {
    const { name } = word;
    const isTaken = name === undefined ? !takeKeyword(wish, word, words) : parameters.has(name);
    if (isTaken) return { outcome: "misread", word: text.slice(word.from, word.to) };
    if (name !== undefined) parameters.set(name, word.value);
  }
  const given = parameters.size > 0 ? { parameters: Object.fromEntries(parameters) } : {};
  return { outcome: "read", wish: { ...wish, ...given } };
}

/** Lays a word that is no `name=value` into the wish; false where it is none, or was there before. */
function takeKeyword(wish: RetryWish, word: TypedWord, rest: TypedWord[]): boolean {
  const typed = plain(word);
  const rerun = Object.hasOwn(RERUN_WORDS, typed) ? RERUN_WORDS[typed] : undefined;
  if (rerun !== undefined && wish.rerun === undefined) {
    wish.rerun = rerun;
    return true;
  }
  const [next] = rest;
  const cluster = next?.name === undefined ? plain(next) : "";
  if (!ON_WORDS.includes(typed) || cluster === "" || wish.cluster !== undefined) return false;
  wish.cluster = cluster;
  rest.shift();
  return true;
}

function plain(word: TypedWord | undefined): string {
  return typeof word?.value === "string" ? word.value.toLowerCase() : "";
}

/** What is wrong with a body of REST, by the field. */
export type RetryBody = { outcome: "read"; wish: RetryWish } | { outcome: "misread"; field: string };

/** A body of REST: `{ rerun: "all" | "failed" }`, or `{ cluster, parameters }`, of which nothing must be there. */
export function readRetryBody(body: JsonObject): RetryBody {
  const { rerun, cluster, parameters, ...others } = body;
  const [stray] = Object.keys(others);
  if (stray !== undefined) return { outcome: "misread", field: stray };
  const known = RERUNS.find((one) => one === rerun);
  if (rerun !== undefined && known === undefined) return { outcome: "misread", field: "rerun" };
  const isName = typeof cluster === "string" && cluster !== "";
  if (cluster !== undefined && !isName) return { outcome: "misread", field: "cluster" };
  if (parameters !== undefined && !isJsonObject(parameters))
    return { outcome: "misread", field: "parameters" };
  const wish: RetryWish = {
    ...(known ? { rerun: known } : {}),
    ...(isName ? { cluster } : {}),
    ...(parameters ? { parameters } : {}),
  };
  return { outcome: "read", wish };
}
