import type { HttpAsk } from "../http-load.ts";
import { chatRequest } from "../payload.ts";

/** A message of gRPC with its prefix, as text of one byte a character. */
function grpcMessage(text: string): string {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(text.length, 1);
  return prefix.toString("latin1") + text;
}

const messageBytes = 32;
/** Messages of a measured stream. */
export const streamMessages = 1000;
/** What `count` messages are on the wire of gRPC, in bytes. */
export const grpcBytes = (count: number): number => count * (5 + messageBytes);

/** A call of gRPC that is answered by `count` messages. */
export const grpcAsk = (count: number, size = messageBytes): HttpAsk => ({
  method: "POST",
  body: grpcMessage(JSON.stringify({ count, size })),
  contentType: "application/grpc",
});

export const getAsk: HttpAsk = { method: "GET", body: "", contentType: "" };
export const postAsk: HttpAsk = { method: "POST", body: chatRequest, contentType: "application/json" };

/** What is passed in bulk, in bytes. */
export const bulkBytes = 10 * 1024 * 1024;
export const uploadAsk: HttpAsk = {
  method: "POST",
  body: "A".repeat(bulkBytes),
  contentType: "application/octet-stream",
};

const json = (body: unknown): HttpAsk => ({
  method: "POST",
  body: JSON.stringify(body),
  contentType: "application/json",
});

/** The schema of the single service. */
export const graphSdl = `type Query { user(id: ID!): User }
type User { id: ID! name: String! email: String orders(first: Int = 10): [Order!]! }
type Order { id: ID! total: Float! state: String! }
`;
export const graphAsk = json({
  query: "query User($id: ID!) { user(id: $id) { id name email orders(first: 5) { id total state } } }",
  operationName: "User",
  variables: { id: "1" },
});
export const graphAnswer = JSON.stringify({
  data: {
    user: {
      id: "1",
      name: "Ada",
      email: "ada@example.com",
      orders: Array.from({ length: 5 }, (_, index) => ({ id: `o${index}`, total: 9.5, state: "shipped" })),
    },
  },
});

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])`;
/** Two subgraphs that share an entity. */
export const subgraphSdl = {
  accounts: `${link}
type Query { me: User }
type User @key(fields: "id") { id: ID! name: String! }
`,
  reviews: `${link}
type User @key(fields: "id") { id: ID! reviews: [Review!]! }
type Review { text: String! stars: Int! }
`,
};
export const federatedAsk = json({ query: "{ me { id name reviews { text stars } } }" });
const reviews = [
  { text: "It was where it should be.", stars: 5 },
  { text: "It was lifted twice.", stars: 4 },
];
/** What each subgraph answers, whatever it is asked: there is one plan. */
export const subgraphAnswers = {
  accounts: JSON.stringify({ data: { me: { __typename: "User", id: "1", name: "Ada" } } }),
  reviews: JSON.stringify({ data: { _entities: [{ __typename: "User", reviews }] } }),
};
export const federatedAnswer = JSON.stringify({ data: { me: { id: "1", name: "Ada", reviews } } });
