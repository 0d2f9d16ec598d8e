export { createTokenCount, type TokenCount } from "./stage.ts";
