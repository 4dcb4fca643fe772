import type { LanguageGroup } from "../../core/languages/index.ts";
import {
  type AccessToken,
  expandRights,
  normaliseUserId,
  type Reach,
  type Role,
} from "../../core/people/index.ts";
import { instantMs } from "./check-values.ts";
import type { LanguagesFile } from "./languages-schema.ts";
import type { RolesFile, TokensFile } from "./people-schema.ts";
import { peopleOf } from "./read-approval.ts";

/** An entry of a checked roles.yaml. */
export function readRole({ name, of, rights, on }: RolesFile["roles"][number]): Role {
  return { name, of: peopleOf(of), rights: expandRights(rights), ...(on ? { on: reachOf(on) } : {}) };
}

function reachOf(on: NonNullable<RolesFile["roles"][number]["on"]>): Reach {
  const { types, businesses, rules, clusters } = on;
  const events = { ...(types ? { types } : {}), ...(businesses ? { businesses } : {}) };
  return { ...events, ...(rules ? { rules } : {}), ...(clusters ? { clusters } : {}) };
}

/** An entry of a checked tokens.yaml. */
export function readToken({ id, hash, user, rights, expires }: TokensFile["tokens"][number]): AccessToken {
  return {
    ...{ id, hash, user: normaliseUserId(user), rights: expandRights(rights) },
    expires: new Date(instantMs(expires) ?? 0).toISOString(),
  };
}

/** An entry of a checked languages.yaml. */
export function readLanguage({ language, of }: LanguagesFile["languages"][number]): LanguageGroup {
  return { language, of: peopleOf(of) };
}
