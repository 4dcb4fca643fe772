import { prepare, startWhale } from "../../../bot/wire.ts";
import type { Orders, Report, StepMark } from "../orders.ts";

const say = (report: Report) => void process.send?.(report);

/** The product as it runs in production. Asked for its marks it tells which ends it has stored since, and when. */
async function live({ env }: Orders): Promise<void> {
  const prepared = await prepare(env, "/");
  if (prepared.outcome === "refused") throw new Error(prepared.message);
  let marks: StepMark[] = [];
  const onStep = (step: string, executionId = ""): void => {
    if (step === "end_stored") marks.push([executionId, Date.now()]);
  };
  const whale = await startWhale({ ...prepared, onStep });
  process.on("message", () => {
    say({ kind: "marks", marks });
    marks = [];
  });
  say({ kind: "listening", url: `http://${whale.host}:${whale.port}` });
}

process.once("message", (orders: Orders) => void live(orders));
