/**
 * The layers of `src`, from the ground up: who may import whom. This table is the authority, ARCHITECTURE.md draws it,
 * `layers.test.ts` enforces it. A folder may import the levels it names and its own files, never its neighbours.
 */
export interface Layer {
  readonly level: number;
  /** `name/*` stands for each folder in `name`: a room, which others enter through its `index.ts` alone. */
  readonly folders: readonly string[];
  readonly mayImport: readonly number[];
  /** Folders of its own level that it may import all the same. */
  readonly mayAlsoImport?: readonly string[];
  /** npm packages its files may import: everything, or the ones of a file's name (`*` for any file). */
  readonly packages: "any" | Readonly<Record<string, readonly string[]>>;
  /** Whether its files may import `node:*`. */
  readonly touchesTheWorld: boolean;
}

export const layers: readonly Layer[] = [
  { level: 0, folders: ["kernel"], mayImport: [], packages: {}, touchesTheWorld: false },
  { level: 1, folders: ["exchange", "statistics"], mayImport: [0], packages: {}, touchesTheWorld: false },
  {
    level: 1,
    folders: ["ports", "framing"],
    mayImport: [0],
    mayAlsoImport: ["exchange"], // a port promises, and a frame is cut, in the words of the exchange
    packages: {},
    touchesTheWorld: false,
  },
  {
    level: 2,
    folders: ["capabilities/*", "protocols/*", "providers/*", "pipeline"],
    mayImport: [0, 1],
    // What comes from outside is held against a schema: settings, and what an earlier process has stored.
    packages: { "settings.ts": ["zod"], "kept-state.ts": ["zod"] },
    touchesTheWorld: false,
  },
  { level: 2, folders: ["platform/*"], mayImport: [0, 1], packages: "any", touchesTheWorld: true },
  {
    level: 3,
    folders: ["config"],
    mayImport: [0, 1, 2],
    packages: { "*": ["zod", "yaml"] },
    touchesTheWorld: false,
  },
  {
    level: 4,
    folders: ["gateway"],
    mayImport: [0, 1, 2, 3],
    packages: { "feedback.ts": ["zod"] }, // a body of the data plane that is of no dialect
    touchesTheWorld: false,
  },
  {
    level: 5,
    folders: ["admin"],
    mayImport: [0, 1, 3, 4],
    packages: { "*": ["zod"] },
    touchesTheWorld: false,
  },
  {
    level: 6,
    folders: ["cli", "main.ts", "sign.ts"],
    mayImport: [0, 1, 2, 3, 4, 5, 6],
    packages: {},
    touchesTheWorld: true,
  },
];

/** Folders beside `src` that files of a level may import: the command line starts the built-in provider. */
export const besideSrc: Readonly<Record<string, readonly number[]>> = { sandbox: [6] };
