import assert from "node:assert/strict";
import { test } from "node:test";
import { aRule, loaded, refusedText } from "./home-dir.ts";

test("replaces only whole values from the environment", async (t) => {
  const rule = aRule({ params: { whole: `\${HOST}`, part: `ssh \${HOST}`, other: "$HOST" } });
  const home = await loaded(t, { "rules/r.yaml": rule }, { env: { HOST: "vm-1" } });
  assert.deepEqual(home.rules[0]?.params, { whole: "vm-1", part: `ssh \${HOST}`, other: "$HOST" });
});

test("does not read a substituted value as YAML, as a placeholder or as a number", async (t) => {
  const rule = aRule({ params: { a: `\${A}`, b: `\${B}` } });
  const env = { A: "{ x: 1 }", B: `\${A}` };
  const home = await loaded(t, { "rules/r.yaml": rule }, { env });
  assert.deepEqual(home.rules[0]?.params, { a: "{ x: 1 }", b: `\${A}` });
});

test("refuses a variable that is set to nothing, and a placeholder that is only a part of a value", async (t) => {
  const source = (auth: string) => `name: open\nkind: generic\nauth: { bearer: "${auth}" }\n`;
  assert.match(
    await refusedText(t, { "sources/open.yaml": source(`\${EMPTY}`) }, { env: { EMPTY: "" } }),
    /^sources\/open\.yaml:3:17 auth\.bearer = "\$\{EMPTY\}": 环境变量 EMPTY 没有设置/,
  );
  assert.match(
    await refusedText(t, { "sources/open.yaml": source(`pre-\${SET}`) }, { env: { SET: "x" } }),
    /^sources\/open\.yaml:3:17 auth\.bearer = "\$\{SET\}": \$\{SET\} 只能是整个值/,
  );
});

test("does not take a variable for set because objects inherit something of that name", async (t) => {
  const rule = aRule({ params: { a: `\${constructor}` } });
  assert.match(await refusedText(t, { "rules/r.yaml": rule }), /环境变量 constructor 没有设置/);
});
