import { hash } from "node:crypto";

/** The seal on a thinking block: it holds for exactly this text, so that a replay which changed it is found out. */
export function signThinking(thinking: string): string {
  return Buffer.from(
    `sandbox-seal:${hash("sha256", `sallyport sandbox thinking\u0000${thinking}`)}`,
  ).toString("base64");
}
