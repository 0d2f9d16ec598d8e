/**
 * What the dashboard shows of services, in a real Chromium, over a real gateway with traffic of every protocol.
 * `SALLYPORT_SCREENSHOTS=1` also takes the pictures of `docs/images`.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ensureDashboard } from "../../scripts/starter/dashboard.js";
import {
  findChromium,
  hasFocus,
  jumped,
  type Misdeeds,
  namelessControls,
  openBrowser,
  sticksOut,
  tabTo,
  watch,
} from "../support/browser.ts";
import { faintTexts } from "../support/contrast.ts";
import { takeServicePictures } from "../support/dashboard-service-pictures.ts";
import { openServicesGateway, type ServicesGateway } from "../support/dashboard-services.ts";
import { adminLink, runGateway } from "../support/running-gateway.ts";

const root = join(import.meta.dirname, "../..");
const program = findChromium();
const pictureFolders = process.env["SALLYPORT_SCREENSHOTS"] === "1" ? ["docs/images"] : [];

interface Latency {
  readonly p50: number;
  readonly p99: number;
}
interface Route {
  readonly id: string;
  readonly path: string;
  readonly service: string | null;
  readonly traffic: {
    readonly requests: number;
    readonly refused: number;
    readonly rejects: Readonly<Record<string, number>>;
    readonly failed: number;
    readonly latency_ms: Latency | null;
    readonly last_error: string | null;
  };
}
interface Service {
  readonly id: string;
  readonly routes: readonly string[];
  readonly requests: number;
  readonly failed: number;
}
interface Graph {
  readonly id: string;
  readonly schema: { readonly version: string; readonly types: number } | null;
  readonly subgraphs: readonly (Omit<Service, "id" | "routes"> & { readonly name: string })[];
  readonly operations: readonly {
    readonly name: string | null;
    readonly type: string | null;
    readonly digest: string;
    readonly requests: number;
    readonly errors: number;
    readonly refused: number;
    readonly cost_max: number | null;
    readonly depth_max: number | null;
  }[];
}

describe.skipIf(program === undefined)("services on the dashboard", () => {
  const directory = mkdtempSync(join(tmpdir(), "sallyport-dashboard-"));
  let services: ServicesGateway;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let misdeeds: Misdeeds;

  beforeAll(async () => {
    await ensureDashboard(root, process.execPath);
    [services, browser] = await Promise.all([openServicesGateway(directory), openBrowser(program ?? "")]);
    await sendSome(services);
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
    misdeeds = watch(context);
    page = await context.newPage();
    await page.goto(await adminLink(services.gateway));
    await page.getByRole("heading", { name: "Overview" }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await services?.[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true, force: true });
  });

  const open = (path: string) => page.goto(services.gateway.adminUrl + path);
  const rows = () => page.locator("tbody a.row-link");
  const names = () => rows().allInnerTexts();
  const dialogOf = (name: RegExp) => page.getByRole("dialog", { name });
  const admin = <Data>(path: string) => services.gateway.admin(path) as Promise<Data>;
  const routes = async (): Promise<readonly Route[]> =>
    (await admin<{ readonly routes: readonly Route[] }>("/routes")).routes;
  /** One cell of a row: the row by its mark, the cell by its name. */
  const cell = (row: string, name: string) => page.locator(`${row} > td[data-name^="${name}"]`).innerText();

  it("shows each route with what it takes, where it leads and what has come by it", async () => {
    await page.getByRole("link", { name: "Routes" }).click();
    const table = page.getByRole("table", { name: "Routes to services" });
    await table.waitFor();
    const told = await routes();
    expect(told).toHaveLength(7);
    expect(await names()).toEqual(told.map(({ id }) => id));
    const of = (id: string, name: string) => cell(`[data-route="${id}"]`, name);
    for (const { id, path, service, traffic } of told) {
      expect(await of(id, "Takes"), id).toContain(path);
      expect(await of(id, "Leads to"), id).toContain(service ?? "subgraphs");
      expect(await of(id, "Requests"), id).toMatch(new RegExp(`^${traffic.requests}\\b`));
      expect(await of(id, "Refused"), id).toBe(String(traffic.refused));
      expect(await of(id, "Failed"), id).toBe(String(traffic.failed));
      expect(spans(await of(id, "Took")), id).toEqual(asShown(traffic.latency_ms));
      expect(await of(id, "Last error"), id).toBe(traffic.last_error ?? "none");
    }
    expect(told.map(({ traffic }) => traffic.requests)).toEqual([4, 0, 2, 0, 5, 6, 1]);
    expect(await of("people", "Route")).toMatch(/REST\s+no key/);
    expect(await of("orders", "Route")).toMatch(/REST\s+by key/);
    expect(await of("orders", "Takes")).toContain("GET POST");
  });

  it("shows each service with its breaker, its routes and its tries", async () => {
    await open("/routes");
    await page.getByRole("table", { name: /^Services/ }).waitFor();
    const { services: told } = await admin<{ readonly services: readonly Service[] }>("/services");
    expect(told.map(({ id }) => id)).toContain("billing");
    for (const { id, routes: ways, requests, failed } of told) {
      const of = (name: string) => cell(`[data-service="${id}"]`, name);
      expect(await of("Breaker"), id).toBe("closed");
      expect(await of("Routes"), id).toContain(ways.join(", "));
      expect(await of("Tries"), id).toBe(String(requests));
      expect(await of("Failed"), id).toBe(String(failed));
    }
    await page.locator("[data-service=gone]").getByRole("link", { name: "legacy" }).click();
    await dialogOf(/^Route legacy/)
      .getByRole("region", { name: "Service gone" })
      .waitFor();
    expect(page.url()).toBe(`${services.gateway.adminUrl}/routes?open=legacy`);
  });

  it("tells why requests of a route were refused, and how its calls of gRPC ended", async () => {
    await open("/routes?open=orders");
    const why = dialogOf(/^Route orders/).getByRole("table", { name: "Refused, by why" });
    await expect.poll(() => why.locator("tbody").innerText()).toMatch(/^unauthenticated\s+1$/);
    await open("/routes?open=echo");
    const calls = dialogOf(/^Route echo/).getByRole("table", { name: "Calls by status" });
    await expect.poll(() => calls.locator("tr").count()).toBe(4);
    const text = await calls.innerText();
    for (const told of [/OK\s+2\s+40 %/, /NOT_FOUND\s+1/, /FAILED_PRECONDITION\s+1/, /UNAVAILABLE\s+1/])
      expect(text).toMatch(told);
  });

  it("shows each graph: its schema, who answers, and its operations", async () => {
    await open("/routes?open=graph");
    await page.getByRole("link", { name: "Its schema, subgraphs and operations" }).click();
    expect(page.url()).toBe(`${services.gateway.adminUrl}/graphql?route=graph`);
    const region = page.getByRole("region", { name: /^graph/ });
    await region.waitFor();
    const { routes: graphs } = await admin<{ readonly routes: readonly Graph[] }>("/graphql");
    const graph = graphs.find(({ id }) => id === "graph");
    const head = await region.getByRole("heading", { level: 2 }).innerText();
    expect(head).toContain(
      `schema ${graph?.schema?.version} of a federation · ${graph?.schema?.types} types`,
    );
    expect(await region.getByRole("heading", { name: /^Subgraphs/ }).innerText()).toMatch(
      /4 plans kept · 20 % of operations had theirs already/,
    );
    expect(graph?.subgraphs).toHaveLength(7);
    for (const { name, requests, failed } of graph?.subgraphs ?? []) {
      expect(await cell(`[data-subgraph="${name}"]`, "Requests"), name).toBe(String(requests));
      expect(await cell(`[data-subgraph="${name}"]`, "Failed"), name).toBe(String(failed));
    }
    expect(graph?.operations.map(({ name }) => name)).toEqual(["Rename", "One", null, null, "Users"]);
    for (const operation of graph?.operations ?? []) {
      const of = (name: string) => cell(`[data-operation="${operation.digest}"]`, name);
      expect(await of("Operation")).toBe(`${operation.name ?? "unnamed"}\n${operation.digest}`);
      expect(await of("Type")).toBe(operation.type ?? "not taken");
      expect(await of("Requests")).toMatch(new RegExp(`^${operation.requests}\\b`));
      expect(await of("Errors")).toBe(String(operation.errors));
      expect(await of("Refused")).toBe(String(operation.refused));
      expect(await of("Cost")).toBe(String(operation.cost_max ?? "–"));
      expect(await of("Depth")).toBe(String(operation.depth_max ?? "–"));
    }
  });

  it("finds operations, and puts them in order", async () => {
    await open("/graphql?route=graph");
    const shown = async () =>
      (await page.locator("[data-operation] > td:first-child").allInnerTexts()).map(
        (text) => text.split("\n")[0],
      );
    await expect.poll(shown).toEqual(["Rename", "One", "unnamed", "unnamed", "Users"]);
    await page.getByLabel("Order").selectOption("requests");
    await expect.poll(async () => (await shown())[0]).toBe("Users");
    await page.getByLabel("Type", { exact: true }).selectOption("none");
    await expect.poll(shown).toEqual(["unnamed"]);
    await page.getByLabel("Type", { exact: true }).selectOption("");
    await page.getByRole("searchbox", { name: "Search" }).fill("one");
    await expect.poll(shown).toEqual(["One"]);
    expect(page.url()).toBe(`${services.gateway.adminUrl}/graphql?route=graph&search=one&order=requests`);
    await page.getByRole("combobox", { name: "Route" }).selectOption("catalog");
    await page.getByText("None fits this filter.").waitFor();
    await page.getByRole("searchbox", { name: "Search" }).fill("");
    await expect.poll(shown).toEqual(["unnamed"]);
    expect(await page.getByRole("region", { name: /^catalog/ }).innerText()).toContain("no schema is known");
  });

  it("finds routes, and puts them in order", async () => {
    await open("/routes");
    await page.getByRole("button", { name: "GraphQL" }).click();
    await expect.poll(names).toEqual(["graph", "catalog"]);
    await page.getByLabel("Order").selectOption("name");
    await expect.poll(names).toEqual(["catalog", "graph"]);
    expect(page.url()).toBe(`${services.gateway.adminUrl}/routes?protocol=graphql&order=name`);
    await page.getByRole("searchbox", { name: "Search" }).fill("nothing like it");
    await page.getByRole("button", { name: "Show all routes" }).click();
    await expect.poll(async () => (await names()).length).toBe(7);
    await page.getByLabel("Order").selectOption("failed");
    await expect.poll(async () => (await names())[0]).toBe("legacy");
    await page.getByRole("searchbox", { name: "Search" }).fill("shop");
    await expect.poll(names).toEqual(["orders", "people"]);
  });

  it("shows a route by its address, and without a mouse", async () => {
    await open("/routes");
    await tabTo(page, "a[href='/routes?open=people']");
    await page.keyboard.press("Enter");
    const people = dialogOf(/^Route people/);
    await people.waitFor();
    const text = await people.innerText();
    for (const part of [
      "people.example.com, people.example.org",
      'header["x-robot"]',
      "/v2/internal/users/{id}",
    ])
      expect(text).toContain(part);
    expect(await hasFocus(page, "dialog")).toBe(true);
    await page.keyboard.press("Escape");
    await people.waitFor({ state: "detached" });
    expect(await hasFocus(page, "a[href='/routes?open=people']")).toBe(true);
    expect(page.url()).toBe(`${services.gateway.adminUrl}/routes`);
    await open("/routes?open=nothing");
    await page.getByText("There is no route of this name").waitFor();
  });

  it("leads from a route to its requests in the log, and from one of them back", async () => {
    await open("/routes?open=legacy");
    await page.getByRole("link", { name: "Its requests in the log" }).click();
    expect(page.url()).toBe(`${services.gateway.adminUrl}/requests?route=legacy`);
    const shown = () => page.locator(".request-table tbody tr").allInnerTexts();
    await expect.poll(async () => (await shown()).length).toBe(2);
    const { requests } = await admin<{ readonly requests: readonly { readonly id: string }[] }>(
      "/requests?route=legacy",
    );
    const links = await rows().evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    expect(links).toEqual(requests.map(({ id }) => `/requests/${id}?route=legacy`));
    for (const text of await shown())
      expect(text).toMatch(/502\s+upstream_unreachable\s+legacy\s*route\s+gone/);

    await rows().first().click();
    await dialogOf(/^Request/)
      .getByRole("link", { name: "legacy" })
      .click();
    await dialogOf(/^Route legacy/).waitFor();
    await page.goBack();
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByRole("combobox", { name: "Route" }).selectOption("orders");
    await expect.poll(async () => (await shown()).length).toBe(4);
    // Nobody pays a service for its answers: they have no price that could be missing.
    expect((await shown()).join()).not.toContain("unpriced");
    expect((await shown()).join()).not.toContain("no model");
  });

  it("shows the WebSockets that are open", async () => {
    await services.chat("hello there");
    await open("/routes?open=chat");
    const sockets = dialogOf(/^Route chat/).getByRole("table", { name: "Open WebSockets" });
    await expect
      .poll(() => sockets.innerText())
      .toMatch(/first key[\s\S]*11 B in 1 message[\s\S]*11 B in 1 message/);
    await page.keyboard.press("Escape");
    const all = page.getByRole("table", { name: /^Open WebSockets/ });
    await expect.poll(() => all.locator("tbody tr").count()).toBe(1);
    expect(await all.innerText()).toMatch(/chat\s*read/);
  });

  /** Nobody has such a route, and the panel that says so tells the name. */
  const longName = "orders-that-come-from-shops-that-have-no-key-of-their-own";
  const panels = [longName, "people", "chat", "echo", "orders"].map((id) => `/routes?open=${id}`);
  const places = ["/routes", ...panels, "/graphql", "/requests?route=orders"];

  it.for([1280, 390])("fits into %i px, and every control has a name", async (width) => {
    await page.setViewportSize({ width, height: 800 });
    for (const path of places) {
      await open(path);
      await page.locator(".table").first().waitFor();
      expect(await sticksOut(page), path).toBe(false);
      expect(await namelessControls(page), path).toEqual([]);
      const parts = (await page.locator(".panel").count()) > 0 ? [".panel-head", ".panel-body"] : [];
      for (const part of parts) expect(await sticksOut(page, part), `${path} ${part}`).toBe(false);
      expect(await jumped(page), path).toBeLessThan(0.01);
      expect(await page.getByRole("heading", { level: 1, includeHidden: true }).count(), path).toBe(1);
    }
  });

  it("asks nobody else, and breaks no rule of the browser", () => {
    expect([...misdeeds.origins]).toEqual([services.gateway.adminUrl]);
    expect(misdeeds.errors).toEqual([]);
  });

  it("has the current page among those that are seen in a narrow window", async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    await open("/routes");
    const link = page.getByRole("link", { name: "Routes" });
    await expect
      .poll(() => link.evaluate((seen) => seen.getBoundingClientRect().right))
      .toBeLessThanOrEqual(390);
  });

  it.for(["light", "dark"] as const)("can be read in %s colours", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 800 });
      for (const path of places) {
        await open(path);
        await page.locator(".table").first().waitFor();
        expect(await faintTexts(page), `${path} at ${width} px`).toEqual([]);
      }
    }
  });

  it.for(pictureFolders)("has its pictures taken for %s", async (folder) => {
    await page.emulateMedia({ colorScheme: "light" });
    const pictures = await takeServicePictures(page, services, join(root, folder));
    expect(pictures.map((file) => existsSync(file))).toEqual([true, true]);
  });

  it("tells how a first route is made where there is none", async () => {
    await using fresh = await runGateway();
    await page.goto(await adminLink(fresh));
    await page.getByRole("link", { name: "Routes" }).click();
    const hint = page.getByRole("region", { name: "No route leads to a service yet" });
    await hint.waitFor();
    expect(await hint.innerText()).toMatch(/services:\n\s+orders: [\s\S]*routes:\n\s+orders: /);
    await expect.poll(() => hint.innerText()).toContain(`curl ${fresh.url}/orders/1`);
    expect(await faintTexts(page)).toEqual([]);
    await page.getByRole("link", { name: "GraphQL" }).click();
    const graph = page.getByRole("region", { name: "No route of GraphQL yet" });
    expect(await graph.innerText()).toMatch(/protocol: graphql[\s\S]*supergraph: supergraph.graphql/);
  });
});

/** The figures of a pair of spans, as they are shown. */
const spans = (text: string): readonly number[] =>
  [...text.matchAll(/([\d.]+) ms/g)].map(([, figure]) => Number(figure));
const asShown = (latency: Latency | null): readonly number[] =>
  latency === null
    ? []
    : [latency.p50, latency.p99].map((ms) => (ms < 10 ? Number(ms.toFixed(2)) : Math.round(ms)));

/** A little of everything; some of it is refused, some fails. */
async function sendSome({ ask, query, call, gateway }: ServicesGateway): Promise<void> {
  for (const path of ["/orders/1", "/orders/2", "/orders/3", "/legacy/1", "/legacy/2"]) await ask(path);
  await ask("/orders/4", { headers: {} });
  const users = "query Users { users { name role } }";
  for (const text of [users, users, "{ users { name plan } }", "query Broken { users { ..."])
    await query("/graphql", text);
  await query("/graphql", "query One($id: ID!) { user(id: $id) { name } }", { id: "u1" });
  await query("/graphql", 'mutation Rename { rename(id: "u1", name: "Ada") { name } }');
  await query("/catalog", "{ items { id title } }");
  for (const fail of [undefined, undefined, 5, 9, 14]) expect(await call(fail)).toBe(fail ?? 0);
  const count = async () =>
    ((await gateway.admin("/routes")) as { readonly routes: readonly Route[] }).routes.reduce(
      (sum, { traffic }) => sum + traffic.requests,
      0,
    );
  await vi.waitFor(async () => expect(await count()).toBe(18), 5000);
}
