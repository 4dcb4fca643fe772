export { packFormat } from "./read-packs.ts";
