import { instantOfWallClock, wallClockMs } from "../time/index.ts";
import type { Rotation } from "./roster.ts";

/** A rotation that can be asked. */
export interface CompiledRotation {
  /** Whose turn it is at an instant, and when the next begins; null when none ever does. */
  at(atMs: number): { people: readonly string[]; untilMs: number | null };
  /** When the turn began that an instant lies in; null before the first, and when nobody ever hands over. */
  startOfTurn(atMs: number): number | null;
}

const NOBODY: readonly string[] = [];

/** Compiles a rotation in a zone; without one it is never anybody's turn. */
export function compileRotation(rotation: Rotation | undefined, zone: string): CompiledRotation {
  if (!rotation) return { at: () => ({ people: NOBODY, untilMs: null }), startOfTurn: () => null };
  const { startWallMs, everyMs, turns } = rotation;
  const startOf = (turn: number) => instantOfWallClock(startWallMs + turn * everyMs, zone);
  const firstMs = startOf(0);
  const turnAt = (atMs: number): number => {
    // Where the clock was put back, turns that it shows again have begun already.
    let turn = Math.floor((wallClockMs(atMs, zone) - startWallMs) / everyMs);
    while (startOf(turn + 1) <= atMs) turn += 1;
    return turn;
  };
  const [first = NOBODY] = turns;
  const alone = turns.every((turn) => samePeople(turn, first));
  return {
    at: (atMs) => {
      if (atMs < firstMs) return { people: NOBODY, untilMs: firstMs };
      const turn = turnAt(atMs);
      const people = turns[turn % turns.length] ?? NOBODY;
      return { people, untilMs: alone ? null : startOf(turn + 1) };
    },
    startOfTurn: (atMs) => {
      if (atMs < firstMs) return null;
      return alone ? firstMs : startOf(turnAt(atMs));
    },
  };
}

/** Whether two lists name the same people, each once. */
export function samePeople(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((person) => other.includes(person));
}
