import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type DigestLine, digestText } from "../../../core/outbox/index.ts";
import { TASK_STATES } from "../../../core/tasks/index.ts";
import { LANGUAGES, textsOf } from "../../../core/texts/index.ts";

const viewing = { texts: textsOf("en"), plain: (text: string) => text, maxBytes: 2048 };

function ended(n: number, state: (typeof TASK_STATES)[number] = "succeeded"): DigestLine {
  return { about: "ended", id: `t_${String(n).padStart(6, "0")}rest`, title: `clean vm-${n}`, state };
}

describe("a digest", () => {
  test("counts what has ended, names what failed, and lists the rest by id", () => {
    const lines = [
      ended(1),
      ended(2, "failed"),
      { about: "text", text: "**stop** lifted" } as const,
      ended(3),
    ];
    assert.deepEqual(digestText(lines, viewing).split("\n"), [
      "**Digest: 3 tasks ended, 1 message**",
      `${viewing.texts.states.succeeded} 2 · ${viewing.texts.states.failed} 1`,
      `> <font color="warning">${viewing.texts.states.failed}</font> 000002 clean vm-2`,
      "**stop** lifted",
      `> ${viewing.texts.states.succeeded} 000001 000003`,
    ]);
  });

  test("of one text is that text", () => {
    assert.equal(digestText([{ about: "text", text: "**a**\nb" }], viewing), "**a**\nb");
  });

  test("tells the same words once, with how often", () => {
    const text = { about: "text", text: "muted" } as const;
    assert.match(digestText([text, text, text], viewing), /^muted ×3$/m);
  });

  test("shortens a long text among others", () => {
    const long = { about: "text", text: "x\n".repeat(2000) } as const;
    const told = digestText([long, { about: "text", text: "short" }], viewing);
    assert.match(told, /lines left out here/);
    assert.match(told, /^short$/m);
  });

  test("makes a task's title plain and one line", () => {
    const line: DigestLine = { about: "ended", id: "t_a", title: "a\n# b", state: "failed" };
    const told = digestText([line], { ...viewing, plain: (text) => text.replaceAll("#", "＃") });
    assert.match(told, /a ＃ b$/m);
  });

  const line: fc.Arbitrary<DigestLine> = fc.oneof(
    fc.tuple(fc.nat(), fc.constantFrom(...TASK_STATES)).map(([n, state]) => ended(n, state)),
    fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 900 })
      .map((text) => ({ about: "text", text }) as const),
  );
  for (const language of LANGUAGES) {
    test(`fits one message in ${language} and counts every line it stands for`, () => {
      fc.assert(
        fc.property(fc.array(line, { minLength: 2, maxLength: 300 }), (lines) => {
          const told = digestText(lines, { ...viewing, texts: textsOf(language) });
          assert.ok(Buffer.byteLength(told) <= 2048);
          const texts = lines.filter(({ about }) => about === "text").length;
          const counts = { ended: lines.length - texts, texts };
          assert.ok(told.startsWith(`**${textsOf(language).outbox.digestTitle(counts)}**`));
        }),
        { numRuns: 50 },
      );
    });
  }
});
