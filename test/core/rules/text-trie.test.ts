import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { eachAffix, textTrie } from "../../../core/rules/text-trie.ts";

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "b", "磁", "𠮷"), maxLength: 6 }),
  fc.string({ maxLength: 3 }),
);

test("a trie finds the texts that another begins or ends with, the shortest first", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(text, { minLength: 1, maxLength: 30 }),
      text,
      fc.constantFrom("start", "end"),
      (texts, one, end) => {
        const found: string[] = [];
        const trie = textTrie(new Map(texts.map((part) => [part, part])), end);
        eachAffix(trie, { end, text: one, found: (part, list: string[]) => list.push(part), walk: found });
        const wanted = texts.filter((part) => (end === "start" ? one.startsWith(part) : one.endsWith(part)));
        assert.deepEqual(
          found,
          wanted.toSorted((a, b) => a.length - b.length),
        );
      },
    ),
    { numRuns: 5000 },
  );
});
