import { prepare, startWhale } from "../../bot/wire.ts";
import { type Orders, type Report, type StepMark, sharedNowMs } from "./orders.ts";

const say = (report: Report) => void process.send?.(report);

/** The product as it runs in production, with an observer that keeps the time of each step when asked to. */
async function live({ env, profile }: Orders): Promise<void> {
  const prepared = await prepare(env, "/");
  if (prepared.outcome === "refused") throw new Error(prepared.message);
  const marks: StepMark[] = [];
  const observer = profile ? { onStep: (step: string) => void marks.push([step, sharedNowMs()]) } : {};
  const whale = await startWhale({ ...prepared, ...observer });
  // Any later message asks for the marks.
  process.on("message", () => say({ kind: "marks", marks }));
  say({ kind: "listening", url: `http://${whale.host}:${whale.port}` });
}

process.once("message", (orders: Orders) => void live(orders));
