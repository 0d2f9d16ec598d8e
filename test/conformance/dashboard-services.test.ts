/** What the dashboard shows of services, in a real Chromium, over a real gateway with traffic of every protocol. */
import { mkdtempSync, rmSync } from "node:fs";
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
import { openServicesGateway, type ServicesGateway } from "../support/dashboard-services.ts";
import { adminLink, runGateway } from "../support/running-gateway.ts";

const program = findChromium();

interface Route {
  readonly id: string;
  readonly path: string;
  readonly service: string | null;
  readonly traffic: {
    readonly requests: number;
    readonly refused: number;
    readonly failed: number;
    readonly last_error: string | null;
  };
}

describe.skipIf(program === undefined)("services on the dashboard", () => {
  const directory = mkdtempSync(join(tmpdir(), "sallyport-dashboard-"));
  let services: ServicesGateway;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let misdeeds: Misdeeds;

  beforeAll(async () => {
    await ensureDashboard(join(import.meta.dirname, "../.."), process.execPath);
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
  const routes = async (): Promise<readonly Route[]> => {
    const { routes: told } = (await services.gateway.admin("/routes")) as {
      readonly routes: readonly Route[];
    };
    return told;
  };

  it("shows each route with what it takes, where it leads and what has come by it", async () => {
    await page.getByRole("link", { name: "Routes" }).click();
    const table = page.getByRole("table", { name: "Routes to services" });
    await table.waitFor();
    const told = await routes();
    expect(told).toHaveLength(7);
    expect(await names()).toEqual(told.map(({ id }) => id));
    const cell = (id: string, name: string) =>
      table
        .locator("tbody tr", { has: page.getByText(id, { exact: true }) })
        .locator(`td[data-name="${name}"]`);
    for (const { id, path, service, traffic } of told) {
      expect(await cell(id, "Takes").innerText(), id).toContain(path);
      expect(await cell(id, "Leads to").first().innerText(), id).toContain(service ?? "subgraphs");
      expect(await cell(id, "Requests").innerText(), id).toMatch(new RegExp(`^${traffic.requests}\\b`));
      expect(await cell(id, "Refused").innerText(), id).toBe(String(traffic.refused));
      expect(await cell(id, "Failed").innerText(), id).toBe(String(traffic.failed));
      expect(await cell(id, "Last error").innerText(), id).toBe(traffic.last_error ?? "none");
    }
    expect(told.map(({ traffic }) => traffic.requests)).toEqual([4, 0, 2, 0, 5, 6, 1]);
    expect(await cell("people", "Route").innerText()).toMatch(/REST\s+no key/);
    expect(await cell("orders", "Route").innerText()).toMatch(/REST\s+by key/);
    expect(await cell("orders", "Takes").innerText()).toContain("GET POST");
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

  const places = ["/routes", "/routes?open=people", "/routes?open=chat"];

  it.for([1280, 390])("fits into %i px, and every control has a name", async (width) => {
    await page.setViewportSize({ width, height: 800 });
    for (const path of places) {
      await open(path);
      await page.locator(".table").first().waitFor();
      expect(await sticksOut(page), path).toBe(false);
      expect(await namelessControls(page), path).toEqual([]);
      if (await page.locator(".panel-body").count())
        expect(await sticksOut(page, ".panel-body"), path).toBe(false);
      expect(await jumped(page), path).toBeLessThan(0.01);
      expect(await page.getByRole("heading", { level: 1, includeHidden: true }).count(), path).toBe(1);
    }
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

  it("tells how a first route is made where there is none", async () => {
    await using fresh = await runGateway();
    await page.goto(await adminLink(fresh));
    await page.getByRole("link", { name: "Routes" }).click();
    const hint = page.getByRole("region", { name: "No route leads to a service yet" });
    await hint.waitFor();
    expect(await hint.innerText()).toMatch(/services:\n\s+orders: [\s\S]*routes:\n\s+orders: /);
    expect(await hint.innerText()).toContain(`curl ${fresh.url}/orders/1`);
    expect(await faintTexts(page)).toEqual([]);
    misdeeds.errors.splice(0);
  });
});

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
