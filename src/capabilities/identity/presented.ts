const keyPrefix = "sp-";

/** The gateway keys a head presents, in the order of the carriers, without repetitions. */
export function presentedKeys(
  header: (name: string) => string | undefined,
  query: string,
): readonly string[] {
  const found: string[] = [];
  const take = (value: string | undefined): void => {
    if (value?.startsWith(keyPrefix) === true && !found.includes(value)) found.push(value);
  };
  const authorization = header("authorization");
  if (authorization !== undefined && /^bearer /i.test(authorization)) take(authorization.slice(7).trim());
  take(header("x-api-key"));
  take(header("api-key"));
  take(header("x-goog-api-key"));
  if (query !== "") {
    for (const pair of query.split("&")) take(queryKey(pair));
  }
  return found;
}

/** The gateway key in a pair of a query, whatever of it is percent-encoded: whoever reads it next decodes it too. */
export function queryKey(pair: string): string | undefined {
  if (pair.startsWith(`key=${keyPrefix}`)) return pair.slice("key=".length);
  if (!pair.includes("%")) return undefined;
  try {
    const decoded = decodeURIComponent(pair);
    return decoded.startsWith(`key=${keyPrefix}`) ? decoded.slice("key=".length) : undefined;
  } catch {
    return undefined;
  }
}
