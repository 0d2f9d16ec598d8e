/** Headers in which a gateway key may come. */
const carriers = ["authorization", "x-api-key", "api-key", "x-goog-api-key"];

/**
 * The headers of a request that hold a gateway key, or a token that was presented to us: they go no further. What a client
 * proves to the service by another stays.
 */
export const credentialHeaders = (
  header: (name: string) => string | undefined,
  presented: readonly string[],
): readonly string[] =>
  carriers.filter((name) => {
    const value = header(name) ?? "";
    return (
      /^(?:bearer +)?sp-/i.test(value) ||
      (name === "authorization" && presented.includes(value.replace(/^bearer +/i, "").trim()))
    );
  });

/** The query without the gateway keys in it; all else byte for byte, a `key` of the service's own too. */
export const queryWithoutKey = (query: string): string =>
  query.includes("key=sp-")
    ? query
        .split("&")
        .filter((pair) => !pair.startsWith("key=sp-"))
        .join("&")
    : query;
