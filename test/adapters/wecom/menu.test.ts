import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { menuItems } from "../../../bot/chat/index.ts";
import { parseCommand } from "../../../core/commands/index.ts";
import { LANGUAGES, textsOf } from "../../../core/texts/index.ts";
import { bench, type Reply } from "./fake-wecom.ts";

const ITEMS = menuItems(textsOf("zh"));
const NONE: Reply = { errcode: 46003, errmsg: "menu not exist" };
const own = (key: string) => ({ type: "click", name: "x", key });

describe("the app's menu", () => {
  it("is made where there is none, and its buttons say commands", async (t) => {
    const subject = await bench(t, { "menu/get": NONE, "menu/create": {} });
    assert.equal(await subject.wecom.ensureMenu(ITEMS), "created");
    const [made] = subject.callsOf("menu/create");
    assert.deepEqual(made?.body, {
      button: [
        { type: "click", name: "待我授权", key: "tasks mine" },
        { type: "click", name: "执行中", key: "tasks running" },
        { type: "click", name: "帮助", key: "help" },
      ],
    });
    assert.match(made?.query["agentid"] ?? "", /^\d+$/);
  });

  it("is kept where it is there, also below others' buttons", async (t) => {
    const [first, ...rest] = ITEMS.map(({ says }) => own(says));
    const button = [
      first,
      { name: "更多", sub_button: rest },
      { type: "view", name: "文档", url: "https://x" },
    ];
    const subject = await bench(t, { "menu/get": { errcode: 0, button } });
    assert.equal(await subject.wecom.ensureMenu(ITEMS), "kept");
  });

  it("is left as it is where somebody else made another", async (t) => {
    for (const button of [[own("MY")], [{ type: "view", name: "文档", url: "https://x" }]]) {
      const subject = await bench(t, { "menu/get": { errcode: 0, button } });
      assert.equal(await subject.wecom.ensureMenu(ITEMS), "other");
      assert.equal(subject.callsOf("menu/create").length, 0);
    }
  });

  it("fails as every call does, and refuses what WeCom would", async (t) => {
    const subject = await bench(t, { "menu/get": { errcode: 48002, errmsg: "api forbidden" } });
    await assert.rejects(subject.wecom.ensureMenu(ITEMS), { code: "wecom.not_allowed" });
    const long = [{ name: "一二三四五六", says: "help" }];
    await assert.rejects(subject.wecom.ensureMenu(long), { code: "wecom.bad_request" });
    await assert.rejects(subject.wecom.ensureMenu([...ITEMS, ...ITEMS]), { code: "wecom.bad_request" });
  });

  for (const language of LANGUAGES) {
    it(`fits and says what can be read, in ${language}`, () => {
      for (const { name, says } of menuItems(textsOf(language))) {
        assert.ok(Buffer.byteLength(name) <= 16, name);
        assert.equal(parseCommand(says).outcome, "command");
      }
    });
  }
});
