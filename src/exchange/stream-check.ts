import type { Frame, StreamCheck } from "./codec.ts";

/**
 * A check that looks at events alone, comments apart, and tells the first fault only.
 * @param faultOf What is wrong with the next event; `undefined` when nothing is.
 */
export function checkOf(faultOf: (frame: Frame) => string | undefined): StreamCheck {
  let isOver = false;
  return {
    push: (frame) => {
      if (isOver || frame.kind === "comment" || frame.data === "") return undefined;
      const fault = faultOf(frame);
      isOver = fault !== undefined;
      return fault;
    },
  };
}
