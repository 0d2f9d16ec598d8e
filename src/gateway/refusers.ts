import type { Refuser } from "../exchange/codec.ts";
import type { ServiceProtocol } from "../exchange/service.ts";
import { clientCodecs } from "./codecs.ts";

const rest: Refuser = { dialect: "rest", encodeError: clientCodecs["openai-chat"].encodeError };

/** How clients of services are told of refusals. */
export const refusers: Readonly<Record<ServiceProtocol, Refuser>> = {
  rest,
  graphql: { ...rest, dialect: "graphql" },
  grpc: { ...rest, dialect: "grpc" },
  websocket: { ...rest, dialect: "websocket" },
};
