import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ChatOpsError } from "../../../core/errors.ts";
import { bench, gate, inTurn, type Reply, type SeenCall } from "./fake-wecom.ts";

const TTL_MS = 300_000;

const PEOPLE: Record<string, Record<string, unknown>> = {
  zhangsan: { name: "张三", department: [2], status: 1 },
  lisi: { name: "李四", department: [1, 3], status: 1 },
  sunqi: { name: "孙七", department: [2], status: 2 },
  gone: { name: "走了", department: [2], status: 5 },
};

const userGet: Reply = ({ query }) => {
  const id = (query["userid"] ?? "").toLowerCase();
  const found = PEOPLE[id];
  return found ? { errcode: 0, userid: id, ...found } : { errcode: 60111, errmsg: "userid not found" };
};

const TAGS: Record<string, Record<string, unknown>> = {
  "1": {
    tagname: "sre-oncall",
    userlist: [{ userid: "ZhangSan", name: "张三" }, { userid: "sunqi" }],
    partylist: [],
  },
  "2": { tagname: "by-department", userlist: [], partylist: [3] },
};

const tagGet: Reply = ({ query }) => {
  const tag = TAGS[query["tagid"] ?? ""];
  return tag ? { errcode: 0, ...tag } : { errcode: 40068, errmsg: "invalid tagid" };
};

const tagList: Reply = {
  taglist: [
    { tagid: 1, tagname: "sre-oncall" },
    { tagid: 2, tagname: "by-department" },
    { tagid: 3, tagname: "twice" },
    { tagid: 4, tagname: "twice" },
  ],
};

const simpleList: Reply = ({ query }) => ({
  errcode: 0,
  userlist: query["department_id"] === "3" ? [{ userid: "LiSi" }, { userid: "zhangsan" }] : [],
});

const COMPANY = {
  "user/get": userGet,
  "tag/get": tagGet,
  "tag/list": tagList,
  "user/simplelist": simpleList,
};

function failing(code: string) {
  return (error: unknown) => error instanceof ChatOpsError && error.code === code && !error.retryable;
}

function apis(calls: readonly SeenCall[]): string[] {
  return calls.map(({ api }) => api).filter((api) => api !== "gettoken");
}

describe("vouching for a person", () => {
  const cases: [
    string,
    string,
    Parameters<Awaited<ReturnType<typeof bench>>["wecom"]["directory"]["vouch"]>[1],
    string,
  ][] = [
    ["somebody named", "zhangsan", [{ users: ["zhangsan"] }], "entitled"],
    ["somebody named in other letters", "ZhangSan", [{ users: ["ZHANGSAN"] }], "entitled"],
    ["somebody with the tag", "zhangsan", [{ tag: "sre-oncall" }], "entitled"],
    ["somebody with the tag given by number", "zhangsan", [{ tag: "1" }], "entitled"],
    ["somebody whose department has the tag", "lisi", [{ tag: "by-department" }], "entitled"],
    ["a member of the department", "lisi", [{ department: 3 }], "entitled"],
    ["somebody of the second group only", "lisi", [{ users: ["zhangsan"] }, { department: 1 }], "entitled"],
    ["somebody outside", "lisi", [{ users: ["zhangsan"], tag: "sre-oncall", department: 2 }], "not_entitled"],
    ["anybody when no group is named", "zhangsan", [], "not_entitled"],
    ["anybody when the group is empty", "zhangsan", [{}], "not_entitled"],
    ["a disabled member with the tag", "sunqi", [{ tag: "sre-oncall" }], "inactive"],
    ["somebody who left", "gone", [{ users: ["gone"] }], "inactive"],
    ["somebody WeCom does not know", "nobody", [{ users: ["nobody"] }], "unknown_person"],
    ["the sender of system events, named or not", "a|b", [{ users: ["a|b"] }], "unknown_person"],
  ];
  for (const [who, userId, groups, expected] of cases) {
    it(`finds ${who} ${expected}`, async (t) => {
      const { wecom } = await bench(t, COMPANY);
      assert.equal((await wecom.directory.vouch(userId, groups)).outcome, expected);
    });
  }

  it("says of which of several groups, by their place", async (t) => {
    const { wecom } = await bench(t, COMPANY);
    const groups = [
      { tag: "sre-oncall" },
      { users: ["lisi"] },
      { department: 3 },
      { tag: "by-department" },
      {},
    ];
    const found = await Promise.all(["zhangsan", "lisi"].map((by) => wecom.directory.vouch(by, groups)));
    assert.deepEqual(found, [
      { outcome: "entitled", groups: [0] },
      { outcome: "entitled", groups: [1, 2, 3] },
    ]);
  });

  for (const errcode of [60111, 46004, 60011, 50002]) {
    it(`takes ${errcode} as a person whom nobody knows, or the app may not see`, async (t) => {
      const { wecom } = await bench(t, { ...COMPANY, "user/get": { errcode, errmsg: "no" } });
      assert.equal((await wecom.directory.vouch("zhangsan", [{ tag: "1" }])).outcome, "unknown_person");
    });
  }

  it("reads person and tag anew each time", async (t) => {
    const replies = { ...COMPANY, "tag/get": inTurn(TAGS["1"] ?? {}, { userlist: [], partylist: [] }) };
    const { wecom } = await bench(t, replies);
    assert.equal((await wecom.directory.vouch("zhangsan", [{ tag: "1" }])).outcome, "entitled");
    assert.equal((await wecom.directory.vouch("zhangsan", [{ tag: "1" }])).outcome, "not_entitled");
  });

  it("does not believe what was read for sending", async (t) => {
    const replies = { ...COMPANY, "tag/get": inTurn(TAGS["1"] ?? {}, { userlist: [] }) };
    const { wecom } = await bench(t, replies);
    await wecom.directory.expand({ tag: "1" });
    assert.equal((await wecom.directory.vouch("zhangsan", [{ tag: "1" }])).outcome, "not_entitled");
  });

  it("reads person and tags at the same time", async (t) => {
    const both = { person: gate(), tag: gate() };
    const { wecom } = await bench(t, {
      ...COMPANY,
      "user/get": async (call, response) => {
        both.person.open();
        await both.tag.opened;
        return typeof userGet === "function" ? userGet(call, response) : userGet;
      },
      "tag/get": async (call, response) => {
        both.tag.open();
        await both.person.opened;
        return typeof tagGet === "function" ? tagGet(call, response) : tagGet;
      },
    });
    assert.equal((await wecom.directory.vouch("zhangsan", [{ tag: "1" }])).outcome, "entitled");
  });

  it("reads a tag once that several groups name, and no tag when none is named", async (t) => {
    const { wecom, calls, callsOf } = await bench(t, COMPANY);
    await wecom.directory.vouch("lisi", [{ tag: "1" }, { tag: "1", users: ["x"] }]);
    assert.equal(callsOf("tag/get").length, 1);
    calls.length = 0;
    await wecom.directory.vouch("lisi", [{ users: ["x"] }]);
    assert.deepEqual(apis(calls), ["user/get"]);
  });

  it("asks nothing about what cannot be a userid", async (t) => {
    const { wecom, calls } = await bench(t, COMPANY);
    assert.equal((await wecom.directory.vouch("@all", [{ users: ["@all"] }])).outcome, "unknown_person");
    assert.equal(calls.length, 0);
  });

  it("fails rather than say no when a tag cannot be read", async (t) => {
    const { wecom } = await bench(t, { ...COMPANY, "tag/get": { errcode: -1, errmsg: "busy" } });
    const vouched = wecom.directory.vouch("lisi", [{ tag: "1" }]);
    await assert.rejects(vouched, (error) => error instanceof ChatOpsError && error.retryable);
  });

  it("says yes when another group does, though a tag cannot be read", async (t) => {
    const { wecom } = await bench(t, { ...COMPANY, "tag/get": { errcode: -1, errmsg: "busy" } });
    assert.equal(
      (await wecom.directory.vouch("lisi", [{ tag: "1" }, { users: ["lisi"] }])).outcome,
      "entitled",
    );
  });

  it("fails when the person cannot be read, whatever the tag says", async (t) => {
    const { wecom } = await bench(t, { ...COMPANY, "user/get": { errcode: -1, errmsg: "busy" } });
    const vouched = wecom.directory.vouch("zhangsan", [{ tag: "1" }]);
    await assert.rejects(vouched, (error) => error instanceof ChatOpsError && error.code === "wecom.busy");
  });

  it("does not take another person's answer", async (t) => {
    const { wecom } = await bench(t, {
      ...COMPANY,
      "user/get": { userid: "lisi", status: 1, department: [] },
    });
    const vouched = wecom.directory.vouch("zhangsan", [{ users: ["zhangsan"] }]);
    await assert.rejects(
      vouched,
      (error) => error instanceof ChatOpsError && error.code === "wecom.bad_answer",
    );
  });
});

describe("finding a tag by name", () => {
  it("refuses a name that two tags have, naming their numbers", async (t) => {
    const { wecom } = await bench(t, COMPANY);
    await assert.rejects(wecom.directory.expand({ tag: "twice" }), failing("wecom.ambiguous_tag"));
    await assert.rejects(wecom.directory.expand({ tag: "twice" }), /number \(3, 4/);
  });

  it("refuses a name that no tag has", async (t) => {
    const { wecom } = await bench(t, COMPANY);
    await assert.rejects(wecom.directory.vouch("lisi", [{ tag: "none" }]), failing("wecom.unknown_tag"));
  });

  it("keeps the names and looks anew only for one it does not know", async (t) => {
    const later = { taglist: [{ tagid: 1, tagname: "renamed" }] };
    const replies = { ...COMPANY, "tag/list": inTurn(typeof tagList === "object" ? tagList : {}, later) };
    const { wecom, callsOf } = await bench(t, replies);
    await wecom.directory.vouch("lisi", [{ tag: "sre-oncall" }]);
    await wecom.directory.vouch("lisi", [{ tag: "sre-oncall" }]);
    assert.equal(callsOf("tag/list").length, 1);
    assert.equal((await wecom.directory.vouch("zhangsan", [{ tag: "renamed" }])).outcome, "entitled");
    assert.equal(callsOf("tag/list").length, 2);
  });
});

describe("expanding people for sending", () => {
  it("joins users, tag and department, in lower case and each once", async (t) => {
    const { wecom } = await bench(t, COMPANY);
    const people = { users: ["WangWu", "zhangsan"], tag: "sre-oncall", department: 3 };
    assert.deepEqual(await wecom.directory.expand(people), ["wangwu", "zhangsan", "sunqi", "lisi"]);
  });

  it("asks WeCom nothing about users named one by one", async (t) => {
    const { wecom, calls } = await bench(t, COMPANY);
    assert.deepEqual(await wecom.directory.expand({ users: ["A"] }), ["a"]);
    assert.deepEqual(await wecom.directory.expand({}), []);
    assert.equal(calls.length, 0);
  });

  it("finds the members of a department that has the tag", async (t) => {
    const { wecom } = await bench(t, COMPANY);
    assert.deepEqual(await wecom.directory.expand({ tag: "by-department" }), ["lisi", "zhangsan"]);
  });

  it("keeps members until the time is over, then reads them anew", async (t) => {
    const { wecom, clock, callsOf } = await bench(t, COMPANY);
    for (const waitMs of [0, TTL_MS, 1]) {
      clock.advance(waitMs);
      await wecom.directory.expand({ tag: "1", department: 3 });
    }
    assert.deepEqual([callsOf("tag/get").length, callsOf("user/simplelist").length], [2, 2]);
  });

  it("reads once for parallel readers and keeps no failure", async (t) => {
    const failOnce = inTurn({ errcode: -1 }, { userlist: [{ userid: "a" }] });
    const { wecom, callsOf } = await bench(t, { ...COMPANY, "tag/get": failOnce });
    const first = await Promise.allSettled([1, 2].map(() => wecom.directory.expand({ tag: "1" })));
    assert.deepEqual(
      first.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.equal(callsOf("tag/get").length, 1);
    assert.deepEqual(await wecom.directory.expand({ tag: "1" }), ["a"]);
  });
});

describe("naming a person", () => {
  it("gives the name and keeps it until the time is over", async (t) => {
    const { wecom, clock, callsOf } = await bench(t, COMPANY);
    assert.deepEqual(
      [await wecom.directory.nameOf("ZhangSan"), await wecom.directory.nameOf("zhangsan")],
      ["张三", "张三"],
    );
    assert.equal(callsOf("user/get").length, 1);
    clock.advance(TTL_MS + 1);
    await wecom.directory.nameOf("zhangsan");
    assert.equal(callsOf("user/get").length, 2);
  });

  it("gives the userid of somebody unknown or without a name", async (t) => {
    const { wecom } = await bench(t, COMPANY);
    assert.equal(await wecom.directory.nameOf("nobody"), "nobody");
    const nameless = await bench(t, { "user/get": { userid: "a", status: 1 } });
    assert.equal(await nameless.wecom.directory.nameOf("A"), "a");
  });

  it("gives the userid when WeCom fails, and asks again next time", async (t) => {
    const { wecom } = await bench(t, {
      "user/get": inTurn({ errcode: -1 }, { userid: "zhangsan", name: "张三", status: 1 }),
    });
    assert.deepEqual(
      [await wecom.directory.nameOf("zhangsan"), await wecom.directory.nameOf("zhangsan")],
      ["zhangsan", "张三"],
    );
  });

  it("asks nothing about what cannot be a userid", async (t) => {
    const { wecom, calls } = await bench(t, COMPANY);
    assert.equal(await wecom.directory.nameOf("不是 id"), "不是 id");
    assert.equal(calls.length, 0);
  });
});
