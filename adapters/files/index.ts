export { approvePolicy, type PolicyApproval, type PolicyApproved } from "./approve-policy.ts";
export type { Group, Home } from "./home.ts";
export type { Environment } from "./home-file.ts";
export { MAX_FILE_BYTES, type ReadFile } from "./home-folders.ts";
export { type HomeLoading, type HomeOptions, loadHome } from "./load-home.ts";
export { readLocalToken, writeLocalToken } from "./local-token.ts";
export { formatProblems, type Problem } from "./problem.ts";
export { type TokenEntry, type TokenRequest, tokenEntry } from "./token-entry.ts";
