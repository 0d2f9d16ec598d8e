import { everything, type Grant, type Scope } from "../../exchange/identity.ts";
import { fitsGlob } from "../../kernel/glob.ts";
import { networkHolds } from "../../kernel/ip-network.ts";

/** What a grant holds beyond another. */
export interface Excess {
  /** The member of the grant: `models`, `scope.tools`. */
  readonly member: string;
  readonly value: string;
}

/** Whether a zone lies in another, by its name. */
export type ZoneWithin = (zone: string, around: string) => boolean;

/** A grant that adds no bound. */
export const unbounded: Grant = {
  models: [],
  residency: [],
  scope: everything,
  networks: [],
  expiresAt: null,
};

/**
 * The first thing that `child` would hold beyond `parent`. A list that is empty asks for nothing of its own, so it holds no
 * more than what stands above it.
 */
export function excessOf(child: Grant, parent: Grant, isZoneWithin: ZoneWithin): Excess | undefined {
  return (
    excess("models", [child.models, parent.models], globWithin) ??
    excess("residency", [child.residency, parent.residency], isZoneWithin) ??
    excessOfScope(child.scope, parent.scope) ??
    excess("networks", [child.networks, parent.networks], networkWithin) ??
    excessOfTime(child.expiresAt, parent.expiresAt)
  );
}

type Lists = readonly [child: readonly string[], parent: readonly string[]];

function excess(
  member: string,
  [child, parent]: Lists,
  isWithin: (one: string, around: string) => boolean,
): Excess | undefined {
  if (parent.length === 0) return undefined;
  const value = child.find((one) => !parent.some((around) => isWithin(one, around)));
  return value === undefined ? undefined : { member, value };
}

const same = (one: string, other: string): boolean => one === other;

const excessOfScope = (child: Scope, parent: Scope): Excess | undefined =>
  excess("scope.lanes", [child.lanes, parent.lanes], same) ??
  excess("scope.routes", [child.routes, parent.routes], globWithin) ??
  excess("scope.methods", [child.methods, parent.methods], same) ??
  excess("scope.tools", [child.tools, parent.tools], globWithin);

function excessOfTime(child: number | null, parent: number | null): Excess | undefined {
  if (child === null || parent === null || child <= parent) return undefined;
  return { member: "expiresAt", value: String(child) };
}

/** Whether all names that a glob fits are fitted by another: its `*` are taken as a letter that no glob has. */
const globWithin = (glob: string, around: string): boolean => fitsGlob(around, glob);

const networkWithin = (network: string, around: string): boolean => networkHolds(around, network);
