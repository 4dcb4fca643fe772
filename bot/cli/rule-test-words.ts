import type { RuleTestCase } from "../../adapters/files/index.ts";
import { plainText } from "./plain-text.ts";
import type { CaseResult } from "./rule-tests.ts";

/** A case's result as lines: one when it passed, else one more for each difference. */
export function caseLines({ file, line, name }: RuleTestCase, result: CaseResult): string[] {
  const mark = result.outcome === "passed" ? "✓" : "✗";
  const head = plainText(`${mark} ${file}:${line} ${name}`);
  switch (result.outcome) {
    case "passed":
      return [head];
    case "broken":
      return [head, plainText(`    没有事件可判 · no event to judge: ${result.message}`)];
    case "failed":
      return [
        head,
        ...result.differences.map(({ rule, field, expected, actual, because }) => {
          const more = because === undefined ? "" : ` (${because})`;
          const values = `期望 · expected ${JSON.stringify(expected)}, 实际 · actual ${JSON.stringify(actual)}`;
          return plainText(`    ${rule} ${field}: ${values}${more}`);
        }),
      ];
    default:
      return result satisfies never;
  }
}
