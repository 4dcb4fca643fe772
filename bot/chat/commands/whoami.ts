import { plainLine } from "../../../core/cards/index.ts";
import { type Reach, RIGHTS, type Scope, scopeOf } from "../../../core/people/index.ts";
import type { Directory } from "../../../core/ports/index.ts";
import type { Asked, ChatCommands } from "../command.ts";

export interface WhoamiDeps {
  directory: Pick<Directory, "nameOf">;
}

/** `whoami`: the person's name, roles and rights, and on what. */
export function whoamiCommands(deps: WhoamiDeps): Pick<ChatCommands, "whoami"> {
  return { whoami: { run: (asked) => whoami(asked, deps) } };
}

async function whoami({ by, actor, viewing }: Asked, { directory }: WhoamiDeps): Promise<string> {
  const { commands, joins } = viewing.texts;
  const names = (roles: readonly { name: string }[]) => roles.map(({ name }) => name).join(" ");
  const rights = RIGHTS.flatMap((right) => {
    const scope = scopeOf(actor, right);
    return scope.kind === "nothing"
      ? []
      : [scope.kind === "limited" ? joins.aside(right, scopeText(scope)) : right];
  });
  return commands.whoami({
    name: plainLine(await directory.nameOf(by), viewing),
    userId: viewing.plain(by),
    roles: names(actor.roles) || commands.none,
    unsure: names(actor.unsure),
    rights: viewing.plain(joins.list(rights)) || commands.none,
  });
}

function scopeText({ anyOf }: Extract<Scope, { kind: "limited" }>): string {
  return anyOf.map(reachText).join(" / ");
}

function reachText(reach: Reach): string {
  return Object.entries(reach)
    .map(([dimension, listed]) => `${dimension}=${(listed as readonly string[]).join(",")}`)
    .join(" ");
}
