import { hash } from "node:crypto";

const seal = (what: string, thoughts: string): string =>
  hash("sha256", `sallyport sandbox thought\u0000${what}\u0000${thoughts}`);

/** The signature on a part of an answer that was thought about: it holds for this function (or for text, "") only. */
export function signThought(what: string, thoughts: string): string {
  const summary = hash("sha256", thoughts);
  return Buffer.from(`sandbox-thought:${what}:${summary}:${seal(what, summary)}`).toString("base64");
}

/** Google's own words for "there is no signature": history that another model made. */
const substitutes: readonly string[] = [
  "skip_thought_signature_validator",
  "context_engineering_is_the_way_to_go",
];

/** Whether `signature` is one of ours for `what`, or says by Google's rules that there is none. */
export function isSigned(what: string, signature: string): boolean {
  const plain = Buffer.from(signature, "base64").toString();
  if (substitutes.includes(signature) || substitutes.includes(plain)) return true;
  const [kind, name, summary, sealed] = plain.split(":");
  return kind === "sandbox-thought" && name === what && sealed === seal(what, summary ?? "");
}
