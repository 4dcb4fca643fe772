import { type TestContext, test } from "node:test";
import { archiveContract } from "../contract/archive.ts";
import { archiveAuditContract } from "../contract/archive-audit.ts";
import { countContract } from "../contract/archive-counts.ts";
import { deadLetterContract } from "../contract/archive-dead-letters.ts";
import { filterContract } from "../contract/archive-filters.ts";
import { forgetContract } from "../contract/archive-forget.ts";
import { modelContract, wordsContract } from "../contract/archive-model.ts";
import { shapesContract } from "../contract/archive-shapes.ts";
import { archiveForTest, nodeForTests } from "./elasticsearch/world.ts";

const world = await nodeForTests();
if ("skip" in world) test("elasticsearch: the archive's promises", { skip: world.skip });
else {
  const open = async (context: TestContext) => archiveForTest(context, world.node);
  const contracts = [
    archiveContract,
    filterContract,
    shapesContract,
    countContract,
    forgetContract,
    deadLetterContract,
    archiveAuditContract,
  ];
  for (const contract of contracts) {
    contract("elasticsearch", open);
  }
  modelContract("elasticsearch", open, { runs: 15, moves: false });
  wordsContract("elasticsearch", open, { runs: 40 });
}
