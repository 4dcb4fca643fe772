import { lockFolder } from "../../../adapters/sqlite/lock.ts";

const [, , folder = ""] = process.argv;
const unlock = lockFolder(folder);
process.stdout.write("locked\n");
// Holds the lock until the parent kills it, or closes its end of the pipe by ending.
process.stdin.on("end", unlock).resume();
