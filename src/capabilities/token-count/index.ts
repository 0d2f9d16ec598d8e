export { countedPrompt, promptTokens } from "./careful.ts";
export { createTokenCount, startFor, type TokenCount } from "./stage.ts";
export { type TextSize, textSizeOf } from "./text-size.ts";
