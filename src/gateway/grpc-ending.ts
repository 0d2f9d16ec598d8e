import type { UpstreamFailure } from "../exchange/failure.ts";
import { type ErrorCode, errorCatalog, GatewayError } from "../kernel/errors.ts";
import type { Ending } from "../pipeline/trail.ts";
import { type GrpcStatus, grpcCode } from "../protocols/grpc/index.ts";

/** What no client can be to blame for. */
const ofService: ReadonlyMap<number, ErrorCode> = new Map<number, ErrorCode>([
  [grpcCode.unavailable, "upstream_overloaded"],
  [grpcCode.internal, "upstream_failed"],
  [grpcCode.data_loss, "upstream_failed"],
]);

/** What the status of a call says of its service; `undefined`: nothing against it. */
export function failureOfCode({ code, message }: GrpcStatus): UpstreamFailure | undefined {
  const told = ofService.get(code);
  return told === undefined
    ? undefined
    : { code: told, status: errorCatalog[told].status, message: `grpc-status ${code}: ${message}` };
}

/** How a call has ended for its record; a status that is the client's business is a whole answer. */
export function endingOf(status: GrpcStatus): Ending {
  const failure = failureOfCode(status);
  return failure === undefined
    ? { outcome: "completed" }
    : { outcome: "failed", error: new GatewayError(failure.code, failure.message) };
}
