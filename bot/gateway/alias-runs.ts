import { bilingual, readAliasStart } from "../../core/gateway/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import {
  type ActionAlias,
  type AliasMatch,
  type Matching,
  matchAliases,
  renderedParameter,
} from "../../core/runs/index.ts";
import { fault } from "./answers.ts";
import { heldRow } from "./executions.ts";
import type { Ask, GatewayParts } from "./parts.ts";
import { askDesk, objectOf } from "./writes.ts";

/**
 * `POST /aliasexecution` and `/aliasexecution/match_and_execute` (reference/stackstorm.md 6.2): what was typed becomes
 * a task, as typed in chat. The first names its alias and format, the second is compared with all.
 */
export async function startAlias(
  ask: Ask,
  what: "alias" | "matched_alias",
  parts: GatewayParts,
): Promise<void> {
  const body = await objectOf(ask, parts);
  if (body === null) return;
  const read = readAliasStart(body, what);
  if (read.outcome === "refused") return fault(ask.ctx, 400, read.message);
  const { aliases } = await parts.aliases.current();
  const { command, named } = read;
  const matching = matchAliases(command, named ? aliases.flatMap((one) => asNamed(one, named)) : aliases);
  const match = usable(matching);
  if (typeof match === "string") return fault(ask.ctx, 400, match);
  const { alias } = match;
  const parameters = { ...match.parameters, ...alias.immutable };
  const task = await askDesk(ask, { action: alias.action, parameters, command }, parts);
  if (task === null) return;
  const made = { execution: heldRow(task, parts.shown), actionalias: aliasRow(alias) };
  ask.ctx.status = 201;
  ask.ctx.body = what === "alias" ? made : { results: [made] };
}

/** The alias with the one format that the caller names; none when it is another. */
function asNamed(alias: ActionAlias, { name, format }: { name: string; format: string }): ActionAlias[] {
  if (alias.ref !== name && nameOf(alias) !== name) return [];
  const formats = alias.formats
    .filter(({ display, representations }) => display === format || representations.includes(format))
    .map(({ display }) => ({ display, representations: [format] }));
  return formats.length > 0 ? [{ ...alias, formats }] : [];
}

/** What the text means, or why it can mean nothing, as a fault says it. */
function usable(matching: Matching): AliasMatch | string {
  if (matching.outcome !== "match") return unmatched(matching);
  const { alias, parameters } = matching;
  const rendered = renderedParameter(alias);
  if (rendered !== null) {
    const en = `alias ${alias.ref} fixes ${rendered} by a template that StackStorm alone can render`;
    return bilingual(`别名 ${alias.ref} 的 ${rendered} 是模板，只有 StackStorm 能渲染，不能从这里执行`, en);
  }
  const fixed = Object.keys(alias.immutable).find((name) => Object.hasOwn(parameters, name));
  if (fixed === undefined) return matching;
  return bilingual(`参数 ${fixed} 由别名固定，不能填写`, `the alias fixes ${fixed}: leave it out`);
}

function unmatched(matching: Exclude<Matching, { outcome: "match" }>): string {
  switch (matching.outcome) {
    case "ambiguous": {
      const refs = [...new Set(matching.matches.map(({ alias }) => alias.ref))].join(", ");
      return bilingual(`不止一个别名符合：${refs}`, `Command matched more than 1 alias: ${refs}`);
    }
    case "incomplete": {
      const missing = matching.missing.join(", ");
      return bilingual(`缺少参数 ${missing}`, `${matching.alias.ref} lacks ${missing}`);
    }
    case "twice":
      return bilingual(`参数 ${matching.name} 写了两次`, `${matching.name} is given twice`);
    case "unclosed":
      return bilingual(`有一个 ${matching.sign} 没有配对`, `a ${matching.sign} is not closed`);
    case "none":
      return bilingual("没有符合的别名", "Command matched no alias");
    default:
      return matching satisfies never;
  }
}

function nameOf({ ref }: ActionAlias): string {
  return ref.slice(ref.indexOf(".") + 1);
}

function aliasRow(alias: ActionAlias): JsonObject {
  const { ref, action, description, formats } = alias;
  return {
    ...{ ref, name: nameOf(alias), pack: ref.slice(0, ref.indexOf(".")), action_ref: action, description },
    ...{
      enabled: true,
      formats: formats.map(({ display, representations }) => ({
        display,
        representation: [...representations],
      })),
    },
  };
}
