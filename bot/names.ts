import { personNamed } from "../core/people/index.ts";
import type { Directory } from "../core/ports/index.ts";

/** The names of these people, looked up once; anybody else is named by their userid. */
export async function namesOf(
  userIds: Iterable<string>,
  directory: Pick<Directory, "nameOf">,
): Promise<(userId: string) => string> {
  const ids = [...new Set(userIds)];
  const names = new Map(await Promise.all(ids.map(async (id) => [id, await directory.nameOf(id)] as const)));
  return (id) => names.get(id) ?? id;
}

/** A viewing that names these people, too. */
export async function naming<Viewed extends { nameOf: (userId: string) => string }>(
  viewing: Viewed,
  userIds: Iterable<string>,
  directory: Pick<Directory, "nameOf">,
): Promise<Viewed> {
  const ids = new Set(userIds);
  const nameOf = await namesOf(ids, directory);
  return { ...viewing, nameOf: (id) => (ids.has(id) ? nameOf(id) : viewing.nameOf(id)) };
}

/** The names of those among some actors who are people. */
export function actorNames(
  actors: Iterable<string>,
  directory: Pick<Directory, "nameOf">,
): Promise<(userId: string) => string> {
  return namesOf(
    [...actors].flatMap((name) => personNamed(name) ?? []),
    directory,
  );
}
