import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { outputText } from "../../../core/cards/index.ts";
import type { Json } from "../../../core/ids/index.ts";

const RESULTS: [name: string, result: Json, text: string][] = [
  [
    "of a workflow tells the task that failed and its error before the output",
    {
      output: { freed: 3 },
      errors: [
        { type: "error", task_id: "clean", message: "Execution failed.", result: { stderr: "disk gone" } },
      ],
    },
    'clean: Execution failed.\ndisk gone\n{\n "freed": 3\n}',
  ],
  [
    "of a workflow without output tells its errors alone",
    { output: null, errors: [{ message: "no" }] },
    "no",
  ],
  [
    "of several hosts tells those that failed first",
    { a: { stdout: "fine", return_code: 0 }, b: { stderr: "boom", return_code: 2, failed: true } },
    "b:\nboom\na:\nfine",
  ],
  [
    "of a failure before the start tells the error without its traceback",
    { traceback: "at x", error: "bad" },
    "bad",
  ],
  [
    "of an HTTP request tells the status, then the body",
    { status_code: 503, headers: { a: "b" }, body: "busy" },
    "HTTP 503\nbusy",
  ],
];

for (const [name, result, text] of RESULTS) {
  test(`a result ${name}`, () => assert.equal(outputText(result), text));
}

test("no result whatever makes it throw", () => {
  const aKey = fc.constantFrom(
    "errors",
    "output",
    "stdout",
    "stderr",
    "status_code",
    "body",
    "result",
    "error",
    "a",
  );
  const { any } = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: "small" },
      fc.jsonValue(),
      fc.array(tie("any")),
      fc.dictionary(aKey, tie("any")),
    ),
  }));
  fc.assert(fc.property(any, (result) => assert.equal(typeof outputText(result as Json), "string")));
});
