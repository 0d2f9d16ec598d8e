import type { SigningRules } from "./judge.ts";

/**
 * What a client is told that its signature has to cover and to say.
 *
 * Source: RFC 9421, section 5.1.
 */
export function acceptSignature({ tag, components }: SigningRules): string {
  const fixed = ["@method", "@authority", "@path", "@query", "content-type", "content-digest"];
  const covered = [...fixed.map((name) => `"${name}"`), ...components].join(" ");
  return `sig=(${covered});created;keyid;nonce${tag === undefined ? "" : `;tag="${tag.replace(/["\\]/g, "\\$&")}"`}`;
}
