import { API_SOURCE } from "../../core/events/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import { parsePath } from "../../core/params/index.ts";
import { checkAuth } from "./check-auth.ts";
import { checkDuration, checkTemplates, checkZone } from "./check-values.ts";
import { closestWord } from "./closest-word.ts";
import type { Path } from "./home-file.ts";
import type { Located } from "./located.ts";
import { problemAt, problemAtKey, quotingWords } from "./located.ts";
import { itemsAt, keysAt, textAt, valueAt } from "./look.ts";
import { parseNetwork } from "./networks.ts";
import type { Problem } from "./problem.ts";

/** What a kind of source says against options, in words; null when nothing. */
export type CheckOptions = (kind: string, options: JsonObject) => string | null;

/** What the check of a source needs to know beside its file. */
export interface SourceChecks {
  /** Kinds of source that can be read. */
  kinds: readonly string[];
  /** Without it no source may have options. */
  checkOptions?: CheckOptions;
}

/** What can be said of one source's file alone. */
export function checkSource(located: Located, { kinds, checkOptions }: SourceChecks): Problem[] {
  const details = itemsAt(located, ["map"]).map((mapping) => [...mapping, "detail"]);
  return [
    ...checkName(located),
    ...checkKind(located, kinds),
    ...checkAuth(located),
    ...itemsAt(located, ["allow"]).flatMap((path) => checkNetwork(located, path)),
    ...checkLimits(located),
    ...checkZone(located, ["zone"]),
    ...checkDuration(located, ["incidentWindow"]),
    ...keysAt(located, ["options"]).flatMap((key) => checkOption(located, key, checkOptions)),
    ...details.flatMap((path) => checkTemplates(located, path)),
    ...itemsAt(located, ["map"]).flatMap((mapping) => checkWhen(located, [...mapping, "when"])),
  ];
}

function checkName(located: Located): Problem[] {
  if (textAt(located, ["name"]) !== API_SOURCE) return [];
  const words = {
    zh: "这个名字留给经 REST 发来的事件，请换一个",
    en: "this name is kept for events that come over REST; choose another",
  };
  return [problemAt(located, ["name"], words)];
}

function checkWhen(located: Located, when: Path): Problem[] {
  const odd = keysAt(located, when).filter((key) => parsePath(key) === null);
  const words = {
    zh: "应为路径，如 labels.alertname",
    en: "must be a path such as labels.alertname",
  };
  return odd.map((key) => problemAtKey(located, [...when, key], words));
}

function checkKind(located: Located, kinds: readonly string[]): Problem[] {
  const kind = textAt(located, ["kind"]);
  if (kind === undefined || kinds.includes(kind)) return [];
  const close = closestWord(kind, kinds);
  return [
    problemAt(located, ["kind"], {
      zh: `不认识的事件源类型，可用的有 ${kinds.join("、")}${close ? `，是不是 ${close}？` : ""}`,
      en: `unknown kind of source, known are ${kinds.join(", ")}${close ? `; did you mean ${close}?` : ""}`,
    }),
  ];
}

function checkNetwork(located: Located, path: Path): Problem[] {
  const text = textAt(located, path);
  if (text === undefined || parseNetwork(text)) return [];
  const words = {
    zh: "应为网段或地址，如 10.0.0.0/8、fd00::/8、192.0.2.7",
    en: "must be a network or an address such as 10.0.0.0/8, fd00::/8, 192.0.2.7",
  };
  return [problemAt(located, path, words)];
}

function checkLimits(located: Located): Problem[] {
  const names = keysAt(located, ["limits"]);
  if (!names.includes("burst") || names.includes("perSecond")) return [];
  const words = { zh: "没有 perSecond 就不起作用", en: "means nothing without perSecond" };
  return [problemAtKey(located, ["limits", "burst"], words)];
}

/** Each option by itself, so that what is wrong is told at its own line. */
function checkOption(located: Located, key: string, check: CheckOptions | undefined): Problem[] {
  const kind = textAt(located, ["kind"]);
  const value = valueAt(located, ["options", key]);
  if (kind === undefined || value === undefined) return [];
  if (!check) {
    const words = { zh: "这类事件源没有选项", en: "this kind of source has no options" };
    return [problemAtKey(located, ["options", key], words)];
  }
  const fault = check(kind, { [key]: value });
  if (fault === null) return [];
  const words = { zh: "选项不对", en: "this option cannot be used" };
  return [problemAt(located, ["options", key], quotingWords(located, ["options", key], words, fault))];
}
