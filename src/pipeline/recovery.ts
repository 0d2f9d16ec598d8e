import type { Call } from "../exchange/call.ts";
import type { Funded } from "../exchange/exchange.ts";
import type { UpstreamFailure } from "../exchange/failure.ts";
import type { Candidate } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { type Caller, clientGone } from "./caller.ts";
import { type Failed, nextMove, type Seat } from "./choose.ts";
import type { Delivered } from "./delivered.ts";
import { classOf } from "./failure-class.ts";
import type { LiveStream } from "./live-stream.ts";
import { type Attempting, tryOne } from "./one-try.ts";
import type { StreamSink } from "./outlet.ts";
import { byLane, type DecodedOnce, type Prepared, prepare, prepareCall } from "./prepare.ts";
import type { RecoveryMode, ResilienceRules } from "./resilience.ts";
import { continuing, prefillOf, verifying } from "./seams.ts";
import { choiceOf, isOpen, noteTry, pause } from "./seats.ts";
import type { AnswerWriter, Seam } from "./stream-lane.ts";
import type { Attempted } from "./try-result.ts";

/**
 * Whether another target could take up a stream of this call: one answer in words, without the probabilities of its
 * tokens. What cannot be read here cannot be translated.
 */
export function isRecoverable(
  { facts }: Pick<Funded, "facts">,
  rules: Pick<ResilienceRules, "recovery">,
  decoded: DecodedOnce,
): boolean {
  if (!facts.isStream || rules.recovery.length === 0) return false;
  try {
    const { sampling, embed } = decoded().call;
    return (sampling.choices ?? 1) === 1 && sampling.logprobs === undefined && embed === undefined;
  } catch (thrown) {
    if (thrown instanceof GatewayError) return false;
    throw thrown;
  }
}

/** How one mode takes up what was told; `undefined`: it cannot. */
interface Way {
  readonly seam: Seam;
  readonly fits: (candidate: Candidate) => boolean;
  readonly prepare: (candidate: Candidate) => Prepared;
  readonly lane?: Candidate["lane"];
}

/**
 * An answer whose stream is taken up by another target when it breaks, in the modes of the rules, until the list or the
 * deadline ends. The client sees one stream; a comment marks each seam.
 *
 * Source: resilience specification, part 8.
 */
export function recoverable(told: Attempted, attempting: Attempting, seats: readonly Seat[]): Attempted {
  const { result } = told;
  if (result.kind !== "stream") return told;
  const { stream } = result;
  const { writer } = stream.lane;
  if (writer?.delivered === undefined) return told;
  const seat = seats.find(({ candidate }) => candidate.target === told.candidate.target);
  if (seat === undefined) return told;
  const parts = { attempting, seats, writer, delivered: writer.delivered };
  return { ...told, result: { kind: "stream", stream: follow(stream, seat, parts) } };
}

interface Recovering {
  readonly attempting: Attempting;
  readonly seats: readonly Seat[];
  readonly writer: AnswerWriter;
  readonly delivered: Delivered;
}

function follow(first: LiveStream, firstSeat: Seat, parts: Recovering): LiveStream {
  const { attempting, writer, delivered } = parts;
  const { trail, ports } = attempting;
  let current = first;
  let seat = firstSeat;
  let dropped = 0;
  let isGone = false;
  let isPaused = false;
  let stop: ((failure: UpstreamFailure) => void) | undefined;
  let sink: StreamSink | undefined;
  /** The client's side of the wire, after door 8 has let go of it. */
  const caller: Caller = {
    header: attempting.caller.header,
    stopped: () => (isGone ? clientGone : undefined),
    onStop: (next) => {
      stop = next;
      if (isGone) next(clientGone);
    },
    leave: () => undefined,
  };
  const modes = createModes({ ...parts, attempting: { ...attempting, caller } });

  const recover = async (error: GatewayError): Promise<void> => {
    trail.onBroken?.();
    trail.onBroken = undefined;
    // What is dead must not stand in the way of who takes it up.
    trail.load?.failed();
    trail.load = undefined;
    if (classOf(error.code).others === "none") {
      sink?.failed(error);
      return;
    }
    const { usage } = writer.tapped();
    trail.pieces.push({ candidate: trail.candidate ?? seat.candidate, usage, textBytes: writer.textBytes() });
    dropped += current.dropped();
    const at = delivered.length();
    const taken = await modes.next(seat, error);
    if (isGone) {
      if (taken !== undefined) taken.stream.abort();
      return;
    }
    if (taken === undefined) {
      // It is no piece of an answer: it is all of it.
      trail.pieces.pop();
      sink?.failed(error);
      return;
    }
    current = taken.stream;
    seat = taken.seat;
    trail.candidate = taken.candidate;
    // Of two halves nobody knows whose fault a fault is.
    trail.check = undefined;
    ports.onRecovery(taken.mode, "ok");
    sink?.write([writer.remark(`sallyport recovered=${taken.mode} at=${at}`)], 0);
    current.attach(proxy);
    if (isPaused) current.pause();
  };
  /** Nobody waits for it: what is thrown must not be lost. */
  const recoverSafely = async (error: GatewayError): Promise<void> => {
    try {
      await recover(error);
    } catch (thrown) {
      sink?.failed(GatewayError.from(thrown));
    }
  };
  const proxy: StreamSink = {
    write: (chunks, events) => sink?.write(chunks, events),
    end: (isWhole) => {
      if (isWhole) sink?.end(true);
      else
        void recoverSafely(
          new GatewayError("upstream_stream_broken", "the upstream closed before its answer was whole"),
        );
    },
    failed: (error) => void recoverSafely(error),
  };
  return {
    head: first.head,
    lane: first.lane,
    attach: (attached) => {
      sink = attached;
      first.attach(proxy);
    },
    pause: () => {
      isPaused = true;
      current.pause();
    },
    resume: () => {
      isPaused = false;
      current.resume();
    },
    abort: () => {
      isGone = true;
      current.abort();
      stop?.(clientGone);
    },
    dropped: () => dropped + current.dropped(),
  };
}

interface Taken {
  readonly mode: RecoveryMode;
  readonly stream: LiveStream;
  readonly seat: Seat;
  readonly candidate: Candidate;
}

/** The modes of the rules, each asked until it has nobody left; a mode that is over does not come back. */
function createModes({ attempting, seats, writer, delivered }: Recovering): {
  readonly next: (broken: Seat, error: GatewayError) => Promise<Taken | undefined>;
} {
  const { funded, ports, caller, rules } = attempting;
  let at = 0;

  const ask = async (
    mode: RecoveryMode,
    way: Way,
    seat: Seat,
    waitMs: number,
  ): Promise<Taken | Failed | "over"> => {
    const planned = byLane(funded, seat.candidate, ports);
    const candidate = way.lane === undefined ? planned : { ...planned, lane: way.lane };
    const undo = writer.resume();
    const tried = await tryOne(attempting, {
      candidate,
      waitMs,
      hasOther: () => seats.some((other) => other !== seat && isOpen(other, ports)),
      prepare: () => way.prepare(candidate),
      resumed: { writer, seam: way.seam },
    });
    const { result } = tried;
    if (result.kind === "stream") {
      noteTry(seat, tried, ports);
      return { mode, stream: result.stream, seat, candidate };
    }
    undo();
    // A whole answer cannot go on in a stream.
    if (result.kind === "whole") return "over";
    const { code } = result.failure;
    if (tried.way === "asked" && classOf(code).others === "none") {
      // Who does not take the beginning of an answer may still give all of it.
      if (mode !== "continue") seat.tries += 1;
      ports.onRecovery(mode, code === "recovery_mismatch" ? "mismatch" : "failed");
      return "over";
    }
    noteTry(seat, tried, ports);
    return { seat, result };
  };

  return {
    next: async (broken, error) => {
      let last: Failed = { seat: broken, result: failedBy(error) };
      for (;;) {
        const mode = rules.recovery[at];
        if (mode === undefined || caller.stopped() !== undefined) return undefined;
        const way = wayOf(mode, attempting, delivered);
        const move = way && nextMove({ ...choiceOf(attempting, seats), fits: way.fits }, last);
        if (way === undefined || move === undefined || move.kind === "end") {
          at += 1;
          last = { seat: broken, result: failedBy(error) };
          continue;
        }
        if (move.waitMs > 0) await pause(move.waitMs, ports.timer, caller);
        if (caller.stopped() !== undefined) return undefined;
        const outcome = await ask(mode, way, move.seat, move.waitMs);
        if (outcome === "over") at += 1;
        else if ("stream" in outcome) return outcome;
        else last = outcome;
      }
    },
  };
}

function failedBy(error: GatewayError): Failed["result"] {
  const { code, status, detail } = error;
  return { kind: "failed", failure: { code, status, message: detail }, native: undefined };
}

function wayOf(mode: RecoveryMode, attempting: Attempting, delivered: Delivered): Way | undefined {
  const { funded, decoded, ports } = attempting;
  if (mode === "verified-restart") {
    return delivered.isUnique()
      ? undefined
      : {
          seam: verifying(delivered),
          fits: () => true,
          prepare: (candidate) => prepare(funded, candidate, decoded, ports),
        };
  }
  const { call, warnings } = decoded();
  const prefill = call.output?.kind === "schema" ? undefined : prefillOf(delivered);
  if (prefill === undefined) return undefined;
  const begun: Call = {
    ...call,
    turns: [...call.turns, { role: "assistant", parts: [{ kind: "text", text: prefill }] }],
  };
  return {
    seam: continuing(delivered),
    fits: ({ target }) => target.abilities.prefill?.value === true,
    prepare: (candidate) => prepareCall({ call: begun, warnings }, candidate, funded, ports),
    lane: "canonical",
  };
}
