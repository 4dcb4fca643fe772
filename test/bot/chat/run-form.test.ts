import assert from "node:assert/strict";
import { test } from "node:test";
import { formLines } from "../../../bot/chat/run-form.ts";
import { actionParameters } from "../../../core/actions/index.ts";
import { aViewing } from "../../core/cards/viewing.ts";

test("how an action is run is told with the command's name in the reader's language", () => {
  const parameters = actionParameters({ host: { type: "string", required: true } });
  const schema = { action: "disk.show", enabled: true, parameters };
  assert.deepEqual(formLines(schema, aViewing("zh")), [
    "写法：运行 disk.show host=…",
    "> host（string、必填）",
  ]);
  assert.deepEqual(formLines(schema, aViewing("en")), [
    "How it is written: run disk.show host=…",
    "> host (string, required)",
  ]);
});
