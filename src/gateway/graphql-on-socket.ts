import { GatewayError } from "../kernel/errors.ts";
import { utf8Length } from "../kernel/utf8.ts";
import { sinceArrival } from "../pipeline/trail.ts";
import type { Reply } from "../ports/server.ts";
import { encodeRefusal, type GraphqlParams, type SocketEvent } from "../protocols/graphql/index.ts";
import { prepareOperation } from "./graphql-prepare.ts";
import { createRunner } from "./graphql-run.ts";
import type { GraphqlDoorPorts, OperationDoors } from "./graphql-serving.ts";

/** One operation of a socket. */
interface SocketOperation {
  readonly number: number;
  readonly params: GraphqlParams;
  /** Its client wants no more of it. */
  readonly signal: AbortSignal;
  /** Resolves when the client has room for more. */
  readonly tell: (event: SocketEvent) => Promise<void>;
  /** Its key is not valid any more: that ends the socket. */
  readonly forbid: (error: GatewayError) => void;
}

/** Runs an operation, tells its client all that comes of it, and leaves a record of its own. Never throws. */
export async function runOnSocket(
  asked: Parameters<OperationDoors["enter"]>[0],
  { operations, clock, settle, stands }: GraphqlDoorPorts,
  { number, params, signal, tell, forbid }: SocketOperation,
): Promise<void> {
  const trail = operations.open(asked.serving.trail);
  try {
    const { serving, asking } = await operations.enter(asked, trail, goneBy(signal));
    const prepared = prepareOperation(serving, params, "application/json");
    if (prepared.kind === "answer") {
      await tell({ kind: "error", number, errors: errorsOf(prepared.answer.body) });
      trail.status = prepared.answer.status;
      return settle(trail, {
        outcome: "refused",
        error: new GatewayError("malformed_request", prepared.why, { reason: prepared.reason }),
      });
    }
    const { runnable } = prepared;
    const { type, cost } = runnable.operation;
    trail.stages.record("decode", "read", `a ${type} of cost ${cost}`);
    const runner = createRunner(serving, { ...asking, trail, signal, stands: () => stands(trail) });
    const results = type === "subscription" ? runner.stream(runnable) : [runner.once(runnable)];
    for await (const { text: result } of results) {
      if (trail.events === 0) trail.onAnswer?.(200, []);
      trail.firstByteMs ??= sinceArrival(trail, clock.monotonic());
      trail.bytesOut += utf8Length(result);
      trail.events += 1;
      await tell({ kind: "next", number, result });
      if (signal.aborted) return settle(trail, { outcome: "aborted" });
    }
    await tell({ kind: "complete", number });
    trail.status = 200;
    settle(trail, { outcome: "completed" });
  } catch (thrown) {
    const error = GatewayError.from(thrown);
    operations.refused(asked, trail, error);
    if (error.code === "unauthenticated") return forbid(error);
    await tell({ kind: "error", number, errors: errorsOf(encodeRefusal(error, trail.id).body) });
  }
}

const goneBy =
  (signal: AbortSignal): Reply["onGone"] =>
  (gone) => {
    if (signal.aborted) gone();
    signal.addEventListener("abort", gone);
    return () => signal.removeEventListener("abort", gone);
  };

function errorsOf(body: string): string {
  const whole: unknown = JSON.parse(body);
  const errors = typeof whole === "object" && whole !== null && "errors" in whole ? whole.errors : [];
  return JSON.stringify(errors);
}
