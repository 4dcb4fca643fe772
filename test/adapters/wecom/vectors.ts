/** What one callback address was set up with. */
export interface VectorKeys {
  token: string;
  encodingAesKey: string;
  receiveId: string;
}

/** One known envelope: what goes in and what must come out. */
export interface Vector extends VectorKeys {
  timestamp: string;
  nonce: string;
  signature: string;
  /** The sixteen random characters in front. */
  random: string;
  plain: string;
  encrypt: string;
}

const OFFICIAL: VectorKeys = {
  token: "QDG6eK",
  encodingAesKey: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
  receiveId: "wx5823bf96d3bd56c7",
};

/** Keys of the made-up company in V3 to V5. */
export const OWN: VectorKeys = {
  token: "chatopsToken01",
  encodingAesKey: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
  receiveId: "wwchatops0000test",
};

const AIBOT: VectorKeys = { ...OWN, receiveId: "" };

/** A message, padding 30. */
export const V1: Vector = {
  ...OFFICIAL,
  timestamp: "1409659813",
  nonce: "1372623149",
  signature: "477715d11cdb4164915debcba66cb864d751f3e6",
  random: "0960688932c47ef1",
  plain:
    "<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName>\n<FromUserName><![CDATA[mycreate]]></FromUserName>\n<CreateTime>1409659813</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[hello]]></Content>\n<MsgId>4561255354251345929</MsgId>\n<AgentID>218</AgentID>\n</xml>",
  encrypt:
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==",
};

/** The address check. */
export const V2: Vector = {
  ...OFFICIAL,
  timestamp: "1409659589",
  nonce: "263014780",
  signature: "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
  random: "c41b64491c2468d0",
  plain: "1616140317555161061",
  encrypt: "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
};

/** A click on a card. */
export const V3: Vector = {
  ...OWN,
  timestamp: "1760000000",
  nonce: "n0nce3",
  signature: "d5cfc8ae83dbef000109011222ecba10e6f68b4e",
  random: "0123456789abcdef",
  plain:
    "<xml><ToUserName><![CDATA[wwchatops0000test]]></ToUserName><FromUserName><![CDATA[zhangsan]]></FromUserName><CreateTime>1760000000</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[template_card_event]]></Event><EventKey><![CDATA[approve]]></EventKey><TaskId><![CDATA[req-42@1]]></TaskId><CardType><![CDATA[button_interaction]]></CardType><ResponseCode><![CDATA[RESP_CODE_1]]></ResponseCode><AgentID>1000002</AgentID><SelectedItems><SelectedItem><QuestionKey><![CDATA[env]]></QuestionKey><OptionIds><OptionId><![CDATA[prod]]></OptionId></OptionIds></SelectedItem></SelectedItems></xml>",
  encrypt:
    "4j/AuRx71kQlxVlzbpsMWHC2tOsx4/o2ryvkfvuAyVqDC95A+Xmqh+dXKxjGQwgJPHCgozfLIkWznpYQc1dAzTaz3zjBQTQKye7I+5BdbOW/ifJi/coz3q3mGW/Ns94qEaSdSQU7yEd2f1Yf1HXEDNCeeKcuHNGFQmtznCJ7NgtXNEEvEO7XK6D9nvhDPdy3z1lLklm3vyZUYpa8O6jF9DcMQ6DhfkBrdIH4nL5slsPA830rUhcwLw5MULZqQXb8La5qeFv4cA6LXMS0Zo3A9KfDInu7f5ziM7D5+pXnzXDSuRQEY4D16YsxgPjASFeJycJMqhQkBt3mp4RLxZZZ5yc/scKyf/2z2Pf3TfeXIdb+4m6gfbdtroosWw2g76fdMgkTSZh/OdUrm0AsP5/QvPJP5NIPxIRi8hkp7k653bpLyQRyzJMjlHGd23YlKks/IKOnwyXfAq1JzH/BdzGG8LO40i6mx4ssJlcg3VF07SVoNRCNxDnnHygiWaF9w9lBXoq8sjQMujiXIEytypf/oLNY1G8sBpKdbsr75ioPkoGuuryhYqm2iBoMt9wB8tOZrgPjyipHDhXb4c3L2ofDubQGPt/mLcp6J5YRrTGBUkgjo2hUcEEhjM/3ucHELZ4E83zbdEGlrSQJAe/3NdhYSPU4NmNzCcTbrfUI6tIOwUQaX3WCHZvayaVbHBk+oAOfRhm0H7/mactX2GSM1eIkG0otPRAwdxIJ/Cu5ubqcaVndlxVbYlrDwlTR7rXqF0oYhT6g4o0ICaYQmPZklg91O6lNIc8PI9xQBOWMZVfTl12PvbP5L1VncxwlG2uH9mNDAJPlExvwJqL5xKmDK4WdXw==",
};

/** Characters of several bytes. */
export const V4: Vector = {
  ...OWN,
  timestamp: "1760000001",
  nonce: "n0nce4",
  signature: "63ae44f931e8dee0df8aada2fbaa42c03ab5977c",
  random: "0123456789abcdef",
  plain: "你好，ChatOps",
  encrypt: "4j/AuRx71kQlxVlzbpsMWMbuEB1Rbpk7bgfBaGsUd1wxn3rmg0VKgnF6tGUs01DdwtHYpEjVVUVv5aWb/wWChw==",
};

/** Plaintext that fills its last block, so a whole block of padding follows. */
export const V5: Vector = {
  ...OWN,
  timestamp: "1760000002",
  nonce: "n0nce5",
  signature: "97f2448d78d9cb943a16c3ed9d703e66ace81c25",
  random: "0123456789abcdef",
  plain: "111111111111111111111111111",
  encrypt:
    "4j/AuRx71kQlxVlzbpsMWGd8Vscfdf1zSYhEZE52GoCgjfpy/oy+2uxpGU346khGtdE8OzgnM2fCveKInAdMjOHgWvSwoBV5AFkXiq5jtEs6gAWJT2Gru1bfGf/gkyZ6",
};

/** An AI bot: no receiver. */
export const V6: Vector = {
  ...AIBOT,
  timestamp: "1760000003",
  nonce: "n0nce6",
  signature: "387fd4d7224ac9532b0a17a29abafee293fb7ef5",
  random: "0123456789abcdef",
  plain:
    '{"msgid":"M1","aibotid":"BOT","chattype":"group","chatid":"CHAT1","from":{"userid":"zhangsan"},"msgtype":"text","text":{"content":"@bot hi"}}',
  encrypt:
    "4j/AuRx71kQlxVlzbpsMWDsdizX2A1XhhHBjN+WATnV20Qxgt04u8ugAMHlyN6niov/0XAyaLhK5N0UJJD2NOCFmgz1iHd9pw379dU9IpfuXpYS7pmDs9VxraklA+AbIK+ix2r0LsLpnonkvKD01FlkrJIlEwhTifGFhzmrGWyGmlBSVkc1USz3oNaiXrW0Qbu5x355d9rDnUcmDBUFyjAu8fAubveObrwaFxMjraQgmIkxNaelt7/6Ej4kQZi4N",
};

/** All six (reference/wecom.md 1.9). */
export const VECTORS: Readonly<Record<string, Vector>> = { V1, V2, V3, V4, V5, V6 };
