import type { Splice } from "../exchange/codec.ts";
import type { UpstreamFailure } from "../exchange/failure.ts";
import type { Healing } from "../exchange/healing.ts";
import type { Candidate } from "../exchange/target.ts";
import type { Warning } from "../exchange/warning.ts";

/** Learns what models do not take: `capabilities/abilities`. */
export interface Healer {
  readonly known: (candidate: Candidate) => readonly Healing[];
  readonly fit: (
    healings: readonly Healing[],
    members: ReadonlyMap<string, string>,
  ) => { readonly splices: readonly Splice[]; readonly warnings: readonly Warning[] };
  readonly learn: (
    candidate: Candidate,
    failure: UpstreamFailure,
    members: ReadonlyMap<string, string>,
  ) => Healing | undefined;
}

/** A body that can be healed. */
export interface FittingBody {
  readonly body: () => Uint8Array | string;
  /** What was changed, to be declared. */
  readonly warnings: () => readonly Warning[];
  /** Whether the refusal taught something, and the body is now another. */
  readonly heal: (failure: UpstreamFailure) => boolean;
}

/** How bodies are read and changed: `framing`. */
export interface BodyTools {
  readonly splice: (body: Uint8Array, splices: readonly Splice[]) => Uint8Array;
  /** The top-level members, each with its JSON text. */
  readonly membersOf: (body: Uint8Array) => ReadonlyMap<string, string>;
}

const healingsMax = 3;

/** The body as the candidate takes it, by all that was learned of it, and by what its refusals teach now. */
export function fittingBody(
  original: Uint8Array | string,
  {
    candidate,
    healer,
    tools,
  }: { readonly candidate: Candidate; readonly healer: Healer; readonly tools: BodyTools },
): FittingBody {
  let body = original;
  let warnings: readonly Warning[] = [];
  let healings = 0;
  const apply = (known: readonly Healing[]): boolean => {
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    const fitted = healer.fit(known, tools.membersOf(bytes));
    if (fitted.splices.length === 0) return false;
    body = tools.splice(bytes, fitted.splices);
    warnings = [...warnings, ...fitted.warnings];
    return true;
  };
  const known = healer.known(candidate);
  if (known.length > 0) apply(known);
  return {
    body: () => body,
    warnings: () => warnings,
    heal: (failure) => {
      if (healings === healingsMax || (failure.status !== 400 && failure.status !== 422)) return false;
      const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
      const healing = healer.learn(candidate, failure, tools.membersOf(bytes));
      healings += 1;
      return healing !== undefined && apply([healing]);
    },
  };
}
