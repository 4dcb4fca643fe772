import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { ELASTICSEARCH_VERSION, prepareElasticsearch } from "./elasticsearch/prepare.ts";

/** A real program that some tests need, and where it is. */
interface Service {
  name: string;
  /** Debian's package. */
  package: string;
  path: string;
}

const SERVICES: readonly Service[] = [
  { name: "Chromium", package: "chromium", path: "/usr/bin/chromium" },
  { name: "Alertmanager", package: "prometheus-alertmanager", path: "/usr/bin/prometheus-alertmanager" },
  { name: "Prometheus", package: "prometheus", path: "/usr/bin/prometheus" },
];

/**
 * `npm run test:services`: tests on real programs. What is missing is named, and its tests report themselves as
 * skipped.
 */
function run(): number {
  for (const { name, path, package: debian } of SERVICES) {
    const found = existsSync(path);
    console.log(found ? `found    ${name} (${path})` : `MISSING  ${name}: apt-get install ${debian}`);
  }
  const node = prepareElasticsearch();
  if (node.outcome === "ready") console.log(`found    Elasticsearch ${ELASTICSEARCH_VERSION} (Maven)`);
  else console.log(`MISSING  Elasticsearch ${ELASTICSEARCH_VERSION}: ${node.reason}`);
  const files = globSync("*.services.ts", { cwd: import.meta.dirname }).map((file) =>
    join(import.meta.dirname, file),
  );
  const { status } = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit" });
  return status ?? 1;
}

process.exitCode = run();
