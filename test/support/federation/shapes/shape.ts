import type { Fields, Resolvers, Side } from "../resolvers.ts";

/** A small federation for what the large one has not: subgraphs, operations, and what must come of them. */
export interface Shape {
  readonly name: string;
  readonly subgraphs: Readonly<Record<string, { readonly sdl: string; readonly side: Side }>>;
  readonly asks: readonly { readonly query: string; readonly variables?: Fields; readonly data: unknown }[];
}

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@external",
  "@requires", "@provides", "@override", "@shareable", "@inaccessible", "@interfaceObject"])`;
/** A subgraph of the second federation. */
export const subgraph = (sdl: string, resolvers: Resolvers = {}, references: Side["references"] = {}) => ({
  sdl: `${link} ${sdl}`,
  side: { resolvers, references },
});
/** Finds a row by the members of a representation that are plain. */
export const among =
  (rows: readonly Fields[]) =>
  (sent: Fields): unknown => {
    const keys = Object.entries(sent).filter(
      ([name, value]) => name !== "__typename" && typeof value !== "object",
    );
    const row = rows.find((one) => keys.every(([name, value]) => !(name in one) || one[name] === value));
    return row === undefined ? null : { ...sent, ...row };
  };
/** What was sent is what there is. */
export const itself = (sent: Fields): unknown => sent;
