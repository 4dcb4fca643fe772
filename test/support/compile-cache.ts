/** For the environment of a process that has no other variables of ours: what was compiled before is not compiled again. */
export const COMPILE_CACHE: Readonly<Record<string, string>> = cacheOf(process.env["NODE_COMPILE_CACHE"]);

function cacheOf(folder: string | undefined): Record<string, string> {
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder };
}
