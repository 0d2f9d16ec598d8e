import type { ComponentChild } from "preact";
import { useEffect } from "preact/hooks";
import type { Caller } from "./generated/client.ts";
import { AuditPage } from "./pages/audit/audit-page.tsx";
import { CircuitBreakersPage } from "./pages/circuit-breakers/circuit-breakers-page.tsx";
import { CostsPage } from "./pages/costs/costs-page.tsx";
import { EndpointsPage } from "./pages/endpoints/endpoints-page.tsx";
import { GraphqlPage } from "./pages/graphql/graphql-page.tsx";
import { GuardrailsPage } from "./pages/guardrails/guardrails-page.tsx";
import { KeysPage } from "./pages/keys/keys-page.tsx";
import { LimitsPage } from "./pages/limits/limits-page.tsx";
import { ModelsPage } from "./pages/models/models-page.tsx";
import { OverviewPage } from "./pages/overview/overview-page.tsx";
import { PeoplePage } from "./pages/people/people-page.tsx";
import { PoliciesPage } from "./pages/policies/policies-page.tsx";
import { PricesPage } from "./pages/prices/prices-page.tsx";
import { ProjectsPage } from "./pages/projects/projects-page.tsx";
import { ProvidersPage } from "./pages/providers/providers-page.tsx";
import { RegionsPage } from "./pages/regions/regions-page.tsx";
import { RequestsPage } from "./pages/requests/requests-page.tsx";
import { RoutesPage } from "./pages/routes/routes-page.tsx";
import { RoutingPage } from "./pages/routing/routing-page.tsx";
import { ScalingPage } from "./pages/scaling/scaling-page.tsx";
import { SignInPage } from "./pages/sign-in/sign-in-page.tsx";
import { TranslationsPage } from "./pages/translations/translations-page.tsx";
import { Link } from "./parts/link.tsx";
import { navigate, type Place, usePlace } from "./router.ts";
import { useSession } from "./session.ts";
import { groupsFor, pageAt, pageNamed } from "./shell/pages.ts";
import { Shell } from "./shell/shell.tsx";

/** The dashboard: a door, and behind it the pages. */
export function App() {
  const { session, retry, leave, enterAs } = useSession();
  const place = usePlace();
  if (session.state === "asking") return <div class="waiting" aria-busy="true" />;
  if (session.state !== "open") return <SignInPage session={session} retry={retry} enterAs={enterAs} />;
  return (
    <Shell path={place.path} caller={session.caller} onLeave={leave}>
      <Permitted place={place} caller={session.caller} />
    </Shell>
  );
}

/** The page, if it is for this caller; who has no overview begins at the first that they have. */
function Permitted({ place, caller }: { readonly place: Place; readonly caller: Caller }) {
  const groups = groupsFor(caller);
  const isShown = pageNamed(place.path) === undefined || pageAt(place.path, groups) !== undefined;
  const first = groups[0]?.pages[0];
  const isSent = !isShown && place.path === "/" && first !== undefined;
  useEffect(() => {
    if (isSent) navigate(first.to, { replace: true });
  }, [isSent]);
  if (isShown) return <Page place={place} />;
  return isSent ? null : (
    <div class="empty">
      <h1>This page is not for you</h1>
      <p class="muted">
        {caller.tenant === undefined
          ? `It takes more than the role ${caller.role} has.`
          : `It is about more than the tenant ${caller.tenant}.`}
      </p>
    </div>
  );
}

/** Pages that look at nothing but their path. */
const simple: Readonly<Record<string, () => ComponentChild>> = {
  "/": OverviewPage,
  "/keys": KeysPage,
  "/projects": ProjectsPage,
  "/guardrails": GuardrailsPage,
  "/people": PeoplePage,
  "/prices": PricesPage,
  "/routing": RoutingPage,
  "/circuit-breakers": CircuitBreakersPage,
  "/endpoints": EndpointsPage,
  "/regions": RegionsPage,
  "/scaling": ScalingPage,
  "/translations": TranslationsPage,
};

/** Pages that look at what stands behind the `?` of the address too. */
const asked: Readonly<Record<string, (props: { readonly query: URLSearchParams }) => ComponentChild>> = {
  "/models": ModelsPage,
  "/limits": LimitsPage,
  "/audit": AuditPage,
  "/policies": PoliciesPage,
  "/costs": CostsPage,
  "/providers": ProvidersPage,
  "/graphql": GraphqlPage,
  "/routes": RoutesPage,
};

function Page({ place: { path, query } }: { readonly place: Place }) {
  const [first = "", second, ...more] = path.split("/").slice(1);
  if (first === "requests" && more.length === 0)
    return <RequestsPage query={query} openId={second || undefined} />;
  const Simple = simple[path];
  if (Simple !== undefined) return <Simple />;
  const Asked = asked[path];
  if (Asked !== undefined) return <Asked query={query} />;
  return (
    <div class="empty">
      <h1>There is no such page</h1>
      <p>
        <Link to="/">Go to the overview</Link>
      </p>
    </div>
  );
}
