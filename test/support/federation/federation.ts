import { composeServices } from "@theguild/federation-composition";
import { buildSchema, parse } from "graphql";
import { monolithResolvers } from "./monolith.ts";
import { monolithSdl, subgraphSdl } from "./sdl.ts";
import { type Operation, type Runnable, runnable, serveGraphql, subgraphOf } from "./serve.ts";
import { sides } from "./sides.ts";
import { createStore } from "./store.ts";

export interface Federation {
  /** Composed of the subgraphs, with the addresses at which they listen. */
  readonly supergraph: string;
  readonly urls: Readonly<Record<string, string>>;
  /** What the subgraphs were asked, in order of arrival; emptied by `forget`. */
  readonly asked: readonly {
    readonly subgraph: string;
    readonly operation: Operation;
    readonly by: "http" | "socket";
  }[];
  readonly forget: () => void;
  readonly close: () => Promise<void>;
}

/** Composes subgraphs into a supergraph; faults of composition are thrown together. */
export function compose(
  subgraphs: Readonly<Record<string, string>>,
  urls: Readonly<Record<string, string>>,
): string {
  const services = Object.entries(subgraphs).map(([name, sdl]) => ({
    name,
    url: urls[name] ?? "",
    typeDefs: parse(sdl),
  }));
  const { errors, supergraphSdl } = composeServices(services);
  if (supergraphSdl === undefined) throw new Error(errors?.map(({ message }) => message).join("\n"));
  return supergraphSdl;
}

/** Starts the seven subgraphs, each a server of its own on loopback, over one store. */
export async function startFederation(): Promise<Federation> {
  const store = createStore();
  const asked: { subgraph: string; operation: Operation; by: "http" | "socket" }[] = [];
  const served = await Promise.all(
    Object.entries(sides).map(async ([name, side]) => {
      const subgraph = subgraphOf(sdlOf(name), side(store));
      return {
        name,
        ...(await serveGraphql(subgraph, (operation, by) => asked.push({ subgraph: name, operation, by }))),
      };
    }),
  );
  const urls = Object.fromEntries(served.map(({ name, url }) => [name, url]));
  return {
    supergraph: compose(subgraphSdl, urls),
    urls,
    asked,
    forget: () => {
      asked.length = 0;
    },
    close: async () => {
      await Promise.all(served.map(({ close }) => close()));
    },
  };
}

function sdlOf(name: string): string {
  return new Map<string, string>(Object.entries(subgraphSdl)).get(name) ?? "";
}

/** The oracle: the same data in one plain schema, by graphql-js alone. */
export function createMonolith(): Runnable {
  return runnable(buildSchema(monolithSdl), monolithResolvers(createStore()));
}
