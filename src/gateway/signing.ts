import {
  acceptSignature,
  type SignatureProfile,
  type SignatureResult,
  type SigningRules,
  type SigningSettings,
} from "../capabilities/request-signing/index.ts";

import type { Meter } from "../ports/meter.ts";

/** What a configuration says of signed requests, compiled. */
export interface Signing {
  readonly rules: SigningRules;
  /** Whether calls of models have to be signed; of services their routes say it. */
  readonly isRequiredOfAi: boolean;
  /** The `Accept-Signature` of refusals. */
  readonly accept: string;
}

export function compileSigning({ ai, components, tag, ...times }: SigningSettings): Signing {
  const rules: SigningRules = {
    ...times,
    ...(tag === undefined ? {} : { tag }),
    components: components.map((name) => `"${name}"`),
  };
  return { rules, isRequiredOfAi: ai === "required", accept: acceptSignature(rules) };
}

/** Declares the metric of signatures. */
export function countSignatures(meter: Meter): (profile: SignatureProfile, result: SignatureResult) => void {
  const signatures = meter.counter({
    name: "sallyport_signature_total",
    help: "Signed requests by profile and by what came of their signatures.",
    labels: ["profile", "result"],
  });
  return (profile, result) => signatures.series({ profile, result }).add(1);
}
