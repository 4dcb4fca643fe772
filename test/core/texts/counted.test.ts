import assert from "node:assert/strict";
import { test } from "node:test";
import { counted, textsOf } from "../../../core/texts/index.ts";

test("one thing is told as one, any other number as several", () => {
  assert.deepEqual(
    [0, 1, 2].map((count) => counted(count, "rule")),
    ["0 rules", "1 rule", "2 rules"],
  );
  assert.deepEqual(
    [1, 3].map((count) => counted(count, "person", "people")),
    ["1 person", "3 people"],
  );
});

test("an English digest and the end of a policy count so too", () => {
  const { outbox, policyExpires } = textsOf("en");
  assert.equal(outbox.digestTitle({ ended: 1, texts: 1 }), "Digest: 1 task ended, 1 message");
  assert.match(policyExpires({ policy: "p", days: 1, expires: "2027-01-01" }), /expires in 1 day\*\*/);
});
