import type { StateDocument, StateStore } from "../../core/ports/index.ts";

export type UpgradeDocument = StateDocument<"upgrade">;

/** One is under way at a time, so that never two of them take clusters away. */
export const UPGRADE_NAME = "clusters";

/** Stores what differs; null when somebody else has changed it meanwhile. */
export async function changed(
  { revision, body }: Pick<UpgradeDocument, "revision" | "body">,
  state: StateStore,
): Promise<UpgradeDocument | null> {
  const put = await state.put({ kind: "upgrade", name: UPGRADE_NAME, expected: revision, body });
  return put.outcome === "stored" ? put.document : null;
}
