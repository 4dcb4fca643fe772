import assert from "node:assert/strict";
import { test } from "node:test";
import { grantLines, parametersIn } from "../../../bot/cli/run.ts";

test("each word behind the action is one parameter, whatever its value holds; lists and objects are JSON", () => {
  const words = ["host=vm-1", "text=a b=c", 'paths=["/a", "/b"]', "x=[no json", "e="];
  assert.deepEqual(parametersIn(words), {
    ...{ host: "vm-1", text: "a b=c", paths: ["/a", "/b"], x: "[no json", e: "" },
  });
  assert.throws(() => parametersIn(["vm-1"]), /name=value/);
  assert.throws(() => parametersIn(["=x"]), /name=value/);
});

test("what may be run is told on a line each", () => {
  const line = { id: "look", title: "看", actions: ["disk.show", "disk.top"], approval: "policy" };
  assert.deepEqual(grantLines([line]), ["look  看  policy  disk.show, disk.top"]);
});
