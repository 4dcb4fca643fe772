import assert from "node:assert/strict";
import fc from "fast-check";
import type { Harness } from "../harness.ts";

/** Plays commands against one store and returns what could be observed, free of tokens and positions. */
export type Play<Command> = (harness: Harness, commands: readonly Command[]) => Promise<unknown[]>;

/** The two stores that must behave alike. */
export interface Rivals {
  subject: () => Promise<Harness>;
  reference: () => Promise<Harness>;
}

async function playOn<Command>(
  open: () => Promise<Harness>,
  play: Play<Command>,
  commands: readonly Command[],
): Promise<unknown[]> {
  const harness = await open();
  try {
    return await play(harness, commands);
  } finally {
    await harness.close();
  }
}

/** Plays random command sequences against both stores and compares every observation. */
export async function assertAlike<Command>(
  { subject, reference }: Rivals,
  command: fc.Arbitrary<Command>,
  play: Play<Command>,
): Promise<void> {
  const commands = fc.array(command, { minLength: 1, maxLength: 40, size: "max" });
  const property = fc.asyncProperty(commands, async (sequence) => {
    const expected = await playOn(reference, play, sequence);
    assert.deepEqual(await playOn(subject, play, sequence), expected);
  });
  await fc.assert(property, { numRuns: 60 });
}
