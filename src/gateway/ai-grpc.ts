import type { ClientCodec } from "../exchange/codec.ts";
import type { ClientDialect } from "../exchange/dialect.ts";
import type { Route } from "../exchange/exchange.ts";
import { unreachable } from "../kernel/invariant.ts";
import { spanOf } from "../kernel/retry-after.ts";
import { createHandle, type Doors } from "../pipeline/handle.ts";
import type { Trail } from "../pipeline/trail.ts";
import type { MessageForms, OwnMessage } from "../ports/message-forms.ts";
import type { InboundRequest } from "../ports/server.ts";
import type { GrpcStatus, HeadReading, KnownFlavour } from "../protocols/grpc/index.ts";
import { aiReply } from "./ai-grpc-reply.ts";
import { clientCodecs } from "./codecs.ts";
import { checkKind, framedOf, headIn, jsonOf, readOwnHead, readOwnMessage } from "./own-message.ts";
import { receiveOwn } from "./receive-head.ts";
import type { Snapshot } from "./snapshot.ts";

/** One method of `ai.v1.ChatService`. */
interface AiMethod {
  readonly asks: OwnMessage;
  readonly tells: OwnMessage;
  readonly dialect: ClientDialect;
  readonly isStream: boolean;
}

const methods: ReadonlyMap<string, AiMethod> = new Map<string, AiMethod>([
  [
    "Complete",
    {
      asks: "ai.v1.CompleteRequest",
      tells: "ai.v1.CompleteResponse",
      dialect: "ai-v1",
      isStream: false,
    },
  ],
  [
    "StreamComplete",
    { asks: "ai.v1.CompleteRequest", tells: "ai.v1.StreamPart", dialect: "ai-v1", isStream: true },
  ],
  [
    "Embed",
    { asks: "ai.v1.EmbedRequest", tells: "ai.v1.EmbedResponse", dialect: "ai-v1-embed", isStream: false },
  ],
]);

interface AiGrpcParts {
  readonly doors: Doors<Snapshot>;
  /** Loaded by the first call. */
  readonly forms: () => Promise<MessageForms>;
  readonly onFault: (fault: unknown) => void;
}

/**
 * Takes calls of `ai.v1.ChatService`: through the doors of every other AI call, as JSON of the same messages. Only this
 * edge knows that its client speaks gRPC, gRPC-Web or Connect.
 */
export function createAiGrpc({ doors, forms, onFault }: AiGrpcParts) {
  return (inbound: InboundRequest, name: string, spoken: KnownFlavour): void => {
    const method = methods.get(name);
    const route = method && routeOf(method, clientCodecs[method.dialect]);
    let trail: Trail<Snapshot> | undefined;
    let proven = inbound;
    const source = (): InboundRequest => proven;
    const call = translated(inbound, { spoken, method, forms, onFault, source, trail: () => trail });
    const handle = createHandle<Snapshot>({
      ...doors,
      open: (opened) => {
        trail = doors.open(opened);
        return trail;
      },
      receive: receiveOwn(route),
      // What is signed is the message as it came.
      prove: async (received, _, signed) => {
        proven = await doors.prove(received, inbound, signed);
        return call;
      },
    });
    handle(call);
  };
}

const routeOf = ({ isStream }: AiMethod, codec: ClientCodec): Route => ({
  kind: "ai",
  id: codec.dialect,
  method: "POST",
  codec,
  facts: { isStream },
});

interface Translation extends Pick<AiGrpcParts, "forms" | "onFault"> {
  readonly spoken: KnownFlavour;
  /** `undefined`: the service has none of this name. */
  readonly method: AiMethod | undefined;
  /** Whose body is read. */
  readonly source: () => InboundRequest;
  readonly trail: () => Trail<Snapshot> | undefined;
}

/** The call as the doors know requests. */
function translated(inbound: InboundRequest, translation: Translation): InboundRequest {
  const { spoken, method, trail } = translation;
  const { flavour, codec } = spoken;
  const reading = readOwnHead(flavour, inbound);
  let status: GrpcStatus | undefined;
  let forms: MessageForms | undefined;
  const timeout = timeoutIn(inbound, reading);
  const known = (): { readonly forms: MessageForms; readonly method: AiMethod } =>
    forms === undefined || method === undefined
      ? unreachable("an answer to a message that was not read")
      : { forms, method };
  return {
    ...inbound,
    header: (name) => {
      if (name === "content-type") return "application/json";
      return name === "x-sallyport-timeout" ? timeout : inbound.header(name);
    },
    readBody: async (bytesMax) => {
      if (method === undefined) return unreachable("a route without a method");
      checkKind(flavour, method);
      const head = headIn(reading);
      forms = await translation.forms();
      const message = await readOwnMessage(translation.source(), { flavour, head, forms }, bytesMax);
      if (message.kind === "fault") {
        status = message.status;
        throw message.error;
      }
      return new TextEncoder().encode(jsonOf(forms, { codec, message: method.asks }, message.bytes));
    },
    reply: aiReply(inbound.reply, {
      flavour,
      head: () => headIn(reading),
      framed: (json) => framedOf(known().forms, { codec, message: known().method.tells }, json),
      refusedAs: () => status,
      cost: () => trail()?.cost?.nanoUsd ?? undefined,
      onFault: translation.onFault,
    }),
  };
}

/** The least of what the client's own protocol and its header give the call, as that header tells it. */
function timeoutIn(inbound: InboundRequest, reading: HeadReading): string | undefined {
  const told = inbound.header("x-sallyport-timeout");
  const timeout = reading.kind === "call" ? reading.head.timeout : undefined;
  if (timeout === undefined) return told;
  const wish = told === undefined ? timeout : spanOf(told.trim());
  // What cannot be read is refused where all such wishes are.
  if (wish === undefined || (wish <= 0 && told !== undefined)) return told;
  return `${Math.max(0.001, Math.min(wish, timeout)).toFixed(3)}ms`;
}
