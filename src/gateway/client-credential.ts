import { queryKey } from "../capabilities/identity/index.ts";

/** Headers in which a gateway key may come. */
const carriers = ["authorization", "x-api-key", "api-key", "x-goog-api-key"];

/** Values of a doubled header are joined by commas: the key need not be the first of them. */
const keyWithin = /(?:^|[\s,"'])sp-/i;

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
      keyWithin.test(value) ||
      (name === "authorization" && presented.includes(value.replace(/^bearer +/i, "").trim()))
    );
  });

/** The query without the gateway keys in it; all else byte for byte, a `key` of the service's own too. */
export const queryWithoutKey = (query: string): string =>
  query.split("&").some((pair) => queryKey(pair) !== undefined)
    ? query
        .split("&")
        .filter((pair) => queryKey(pair) === undefined)
        .join("&")
    : query;
