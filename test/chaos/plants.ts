/** One place in the product's text, and what stands there instead. */
export interface Edit {
  file: string;
  from: string;
  to: string;
}

/**
 * Faults that the campaign must find, as edits of the product's text while it is loaded. A guard that is taken out
 * shows only when what it guards against happens, so that each brings that too.
 */
export const PLANTS: Readonly<Record<string, readonly Edit[]>> = {
  /** What starts is not what was approved, and nobody compares. */
  hash: [
    {
      file: "core/tasks/on-start.ts",
      from: `if (bindingHash(task) !== task.hash) return`,
      to: `if (false) return`,
    },
    {
      file: "bot/workers/starter.ts",
      from: `start: async (task, fence) => {`,
      to: `start: async (given, fence) => { const task = { ...given, params: { seconds: 0.06 } };`,
    },
  ],
  /** A start leaves no trace before its request, so that the next one knows nothing of it. */
  intent: [
    {
      file: "bot/workers/starter.ts",
      from: `const result = await advancer.advance(task, input, { fence }).catch(async (error: unknown) => {
      await persist(() => giveBack(task, sender));
      throw error;
    });`,
      to: `const at = { nowMs: clock.nowMs(), settings: advancer.settings };
        const result = { ...step(task, input, at), stored: true };`,
    },
    { file: "bot/workers/starter.ts", from: `  currentDigest,`, to: `  currentDigest, step,` },
    {
      file: "bot/workers/starter.ts",
      from: `? await sightBefore(task, choice, executor) :`,
      to: `? { outcome: "absent" } :`,
    },
  ],
  /** A claim holds nobody off, and whoever had the task before may still move it. */
  fence: [
    {
      file: "adapters/sqlite/tasks.ts",
      from: "WHERE due_at_ms <= ? AND leased_until_ms <= ? ORDER",
      to: "WHERE due_at_ms <= ? AND ? > 0 ORDER",
    },
    { file: "adapters/sqlite/tasks.ts", from: `if (!mayMove(db, move)) return "conflict";`, to: "" },
  ],
};
