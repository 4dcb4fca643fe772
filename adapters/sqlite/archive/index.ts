export { type OpenArchive, openArchive } from "./archive.ts";
export type { ArchiveOptions } from "./config.ts";
export { type ArchiveReader, openArchiveReader } from "./reader.ts";
