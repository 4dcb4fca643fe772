import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createRedactor } from "../../../adapters/outbound/index.ts";

test("replaces every occurrence of every secret", () => {
  const redact = createRedactor(["s3cret", "t0ken"]);
  assert.equal(redact("a s3cret, a t0ken, a s3cret"), "a ***, a ***, a ***");
});

test("replaces a secret that stands percent-encoded or in JSON", () => {
  const redact = createRedactor(['p"a/s s']);
  assert.equal(redact("x=p%22a%2Fs%20s&y=p%22a%2Fs+s"), "x=***&y=***");
  assert.equal(redact(JSON.stringify({ x: 'p"a/s s' })), '{"x":"***"}');
});

test("leaves nothing of the longer secret when one begins with the other", () => {
  assert.equal(createRedactor(["abc", "abcdef"])("abcdef abc"), "*** ***");
});

test("ignores empty secrets", () => {
  assert.equal(createRedactor([""])("text"), "text");
});

test("leaves no secret readable in any text", () => {
  const secret = fc.string({ minLength: 4 }).filter((text) => !"***".includes(text) && !text.includes("*"));
  fc.assert(
    fc.property(fc.array(secret, { minLength: 1 }), fc.string(), (secrets, text) => {
      const shown = createRedactor(secrets)(secrets.join(text));
      for (const one of secrets) assert.ok(!shown.includes(one) || text.includes("*"));
    }),
  );
});
