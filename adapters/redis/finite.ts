import { valueError } from "./errors.ts";

/** A number that Redis can keep; anything else would stop a script half-way. Throws `store.bad_value`. */
export function finite(value: number, name: string): number {
  if (!Number.isFinite(value)) throw valueError(name, value);
  return value;
}
