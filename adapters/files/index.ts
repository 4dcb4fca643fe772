export { approvePolicy, type PolicyApproval, type PolicyApproved } from "./approve-policy.ts";
export type { Group, Home } from "./home.ts";
export type { Environment, FileKind, HomeFile } from "./home-file.ts";
export { createHomeFolder, type HomeFolder, type HomeFolderOptions } from "./home-folder.ts";
export { MAX_FILE_BYTES, type Overlay, type ReadFile } from "./home-folders.ts";
export { type HomeLoading, type HomeOptions, loadHome } from "./load-home.ts";
export { readLocalToken, writeLocalToken } from "./local-token.ts";
export { formatProblems, type Problem } from "./problem.ts";
export { type TokenEntry, type TokenRequest, tokenEntry } from "./token-entry.ts";
