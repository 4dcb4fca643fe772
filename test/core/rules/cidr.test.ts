import assert from "node:assert/strict";
import { BlockList, isIP } from "node:net";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseBlock } from "../../../core/rules/cidr.ts";

describe("a network", () => {
  for (const text of [
    "",
    "10",
    "10.0.0.0/33",
    "10.0.0/8",
    "010.0.0.0/8",
    "::/129",
    "fd00:::/8",
    "1:2:3:4:5:6:7",
    "1::2::3",
    "::1%eth0",
    "10.0.0.0/8/8",
    "::256.1.1.1",
  ]) {
    test(`is not ${JSON.stringify(text)}`, () => assert.equal(parseBlock(text), null));
  }
});

test("the addresses of a network are those that the platform finds", () => {
  const four = fc.ipV4();
  const six = fc.ipV6().filter((address) => !address.toLowerCase().startsWith("::ffff:"));
  const drawn = fc.oneof(
    fc.tuple(four, fc.nat(32), four),
    fc.tuple(six, fc.nat(128), six),
    fc.tuple(six, fc.nat(128), four),
  );
  fc.assert(
    fc.property(drawn, ([network, prefix, address]) => {
      const family = (ip: string) => (isIP(ip) === 4 ? "ipv4" : "ipv6");
      const list = new BlockList();
      list.addSubnet(network, prefix, family(network));
      const holds = parseBlock(`${network}/${prefix}`) ?? assert.fail(network);
      assert.equal(
        holds(address),
        family(network) === family(address) && list.check(address, family(address)),
      );
      assert.equal(holds(network), true);
    }),
    { numRuns: 3000 },
  );
});
