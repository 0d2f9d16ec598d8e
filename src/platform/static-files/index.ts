export { loadStaticFiles, type StaticFile } from "./static-files.ts";
