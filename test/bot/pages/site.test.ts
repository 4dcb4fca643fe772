import assert from "node:assert/strict";
import { test } from "node:test";
import { returnPath, STATUS } from "../../../bot/pages/site.ts";
import { PAGE_ERRORS } from "../../../core/texts/index.ts";

const PATH = `/tasks/t_${"a2".repeat(26)}`;

test("a login leads back to the page of a task", () => {
  assert.equal(returnPath(PATH), PATH);
});

const ELSEWHERE: unknown[] = [
  ...[
    "",
    "/",
    "/tasks/",
    "/tasks/t_x",
    "/login",
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
  ],
  ...[
    `${PATH}/`,
    `${PATH}/output`,
    `${PATH}?a=b`,
    `${PATH}#a`,
    `${PATH}\n`,
    ` ${PATH}`,
    `/x${PATH}`,
    `${PATH}%0a`,
  ],
  ...[undefined, null, 7, [PATH]],
];

for (const text of ELSEWHERE) {
  test(`a login does not lead to ${JSON.stringify(text)}`, () => assert.equal(returnPath(text), null));
}

test("every error of a page is told with a status that is one", () => {
  for (const error of PAGE_ERRORS) assert.ok(STATUS[error] >= 400 && STATUS[error] < 600, error);
});
