export { tokenCountSettings } from "./settings.ts";
export { createTokenCount, type TokenCount } from "./stage.ts";
