import * as z from "zod";
import { graphqlLimits } from "../ports/graphql.ts";
import { headerName, ownName } from "./fields.ts";
import { socketFields } from "./socket-settings.ts";

const file = z.string().min(1).max(1000);
const bound = (value: number, what: string) => z.int().min(1).max(10_000_000).default(value).describe(what);

const limits = z
  .strictObject({
    tokens: bound(graphqlLimits.tokens, "Tokens of a document."),
    depth: bound(graphqlLimits.depth, "Fields within fields."),
    aliases: bound(graphqlLimits.aliases, "Aliases."),
    rootFields: bound(graphqlLimits.rootFields, "Fields of the root."),
    directives: bound(graphqlLimits.directives, "Directives."),
    fragmentSpreads: bound(graphqlLimits.fragmentSpreads, "Spreads, as often as they are reached."),
    cost: bound(graphqlLimits.cost, "Cost, by `@cost` and `@listSize` of the schema."),
    variablesBytes: bound(64 * 1024, "Variables, in bytes."),
  })
  .prefault({})
  .describe("What one operation may ask for.");

/** What stays open: sockets of `graphql-transport-ws`, and subscriptions by events. */
const sockets = z
  .strictObject({
    ...socketFields,
    idleMs: socketFields.idleMs.describe("Longest time in which no operation runs on a socket."),
    perKeyMax: socketFields.perKeyMax.describe(
      "Most sockets and subscriptions by events that one client key has open.",
    ),
    perClientMax: socketFields.perClientMax.describe(
      "Most sockets and subscriptions by events that one client address has open.",
    ),
    keyInQuery: z
      .boolean()
      .default(false)
      .describe("Whether the gateway key of a socket may come as `?key=`."),
    keyInInit: z
      .boolean()
      .default(false)
      .describe(
        'Whether the gateway key may come in the payload of `connection_init`, as browsers have to bring it: `{ authorization: "Bearer sp-…" }`, or in `headers` of it. A socket is opened before it is known who asks, for 3 s.',
      ),
  })
  .prefault({})
  .describe("Sockets of `graphql-transport-ws`, and subscriptions by events.");

/** What a route of GraphQL has besides. */
export const graphqlRouteSettings = z
  .strictObject({
    supergraph: z
      .exactOptional(file)
      .describe(
        "A file: the route answers over all subgraphs of this supergraph, in the place of `service`.",
      ),
    schema: z
      .exactOptional(file)
      .describe(
        "A file: the schema of `service`, as SDL or as the answer to an introspection query; without it only syntax and limits are checked.",
      ),
    limits,
    introspection: z
      .strictObject({
        allow: z.boolean().default(false).describe("Everybody may."),
        keys: z.array(z.string().max(200)).max(100).default([]).describe("Names of keys that may."),
      })
      .prefault({})
      .describe("Who may ask for the schema."),
    trustedDocuments: z
      .strictObject({
        mode: z
          .enum(["off", "log", "enforce"])
          .default("off")
          .describe("`enforce`: nothing but trusted documents is run; `log`: it is told what else is."),
        manifest: z.exactOptional(file).describe("A file with their texts by id."),
      })
      .prefault({})
      .describe("Documents that are known beforehand."),
    batchingMax: z.int().min(0).max(100).default(0).describe("Operations in one body; 0: no array is taken."),
    exposeSubgraphErrors: z.boolean().default(false).describe("Whether clients read the words of subgraphs."),
    forwardHeaders: z
      .array(headerName)
      .max(50)
      .default([])
      .describe("Headers of clients that go on to subgraphs; no other does."),
    overrideLabels: z
      .record(z.string().min(1).max(200), z.boolean())
      .default({})
      .describe(
        "Progressive `@override` by label: whether it holds. A label `percent(5)` that is not named holds for 5 % of the keys (of the requests, where no key is asked for), and any other for nobody.",
      ),
    sockets,
    subgraphs: z
      .record(
        z.string().min(1).max(200),
        z.strictObject({ service: ownName.describe("A name of `services`.") }),
      )
      .default({})
      .describe(
        "Where subgraphs are; one that is not named is at the service of its own name in small letters.",
      ),
  })
  .describe("Of a route whose protocol is `graphql`.");

export type GraphqlRouteSettings = z.output<typeof graphqlRouteSettings>;
