import { type ActionSchema, castParams, type Misfit, misfitWords as wordsOf } from "../actions/index.ts";
import { hashOf, type Json, type JsonObject } from "../ids/index.ts";
import { compileTemplate, findServerTemplate } from "../params/index.ts";
import type { RunGrant } from "./grant.ts";
import type { RunWords } from "./run.ts";

/** What a cluster says of an action; `schema` is absent where it could not be asked. */
export interface OnCluster {
  cluster: string;
  schema?: ActionSchema;
}

/** Parameters and targets as they will be run, or all that is wrong with them. */
export type FittedParams =
  | { outcome: "fits"; params: JsonObject; targets: string[]; secretParams: string[] }
  | { outcome: "misfits"; words: RunWords };

/**
 * Parameters in the types of their action on every cluster that it may run on, with the targets that the grant renders
 * out of them. What holds marks of StackStorm's templates is refused, wherever it stands.
 */
export function fitRun(
  given: JsonObject,
  grant: Pick<RunGrant, "id" | "targets">,
  places: readonly OnCluster[],
): FittedParams {
  const marked = findServerTemplate(given);
  if (marked !== null) return misfits(templateWords(marked));
  const fitted = castAll(given, places);
  if ("misfits" in fitted) return misfits(misfitWords(fitted.misfits));
  const { params } = fitted;
  const targets = targetsOf(params, grant);
  if ("words" in targets) return misfits(targets.words);
  return { outcome: "fits", params, targets: targets.values, secretParams: secretsIn(params, places) };
}

function misfits(words: RunWords): FittedParams {
  return { outcome: "misfits", words };
}

function templateWords(path: string): RunWords {
  return {
    zh: `参数 ${path} 含有 {{ 或 {%，StackStorm 会把它当模板执行，不能发送；请去掉`,
    en: `parameter ${path} holds {{ or {%, which StackStorm would render: leave it out`,
  };
}

function castAll(
  given: JsonObject,
  places: readonly OnCluster[],
): { params: JsonObject } | { misfits: readonly Misfit[] } {
  let params = given;
  for (const { schema } of places) {
    if (!schema) continue;
    const cast = castParams(schema, withLists(params, schema));
    if (cast.outcome === "misfits") return cast;
    params = cast.value;
  }
  return { params };
}

/** `a,b` for a list of texts, as StackStorm's own command line takes it. */
function withLists(params: JsonObject, { parameters }: ActionSchema): JsonObject {
  const entries = Object.entries(params).map(([name, value]): [string, Json] => {
    const types = parameters.get(name)?.types ?? [];
    const isList = types.includes("array") && !types.includes("string");
    if (!isList || typeof value !== "string" || value.trim().startsWith("[")) return [name, value];
    return [name, value.split(",").map((one) => one.trim())];
  });
  return Object.fromEntries(entries);
}

function misfitWords(found: readonly Misfit[]): RunWords {
  const each = found.map((misfit) => ({ name: misfit.parameter, ...wordsOf(misfit) }));
  const zh = each.map((one) => `${one.name} ${one.zh}`).join("；");
  const en = each.map((one) => `${one.name} ${one.en}`).join("; ");
  return { zh: `参数不对：${zh}`, en: `these parameters do not fit: ${en}` };
}

function targetsOf(
  params: JsonObject,
  { id, targets }: Pick<RunGrant, "id" | "targets">,
): { values: string[] } | { words: RunWords } {
  const values: string[] = [];
  for (const [index, written] of targets.entries()) {
    const compiled = compileTemplate(written);
    const rendered = compiled.outcome === "compiled" ? compiled.template.render({ params }) : compiled;
    if (rendered.outcome !== "rendered") return { words: targetWords(id, index, rendered.message) };
    for (const one of Array.isArray(rendered.value) ? rendered.value : [rendered.value]) {
      const isName = typeof one === "number" || (typeof one === "string" && one.trim() !== "");
      if (!isName) return { words: targetWords(id, index, "is no text (不是文本)") };
      values.push(String(one).trim());
    }
  }
  return { values };
}

function targetWords(grant: string, index: number, why: string): RunWords {
  return {
    zh: `从参数里得不到执行对象：runs.yaml 里 ${grant} 的 targets[${index}]：${why}；请补上所需的参数`,
    en: `the parameters do not say what it runs on: targets[${index}] of ${grant} in runs.yaml: ${why}; give the parameter it needs`,
  };
}

function secretsIn(params: JsonObject, places: readonly OnCluster[]): string[] {
  const isSecret = (name: string) => places.some(({ schema }) => schema?.parameters.get(name)?.secret);
  return Object.keys(params).filter(isSecret).sort();
}

/** `disk.show host=vm-1`, of parameters in which secrets are masked. */
export function runText(action: string, parameters: JsonObject): string {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${valueText(value)}`);
  return [action, ...pairs].join(" ");
}

const PLAIN = /^[^\s"'{}[\]=]+$/u;

function valueText(value: Json): string {
  return typeof value === "string" && PLAIN.test(value) ? value : JSON.stringify(value);
}

/** What stands for the content of a request: the same key must not ask for something else. */
export function askedHash({
  action,
  parameters,
  notify,
}: {
  action: string;
  parameters: JsonObject;
  notify?: JsonObject;
}): string {
  return hashOf({ action, parameters, ...(notify ? { notify } : {}) });
}
