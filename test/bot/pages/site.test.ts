import assert from "node:assert/strict";
import { test } from "node:test";
import { STATUS } from "../../../bot/pages/site.ts";
import { PAGE_ERRORS } from "../../../core/texts/index.ts";

test("every error of a page is told with a status that is one", () => {
  for (const error of PAGE_ERRORS) assert.ok(STATUS[error] >= 400 && STATUS[error] < 600, error);
});
