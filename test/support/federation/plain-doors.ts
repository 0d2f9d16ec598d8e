import type { FederationDoors } from "../../../src/ports/graphql-federation.ts";

async function post(url: string, body: object): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** Doors that stand open: what is sent goes straight to the subgraph. Labels are those of `context.labels`. */
export const plainDoors: FederationDoors = {
  fetch: async ({ url }, { query, variables }) => (await post(url, { query, variables })).json(),
  subscribe: async function* ({ url }, { query, variables }) {
    const text = await (await post(url, { query, variables })).text();
    for (const [, data] of text.matchAll(/event: next\ndata: (.*)\n/g)) yield JSON.parse(data ?? "");
  },
  isLabelOn: (label, context) => {
    const labels: unknown = Object(context).labels;
    return Array.isArray(labels) && labels.includes(label);
  },
};
