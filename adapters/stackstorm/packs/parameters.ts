import { PARAMETER_TYPES } from "../../../core/actions/index.ts";
import { isJsonObject, type JsonObject } from "../../../core/ids/index.ts";
import type { PackProblem } from "../../../core/releases/index.ts";
import type { MetadataFile, Words } from "./metadata-file.ts";

/** What is wrong with an action's parameters (reference/stackstorm.md section 4). */
export function checkParameters(file: MetadataFile): PackProblem[] {
  const { parameters } = file.value;
  if (!isJsonObject(parameters)) return [];
  return [
    ...Object.entries(parameters).flatMap(([name, spec]) => checkParameter(file, name, spec)),
    ...checkPositions(file, parameters),
  ];
}

function checkParameter({ problem }: MetadataFile, name: string, spec: unknown): PackProblem[] {
  const at = ["parameters", name];
  const say = (keys: readonly string[], { zh, en }: Words) =>
    problem([...at, ...keys], { zh: `参数 ${name} ${zh}`, en: `parameter ${name} ${en}` });
  if (!/^\w+$/.test(name))
    return [say([], { zh: "只能用字母、数字和 _", en: "may hold letters, digits and _" })];
  if (!isJsonObject(spec)) return [say([], { zh: "应为键和值", en: "must hold keys and values" })];
  const { type, position } = spec;
  const types: readonly unknown[] = PARAMETER_TYPES;
  const flags = ["required", "immutable", "secret"].filter((key) => !isFlag(spec[key]));
  return [
    ...flags.map((key) =>
      say([key], { zh: `的 ${key} 应为 true 或 false`, en: `${key} must be true or false` }),
    ),
    ...(type === undefined || types.includes(type) ? [] : [say(["type"], TYPE)]),
    ...(position === undefined || isPosition(position) ? [] : [say(["position"], POSITION)]),
    ...(spec["enum"] === undefined || Array.isArray(spec["enum"]) ? [] : [say(["enum"], ENUM)]),
  ];
}

const TYPE: Words = {
  zh: `的 type 应为 ${PARAMETER_TYPES.join("、")} 之一（几种用 anyOf）`,
  en: `type must be one of ${PARAMETER_TYPES.join(", ")} (several by anyOf)`,
};
const POSITION: Words = { zh: "的 position 应为从 0 起的整数", en: "position must be a whole number from 0" };
const ENUM: Words = { zh: "的 enum 应为列表", en: "enum must be a list" };

function isFlag(value: unknown): boolean {
  return value === undefined || typeof value === "boolean";
}

function isPosition(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

/** The engine refuses two at one place, and gaps. */
function checkPositions({ problem }: MetadataFile, parameters: JsonObject): PackProblem[] {
  const taken = new Map<number, string>();
  const problems: PackProblem[] = [];
  for (const [name, spec] of Object.entries(parameters)) {
    const position = isJsonObject(spec) ? spec["position"] : undefined;
    if (!isPosition(position)) continue;
    const other = taken.get(position);
    if (other === undefined) taken.set(position, name);
    else problems.push(problem(["parameters", name, "position"], sameWords(name, other)));
  }
  const places = [...taken.keys()].sort((a, b) => a - b);
  const gap = places.findIndex((place, at) => at > 0 && place !== (places[at - 1] ?? 0) + 1);
  const after = taken.get(places[gap] ?? -1);
  return after === undefined ? problems : [...problems, problem(["parameters", after, "position"], GAP)];
}

function sameWords(name: string, other: string): Words {
  return { zh: `参数 ${name} 与 ${other} 的 position 相同`, en: `${name} and ${other} have one position` };
}

const GAP: Words = { zh: "position 应连续，不能跳号", en: "positions must follow one another without gaps" };
