import { refusedBySender } from "./errors.ts";

type Names = ReadonlyMap<string, readonly number[]>;

/**
 * Makes the translation of a tag, given by number or name, into its number. A name that the kept list does
 * not know is looked up anew once. Throws `wecom.unknown_tag` or `wecom.ambiguous_tag`.
 */
export function createTagIds(
  keptNames: (key: "all") => Promise<Names>,
  freshNames: () => Promise<Names>,
): (tag: string) => Promise<number> {
  async function find(tag: string): Promise<readonly number[]> {
    const known = (await keptNames("all")).get(tag);
    return known ?? (await freshNames()).get(tag) ?? [];
  }

  return async (tag) => {
    if (/^\d{1,9}$/.test(tag)) return Number(tag);
    const [id, second] = await find(tag);
    if (id === undefined) throw refusedBySender("wecom.unknown_tag", `WeCom shows the app no tag "${tag}"`);
    if (second === undefined) return id;
    const message = `WeCom has several tags "${tag}", name one by its number (${id}, ${second}, …)`;
    throw refusedBySender("wecom.ambiguous_tag", message);
  };
}
