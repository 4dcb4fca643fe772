import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isoTime, textMap } from "../../../core/events/index.ts";

test("values that are no texts become texts, nothing becomes no label", () => {
  const given = { a: "x", n: 5, b: true, o: { c: [1] }, none: null, gone: undefined, half: "\ud800" };
  assert.deepEqual(textMap(given), { a: "x", n: "5", b: "true", o: '{"c":[1]}', half: "\ufffd" });
});

test("any instant from 1970 to 9999 is kept to the millisecond", () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date(0), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true }),
      (date) => {
        assert.equal(isoTime(date.toISOString()), date.toISOString());
      },
    ),
  );
  assert.equal(isoTime(undefined), undefined);
});
