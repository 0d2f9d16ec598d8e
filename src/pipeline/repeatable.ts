import type { Call } from "../exchange/call.ts";

/** Members by which a call lets its provider act, or keep something, beside its tools. */
const actingMembers = [
  "mcp_servers",
  "web_search_options",
  "container",
  "conversation",
  "background",
  "prompt",
];

/** Whether a call may be made a second time: its provider does nothing on its own account while it answers. */
export const isRepeatableCall = ({ tools, extensions }: Call): boolean =>
  tools.every(({ kind }) => kind !== "opaque") && !actingMembers.some((name) => extensions.has(name));
