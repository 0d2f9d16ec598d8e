import type { Usage } from "./usage.ts";

/** A prompt's token is this part of the work that a token of an answer is. */
export const promptWork = 0.02;

/** How much work a call is, in tokens of answers; what was not told counts as none. */
export const workOf = ({ input, output }: Pick<Usage, "input" | "output">): number =>
  (output.total ?? 0) + promptWork * (input.total ?? 0);
