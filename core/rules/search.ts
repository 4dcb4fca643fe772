import type { SearchCondition } from "./rule.ts";
import type { Test } from "./test.ts";

/** A feature that judges one item. */
interface ItemFeature {
  holds(scope: object, event: object): boolean;
}

const NO_EVENT = {};

/**
 * Judges the items of a list by features over `item`: `any` one item passes all features, `all` items do,
 * `any2any` one item passes one of them, `all2any` each item passes one of them. An object is a list of one;
 * what is neither fails.
 */
export function compileSearch(features: readonly ItemFeature[], condition: SearchCondition): Test {
  const oneIsEnough = condition === "any2any" || condition === "all2any";
  const fits = (item: unknown, event: object) => {
    const scope = { item };
    return oneIsEnough
      ? features.some((feature) => feature.holds(scope, event))
      : features.every((feature) => feature.holds(scope, event));
  };
  const everyItem = condition === "all" || condition === "all2any";
  return (actual, event = NO_EVENT) => {
    if (typeof actual !== "object" || actual === null) return false;
    const items: readonly unknown[] = Array.isArray(actual) ? actual : [actual];
    return everyItem ? items.every((item) => fits(item, event)) : items.some((item) => fits(item, event));
  };
}
