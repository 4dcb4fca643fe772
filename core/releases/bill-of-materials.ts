import { hashOf } from "../ids/index.ts";
import { type InstalledPackage, lockDigest, packsOf, plainUrl } from "./image.ts";
import type { PackLock } from "./pack-lock.ts";

/**
 * The bill of materials of a lock's image, as CycloneDX 1.5 in JSON: packs with their commits, and the packages that
 * installing them brought. The same content gives the same text: it says neither when nor where it was made.
 */
export function billOfMaterials(lock: PackLock, installed: readonly InstalledPackage[]): string {
  const packages = new Map(installed.map((one) => [purlOf(one), one]));
  const purls = [...packages.keys()].sort();
  const packs = packsOf(lock);
  const bill = {
    ...{ bomFormat: "CycloneDX", specVersion: "1.5", serialNumber: serialOf(lock, purls), version: 1 },
    metadata: {
      component: { type: "container", "bom-ref": "image", name: lock.set },
      properties: [property("lock", lockDigest(lock)), property("strategy", lock.strategy)],
    },
    components: [
      ...packs.map(packComponent),
      ...purls.map((purl) => libraryComponent(purl, packages.get(purl))),
    ],
    dependencies: [
      { ref: "image", dependsOn: packs.map(({ ref }) => packRef(ref)) },
      ...packs.map(({ ref }) => ({ ref: packRef(ref), dependsOn: purlsOf(ref, installed) })),
    ],
  };
  return `${JSON.stringify(bill, null, 2)}\n`;
}

type LocatedPack = ReturnType<typeof packsOf>[number];

function packComponent({ ref, version, path, repo }: LocatedPack) {
  return {
    ...{ type: "application", "bom-ref": packRef(ref), name: ref, version },
    externalReferences: [{ type: "vcs", url: plainUrl(repo.url) }],
    properties: [property("repo", repo.name), property("commit", repo.commit), property("path", path)],
  };
}

function libraryComponent(purl: string, installed: InstalledPackage | undefined) {
  return { type: "library", "bom-ref": purl, name: installed?.name, version: installed?.version, purl };
}

function purlsOf(pack: string, installed: readonly InstalledPackage[]): string[] {
  return [...new Set(installed.filter((one) => one.pack === pack).map(purlOf))].sort();
}

/** The Python packaging authority's form of a name: lower case, one dash for any run of separators. */
function purlOf({ name, version }: InstalledPackage): string {
  const plain = name.toLowerCase().replace(/[-_.]+/g, "-");
  return `pkg:pypi/${encodeURIComponent(plain)}@${encodeURIComponent(version)}`;
}

function packRef(ref: string): string {
  return `pack:${ref}`;
}

function property(name: string, value: string) {
  return { name: `whale:${name}`, value };
}

/** A UUID of version 8, whose digits are the content's. */
function serialOf(lock: PackLock, purls: readonly string[]): string {
  const digits = hashOf({ lock, purls });
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`];
  return `urn:uuid:${[...parts, `8${digits.slice(17, 20)}`, digits.slice(20, 32)].join("-")}`;
}
