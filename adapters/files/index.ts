export { approvePolicy, type PolicyApproval, type PolicyApproved } from "./approve-policy.ts";
export { changeRules, type RuleChange } from "./change-rules.ts";
export type { Home } from "./home.ts";
export type { Environment, FileKind, HomeFile } from "./home-file.ts";
export { createHomeFolder, type HomeFolder, type HomeFolderOptions } from "./home-folder.ts";
export { MAX_FILE_BYTES, type Overlay, type ReadFile } from "./home-folders.ts";
export { type HomeLoading, type HomeOptions, loadHome } from "./load-home.ts";
export {
  type LockReading,
  packLockFile,
  packLockText,
  parsePackLock,
  readPackLock,
  writePackLock,
} from "./pack-lock-file.ts";
export { type PoliciesOfHome, type PolicyUse, readPolicies } from "./policy-uses.ts";
export { formatProblems, type Problem } from "./problem.ts";
export { type RulePlaces, rulePlaces } from "./rule-places.ts";
export { loadRuleTests, type RuleTestCase, type RuleTestLoading } from "./rule-test-files.ts";
export { madeUpNames, standInEnvironment } from "./stand-in.ts";
export { type TokenEntry, type TokenRequest, tokenEntry } from "./token-entry.ts";
export type { HomeWatch, HomeWatchOptions } from "./watch-home.ts";
