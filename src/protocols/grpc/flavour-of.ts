import type { GatewayError } from "../../kernel/errors.ts";
import { isConnectQuery, notProto } from "./connect-get.ts";
import { connectStream } from "./connect-stream.ts";
import { connectUnary } from "./connect-unary.ts";
import type { GrpcFlavour } from "./flavour.ts";
import { grpc } from "./plain.ts";
import { grpcWeb } from "./web.ts";

export type FlavourChoice =
  | { readonly kind: "flavour"; readonly flavour: GrpcFlavour }
  /** It is gRPC of some kind, in a codec that cannot be taken; `flavour` tells so. */
  | { readonly kind: "refused"; readonly flavour: GrpcFlavour; readonly error: GatewayError }
  /** It is something else. */
  | { readonly kind: "other" };

const web = grpcWeb({ isText: false });
const webText = grpcWeb({ isText: true });
const connectPost = connectUnary("POST");
const connectGet = connectUnary("GET");
const streams = connectStream();

/** What a client speaks, by its method, its media type (`""`: it names none) and its query. */
export function flavourOf(method: string, contentType: string, query: string): FlavourChoice {
  if (method === "GET" || method === "HEAD")
    return method === "GET" && isConnectQuery(query)
      ? { kind: "flavour", flavour: connectGet }
      : { kind: "other" };
  if (method !== "POST") return { kind: "other" };
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (/^application\/grpc(?:\+|$)/.test(type)) return { kind: "flavour", flavour: grpc };
  if (/^application\/grpc-web(?:\+|$)/.test(type)) return { kind: "flavour", flavour: web };
  if (/^application\/grpc-web-text(?:\+|$)/.test(type)) return { kind: "flavour", flavour: webText };
  if (type === "application/proto") return { kind: "flavour", flavour: connectPost };
  if (type === "application/connect+proto") return { kind: "flavour", flavour: streams };
  if (type === "application/json") return { kind: "refused", flavour: connectPost, error: notProto("json") };
  const codec = /^application\/connect\+(.+)$/.exec(type)?.[1];
  return codec === undefined
    ? { kind: "other" }
    : { kind: "refused", flavour: streams, error: notProto(codec) };
}
