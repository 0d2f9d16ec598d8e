import type { Refuser } from "../exchange/codec.ts";
import type { ServiceProtocol } from "../exchange/dialect.ts";
import { encodeRefusal } from "../protocols/graphql/index.ts";
import { encodeProblem, problemType } from "../protocols/rest/index.ts";
import { upgradeRequiredHeaders } from "../protocols/websocket/index.ts";

const rest: Refuser = {
  dialect: "rest",
  encodeError: (error, requestId) => encodeProblem(error, requestId),
  errorHead: ({ status }) => ({ status, headers: ["content-type", problemType] }),
};

/** How clients of services are told of refusals. */
export const refusers: Readonly<Record<ServiceProtocol, Refuser>> = {
  rest,
  graphql: {
    ...rest,
    dialect: "graphql",
    encodeError: (error, requestId) => encodeRefusal(error, requestId).body,
    errorHead: ({ status }) => ({ status, headers: ["content-type", "application/json; charset=utf-8"] }),
  },
  grpc: { ...rest, dialect: "grpc" },
  websocket: {
    ...rest,
    dialect: "websocket",
    errorHead: ({ status }) => ({
      status,
      headers: ["content-type", problemType, ...(status === 426 ? upgradeRequiredHeaders : [])],
    }),
  },
};
