import { readFileSync } from "node:fs";
import { ChatOpsError, errorText } from "../../core/errors.ts";

const WHY: Readonly<Record<string, string>> = {
  ENOENT: "没有这个文件 (there is no such file)",
  ENOTDIR: "没有这个文件 (there is no such file)",
  EISDIR: "这是文件夹，应为文件 (this is a folder, a file is wanted)",
  EACCES: "没有读它的权限 (you may not read it)",
};

/** A file that somebody named to a command. Throws `cli.bad_file`, which says what is wrong with it. */
export function readGivenFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const why = WHY[(cause as NodeJS.ErrnoException).code ?? ""];
    throw new ChatOpsError(`${file}：${why ?? `读不了 (cannot be read): ${errorText(cause)}`}`, {
      ...{ code: "cli.bad_file", cause },
    });
  }
}
