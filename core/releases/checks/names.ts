/** What is looked at before a pack set is built. */
export const PACK_CHECKS = [
  ...([
    "fetch",
    "lock",
    "metadata",
    "yaml",
    "name",
    "duplicate",
    "entry-point",
    "executable",
    "dependency",
  ] as const),
  ...(["python", "requirements", "workflow", "secret", "in-use", "size"] as const),
] as const;
export type PackCheck = (typeof PACK_CHECKS)[number];

/** Without these the engine would not take the packs, or one would stand in the place of another. */
const ALWAYS: readonly PackCheck[] = ["fetch", "lock", "metadata", "name", "duplicate"];

/** Checks that a set may leave out, with a reason. */
export const EXCEPTABLE_CHECKS: readonly PackCheck[] = PACK_CHECKS.filter((one) => !ALWAYS.includes(one));
