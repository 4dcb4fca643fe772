import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isSecretKey, maskText } from "../../../adapters/telemetry/index.ts";
import { hiding, masked, NO_MASKING } from "../../../core/pages/index.ts";

const MASKING = { isSecretKey, maskText };
const NONE = () => false;

describe("values on a page", () => {
  test("are masked where their name says that they are secret, at any depth", () => {
    const { value, secrets } = masked(
      { host: "vm-1", password: "hunter22", auth: { "api-key": ["k-1234", 5] }, list: [{ token: "t0ken" }] },
      MASKING,
      NONE,
    );
    assert.deepEqual(value, {
      host: "vm-1",
      password: "********",
      auth: { "api-key": "********" },
      list: [{ token: "********" }],
    });
    assert.deepEqual(secrets, ["hunter22", "k-1234", "5", "t0ken"]);
  });

  test("are masked where the action says so, and there alone", () => {
    const { value } = masked({ pin: "1234", deep: { pin: "1234" } }, MASKING, (name) => name === "pin");
    assert.deepEqual(value, { pin: "********", deep: { pin: "1234" } });
  });

  test("say that there is nothing rather than hide it", () => {
    assert.deepEqual(masked({ token: null, secret: "" }, MASKING, NONE).value, { token: null, secret: "" });
  });

  test("are masked within texts that hold a login", () => {
    const { value } = masked({ url: "https://user:pa55word@db.example/x?token=abcdef" }, MASKING, NONE);
    assert.deepEqual(value, { url: "https://user:***@db.example/x?token=***" });
  });
});

test("what looks like a secret is masked also where it is cut", () => {
  assert.equal(maskText("at https://user:pa55w…"), "at https://user:***…");
  assert.equal(maskText("Authorization: Bearer abc…"), "Authorization: Bearer ***…");
});

describe("a secret that is known", () => {
  test("is hidden wherever it comes again, the longest first", () => {
    const hide = hiding(["hunter22", "hunter22-long", "ab"], MASKING);
    assert.equal(hide("a hunter22-long, hunter22, ab"), "a ********, ********, ab");
  });

  test("is hidden on one line too", () => {
    assert.equal(hiding(["two\r\nlines"], MASKING)("a two lines b"), "a ******** b");
  });

  test("leaves nothing of its beginning where a text is cut within it", () => {
    const words = fc.string({ minLength: 4, maxLength: 30 }).filter((text) => !/[…*]/.test(text));
    fc.assert(
      fc.property(words, fc.nat(30), fc.string(), (secret, kept, before) => {
        const cut = secret.slice(0, Math.max(4, kept));
        const shown = hiding([secret], NO_MASKING)(`${before}${cut}… and more`);
        assert.ok(!shown.includes(`${cut}…`), shown);
      }),
    );
  });

  test("leaves a text that is not cut, or not within it, as it is", () => {
    const hide = hiding(["hunter22"], MASKING);
    for (const text of ["to hunt", "to hunt on…", "the hun…"]) assert.equal(hide(text), text);
  });

  test("is hidden as JSON writes it too", () => {
    const hide = hiding(['two\nlines "quoted"'], MASKING);
    assert.equal(hide(JSON.stringify({ out: 'a two\nlines "quoted" b' })), '{"out":"a ******** b"}');
  });
});
