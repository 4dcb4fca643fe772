import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { dirname, join } from "node:path";
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
  { name: "buildah", package: "buildah", path: "/usr/bin/buildah" },
  { name: "Docker registry", package: "docker-registry", path: "/usr/bin/docker-registry" },
  { name: "busybox", package: "busybox", path: "/bin/busybox" },
  { name: "Redis", package: "redis-server", path: "/usr/bin/redis-server" },
];

const TESTS = dirname(import.meta.dirname);

/**
 * `npm run test:services`: tests on real programs, wherever they stand under `test`. What is missing is named, and
 * its tests report themselves as skipped. `npm run test:services -- adapters/redis services/phone` runs what begins so.
 */
function run(starts: readonly string[]): number {
  for (const { name, path, package: debian } of SERVICES) {
    const found = existsSync(path);
    console.log(found ? `found    ${name} (${path})` : `MISSING  ${name}: apt-get install ${debian}`);
  }
  const node = prepareElasticsearch();
  if (node.outcome === "ready") console.log(`found    Elasticsearch ${ELASTICSEARCH_VERSION} (Maven)`);
  else console.log(`MISSING  Elasticsearch ${ELASTICSEARCH_VERSION}: ${node.reason}`);
  const isMeant = (file: string) => starts.length === 0 || starts.some((start) => file.startsWith(start));
  const files = globSync("**/*.services.ts", { cwd: TESTS }).filter(isMeant);
  if (files.length === 0) {
    console.error(`no file of tests begins with: ${starts.join(" ")}`);
    return 1;
  }
  const seed = join(TESTS, "support", "property-seed.ts");
  const args = [
    "--import",
    seed,
    "--test",
    "--test-concurrency=2",
    ...files.sort().map((file) => join(TESTS, file)),
  ];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  return status ?? 1;
}

process.exitCode = run(process.argv.slice(2));
