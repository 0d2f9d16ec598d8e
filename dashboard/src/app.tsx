import type { ComponentChild } from "preact";
import { CircuitBreakersPage } from "./pages/circuit-breakers/circuit-breakers-page.tsx";
import { CostsPage } from "./pages/costs/costs-page.tsx";
import { EndpointsPage } from "./pages/endpoints/endpoints-page.tsx";
import { GraphqlPage } from "./pages/graphql/graphql-page.tsx";
import { KeysPage } from "./pages/keys/keys-page.tsx";
import { ModelsPage } from "./pages/models/models-page.tsx";
import { OverviewPage } from "./pages/overview/overview-page.tsx";
import { PricesPage } from "./pages/prices/prices-page.tsx";
import { ProvidersPage } from "./pages/providers/providers-page.tsx";
import { RegionsPage } from "./pages/regions/regions-page.tsx";
import { RequestsPage } from "./pages/requests/requests-page.tsx";
import { RoutesPage } from "./pages/routes/routes-page.tsx";
import { RoutingPage } from "./pages/routing/routing-page.tsx";
import { ScalingPage } from "./pages/scaling/scaling-page.tsx";
import { SignInPage } from "./pages/sign-in/sign-in-page.tsx";
import { TranslationsPage } from "./pages/translations/translations-page.tsx";
import { Link } from "./parts/link.tsx";
import { type Place, usePlace } from "./router.ts";
import { useSession } from "./session.ts";
import { Shell } from "./shell/shell.tsx";

/** The dashboard: a door, and behind it the pages. */
export function App() {
  const { session, retry, leave } = useSession();
  const place = usePlace();
  if (session.state === "asking") return <div class="waiting" aria-busy="true" />;
  if (session.state !== "open") return <SignInPage session={session} retry={retry} />;
  return (
    <Shell path={place.path} onLeave={leave}>
      <Page place={place} />
    </Shell>
  );
}

/** Pages that look at nothing but their path. */
const simple: Readonly<Record<string, () => ComponentChild>> = {
  "/": OverviewPage,
  "/keys": KeysPage,
  "/prices": PricesPage,
  "/routing": RoutingPage,
  "/circuit-breakers": CircuitBreakersPage,
  "/endpoints": EndpointsPage,
  "/regions": RegionsPage,
  "/scaling": ScalingPage,
  "/translations": TranslationsPage,
};

function Page({ place: { path, query } }: { readonly place: Place }) {
  const [first = "", second, ...more] = path.split("/").slice(1);
  if (first === "requests" && more.length === 0)
    return <RequestsPage query={query} openId={second || undefined} />;
  const Simple = simple[path];
  if (Simple !== undefined) return <Simple />;
  if (path === "/models") return <ModelsPage query={query} />;
  if (path === "/costs") return <CostsPage query={query} />;
  if (path === "/providers") return <ProvidersPage query={query} />;
  if (path === "/graphql") return <GraphqlPage query={query} />;
  if (path === "/routes") return <RoutesPage query={query} />;
  return (
    <div class="empty">
      <h1>There is no such page</h1>
      <p>
        <Link to="/">Go to the overview</Link>
      </p>
    </div>
  );
}
