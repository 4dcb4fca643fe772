import type { Json } from "../ids/index.ts";

/**
 * One operator with its value: judges what the path gave, `undefined` when there is nothing. Only tests of
 * time look at the event.
 */
export type Test = (actual: unknown, event?: object) => boolean;

/**
 * What a value must be for a test to hold, in a form that an index can sort by: one of some values, a text
 * that begins or ends in some way, a number above or below a bound. `exact` when that is all there is to it.
 */
export type Need = { exact: boolean } & (
  | { kind: "values"; values: readonly (string | number | boolean | null)[] }
  | { kind: "start" | "end"; text: string; tail?: Tail }
  | { kind: "above" | "below"; bound: number }
);

/** What is left to test of a text whose beginning is known. Equal sources test the same. */
export interface Tail {
  source: string;
  test: (tail: string) => boolean;
}

/** A test and what is known of it. */
export interface Built {
  test: Test;
  need?: Need;
  /** Whether it costs much more than a comparison. */
  dear?: boolean;
}

/** Makes a test of an operator's value, or says what is wrong with the value. */
export type Builder = (value: Json) => Built | string;

/** The test that holds when the other does not. */
export function opposite(build: Builder): Builder {
  return (value) => {
    const built = build(value);
    if (typeof built === "string") return built;
    const { test, dear = false } = built;
    return { test: (actual, event) => !test(actual, event), dear };
  };
}
