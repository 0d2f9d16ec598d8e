import type { Refuser } from "../exchange/codec.ts";
import type { GatewayError } from "../kernel/errors.ts";
import type { InboundRequest } from "../ports/server.ts";
import {
  type AllowedOrigins,
  decideCors,
  flavourOf,
  type GrpcFlavour,
  type WholeAnswer,
} from "../protocols/grpc/index.ts";

/** A head, as far as it tells which kind of gRPC is spoken. */
interface Asking {
  readonly method: string;
  readonly query: string;
  readonly header: (name: string) => string | undefined;
}

/** The kind of gRPC that a request is; `undefined`: none. */
export function flavourAsked({ method, query, header }: Asking): GrpcFlavour | undefined {
  const choice = flavourOf(method, header("content-type") ?? "", query);
  return choice.kind === "other" ? undefined : choice.flavour;
}

/**
 * How a client of gRPC, gRPC-Web or Connect is told of refusals: in its own form. What is none of them gets `otherwise`.
 * `origins`: the pages that may read it.
 */
export function grpcRefuser(
  asking: Asking,
  otherwise: Refuser,
  { rawHeaders, origins }: { readonly rawHeaders: readonly string[]; readonly origins: AllowedOrigins },
): Refuser {
  const flavour = flavourAsked(asking);
  if (flavour === undefined) return otherwise;
  const cors = decideCors(asking.method, rawHeaders, origins);
  const own = cors.kind === "allowed" ? cors.headers : [];
  const told = (error: GatewayError): WholeAnswer => flavour.refusal(error, own);
  return {
    dialect: "grpc",
    encodeError: (error) => told(error).body,
    errorHead: (error) => {
      const { status, headers } = told(error);
      return { status, headers };
    },
  };
}

/** The same where no route is known: JSON may be anything there. */
export function unroutedRefuser(
  { method, header, rawHeaders }: Pick<InboundRequest, "method" | "header" | "rawHeaders">,
  otherwise: Refuser,
): Refuser {
  const isGrpc = /^application\/(?:grpc|connect\+|proto(?:;|$))/i.test(header("content-type") ?? "");
  return isGrpc
    ? grpcRefuser({ method, query: "", header }, otherwise, { rawHeaders, origins: [] })
    : otherwise;
}
