export { createFileConfig, type FileConfig } from "./file-config.ts";
export { readTextFile } from "./read-file.ts";
