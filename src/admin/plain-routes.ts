import type { Control } from "../gateway/control.ts";
import type { Reply } from "../ports/server.ts";
import type { AdminRoute, Permission } from "./admin-route.ts";
import { routes } from "./routes.ts";
import { sendDocument, sendText } from "./send.ts";

/** A route without envelope, made for machines: probes and scrapers. All are `GET`. */
export interface PlainRoute {
  readonly path: `/${string}`;
  readonly permission: Permission;
  readonly send: (control: Control, reply: Reply, isVerbose: boolean) => void;
}

const plain = "text/plain; charset=utf-8";

/** Probes need no credential and make no log line; a store or upstream that is down never makes them fail. */
export const plainRoutes: readonly PlainRoute[] = [
  {
    path: "/livez",
    permission: "public",
    send: (_control, reply) => sendText(reply, 200, { contentType: plain, text: "alive\n" }),
  },
  {
    path: "/startupz",
    permission: "public",
    send: (control, reply) => {
      const hasStarted = control.state().generation > 0;
      sendText(reply, hasStarted ? 200 : 503, {
        contentType: plain,
        text: hasStarted ? "started\n" : "starting\n",
      });
    },
  },
  { path: "/readyz", permission: "public", send: sendReadiness },
  {
    path: "/metrics",
    permission: "metrics:read",
    send: (control, reply) =>
      sendText(reply, 200, {
        contentType: "text/plain; version=0.0.4; charset=utf-8",
        text: control.metrics(),
      }),
  },
];

/** Every route of the listener that is not a static file, with what it asks of its caller. */
export const guardedRoutes: readonly Pick<AdminRoute, "method" | "permission" | "path">[] = [
  ...Object.values(routes),
  ...plainRoutes.map(({ path, permission }) => ({ method: "GET" as const, path, permission })),
];

function sendReadiness(control: Control, reply: Reply, isVerbose: boolean): void {
  const { generation, isDraining, version, uptimeMs, degraded, log } = control.state();
  const state = isDraining ? "draining" : generation > 0 ? "ready" : "starting";
  const status = state === "ready" ? 200 : 503;
  if (!isVerbose) {
    const notes = new Set(degraded.map((reason) => `degraded: ${reason.split(":", 1)[0] ?? ""}\n`));
    sendText(reply, status, { contentType: plain, text: `${state}\n${[...notes].join("")}` });
    return;
  }
  const upstreams = control
    .upstreams()
    .map(({ provider, dialect, lastError }) => ({ provider, dialect, lastError }));
  sendDocument(reply, status, {
    state,
    generation,
    version,
    uptimeMs,
    degraded,
    stores: { requestLog: log },
    upstreams,
  });
}
