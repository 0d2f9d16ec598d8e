import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { CallerContext } from "../caller.ts";
import type { Caller } from "../generated/client.ts";
import { Icon } from "../parts/icon.tsx";
import { Link } from "../parts/link.tsx";
import { Logo } from "../parts/logo.tsx";
import { groupsFor, pageAt } from "./pages.ts";
import { ThemeToggle } from "./theme-toggle.tsx";

/** What stands around every page: the way to the others, the colours, the way out. */
export function Shell(props: {
  readonly path: string;
  readonly caller: Caller;
  readonly onLeave: () => void;
  readonly children: ComponentChildren;
}) {
  const main = useRef<HTMLElement>(null);
  const nav = useRef<HTMLElement>(null);
  const groups = groupsFor(props.caller);
  const current = pageAt(props.path, groups);
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
          {groups.map((group) => (
            <div key={group.name} class="nav-group" role="group" aria-label={group.name}>
              <span class="nav-head" aria-hidden="true">
                {group.name}
              </span>
              {group.pages.map((page) => (
                <Link key={page.to} to={page.to} class="nav-link" isCurrent={page === current}>
                  <Icon name={page.icon} />
                  <span>{page.name}</span>
                </Link>
              ))}
            </div>
          ))}
        </nav>
        <div class="side-foot">
          <ThemeToggle />
          <span class="who" title={whoOf(props.caller)}>
            {props.caller.name}
          </span>
          <button type="button" class="quiet" aria-label="Sign out" title="Sign out" onClick={props.onLeave}>
            <Icon name="sign-out" />
          </button>
        </div>
      </header>
      <main id="main" tabIndex={-1} ref={main} aria-label={name}>
        <CallerContext.Provider value={props.caller}>{props.children}</CallerContext.Provider>
      </main>
    </div>
  );
}

const whoOf = ({ name, role, tenant }: Caller): string =>
  tenant === undefined ? `${name}, ${role}` : `${name}, ${role} of ${tenant}`;
