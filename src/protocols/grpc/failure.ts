import { GatewayError } from "../../kernel/errors.ts";
import type { Reply } from "../../ports/server.ts";
import type { TransportFailure } from "../../ports/transport.ts";
import type { Step } from "./flavour.ts";
import { type GrpcStatus, statusOfError, statusOfReset } from "./status.ts";

const refusedStream = 7;
const cancel = 8;

/** What a client is told of an upstream that failed below gRPC. */
export function statusOfFailure({ code, detail, resetCode }: TransportFailure): GrpcStatus {
  return resetCode === undefined ? statusOfError(new GatewayError(code, detail)) : statusOfReset(resetCode);
}

/** Whether the upstream said that it has done nothing of the call: REFUSED_STREAM, or a GOAWAY that leaves it out. */
export const isRefused = ({ wasSent, resetCode }: TransportFailure): boolean =>
  !wasSent && resetCode === refusedStream;

/** Whether the upstream has given the call up. */
export const isGivenUp = ({ resetCode }: TransportFailure): boolean => resetCode === cancel;

/** Does what an answer's writer says. `false`: the client reads slower than we write; wait for `onDrain`. */
export function perform(reply: Reply, steps: readonly Step[]): boolean {
  let hasRoom = true;
  for (const step of steps) {
    switch (step.kind) {
      case "whole":
        reply.whole(step.status, step.headers, step.body);
        break;
      case "head":
        reply.head(step.status, step.headers);
        break;
      case "data":
        hasRoom = reply.write(step.chunk) && hasRoom;
        break;
      case "end":
        if (step.trailers.length > 0) reply.trailers(step.trailers);
        reply.end();
        break;
    }
  }
  return hasRoom;
}
