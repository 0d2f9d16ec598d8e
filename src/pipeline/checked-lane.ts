import type { StreamDecoder } from "../exchange/codec.ts";
import type { AnswerCheck } from "./answer-check.ts";
import type { StreamLane } from "./stream-lane.ts";

/**
 * The same lane, its frames read on the side: they pass byte for byte, and nobody else reads them. What the decoder cannot
 * read it tells as an error, after which nothing comes: there is no verdict then, and the answer passes all the same.
 */
export function checkedLane(lane: StreamLane, decoder: StreamDecoder, check: AnswerCheck): StreamLane {
  return {
    ...lane,
    push: (frame) => {
      for (const part of decoder.push(frame)) check.push(part);
      return lane.push(frame);
    },
    finish: () => {
      for (const part of decoder.end()) check.push(part);
      return lane.finish();
    },
  };
}
