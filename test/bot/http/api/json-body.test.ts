import assert from "node:assert/strict";
import { test } from "node:test";
import { namesProto } from "../../../../bot/http/api/json-body.ts";

const BODIES: [text: string, names: boolean][] = [
  ['{"a":{"__proto__":1}}', true],
  ['\ufeff[{"__proto__":{}}]', true],
  ['{"__prot\\u006f__":1}', true],
  ['{"a":"__proto__","b":["\\u005f_proto__"]}', false],
  ['{"__proto":1,"proto__":1,"a\\u0062":1}', false],
  ["{}", false],
];

for (const [text, names] of BODIES) {
  test(`${text} ${names ? "has" : "has no"} key called __proto__`, () => {
    assert.equal(namesProto(Buffer.from(text)), names);
  });
}
