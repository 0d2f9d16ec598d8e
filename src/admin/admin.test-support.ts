import { createRecordingLogger, createSeededRandom, createVirtualTime } from "../platform/memory/index.ts";
import { createAdmin } from "./create-admin.ts";
import { type Asked, ask, type Given } from "./inbound.test-support.ts";
import { createMemoryControl } from "./memory-control.test-support.ts";
import type { Asset } from "./send-asset.ts";

const html = (text: string, isImmutable: boolean): Asset => ({
  body: new TextEncoder().encode(text),
  contentType: "text/html; charset=utf-8",
  etag: `"${text}"`,
  isImmutable,
});
const files = new Map([
  ["/index.html", html("index", false)],
  ["/assets/app-1a2b.js", html("app", true)],
  ["/../secret", html("secret", false)],
  ["/%2e%2e/secret", html("secret", false)],
]);

/** An admin listener over a control interface in memory, and ways to ask it. */
export function openAdmin() {
  const control = createMemoryControl();
  const time = createVirtualTime();
  const logger = createRecordingLogger();
  const handler = createAdmin({
    control,
    clock: time.clock,
    random: createSeededRandom(1),
    logger,
    assets: (path) => files.get(path),
    version: "0.1.0",
    dataUrl: "http://127.0.0.1:7227",
    hosts: ["admin.example"],
  });
  const asStranger = (asked: Asked): Promise<Given> => ask(handler, asked);
  const asAdmin = (asked: Asked): Promise<Given> =>
    ask(handler, { ...asked, headers: { authorization: `Bearer ${control.adminToken}`, ...asked.headers } });
  const signIn = async (): Promise<string> => {
    const body = JSON.stringify({ code: control.code });
    const { headers } = await asStranger({ method: "POST", target: "/api/gateway/session", body });
    return headers.get("set-cookie")?.split(";")[0] ?? "";
  };
  return { control, time, logger, handler, asStranger, asAdmin, signIn };
}
