import type { Splice } from "../../exchange/codec.ts";
import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { Healing } from "../../exchange/healing.ts";
import type { Candidate } from "../../exchange/target.ts";
import type { Warning } from "../../exchange/warning.ts";
import { healingOf } from "./healing.ts";
import type { QuirkMemory, QuirkPlace } from "./learned.ts";
import type { AbilitiesSettings } from "./settings.ts";

/** The members of a body that is about to be sent: their names and the JSON text of each. */
export type BodyMembers = ReadonlyMap<string, string>;

/** What is changed in a body, and how it is declared. */
export interface Healed {
  readonly splices: readonly Splice[];
  readonly warnings: readonly Warning[];
}

/** What door 8 asks of this room, around each try. */
export interface Abilities {
  /** Whether anything was learned for this candidate: only then is its body looked into. */
  readonly known: (candidate: Candidate) => readonly Healing[];
  /** The change that makes a body fit what was learned. */
  readonly fit: (healings: readonly Healing[], members: BodyMembers) => Healed;
  /** What the refusal of a body teaches; `undefined` when nothing, and then it is final. */
  readonly learn: (
    candidate: Candidate,
    failure: UpstreamFailure,
    members: BodyMembers,
  ) => Healing | undefined;
}

export function createAbilities({ isLearning }: AbilitiesSettings, memory: QuirkMemory): Abilities {
  return {
    known: (candidate) => memory.healingsFor(placeOf(candidate)),
    fit: (healings, members) => {
      const due = healings.filter(({ parameter }) => members.has(parameter));
      return {
        splices: due.flatMap((healing) => splicesOf(healing, members)),
        warnings: due.map(warningOf),
      };
    },
    learn: (candidate, failure, members) => {
      if (!isLearning) return undefined;
      const healing = healingOf(failure, new Set(members.keys()));
      const place = placeOf(candidate);
      if (healing === undefined || !memory.mayLearn(place, healing)) return undefined;
      memory.learn(place, healing, failure.message);
      return healing;
    },
  };
}

const placeOf = ({ target, endpoint }: Candidate): QuirkPlace => ({
  provider: target.provider,
  origin: endpoint.origin,
  dialect: endpoint.codec.dialect,
  model: target.model,
});

function splicesOf(healing: Healing, members: BodyMembers): readonly Splice[] {
  const removal: Splice = { member: healing.parameter, value: undefined };
  return healing.kind === "remove"
    ? [removal]
    : [removal, { member: healing.to, value: members.get(healing.parameter) }];
}

const warningOf = (healing: Healing): Warning =>
  healing.kind === "remove"
    ? { kind: "healed", subject: healing.parameter, note: "the model does not take it" }
    : { kind: "healed", subject: healing.parameter, note: `sent as ${healing.to}` };
