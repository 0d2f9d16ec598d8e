import { GatewayError } from "../kernel/errors.ts";
import { createRoster } from "../kernel/roster.ts";
import type { MessageForms } from "../ports/message-forms.ts";
import type { InboundRequest } from "../ports/server.ts";
import type { Timer } from "../ports/timer.ts";
import {
  type AnswerWriter,
  type GrpcStatus,
  grpcCode,
  type KnownFlavour,
  perform,
  statusOfError,
} from "../protocols/grpc/index.ts";
import {
  answerHead,
  checkKind,
  framedOf,
  headIn,
  jsonOf,
  ownLimits,
  readOwnHead,
  readOwnMessage,
  wentWell,
} from "./own-message.ts";

/** The service `grpc.health.v1.Health` of this gateway. */
export interface GrpcHealth {
  readonly take: (inbound: InboundRequest, method: string, spoken: KnownFlavour) => void;
  /** Who watches is told what is different now. */
  readonly changed: () => void;
  /** Who only watches must not hold up the end of the listener. */
  readonly close: () => void;
}

type Serving = "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";

/** The names that may be asked for, and whether each lives as long as the process or only while it takes requests. */
const services: ReadonlyMap<string, "readiness" | "liveness"> = new Map([
  ["", "readiness"],
  ["readiness", "readiness"],
  ["liveness", "liveness"],
  ["ai.v1.ChatService", "readiness"],
  ["grpc.health.v1.Health", "readiness"],
]);

const requestBytesMax = 4096;
/** They need no key. */
const watchersMax = 1000;
const asks = "grpc.health.v1.HealthCheckRequest";
const tells = "grpc.health.v1.HealthCheckResponse";

interface Watcher {
  readonly tell: () => void;
  readonly stop: (status: GrpcStatus) => void;
}

/**
 * Answers like the probes over HTTP: without a key, without a record, and no provider that is down makes it unready.
 * Source: grpc/doc/health-checking.md.
 */
export function createGrpcHealth({
  forms,
  timer,
  isReady,
}: {
  readonly forms: () => Promise<MessageForms>;
  readonly timer: Timer;
  readonly isReady: () => boolean;
}): GrpcHealth {
  const watchers = createRoster<Watcher>();
  let isClosed = false;
  const servingOf = (name: string): Serving => {
    const kind = services.get(name);
    if (kind === undefined) return "SERVICE_UNKNOWN";
    return kind === "liveness" || isReady() ? "SERVING" : "NOT_SERVING";
  };

  /** Says how it is, now and whenever that changes, until the client goes or its time is over. */
  const watch = ({ inbound: { reply }, writer, write, timeout }: Open, name: string): void => {
    let told: Serving | undefined;
    const watcher: Watcher = {
      tell: () => {
        const now = servingOf(name);
        if (now !== told) perform(reply, writer.data(write(now)));
        told = now;
      },
      stop: (status) => {
        over();
        perform(reply, writer.fail(status));
      },
    };
    const leave = watchers.join(watcher);
    const cancel =
      timeout === undefined
        ? undefined
        : timer.after(timeout, () =>
            watcher.stop(statusOfError(new GatewayError("deadline_exceeded", "watch"))),
          );
    const over = (): void => {
      leave();
      cancel?.();
    };
    watcher.tell();
    reply.onGone(over);
  };

  const answer = async (inbound: InboundRequest, method: string, spoken: KnownFlavour): Promise<void> => {
    if (method !== "Check" && method !== "Watch") throw noMethod(method);
    const { flavour, codec } = spoken;
    checkKind(flavour, { isStream: method === "Watch" });
    const head = headIn(readOwnHead(flavour, inbound));
    const writer = flavour.answer(head, { limits: ownLimits, headers: [], isGuarded: () => false });
    const loaded = await forms();
    const message = await readOwnMessage(inbound, { flavour, head, forms: loaded }, requestBytesMax);
    if (message.kind === "fault") return void perform(inbound.reply, writer.fail(message.status));
    const name = serviceIn(jsonOf(loaded, { codec, message: asks }, message.bytes));
    if (method === "Check" && !services.has(name))
      return void perform(inbound.reply, writer.fail(unknown(name)));
    if (method === "Watch" && isClosed) return void perform(inbound.reply, writer.fail(closing));
    // Now that nothing more is waited for: any number may come together, and then say nothing for long.
    if (method === "Watch" && watchers.size() >= watchersMax) throw crowded();
    perform(inbound.reply, writer.head(answerHead(head)));
    const write = (serving: Serving) =>
      framedOf(loaded, { codec, message: tells }, `{"status":"${serving}"}`);
    if (method === "Watch") watch({ inbound, writer, write, timeout: head.timeout }, name);
    else perform(inbound.reply, [...writer.data(write(servingOf(name))), ...writer.end(wentWell)]);
  };

  return {
    take: (inbound, method, spoken) => {
      answer(inbound, method, spoken).catch((thrown: unknown) => {
        const error = GatewayError.from(thrown);
        if (error.code !== "client_closed") perform(inbound.reply, [spoken.flavour.refusal(error, [])]);
      });
    },
    changed: () => {
      for (const { tell } of watchers.members()) tell();
    },
    close: () => {
      isClosed = true;
      for (const { stop } of watchers.members()) stop(closing);
    },
  };
}

/** A call that has been understood, and its answer. */
interface Open {
  readonly inbound: InboundRequest;
  readonly writer: AnswerWriter;
  readonly write: (serving: Serving) => Uint8Array;
  readonly timeout: Parameters<Timer["after"]>[0] | undefined;
}

function serviceIn(json: string): string {
  const { service } = JSON.parse(json);
  return typeof service === "string" ? service : "";
}

const unknown = (name: string): GrpcStatus => ({
  code: grpcCode.not_found,
  message: `The gateway knows no service \`${name.slice(0, 100)}\`.`,
  details: [],
});

const closing: GrpcStatus = {
  code: grpcCode.unavailable,
  message: "The gateway is shutting down.",
  details: [],
};

const noMethod = (method: string): GatewayError =>
  new GatewayError("route_not_found", method, {
    message: "The service `grpc.health.v1.Health` has the methods `Check` and `Watch`.",
  });

const crowded = (): GatewayError =>
  new GatewayError("overloaded", "watchers of health", {
    message: `${watchersMax} clients watch the health of this gateway already.`,
  });
