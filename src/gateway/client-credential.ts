/** Headers in which a gateway key may come. */
const carriers = ["authorization", "x-api-key", "api-key", "x-goog-api-key"];

/** The headers of a request that hold a gateway key: they go no further. What a client proves to the service by another stays. */
export const credentialHeaders = (header: (name: string) => string | undefined): readonly string[] =>
  carriers.filter((name) => /^(?:bearer +)?sp-/i.test(header(name) ?? ""));

/** The query without the gateway keys in it; all else byte for byte, a `key` of the service's own too. */
export const queryWithoutKey = (query: string): string =>
  query.includes("key=sp-")
    ? query
        .split("&")
        .filter((pair) => !pair.startsWith("key=sp-"))
        .join("&")
    : query;
