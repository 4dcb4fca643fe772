import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { approvePolicyFile } from "../../bot/wire-tools.ts";

const SAMPLE = join(import.meta.dirname, "..", "..", "fixtures", "home");

/** Copies the sample home, and approves its policy there, as whoever uses it does. */
export function copySampleHome(to: string): void {
  cpSync(SAMPLE, to, { recursive: true });
  const file = join(to, "policies", "read-only.yaml");
  const approved = approvePolicyFile({ file, text: readFileSync(file, "utf8"), by: "wangwu" });
  if (approved.outcome === "refused") throw new Error(approved.message);
  writeFileSync(file, approved.text);
}
