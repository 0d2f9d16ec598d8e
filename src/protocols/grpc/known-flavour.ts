import { connectStream } from "./connect-stream.ts";
import { connectUnary } from "./connect-unary.ts";
import type { Codec, GrpcFlavour } from "./flavour.ts";
import { grpc } from "./plain.ts";
import { grpcWeb } from "./web.ts";

/** What a client speaks, and how it writes its messages. */
export interface KnownFlavour {
  readonly flavour: GrpcFlavour;
  readonly codec: Codec;
}

const ofGrpc: Readonly<Record<string, GrpcFlavour>> = {
  grpc,
  "grpc-web": grpcWeb({ isText: false }),
  "grpc-web-text": grpcWeb({ isText: true }),
};
const unary = { proto: connectUnary("POST"), json: connectUnary("POST", "json") } as const;
const stream = { proto: connectStream(), json: connectStream("json") } as const;

/**
 * What is spoken to a service whose messages the gateway knows, by the media type of a `POST`: there JSON can be taken
 * too. `undefined`: nothing of gRPC.
 */
export function knownFlavourOf(contentType: string): KnownFlavour | undefined {
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  const [, name = "", codec = "proto"] =
    /^application\/(grpc(?:-web(?:-text)?)?)(?:\+(proto|json))?$/.exec(type) ?? [];
  const flavour = ofGrpc[name];
  if (flavour !== undefined) return { flavour, codec: codec === "json" ? "json" : "proto" };
  switch (type) {
    case "application/proto":
      return { flavour: unary.proto, codec: "proto" };
    case "application/json":
      return { flavour: unary.json, codec: "json" };
    case "application/connect+proto":
      return { flavour: stream.proto, codec: "proto" };
    case "application/connect+json":
      return { flavour: stream.json, codec: "json" };
    default:
      return undefined;
  }
}
