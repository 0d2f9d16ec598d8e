import { GatewayError } from "../kernel/errors.ts";
import { elapsed, type Milliseconds, milliseconds } from "../kernel/units.ts";
import { counted, flowTo } from "../pipeline/counted-transport.ts";
import { failureError } from "../pipeline/failure-error.ts";
import { failureOf } from "../pipeline/read-answer.ts";
import { type Rewindable, rewindable } from "../pipeline/rewind.ts";
import type { ServiceLeave } from "../pipeline/service-call.ts";
import type { ServicePorts } from "../pipeline/service-lane.ts";
import { type Ending, sinceArrival, type Trail } from "../pipeline/trail.ts";
import type { Timer } from "../ports/timer.ts";
import type { TransportFailure, UpstreamExchange, UpstreamHead } from "../ports/transport.ts";
import {
  type AnswerWriter,
  deadlineOf,
  decideCors,
  perform,
  type RequestBody,
  type Step,
  statusOfError,
} from "../protocols/grpc/index.ts";
import { foldedName, isOwned } from "../protocols/rest/index.ts";
import { leaveOr, noteOnce, tellService, upstreamRequest } from "./grpc-attempt.ts";
import { counting, upstreamBody } from "./grpc-body.ts";
import { canSendAgain, endingOf, endingOfStop, isEvidence, statusOfBreak } from "./grpc-ending.ts";
import { type CallParts, callFields, type GrpcAsk, readAsk } from "./grpc-head.ts";
import type { GrpcTally } from "./grpc-tallies.ts";
import type { GrpcSettings } from "./service-routes.ts";
import type { Snapshot } from "./snapshot.ts";

interface LaneParts {
  readonly trail: Trail<Snapshot>;
  readonly ports: ServicePorts<Snapshot>;
  readonly timer: Timer;
  readonly settings: GrpcSettings;
  readonly tally: GrpcTally;
}

/** So much of a call is held for one more try. */
const heldBytesMax = 64 * 1024;
const triesMax = 2;

/**
 * Door 8 and 9 of calls of gRPC: there and back in pieces, whatever kind the client speaks. Sent once more, to another
 * address if there is one, where the service has done nothing of it. Ends in settle.
 *
 * @throws GatewayError while nothing has gone to the client.
 */
export async function relayGrpc(parts: CallParts, lane: LaneParts): Promise<void> {
  const { identified, inbound, ways } = parts;
  const { settings, trail, ports } = lane;
  const cors = decideCors(inbound.method, inbound.rawHeaders, settings.origins);
  const call = openCall(parts, lane);
  if (cors.kind === "preflight") {
    call.tell([
      {
        kind: "whole",
        status: 204,
        headers: [...ports.commonHeaders(trail), ...cors.headers],
        body: nothing,
      },
    ]);
    return;
  }
  const ask = readAsk(identified, inbound, { owned: ways.edge.owned, mayGet: settings.connectGet });
  const limits = { requestBytesMax: settings.messageBytesMax, answerBytesMax: settings.messageBytesMax };
  const answer = ask.flavour.answer(ask.head, {
    limits,
    isGuarded: (name) => isOwned(foldedName(name), ways.edge.owned),
    headers: [...ports.commonHeaders(trail), ...(cors.kind === "allowed" ? cors.headers : [])],
  });
  try {
    const request = ask.flavour.request(ask.head, limits);
    call.tallied(() => ({ in: request.messages(), out: answer.messages() }));
    await call.run(ask, answer, request);
  } catch (thrown) {
    call.close();
    throw thrown;
  }
}

const nothing = new Uint8Array(0);

/** What the client is told, as far as its record wants to know. */
function note(steps: readonly Step[], trail: LaneParts["trail"], clock: LaneParts["ports"]["clock"]): void {
  for (const step of steps) {
    if (step.kind === "data") trail.bytesOut += step.chunk.byteLength;
    if (step.kind !== "head" && step.kind !== "whole") continue;
    trail.status = step.status;
    trail.firstByteMs = sinceArrival(trail, clock.monotonic());
    trail.stages.record("encode", "relay", "a call of gRPC");
  }
}

/** One call on its way: what the client is told, and how it ends. */
function openCall(parts: CallParts, { trail, ports, timer, settings, tally }: LaneParts) {
  const { identified, inbound, ways } = parts;
  const { reply } = inbound;
  const { rule, captures } = identified.route;
  let exchange: UpstreamExchange | undefined;
  let isOver = false;
  let isPaused = false;
  let ending: Ending = { outcome: "completed" };
  /** Writes the try that is under way into the record, where it has not been yet. */
  let unanswered: ((error: GatewayError) => void) | undefined;
  const leaving: (() => void)[] = [];
  const onOver = (leave: () => void): void => {
    if (isOver) leave();
    else leaving.push(leave);
  };
  const close = (): void => {
    isOver = true;
    for (const leave of leaving.splice(0)) leave();
  };
  reply.onGone(() => {
    close();
    exchange?.abort();
    ports.settle(trail, { outcome: "aborted" });
  });
  const tell = (steps: readonly Step[]): void => {
    note(steps, trail, ports.clock);
    if (steps.some(({ kind }) => kind === "whole" || kind === "end"))
      reply.onSent(() => ports.settle(trail, ending));
    if (perform(reply, steps) || isPaused || isOver) return;
    isPaused = true;
    exchange?.pause();
    reply.onDrain(() => {
      isPaused = false;
      exchange?.resume();
    });
  };

  const tallied = (messages: Parameters<GrpcTally["begun"]>[1]): void =>
    onOver(tally.begun(identified.route.id, messages));

  const run = async (ask: GrpcAsk, answer: AnswerWriter, request: RequestBody): Promise<void> => {
    const timeout = deadlineOf(ask.head.timeout, { limit: milliseconds(settings.deadlineMs) });
    const timeLeft = (): Milliseconds =>
      milliseconds(timeout - elapsed(trail.startedAt, ports.clock.monotonic()));
    /** The gateway ends the call. */
    const stop = (error: GatewayError, status = statusOfError(error)): void => {
      if (isOver) return;
      close();
      exchange?.abort();
      unanswered?.(error);
      ending = endingOfStop(error, trail);
      trail.grpcStatus = status.code;
      tell(answer.fail(status));
    };
    const late = () => stop(new GatewayError("deadline_exceeded", `after ${timeout} ms`));
    onOver(ports.waiting.join((failure) => stop(failureError(failure))));
    onOver(timer.after(timeLeft(), late));
    // Whoever only listens says nothing, for as long as the deadline lets it.
    const mayBeSilent = ask.flavour.name !== "connect";
    const pieces = inbound.streamBody(rule.bodyBytesMax, { mayBeSilent });
    const body = rewindable(upstreamBody(request, pieces, stop), heldBytesMax);
    const path = ways.transforms.rewrite(identified.path, captures);
    const asked: string[] = [];
    for (let tries = 1; !isOver; tries += 1) {
      const leave = await leaveOr(ports, asked, stop);
      if (leave === undefined) return;
      if (isOver) {
        leave.leave.load.left();
        return;
      }
      trail.load = leave.leave.load;
      const failure = await once({ ask, answer, leave, body, path, tries, timeLeft, stop, trail });
      if (failure === undefined || isOver) return;
      const isMore = tries < triesMax && canSendAgain(failure, leave) && body.canRewind();
      const isAgain = isMore && ports.mayTryAgain();
      const status = statusOfBreak(failure, timeLeft());
      if (isEvidence(failure, { status, isAgain })) leave.leave.failed(failureOf(failure));
      if (!isAgain) return stop(new GatewayError(failure.code, failure.detail), status);
      standDown(leave, trail);
      if (leave.address !== undefined) asked.push(leave.address);
    }
  };

  /** One try; the failure of a call whose answer has not begun, `undefined` where it has or all is over. */
  const once = (at: Try): Promise<TransportFailure | undefined> => {
    const { ask, answer, leave, body, path, tries, timeLeft } = at;
    const { site } = leave;
    const flow = flowTo(rule.target, leave.address);
    trail.flows.push(flow);
    let head: UpstreamHead | undefined;
    let isTold = false;
    const noted = noteOnce({ trail, clock: ports.clock, target: rule.target, address: leave.address });
    unanswered = (error) => noted(null, error);
    /** Says what its end says of the service, and ends it. */
    const finish = (steps: readonly Step[]): void => {
      const status = answer.status();
      if (status === undefined) return tell(steps);
      close();
      tellService(leave, status, isTold ? undefined : head);
      ending = endingOf(status);
      trail.grpcStatus = status.code;
      tell(steps);
    };
    const attempts = ask.head.attempts + tries - 1;
    const fields = callFields(parts, site, { ...ask.head, timeLeft: timeLeft(), attempts });
    return new Promise((resolve) => {
      const ended = (): void => {
        if (answer.status() !== undefined) exchange?.abort();
      };
      exchange = counted(ways.transport, flow).send(
        {
          ...upstreamRequest(leave, rule.target),
          path: `${site.basePath}${path}`,
          headers: fields,
          body: counting(body.pieces(), trail),
        },
        {
          head: (told) => {
            head = told;
            noted(told.status);
            resolve(undefined);
            passHead(told, at, (headers) => finish(answer.head({ status: told.status, headers })));
            ended();
          },
          data: (chunk) => {
            if (!isTold && head !== undefined) {
              isTold = true;
              leave.leave.answered(head);
            }
            finish(answer.data(chunk));
            ended();
          },
          end: (trailers = []) => finish(answer.end(trailers)),
          failed: (failure) => {
            if (head === undefined) {
              noted(null, failure);
              return resolve(failure);
            }
            finish(answer.fail(statusOfBreak(failure, timeLeft())));
          },
        },
      );
      if (isOver) exchange.abort();
      reply.onGone(() => resolve(undefined));
    });
  };
  return { tell, tallied, run, close };
}

/** Goes on with what policies make of the headers of an answer, or ends the call where they refuse it. */
function passHead(
  head: UpstreamHead,
  { leave, stop, trail: { onAnswer } }: Pick<Try, "leave" | "stop" | "trail">,
  go: (headers: readonly string[]) => void,
): void {
  const { status, list = [...head.headers].flat() } = head;
  let down: readonly string[];
  try {
    down = onAnswer?.(status, list) ?? list;
  } catch (thrown) {
    leave.leave.answered(head);
    return stop(GatewayError.from(thrown));
  }
  go(down);
}

/** A try has failed, and another follows. */
function standDown({ leave: { load } }: ServiceLeave, trail: LaneParts["trail"]): void {
  load.failed();
  load.left();
  trail.load = undefined;
}

interface Try {
  readonly ask: GrpcAsk;
  readonly answer: AnswerWriter;
  readonly leave: ServiceLeave;
  readonly body: Rewindable;
  readonly path: string;
  readonly tries: number;
  readonly timeLeft: () => Milliseconds;
  readonly stop: (error: GatewayError) => void;
  readonly trail: LaneParts["trail"];
}
