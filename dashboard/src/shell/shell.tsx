import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "../parts/icon.tsx";
import { Link } from "../parts/link.tsx";
import { Logo } from "../parts/logo.tsx";
import { ThemeToggle } from "./theme-toggle.tsx";

const pages: readonly { readonly to: string; readonly icon: IconName; readonly name: string }[] = [
  { to: "/", icon: "overview", name: "Overview" },
  { to: "/requests", icon: "requests", name: "Requests" },
  { to: "/models", icon: "models", name: "Models" },
  { to: "/providers", icon: "providers", name: "Providers" },
  { to: "/routing", icon: "routing", name: "Routing" },
  { to: "/endpoints", icon: "endpoints", name: "Endpoints" },
  { to: "/regions", icon: "regions", name: "Regions" },
  { to: "/scaling", icon: "scaling", name: "Scaling" },
  { to: "/circuit-breakers", icon: "breakers", name: "Circuit breakers" },
  { to: "/translations", icon: "translations", name: "Translations" },
  { to: "/routes", icon: "routes", name: "Routes" },
  { to: "/graphql", icon: "graphql", name: "GraphQL" },
  { to: "/costs", icon: "costs", name: "Costs" },
  { to: "/prices", icon: "prices", name: "Prices" },
  { to: "/keys", icon: "keys", name: "Keys" },
];

/** What stands around every page: the way to the others, the colours, the way out. */
export function Shell(props: {
  readonly path: string;
  readonly onLeave: () => void;
  readonly children: ComponentChildren;
}) {
  const main = useRef<HTMLElement>(null);
  const nav = useRef<HTMLElement>(null);
  const current = pages.find(
    ({ to }) => to === props.path || (to !== "/" && props.path.startsWith(`${to}/`)),
  );
  const name = current?.name ?? "No such page";
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${name} · Sallyport`;
    if (!isFirst.current) {
      // Another page: it is seen and read from its top, as it would be had the browser loaded it.
      main.current?.focus();
      scrollTo(0, 0);
    }
    isFirst.current = false;
    // Where the pages do not all fit, the current one is among those that are seen.
    nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [name]);
  return (
    <div class="shell">
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the page
      </a>
      <header class="side">
        <Link to="/" class="brand">
          <Logo />
          <span>Sallyport</span>
        </Link>
        <nav aria-label="Pages" ref={nav}>
          {pages.map((page) => (
            <Link key={page.to} to={page.to} class="nav-link" isCurrent={page === current}>
              <Icon name={page.icon} />
              <span>{page.name}</span>
            </Link>
          ))}
        </nav>
        <div class="side-foot">
          <ThemeToggle />
          <button type="button" class="quiet" aria-label="Sign out" title="Sign out" onClick={props.onLeave}>
            <Icon name="sign-out" />
          </button>
        </div>
      </header>
      <main id="main" tabIndex={-1} ref={main} aria-label={name}>
        {props.children}
      </main>
    </div>
  );
}
