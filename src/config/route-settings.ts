import * as z from "zod";
import { acceptedProofs } from "../capabilities/vouched-identity/index.ts";
import { headerName, ownName } from "./fields.ts";
import { graphqlRouteSettings } from "./graphql-settings.ts";
import { askedFacts, inWords, serviceFacts } from "./service-facts.ts";
import { socketSettings } from "./socket-settings.ts";

const fieldText = z
  .string()
  .max(1000)
  .regex(/^[\t\x20-\x7e]*$/, "must be one line of ASCII text");
const expression = z.string().min(1).max(2000);
const pointer = z
  .string()
  .max(1000)
  .regex(/^(?:\/(?:[^~/]|~[01])*)+$/, "must be a JSON Pointer, like `/user/name`");
const memberName = z.string().max(200).regex(/^[^/]/, "must be the new name of the member, like `fullName`");
const queryName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x21-\x7e]+$/, "must be visible ASCII");
const fields = (name: typeof headerName, what: string) =>
  z
    .strictObject({
      set: z.record(name, fieldText).default({}).describe(`In the place of all ${what} of that name.`),
      add: z.record(name, fieldText).default({}).describe("Beside those there are."),
      remove: z.array(name).max(100).default([]).describe("All of that name."),
      compute: z
        .record(name, expression)
        .default({})
        .describe(
          `Set to what an expression makes of the request, \`{ x-tenant: 'header["x-team"] + "/" + key.name' }\`.`,
        ),
    })
    .describe(`What becomes of ${what}: first \`remove\`, then \`set\` and \`compute\`, then \`add\`.`);
const body = z
  .strictObject({
    set: z.record(pointer, z.json()).default({}).describe("Values by JSON Pointer."),
    remove: z.array(pointer).max(100).default([]).describe("Places that are to be empty."),
    rename: z
      .record(pointer, memberName)
      .default({})
      .describe(
        "The new name of a member by its JSON Pointer, `{ /user/name: fullName }`; it stays in its place.",
      ),
    compute: z
      .record(pointer, expression)
      .default({})
      .describe("What an expression makes of the request, by JSON Pointer, `{ /tenant: key.name }`."),
  })
  .describe(
    "What becomes of its JSON body, which is held for it: at most 1 MiB, and a request with more is refused. Bodies of other media types pass as they are.",
  );

const request = z.strictObject({
  headers: z.exactOptional(fields(headerName, "headers")),
  query: z.exactOptional(fields(queryName, "query parameters")),
  body: z.exactOptional(body),
});
const response = z.strictObject({
  headers: z.exactOptional(fields(headerName, "headers")),
  body: z.exactOptional(body),
  status: z
    .record(z.string().regex(/^[1-5][0-9]{2}$/), z.int().min(200).max(599))
    .default({})
    .describe("One status for another, `{ 404: 410 }`."),
});

const matcher = z.union([
  fieldText.describe("Exactly this; `*` at its end: what begins so."),
  z.boolean().describe("Whether there is one at all."),
]);
const host = z
  .string()
  .max(253)
  .regex(
    /^(?:\*\.)?[a-z0-9._-]+$/,
    "must be a host in small letters, like `api.example.com` or `*.example.com`",
  );

const grpc = z
  .strictObject({
    messageBytesMax: z
      .int()
      .min(0)
      .max(1_073_741_824)
      .default(4_194_304)
      .describe("The longest message either way, in bytes."),
    deadlineMs: z
      .int()
      .min(1)
      .max(600_000)
      .default(600_000)
      .describe("The longest that a call may take; one whose client gives it less time has that."),
    origins: z
      .union([
        z.literal("any"),
        z
          .array(z.string().regex(/^https?:\/\/[^/\s]+$/, "must be an origin, like `https://app.example`"))
          .max(100),
      ])
      .default([])
      .describe("Pages of these origins may call it, by gRPC-Web or Connect; `any`: all pages."),
    connectGet: z.boolean().default(false).describe("Whether calls of Connect may come by `GET`."),
  })
  .prefault({})
  .describe("What holds for calls of the protocol `grpc`.");

const route = z
  .strictObject({
    protocol: z
      .enum(["rest", "graphql", "grpc", "websocket"])
      .default("rest")
      .describe(
        "What is spoken on it, by clients and by the service. `grpc`: gRPC, gRPC-Web and Connect by clients, gRPC by the service; messages in binary only, for the service's schema is not known here.",
      ),
    path: z
      .string()
      .max(1000)
      .regex(/^\/[\x21-\x7e]*$/, "must be a path that begins with `/`")
      .describe(
        "`/orders`: this path; `/orders/*`: it and all below; `/users/{id}`: a segment by name; `/files/{rest=**}`: any number of segments by name.",
      ),
    hosts: z.array(host).max(100).default([]).describe("For these hosts only; empty: for all."),
    methods: z
      .array(z.string().regex(/^[A-Z]{1,32}$/, "must be a method in capital letters"))
      .max(50)
      .default([])
      .describe("These only; empty: all."),
    headers: z.record(headerName, matcher).default({}).describe("Headers that a request must have."),
    query: z.record(queryName, matcher).default({}).describe("Query parameters that a request must have."),
    when: z
      .exactOptional(z.string().min(1).max(2000))
      .describe(
        `A condition in CEL that must hold besides: \`http.method == "GET" && header["x-tenant"] != ""\`. Facts: ${inWords(serviceFacts)}. One that cannot be told does not hold.`,
      ),
    service: z.exactOptional(ownName).describe("Where it leads: a name of `services`."),
    auth: z
      .union([z.enum(["required", "none"]), acceptedProofs])
      .default("required")
      .describe(
        "`required`: each request must prove who asks, by a gateway key or by what `identity` believes. `none`: anybody may ask; a key that comes is not looked at, and goes on to the service as it is. `{ anyOf: [jwt, mtls] }`, `{ allOf: [jwt, mtls] }`: these proofs count, and no others.",
      ),
    signature: z
      .enum(["required", "optional"])
      .default("optional")
      .describe(
        "`required`: each request must be signed (see the section `signing`), and the signature says who asks.",
      ),
    websocket: z.exactOptional(socketSettings).describe("Its sockets, where `protocol` is `websocket`."),
    preserveHost: z.boolean().default(false).describe("Whether the service gets the client's `Host`."),
    ignoreTrailingSlash: z.boolean().default(false).describe("Whether `/orders/` is `/orders`."),
    rewrite: z
      .exactOptional(
        z
          .string()
          .max(1000)
          .regex(/^\/[\x21-\x7e]*$/, "must be a path that begins with `/`"),
      )
      .describe(
        "The path at the service: `/v2/*` puts `/v2` in the place of what stands before the `*` of `path`; `/u/{id}` takes what `path` has named.",
      ),
    request: z
      .exactOptional(request)
      .describe(
        `What becomes of requests on the way up; on routes of \`grpc\` headers only, on those of \`graphql\` nothing. Expressions of \`compute\` are in CEL, over the facts of \`when\` and ${inWords(askedFacts)}.`,
      ),
    response: z
      .exactOptional(response)
      .describe(
        "What becomes of answers on the way down: those of `rest`, and refusals of services whose route is of `websocket`. Expressions of `compute` are over the request, as those of `request`.",
      ),
    grpc,
    bodyBytesMax: z
      .int()
      .min(0)
      .exactOptional()
      .describe("Body of a request, in bytes; `server.limits.streamedBodyBytesMax` when it is left out."),
    graphql: z.exactOptional(graphqlRouteSettings).describe("What holds for its operations of GraphQL."),
    labels: z
      .exactOptional(z.record(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/), z.string().max(200)))
      .describe("What policies may ask of it as `route.labels`: `{ data: internal }`."),
    headMs: z.int().min(1).max(3_600_000).exactOptional().describe("As `timeouts.headMs` of the service."),
    idleMs: z.int().min(1).max(3_600_000).exactOptional().describe("As `timeouts.idleMs` of the service."),
  })
  .describe("A way from a client's path to a service.");

/** The `routes` section. */
export const routesSettings = z
  .record(ownName, route)
  .default({})
  .describe(
    "Which requests go to which of `services`. Of several that fit, the one with the most exact host counts, then the longest path, then the most that is asked for, then the first in the file. Routes go before the gateway's own paths; before its own gRPC services (`ai.v1.ChatService`, `grpc.health.v1.Health`) only those of the protocol `grpc`, whatever their path, and those whose path names the service: so `path: /grpc.health.v1.Health/*` asks a backend, and a REST route `/*` leaves both alone.",
  );

export type RouteSettings = z.output<typeof route>;
