import { hash } from "node:crypto";

const digest = (itemId: string): string =>
  hash("sha256", `sallyport sandbox reasoning\u0000${itemId}`, "base64url");

/** The encrypted content of a reasoning item: it opens only together with the id of its item. */
export const sealReasoning = (itemId: string): string =>
  `gAAAAAsandbox-${Buffer.from(itemId).toString("base64url")}.${digest(itemId)}`;

/** The id of the item that `sealed` was made for, or `undefined` when it is none of ours. */
export function openReasoning(sealed: string): string | undefined {
  const parts = /^gAAAAAsandbox-([\w-]+)\.([\w-]+)$/.exec(sealed);
  const itemId = Buffer.from(parts?.[1] ?? "", "base64url").toString();
  return parts && parts[2] === digest(itemId) ? itemId : undefined;
}
