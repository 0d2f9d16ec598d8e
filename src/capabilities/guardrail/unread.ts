import { holdsFor, type Whose } from "./rules.ts";
import type { Guardrails } from "./stage.ts";

/** A request whose content no guardrail can read. */
export interface Unread {
  /** Its model, where it is known; else every rule that names models counts. */
  readonly whose: Omit<Whose, "model"> & { readonly model: string | undefined };
  /** Whether it sends anything but its head. */
  readonly hasBody: boolean;
}

/**
 * The rule that forbids a lane on which nothing is read: one that would take something out or stop it. What is only logged
 * or flagged forbids nothing. `undefined`: it may pass.
 */
export function ruleAgainst({ settings }: Guardrails, { whose, hasBody }: Unread): string | undefined {
  if (settings.unread === "pass") return undefined;
  const { rules, injection, tools } = settings;
  const rule = rules.findIndex(
    (one) =>
      (one.do === "redact" || one.do === "block") &&
      (hasBody || [one.on].flat().some((on) => on === "output" || on === "tool-arguments")) &&
      holdsFor(one, whose),
  );
  if (rule >= 0) return `guardrails.rules[${rule}]`;
  if (hasBody && injection.do === "block" && holdsFor(injection, whose)) return "guardrails.injection";
  const tool = tools.findIndex(
    (one) => (one.do === "deny" || one.when !== undefined) && holdsFor(one, whose),
  );
  return hasBody && tool >= 0 ? `guardrails.tools[${tool}]` : undefined;
}
