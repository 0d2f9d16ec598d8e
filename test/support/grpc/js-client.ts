import { create } from "@bufbuild/protobuf";
import { Client, credentials, Metadata, type ServiceError, type StatusObject } from "@grpc/grpc-js";
import { EchoRequestSchema, type EchoResponse } from "../generated/echo/v1/echo_pb.ts";
import { echoService } from "./echo-server.ts";

/** All that a client of grpc-js can tell of a call. */
export interface JsCall {
  readonly leading: Readonly<Record<string, unknown>>;
  readonly texts: readonly string[];
  readonly code: number;
  readonly details: string;
  readonly trailing: Readonly<Record<string, unknown>>;
}

export interface JsAsk {
  readonly kind: keyof typeof echoService;
  readonly messages: readonly { readonly text?: string; readonly count?: number; readonly fail?: number }[];
  readonly deadlineMs?: number;
  readonly metadata?: Metadata;
  /** Told each text, with what gives the call up. */
  readonly onText?: (text: string, cancel: () => void) => void;
  /** The client says nothing more, and does not end. */
  readonly staysOpen?: boolean;
}

export interface JsClient {
  readonly ask: (ask: JsAsk) => Promise<JsCall>;
  readonly close: () => void;
}

/** A client of grpc-js at `origin`, with a gateway key if one is needed. */
export function jsClient(origin: string, key?: string): JsClient {
  const client = new Client(origin.slice("http://".length), credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
  });
  const ask = ({ kind, messages, deadlineMs, metadata, onText, staysOpen }: JsAsk) =>
    new Promise<JsCall>((resolve) => {
      const sent = metadata?.clone() ?? new Metadata();
      if (key !== undefined) sent.set("authorization", `Bearer ${key}`);
      const { path, requestSerialize: write, responseDeserialize: read } = echoService[kind];
      const options = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
      const texts: string[] = [];
      let leading: Metadata | undefined;
      const requests = messages.map((message) => create(EchoRequestSchema, message));
      const [first = create(EchoRequestSchema)] = requests;
      const whole = (_error: ServiceError | null, answer?: EchoResponse): void => {
        if (answer !== undefined) texts.push(answer.text);
      };
      const heard = (call: { cancel: () => void }, text: string): void => {
        texts.push(text);
        onText?.(text, () => call.cancel());
      };
      const attend = (call: {
        on(event: "metadata", told: (metadata: Metadata) => void): unknown;
        on(event: "status", told: (status: StatusObject) => void): unknown;
      }): void => {
        call.on("metadata", (told) => {
          leading = told;
        });
        call.on("status", (status) => {
          setImmediate(() =>
            resolve({
              leading: leading?.getMap() ?? {},
              texts,
              code: status.code,
              details: status.details,
              trailing: status.metadata.getMap(),
            }),
          );
        });
      };
      if (kind === "unary") attend(client.makeUnaryRequest(path, write, read, first, sent, options, whole));
      else if (kind === "server") {
        const call = client.makeServerStreamRequest(path, write, read, first, sent, options);
        call.on("data", ({ text }: EchoResponse) => heard(call, text));
        call.on("error", () => undefined);
        attend(call);
      } else if (kind === "client") {
        const call = client.makeClientStreamRequest(path, write, read, sent, options, whole);
        for (const request of requests) call.write(request);
        if (staysOpen !== true) call.end();
        attend(call);
      } else {
        const call = client.makeBidiStreamRequest(path, write, read, sent, options);
        call.on("data", ({ text }: EchoResponse) => heard(call, text));
        call.on("error", () => undefined);
        for (const request of requests) call.write(request);
        if (staysOpen !== true) call.end();
        attend(call);
      }
    });
  return { ask, close: () => client.close() };
}
