import type { AdminRoute } from "./admin-route.ts";
import { type RouteId, routes } from "./routes.ts";

/** What a method and a path lead to. */
export type Match =
  | { readonly kind: "found"; readonly id: RouteId; readonly route: AdminRoute; readonly name: string }
  /** The path is known, the method is not; `allow` is the header's value. */
  | { readonly kind: "method"; readonly allow: string }
  | { readonly kind: "none" };

interface Row {
  readonly id: RouteId;
  readonly route: AdminRoute;
  /** Of a path with `{id}`, the parts before and after it. */
  readonly around: readonly [stem: string, tail: string] | undefined;
}

const isRouteId = (text: string): text is RouteId => Object.hasOwn(routes, text);

const rows: readonly Row[] = Object.keys(routes)
  .filter(isRouteId)
  .map((id) => {
    const route: AdminRoute = routes[id];
    return {
      id,
      route,
      around: aroundId(route.path),
    };
  });

/** Finds the route. `HEAD` counts as `GET`. `name` is what stands for `{id}`, decoded; `""` where there is none. */
export function matchRoute(method: string, path: string): Match {
  const here = rows
    .map((row) => ({ ...row, name: nameIn(row, path) }))
    .filter(({ name }) => name !== undefined);
  if (here.length === 0) return { kind: "none" };
  const wanted = method === "HEAD" ? "GET" : method;
  const hit = here.find(({ route }) => route.method === wanted);
  if (hit?.name !== undefined) return { kind: "found", id: hit.id, route: hit.route, name: hit.name };
  const methods = here.flatMap(({ route }) => (route.method === "GET" ? ["GET", "HEAD"] : [route.method]));
  return { kind: "method", allow: methods.join(", ") };
}

function aroundId(path: string): Row["around"] {
  const [stem, tail] = path.split("{id}");
  return stem === undefined || tail === undefined ? undefined : [stem, tail];
}

function nameIn({ route, around }: Row, path: string): string | undefined {
  if (around === undefined) return route.path === path ? "" : undefined;
  const [stem, tail] = around;
  if (!path.startsWith(stem) || !path.endsWith(tail)) return undefined;
  const segment = path.slice(stem.length, path.length - tail.length);
  if (segment === "" || segment.includes("/")) return undefined;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
