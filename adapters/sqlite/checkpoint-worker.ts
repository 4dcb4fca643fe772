import { parentPort, workerData } from "node:worker_threads";
import { copyGrowingLog } from "./checkpoint.ts";
import { openDatabase } from "./database.ts";

const db = openDatabase(workerData as string);

parentPort?.on("message", (order: "copy" | "end") => {
  if (order === "copy") {
    parentPort?.postMessage(copyGrowingLog(db));
  } else {
    db.close();
    parentPort?.close();
  }
});
