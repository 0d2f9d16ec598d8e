import { serverAudits } from "graphql-http";

/** Runs the server audits of GraphQL over HTTP against a URL. @returns How many there are, and those that were not met. */
export async function runGraphqlAudits(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly count: number; readonly unmet: readonly string[] }> {
  const fetchFn = (target: string, init: RequestInit = {}) =>
    fetch(target, { ...init, headers: { ...headers, ...Object.fromEntries(new Headers(init.headers)) } });
  const results = await Promise.all(serverAudits({ url, fetchFn }).map(({ fn }) => fn()));
  const unmet = results.flatMap((result) =>
    result.status === "ok" ? [] : [`${result.id} ${result.name}: ${result.reason}`],
  );
  return { count: results.length, unmet };
}
