import type { SubgraphFault } from "./answer.ts";
import type { Selected } from "./fetches.ts";
import { type Branch, isBranch, typename } from "./tree.ts";

export type Path = readonly (string | number)[];

/** A subgraph's own error, in the tree in the place of what is missing because of it. */
export class SubgraphError extends Error {
  /** What it said. */
  readonly told: SubgraphFault;
  readonly graph: string;
  /** Canonical names from the object in which it stands to where it arose; `undefined`: where it stands. */
  readonly origin: Path | undefined;
  /** Those that explain the same null. */
  readonly others: SubgraphError[] = [];
  constructor(told: SubgraphFault, graph: string, origin?: Path) {
    super(told.message);
    this.told = told;
    this.graph = graph;
    this.origin = origin;
  }
}

interface Placing {
  readonly graph: string;
  readonly selected: Selected;
}

/** An object that a fetch was about. `isNull`: the subgraph has answered null in its place. */
interface Hit {
  readonly branch: Branch;
  readonly isNull: boolean;
}

/**
 * Puts a fault into an object, in the place of the null that it explains: where it arose, or above, if the subgraph let the
 * null rise. Of an object that is null altogether all fields fail by it.
 *
 * @returns Whether it explains anything.
 */
export function placeFault(
  fault: SubgraphFault,
  path: Path,
  { branch, isNull }: Hit,
  { graph, selected }: Placing,
): boolean {
  const isPlaced = placeError(branch, path, (origin) => new SubgraphError(fault, graph, origin));
  if (isPlaced && !isNull) return true;
  const count = failMissing([branch], selected, new SubgraphError(fault, graph, path));
  return isPlaced || count > 0;
}

/** `make` is given the way from the object in which the error comes to stand. */
function placeError(branch: Branch, path: Path, make: (origin: Path) => SubgraphError): boolean {
  let at: unknown = branch;
  let from = 0;
  for (const [index, step] of path.entries()) {
    if (isBranch(at)) from = index;
    const next: unknown = childOf(at, step);
    if (next instanceof SubgraphError) next.others.push(make(path.slice(from)));
    if (next instanceof Error) return true;
    if (next === null || next === undefined) return setChild(at, step, make(path.slice(from)));
    at = next;
  }
  return false;
}

function childOf(at: unknown, step: string | number): unknown {
  if (isBranch(at) && typeof step === "string") return at.get(step);
  if (!Array.isArray(at) || typeof step !== "number") return false;
  const item: unknown = at[step];
  return step < at.length ? item : false;
}

function setChild(at: unknown, step: string | number, error: Error): boolean {
  if (isBranch(at) && typeof step === "string") at.set(step, error);
  else if (Array.isArray(at) && typeof step === "number") at[step] = error;
  return true;
}

/** Whatever a fetch was to deliver and has not, failed by this. @returns How many fields these were. */
export function failMissing(objects: readonly Branch[], selected: Selected, error: Error): number {
  let count = 0;
  for (const branch of objects) {
    for (const key of selected.fields.keys()) {
      if ((branch.get(key) ?? null) !== null) continue;
      branch.set(key, error);
      count += 1;
    }
    const told = branch.get(typename);
    for (const [name, inner] of selected.types)
      if (told === name) count += failMissing([branch], inner, error);
  }
  return count;
}
