import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compileTemplate } from "../../../core/params/index.ts";
import { messageWords } from "../../../core/rules/index.ts";
import { anEvent } from "../../support/builders.ts";

/** Why a template cannot be rendered. */
function failureOf(text: string): string {
  const compiled = compileTemplate(text);
  assert.ok(compiled.outcome === "compiled");
  const rendered = compiled.template.render({
    ...anEvent(),
    long: "x".repeat(70_000),
    wide: Array(300).fill("y"),
  });
  assert.ok(rendered.outcome === "failed", text);
  return rendered.message;
}

describe("why a template cannot be rendered is told in both languages", () => {
  const cases: [text: string, zh: string, en: RegExp][] = [
    ["{{ detail.gone }}", "没有 detail.gone", /^there is no detail\.gone$/],
    ["{{ detail.host | times: 2 }}", 'times："vm-1" 不是数字', /is not a number$/],
    ["{{ 1 | divided_by: 0 }}", "divided_by：结果不是数字", /the result is not a number$/],
    ["{{ 'now' | date: '%Y' }}", 'date：模板里没有 "now"，请用 receivedAt', /use receivedAt$/],
    ["{{ 'garbage' | date: '%Y' }}", 'date："garbage" 不是时间', /is not a time$/],
    ["{{ detail.host | regex_replace: 'v', '$1' }}", "正则里没有分组 1", /no group 1$/],
    ["{{ 'a\u0000b' | shell_quote }}", "shell_quote：命令行里不能有 NUL 字符", /no NUL$/],
    ["{{ long }}", "值超过 65536 字节", /larger than 65536 bytes$/],
  ];
  for (const [text, zh, en] of cases) {
    test(text.slice(0, 60), () => {
      const message = failureOf(text);
      assert.equal(messageWords(message).zh, zh);
      assert.match(messageWords(message).en, en);
      const placed = messageWords(`params.paths.0: ${message}`);
      assert.equal(placed.zh, `params.paths.0：${zh}`);
      assert.match(placed.en, /^params\.paths\.0: \S/);
    });
  }
});

describe("what else a verdict says is told in both languages", () => {
  const cases: [message: string, zh: string, en: string][] = [
    [
      "no cluster serves the business shop, by the route hz",
      "没有集群服务业务 shop（路由 hz）",
      "no cluster serves the business shop, by the route hz",
    ],
    ["no cluster serves the business shop", "没有集群服务业务 shop", "no cluster serves the business shop"],
    ["策略 policy read-only: 已到期 (has expired)", "策略 read-only 已到期", "policy read-only: has expired"],
    [
      "策略 read-only 不存在 (there is no such policy)",
      "策略 read-only 不存在",
      "policy read-only: there is no such policy",
    ],
    ["targets.1: 是空的 (is empty)", "targets.1：是空的", "targets.1: is empty"],
    [
      "forEach: detail.paths is not a list",
      "forEach：detail.paths 不是列表",
      "forEach: detail.paths is not a list",
    ],
    ["detail.paths has 51 elements, at most 50 are taken", "detail.paths 有 51 个元素，最多 50 个", ""],
    ["received 2h ago, the rule takes events up to 1h", "收到已有 2h，规则最多接受 1h", ""],
    [
      'params.n: expected int, got "x" (类型或取值不符), disk.cleanup@hz',
      'params.n：类型或取值不符，应为 int，现为 "x"，disk.cleanup@hz',
      'params.n: expected int, got "x", disk.cleanup@hz',
    ],
    [
      "params.a: template render limit exceeded",
      "params.a：模板渲染超过时限",
      "params.a: rendering took too long",
    ],
    ["memory alloc limit exceeded", "模板渲染占用过多内存", "rendering took too much memory"],
    ["what nobody foresaw", "what nobody foresaw", "what nobody foresaw"],
  ];
  for (const [message, zh, en] of cases) {
    test(message, () => assert.deepEqual(messageWords(message), { zh, en: en || message }));
  }
});
