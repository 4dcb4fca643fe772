export { type ImagesOptions, ISOLATIONS, STORAGE_DRIVERS } from "./config.ts";
export { createImages } from "./images.ts";
