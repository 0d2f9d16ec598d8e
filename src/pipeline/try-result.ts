import type { AnswerGuard } from "../exchange/answer-guard.ts";
import type { AnswerContext, CallFacts, ClientCodec, Emulation, Tapped } from "../exchange/codec.ts";
import type { Framing, StreamForm } from "../exchange/dialect.ts";
import type { UpstreamFailure } from "../exchange/failure.ts";
import type { Part } from "../exchange/part.ts";
import type { Permit } from "../exchange/permit.ts";
import type { Candidate } from "../exchange/target.ts";
import type { Warning } from "../exchange/warning.ts";
import type { Clock } from "../ports/clock.ts";
import type { Timer } from "../ports/timer.ts";
import type { Transport, UpstreamHead } from "../ports/transport.ts";
import type { AnswerCheck } from "./answer-check.ts";
import type { Delivered } from "./delivered.ts";
import type { FrameReader, Hold, LiveStream, Spent } from "./live-stream.ts";
import type { AnswerWriter, Seam } from "./stream-lane.ts";
import type { TryLimits } from "./watch.ts";

/** What one try at one candidate came to. */
export type TryResult =
  | {
      readonly kind: "whole";
      readonly head: UpstreamHead;
      readonly body: Uint8Array | string;
      readonly tapped: Tapped;
      readonly warnings: readonly Warning[];
    }
  | { readonly kind: "stream"; readonly stream: LiveStream }
  | {
      readonly kind: "failed";
      readonly failure: UpstreamFailure;
      /** The upstream's own error, where there was one; the credential is masked in it. */
      readonly native: { readonly head: UpstreamHead; readonly body: Uint8Array } | undefined;
      /** What was consumed for an answer that nobody gets. */
      readonly spent?: Spent | undefined;
    };

export interface TryParts {
  readonly permit: Permit;
  readonly candidate: Candidate;
  readonly client: ClientCodec;
  readonly requestId: string;
  readonly isStream: boolean;
  readonly facts: CallFacts;
  /** The framing the client's stream has. */
  readonly streamForm: StreamForm;
  readonly hidesUsage: boolean;
  /** What the canonical lane translates with; made only for it. */
  readonly context: () => AnswerContext;
  /** What is done on a translated answer because the upstream could not be asked for it. */
  readonly emulation: Emulation | undefined;
  /** Told the parts of a translated answer that ended well. */
  readonly onWhole: (parts: readonly Part[]) => void;
  /** Told what the client is told last of a translated answer: the whole of it, or the frames that end its stream. */
  readonly onTold: (told: string) => void;
  /** Told the ids by which the provider will know an answer that passed byte for byte. */
  readonly onIssued: (ids: readonly string[]) => void;
  /** Told what is wrong with a stream by the grammar of the client's dialect; absent: it is not looked at. */
  readonly onViolation: ((fault: string) => void) | undefined;
  readonly headers: readonly string[];
  readonly body: Uint8Array | string;
  readonly transport: Transport;
  readonly newReader: (framing: Framing) => FrameReader;
  /** Largest whole answer kept in memory. */
  readonly answerBytesMax: number;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly limits: TryLimits;
  /** Absent: nothing of a stream is kept back. */
  readonly hold: Hold | undefined;
  /** Keeps what was told, so that another can take the stream up; absent: nobody will. */
  readonly delivered: Delivered | undefined;
  /** Goes on with an answer that another has begun; absent: it begins one. */
  readonly resumed: { readonly writer: AnswerWriter; readonly seam: Seam } | undefined;
  /** Absent: the answer is not looked into. */
  readonly check: AnswerCheck | undefined;
  /** What the answer is held to before the client gets it; absent: it passes as it comes. */
  readonly guard: AnswerGuard | undefined;
  /** Called with the way to give up, as soon as there is one. Harmless once the try has its result. */
  readonly onSent: (giveUp: (failure: UpstreamFailure) => void) => void;
}

/** After door 8: an answer, or the failure that the client will be told. */
export type Attempted = { readonly candidate: Candidate; readonly result: TryResult };
