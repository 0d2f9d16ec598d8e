import type { Frame, StreamCheck } from "../exchange/codec.ts";
import type { FrameReader } from "./live-stream.ts";
import type { StreamLane } from "./stream-lane.ts";

/** What a stream is held against on its way to the client. */
export interface Verification {
  readonly check: StreamCheck;
  /** Cuts what the client is sent into frames again. */
  readonly reader: FrameReader;
  readonly onViolation: (fault: string) => void;
}

/**
 * The same lane, each frame that goes to the client held against the grammar of its dialect. Nothing is kept back or
 * changed: a fault is told to the operator.
 */
export function verifiedLane(lane: StreamLane, { check, reader, onViolation }: Verification): StreamLane {
  const encoder = new TextEncoder();
  const look = (frames: readonly Frame[]): void => {
    for (const frame of frames) {
      const fault = check.push(frame);
      if (fault !== undefined) onViolation(fault);
    }
  };
  const lookAt = (sent: Uint8Array | string | undefined): void => {
    if (sent !== undefined) look(reader.push(typeof sent === "string" ? encoder.encode(sent) : sent));
  };
  return {
    ...lane,
    push: (frame) => {
      const role = lane.push(frame);
      if (role !== "error") lookAt(lane.output());
      return role;
    },
    finish: () => {
      const isWhole = lane.finish();
      lookAt(lane.output());
      return isWhole;
    },
    broken: (error) => {
      const told = lane.broken(error);
      lookAt(told);
      return told;
    },
  };
}
