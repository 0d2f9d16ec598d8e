/**
 * The dashboard in a real Chromium, over a real gateway with real traffic. What it shows is held against the admin API.
 * `SALLYPORT_SCREENSHOTS=1` also takes the pictures of `docs/images`.
 */
import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, BrowserContext, Locator, Page, Response } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ensureDashboard } from "../../scripts/starter/dashboard.js";
import { doors } from "../../src/exchange/stage-record.ts";
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
import { takePictures } from "../support/dashboard-pictures.ts";
import { assistant, type BusyGateway, openBusyGateway, pickyModel } from "../support/dashboard-traffic.ts";
import { adminLink } from "../support/running-gateway.ts";

const root = join(import.meta.dirname, "../..");
const program = findChromium();
const pictureFolders = process.env["SALLYPORT_SCREENSHOTS"] === "1" ? ["docs/images"] : [];
const firstLoadBytesMax = 150_000;

interface Stats {
  readonly gateway: {
    readonly inFlight: number;
    readonly totals: {
      readonly requests: number;
      readonly errors: number;
      readonly inputTokens: number;
      readonly outputTokens: number;
      readonly costNanoUsd: number;
      readonly unpriced: number;
    };
  };
}
interface Logged {
  readonly id: string;
  readonly status: number;
  readonly outcome: string;
  readonly model: string | null;
  readonly code: string | null;
}
interface Upstream {
  readonly provider: string;
  readonly origin: string;
  readonly requests: number;
  readonly failures: number;
  readonly lastTry: string | null;
  readonly errors: readonly { readonly code: string; readonly model: string }[];
}
interface Models {
  readonly models: readonly { readonly name: string; readonly targets: readonly ModelSeen[] }[];
  readonly seen: readonly ModelSeen[];
}
interface ModelSeen {
  readonly provider: string;
  readonly model: string;
  readonly lanes: readonly { readonly dialect: string; readonly lane: string }[];
}
interface Quirk {
  readonly id: string;
  readonly state: string;
  readonly because: string;
  readonly until: number | null;
}
interface RecordShown {
  readonly status: number;
  readonly lane: string | null;
  readonly warnings: readonly { readonly kind: string; readonly subject: string }[];
  readonly stages: readonly { readonly stage: string; readonly decision: string; readonly reason: string }[];
  readonly attempts: readonly {
    readonly provider: string;
    readonly code: string | null;
    readonly reason: string;
  }[];
}

describe.skipIf(program === undefined)("the dashboard", () => {
  let busy: BusyGateway;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let misdeeds: Misdeeds;
  let link: string;
  let failedOver: string;
  let unknownModel: string;
  const firstLoad: Response[] = [];

  beforeAll(async () => {
    await ensureDashboard(root, process.execPath);
    [busy, browser] = await Promise.all([openBusyGateway(), openBrowser(program ?? "")]);
    [failedOver, unknownModel] = await sendSome(busy);
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
    misdeeds = watch(context);
    page = await context.newPage();
    link = await adminLink(busy.gateway);
    page.on("response", (response) => firstLoad.push(response));
    await page.goto(link);
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    page.removeAllListeners("response");
  });

  afterAll(async () => {
    await browser?.close();
    await busy?.[Symbol.asyncDispose]();
  });

  const open = (path: string) => page.goto(busy.gateway.adminUrl + path);
  const admin = <Data>(path: string) => busy.gateway.admin(path) as Promise<Data>;
  const rows = () => page.locator("tbody a.row-link");
  const shownIds = () =>
    page.evaluate<string[]>(
      "[...document.querySelectorAll('a.row-link')].map(({ pathname }) => pathname.replace('/requests/', ''))",
    );
  const loggedIds = async (query: string): Promise<string[]> =>
    (await admin<{ requests: Logged[] }>(`/requests?${query}`)).requests.map(({ id }) => id);

  it("is opened by the link, which leaves nothing behind", async () => {
    const code = new URL(link).hash.slice(1);
    expect(code.length).toBeGreaterThan(20);
    expect(page.url()).toBe(`${busy.gateway.adminUrl}/`);
    const visited = await page.evaluate<string[]>("navigation.entries().map(({ url }) => url)");
    expect(visited.join(" ")).not.toContain(code);
    const kept = await page.evaluate<string>(
      "JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])",
    );
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict" });
    for (const secret of [code, cookie?.value ?? "", busy.gateway.adminToken])
      expect(kept).not.toContain(secret);
  });

  it("says so when the link has been used, and stays shut", async () => {
    const stranger = await browser.newContext();
    const second = await stranger.newPage();
    await second.goto(link);
    await expect.poll(() => second.getByRole("alert").textContent()).toMatch(/works once/);
    await second.getByText("sallyport admin-link", { exact: true }).waitFor();
    expect(second.url()).toBe(`${busy.gateway.adminUrl}/signin`);
    const asked = await stranger.request.get(`${busy.gateway.adminUrl}/api/gateway/stats`);
    expect(asked.status()).toBe(401);
    await stranger.close();
  });

  it(`loads in less than ${firstLoadBytesMax} bytes`, async () => {
    const kinds = /^(?:text\/html|text\/javascript|text\/css)/;
    const parts = firstLoad.filter((response) => kinds.test(response.headers()["content-type"] ?? ""));
    const bodies = await Promise.all(parts.map((response) => response.body()));
    const size = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
    expect(parts.length).toBeGreaterThanOrEqual(3);
    expect(size).toBeLessThan(firstLoadBytesMax);
    expect(parts[0]?.headers()["content-security-policy"]).toContain("default-src 'self'");
  });

  it("shows the figures of the traffic that was sent", async () => {
    const { totals } = (await admin<Stats>("/stats")).gateway;
    expect(totals).toMatchObject({ requests: 12, errors: 4 });
    const tile = (name: string) =>
      page.getByRole("region", { name: "Since the start" }).locator(".tile", { hasText: name });
    expect(await figure(tile("Requests"))).toBe("12");
    expect(await tile("Errors").getAttribute("title")).toBe("4 of 12");
    expect(await figure(tile("Errors"))).toBe("33.3 %");
    expect(await figure(tile("Tokens in"))).toBe(String(totals.inputTokens));
    expect(await figure(tile("Tokens out"))).toBe(String(totals.outputTokens));
    const cost = ((await tile("Cost").getAttribute("title")) ?? "").slice(1);
    expect(Math.round(Number(cost) * 1e9)).toBe(totals.costNanoUsd);
    expect(totals.costNanoUsd).toBeGreaterThan(0);
    expect(await figure(tile("Unpriced"))).toBe(String(totals.unpriced));
    for (const [name, text] of [
      ["Requests", "12 in the last minute"],
      ["Errors", "4 in the last minute"],
    ] as const)
      await page.getByRole("region", { name, exact: true }).getByText(text).waitFor();
    await expect.poll(() => page.getByRole("img", { name: /^Requests over/ }).count()).toBe(1);
    expect(await page.locator("canvas").count()).toBe(4);
    const upstreams = page.getByRole("table", { name: "Upstreams" }).getByRole("row");
    expect(await upstreams.count()).toBe(6);
  });

  it("keeps its figures up to date", async () => {
    await busy.send({ model: "second/swift" });
    const tile = page.getByRole("region", { name: "Since the start" }).locator(".tile").first();
    await expect.poll(() => figure(tile)).toBe("13");
  });

  it("lists the requests and filters them", async () => {
    await page.getByRole("link", { name: "Requests" }).click();
    const table = page.getByRole("table", { name: /^Requests/ });
    await expect.poll(() => table.getByRole("columnheader").count()).toBe(7);
    await expect.poll(shownIds).toEqual(await loggedIds(""));

    await page.getByRole("button", { name: "Not OK" }).click();
    await expect.poll(shownIds).toEqual(await loggedIds("status=error"));
    expect(page.url()).toContain("?status=error");
    expect(await rows().count()).toBe(5);

    await page.getByRole("searchbox", { name: "Search" }).fill("model_not");
    await expect.poll(shownIds).toEqual([unknownModel]);
    await page.getByRole("searchbox", { name: "Search" }).fill("nothing like it");
    await page.getByText("No request fits this filter").waitFor();
    await page.getByRole("button", { name: "Show all requests" }).click();
    await expect.poll(() => rows().count()).toBe(13);

    await page.getByRole("combobox", { name: "Model" }).fill(assistant);
    await expect.poll(shownIds).toEqual(await loggedIds(`model=${assistant}`));
    await page.getByRole("combobox", { name: "Model" }).fill("");
    await page.getByLabel("Key").selectOption({ index: 1 });
    await expect.poll(shownIds).toEqual(await loggedIds("keyId=key_first"));
    expect(await rows().count()).toBe(12); // one came with a wrong key
  });

  it("follows the log without being loaded again", async () => {
    await open("/requests");
    await expect.poll(() => rows().count()).toBe(13);
    await page.evaluate("window.isTheSame = true");
    // The slow one began first and is logged last: it comes in below the quick one.
    const slow = busy.send({ model: "first/deep" });
    await expect.poll(async () => (await admin<Stats>("/stats")).gateway.inFlight).toBe(1);
    await busy.send({ model: "first/swift" });
    await expect.poll(() => rows().count()).toBe(14);
    await slow;
    await expect.poll(shownIds).toEqual(await loggedIds(""));
    expect((await shownIds()).indexOf(await slow)).toBe(1);
    expect(await page.evaluate("window.isTheSame")).toBe(true);
  });

  it("stands still when it is told to", async () => {
    const still = await context.newPage();
    await still.clock.install();
    await still.goto(`${busy.gateway.adminUrl}/requests`);
    const links = still.locator("a.row-link");
    await expect.poll(() => links.count()).toBe(15);
    const tail = still.getByRole("switch", { name: "Live tail" });
    await tail.click();
    expect(await tail.getAttribute("aria-checked")).toBe("false");
    const id = await busy.send({ model: "first/swift" });
    await expect.poll(() => loggedIds("limit=1")).toEqual([id]);
    await still.clock.runFor(60_000);
    expect(await links.count()).toBe(15);
    await tail.click();
    await expect
      .poll(async () => {
        await still.clock.runFor(2000);
        return links.count();
      })
      .toBe(16);
    await still.close();
  });

  it("shows each door of a request with its decision and its reason", async () => {
    const dialog = page.getByRole("dialog", { name: /^Request/ });
    const notReached: string[] = [];
    for (const id of [failedOver, unknownModel]) {
      await open(`/requests/${id}`);
      await dialog.locator("[data-door=settle]").waitFor();
      const { stages } = await admin<RecordShown>(`/requests/${id}`);
      expect(await dialog.locator("li[data-door]").count()).toBe(doors.length);
      for (const door of doors) {
        const text = await dialog.locator(`[data-door=${door}]`).textContent();
        const stage = stages.find((entry) => entry.stage === door);
        if (stage === undefined) notReached.push(`${id === failedOver ? "known" : "unknown"} model: ${door}`);
        expect(text, door).toContain(stage?.decision ?? "not reached");
        expect(text, door).toContain(stage?.reason.replaceAll("`", "") ?? "not reached");
      }
    }
    expect(notReached).toEqual(["unknown model: fund", "unknown model: attempt"]);

    await open(`/requests/${failedOver}`);
    await dialog.locator("[data-door=settle]").waitFor();
    const record = await admin<RecordShown>(`/requests/${failedOver}`);
    const attempts = dialog.getByRole("list", { name: "Attempts" }).getByRole("listitem");
    expect(record.attempts.map(({ provider }) => provider)).toEqual(["first", "second"]);
    for (const [index, { provider, code, reason }] of record.attempts.entries()) {
      const text = await attempts.nth(index).textContent();
      for (const part of [provider, code ?? "200", reason.replaceAll("`", "")]) expect(text).toContain(part);
    }

    await open("/requests/0198b2c4-0000-7000-8000-000000000003");
    await dialog.getByText("The log has no such request").waitFor();
    misdeeds.errors.splice(0); // the browser reports the 404 that this was
  });

  it("needs no mouse", async () => {
    await open("/");
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await tabTo(page, "nav a[href='/requests']");
    await page.keyboard.press("Enter");
    await rows().first().waitFor();
    expect(await hasFocus(page, "main")).toBe(true);
    await tabTo(page, "a.row-link");
    await page.keyboard.press("ArrowDown");
    const [, second] = await shownIds();
    expect(await hasFocus(page, `a[href='/requests/${second}']`)).toBe(true);

    await page.keyboard.press("Enter");
    await page.locator("dialog [data-door=settle]").waitFor();
    expect(page.url()).toBe(`${busy.gateway.adminUrl}/requests/${second}`);
    expect(await hasFocus(page, "dialog")).toBe(true);
    await tabTo(page, "dialog button[aria-label=Close]");
    await tabTo(page, "dialog summary");
    await page.keyboard.press("Enter");
    await page.locator("dialog details[open]").waitFor();

    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    expect(page.url()).toBe(`${busy.gateway.adminUrl}/requests`);
    expect(await hasFocus(page, `a[href='/requests/${second}']`)).toBe(true);
  });

  const dialogOf = (name: RegExp) => page.getByRole("dialog", { name });
  const upstreamOf = async (name: string): Promise<Upstream | undefined> =>
    (await admin<{ upstreams: Upstream[] }>("/upstreams")).upstreams.find(
      ({ provider }) => provider === name,
    );
  const quirkOf = async (parameter: string): Promise<Quirk | undefined> =>
    (await admin<{ quirks: Quirk[] }>("/quirks")).quirks.find(({ id }) => id.endsWith(`~${parameter}`));
  const rowTexts = () =>
    page.evaluate<string[]>("[...document.querySelectorAll('tbody tr')].map((row) => row.innerText)");

  it("shows how each provider does, and finds those that do badly", async () => {
    await open("/");
    await page.getByRole("link", { name: "Providers" }).click();
    const table = page.getByRole("table", { name: "Providers" });
    await table.waitFor();
    const { upstreams } = await admin<{ upstreams: Upstream[] }>("/upstreams");
    const names = ["first", "second", "local", "ollama", "replicas"];
    expect(upstreams.map(({ provider }) => provider)).toEqual(names);
    const texts = await rowTexts();
    for (const [index, { provider, origin, requests, lastTry }] of upstreams.entries()) {
      expect(texts[index]).toContain(provider);
      expect(texts[index]).toContain(origin);
      expect(texts[index]).toContain(lastTry === null ? "not asked" : String(requests));
    }

    await page.getByRole("button", { name: "With errors" }).click();
    await expect.poll(() => rows().count()).toBe(1);
    expect(page.url()).toContain("?state=failing");
    await rows().click();
    const panel = dialogOf(/^Provider first/);
    const errors = panel.getByRole("list", { name: "Last errors" }).getByRole("listitem");
    const told = (await upstreamOf("first"))?.errors ?? [];
    expect(told.length).toBeGreaterThan(0);
    expect(await errors.count()).toBe(told.length);
    for (const [index, { code, model }] of told.entries()) {
      expect(await errors.nth(index).textContent()).toContain(code);
      expect(await errors.nth(index).textContent()).toContain(model);
    }
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    expect(await hasFocus(page, "a.row-link")).toBe(true);

    await page.getByRole("button", { name: "All" }).click();
    await page.getByRole("searchbox", { name: "Search" }).fill("anthropic");
    await expect.poll(async () => (await rowTexts()).map((text) => text.split("\n")[0])).toEqual(["second"]);
    await page.getByRole("searchbox", { name: "Search" }).fill("nothing like it");
    await page.getByRole("button", { name: "Show all providers" }).click();
    await expect.poll(() => rows().count()).toBe(5);
    await open("/providers?open=nobody");
    await page.getByText("There is no provider of this name").waitFor();
  });

  it("lets what was learned of a model be pinned without a mouse, forbidden, and left to time", async () => {
    const healed = await busy.send({ model: pickyModel, more: { temperature: 0.2, seed: 7 } });
    await open("/providers");
    await tabTo(page, "a[href='/providers?open=local']");
    await page.keyboard.press("Enter");
    const panel = dialogOf(/^Provider local/);
    await panel.waitFor();
    const learned = await quirkOf("temperature");
    expect(learned).toMatchObject({ state: "learned", until: expect.any(Number) });
    const entry = panel.locator(`[data-quirk="${learned?.id}"]`);
    expect(await entry.textContent()).toContain(learned?.because);

    const pin = entry.getByRole("button", { name: "Pin" });
    await tabTo(page, `[data-quirk="${learned?.id}"] button`);
    expect(await pin.getAttribute("aria-pressed")).toBe("false");
    await page.keyboard.press("Enter");
    await expect.poll(() => quirkOf("temperature")).toMatchObject({ state: "pinned", until: null });
    await expect.poll(() => pin.getAttribute("aria-pressed")).toBe("true");
    expect(await hasFocus(page, `[data-quirk="${learned?.id}"] button`)).toBe(true);

    await entry.getByRole("button", { name: "Forbid" }).click();
    await expect.poll(() => quirkOf("temperature")).toMatchObject({ state: "forbidden" });
    const refused = await busy.send({ model: pickyModel, more: { temperature: 0.2 } });
    await expect.poll(() => admin<RecordShown>(`/requests/${refused}`)).toMatchObject({ status: 400 });
    await entry.getByRole("button", { name: "Leave to time" }).click();
    await expect.poll(() => quirkOf("temperature")).toMatchObject({ state: "learned" });
    expect(await quirkOf("seed")).toMatchObject({ state: "learned" });

    await open(`/requests/${healed}`);
    const request = dialogOf(/^Request/);
    await request.locator("[data-door=settle]").waitFor();
    const record = await admin<RecordShown>(`/requests/${healed}`);
    expect(record.warnings.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual(
      expect.arrayContaining(["healed temperature", "healed seed"]),
    );
    const warnings = await request.locator(".warnings").innerText();
    for (const { kind, subject } of record.warnings) expect(warnings).toContain(`${kind} ${subject}`);
    expect(await request.getByRole("list", { name: "Attempts" }).getByRole("listitem").count()).toBe(3);
  });

  it("shows what a request on the raw lane does not tell", async () => {
    const { gateway } = busy;
    const response = await fetch(`${gateway.url}/p/local/v1/odd`, {
      method: "POST",
      headers: { authorization: `Bearer ${gateway.clientKey}`, "content-type": "application/json" },
      body: "{}",
    });
    expect(response.status).toBe(200);
    await response.text();
    const id = response.headers.get("x-sallyport-request-id") ?? "";
    await expect.poll(() => loggedIds("limit=1")).toEqual([id]);
    expect(await admin<RecordShown>(`/requests/${id}`)).toMatchObject({
      lane: "raw",
      warnings: [{ kind: "unmetered" }],
    });
    await open(`/requests/${id}`);
    const request = dialogOf(/^Request/);
    await request.locator("[data-door=settle]").waitFor();
    const text = await request.innerText();
    expect(text).toContain("raw as it came, not read");
    expect(text).toContain("unmetered");
    expect(text).toContain("what this call consumed cannot be read");
    expect(text).not.toContain("Nothing was consumed");
  });

  it("shows what models cost, where each name leads and who gets a translation", async () => {
    await open("/models");
    const table = page.getByRole("table", { name: "Models" });
    await table.waitFor();
    const { models, seen } = await admin<Models>("/models");
    const named = models.flatMap(({ targets }) => targets);
    const links = await page.evaluate<string[]>(
      "[...document.querySelectorAll('a.row-link')].map(({ textContent }) => textContent)",
    );
    const idOf = ({ provider, model }: ModelSeen): string => `${provider}/${model}`;
    expect(links.slice(0, named.length)).toEqual(named.map(idOf));
    expect(new Set(links)).toEqual(new Set([...named, ...seen].map(idOf)));

    const row = (target: string) =>
      table.getByRole("row").filter({ has: page.getByText(target, { exact: true }) });
    const second = await row("second/swift").first().innerText();
    for (const price of ["$1.00", "$4.00", "$0.10", "$1.25", "operator"]) expect(second).toContain(price);
    expect(await row(pickyModel).innerText()).toContain("no price known");

    await page.getByRole("button", { name: "No price" }).click();
    await expect.poll(async () => new Set(await rowTexts()).size).toBe(1);
    expect((await rowTexts())[0]).toContain(pickyModel);
    await page.getByRole("button", { name: "All" }).click();
    await page.getByLabel("Provider").selectOption("second");
    await page.getByRole("searchbox", { name: "Search" }).fill(assistant);
    await expect.poll(() => rows().count()).toBe(1);
    expect(page.url()).toBe(`${busy.gateway.adminUrl}/models?provider=second&search=${assistant}`);

    await tabTo(page, "a.row-link");
    await page.keyboard.press("Enter");
    const panel = dialogOf(/^Model swift/);
    const lanes = await panel.getByRole("region", { name: /^Lanes/ }).innerText();
    const target = named.find((found) => idOf(found) === "second/swift");
    expect(target?.lanes.map(({ lane }) => lane)).toContain("bytes");
    for (const { dialect, lane } of target?.lanes ?? [])
      expect(lanes.replaceAll("\n", " ")).toContain(`${dialect} ${lane}`);
    expect(await panel.getByRole("table", { name: /^Price/ }).innerText()).toContain("$1.25 / 1M");
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    expect(await hasFocus(page, "a.row-link")).toBe(true);
    await open("/models?open=local%2Fnothing");
    await page.getByText("There is no such model here").waitFor();
  });

  it("shows what is known of a model, and puts a fetched catalogue to use once it was looked at", async () => {
    await open("/models?open=second%2Fswift");
    const abilities = dialogOf(/^Model swift/).getByRole("table", { name: /^Abilities/ });
    await abilities.waitFor();
    const told = await abilities.innerText();
    for (const text of ["context, tokens", "32,000", "operator"]) expect(told).toContain(text);
    await page.keyboard.press("Escape");

    const card = page.getByRole("region", { name: "Catalogue of models" });
    expect(await card.innerText()).toContain("not in use");
    await card.getByRole("button", { name: "Fetch now" }).click();
    const differences = card.getByRole("table", { name: "Differences" });
    await differences.waitFor();
    expect((await differences.innerText()).replaceAll(/\s+/g, " ")).toContain(
      "ollama/qwen-3 context, tokens – 40960",
    );
    expect(await sticksOut(page)).toBe(false);
    await card.getByRole("button", { name: "Use it" }).click();
    await expect.poll(() => card.innerText()).toContain("in use: 1 model,");
    expect(await differences.count()).toBe(0);
  });

  it("shows the price book and what it does not know, and takes rows that count at once", async () => {
    await open("/prices");
    const book = page.getByRole("table", { name: "Rows of the operator" });
    await book.waitFor();
    expect(await book.innerText()).toContain("invented for a test");
    await page.getByText("built-in rows: tiers, batches").click();
    const builtIn = await page.getByRole("table", { name: "Built-in rows" }).innerText();
    for (const text of ["tier flex", "× 1/2", "runs on this machine"]) expect(builtIn).toContain(text);
    const unpriced = page.getByRole("table", { name: "No price known" });
    expect(await unpriced.innerText()).toContain(pickyModel);

    const text = page.getByLabel("Rows set here, as JSON");
    const set = page.getByRole("button", { name: "Set", exact: true });
    await text.fill('[{"match":{"provider":"local"},"source":"nothing"}]');
    await set.click();
    expect(await page.getByRole("alert").innerText()).toContain("needs `usdPerMillion` or `multiply`");
    // The browser itself tells of each answer that is an error.
    expect(misdeeds.errors.splice(0)).toEqual([expect.stringContaining("400 (Bad Request)")]);
    const row = {
      match: { provider: "local", model: "*" },
      usdPerMillion: { input: 1, output: 2 },
      source: "set by hand",
    };
    await text.fill(JSON.stringify([row]));
    await set.click();
    await page.getByText("1 row counts from now on.").waitFor();
    await expect.poll(() => book.innerText()).toContain("set by hand");
    const told = await admin<{ setRows: readonly unknown[] }>("/prices");
    expect(told.setRows).toEqual([row]);

    const id = await busy.send({ model: pickyModel, question: "What is it worth?" });
    await open(`/requests/${id}`);
    const request = dialogOf(/^Request/);
    await request.locator("[data-door=settle]").waitFor();
    expect(await request.getByRole("region", { name: /^Cost/ }).innerText()).toContain(
      "By local *, operator",
    );
    await text.waitFor({ state: "detached" });
    await open("/prices");
    await page.getByLabel("Rows set here, as JSON").fill("[]");
    await page.getByRole("button", { name: "Set", exact: true }).click();
    await page.getByText("0 rows count from now on.").waitFor();
  });

  it("shows how a pool chose, and why", async () => {
    const id = await busy.send({ model: "chosen", question: "Which of you?" });
    await open("/routing");
    const targets = page.getByRole("table", { name: "Targets of chosen, best first" });
    await expect.poll(() => targets.locator("tbody tr").first().innerText()).toContain("second/swift");
    expect(await page.getByRole("region", { name: /^chosen/ }).innerText()).toMatch(
      /cost-optimized[\s\S]*First would be first\/steady at \d+ % of its cost/,
    );
    await page.getByText("Last decisions").click();
    await page.getByRole("link", { name: id.slice(-12) }).waitFor();
  });

  it("shows what a pool has learned, and lets it stop", async () => {
    const id = await busy.send({ model: "thrifty", question: "Which of you?" });
    const taken = await fetch(`${busy.gateway.url}/v1/feedback`, {
      method: "POST",
      headers: { authorization: `Bearer ${busy.gateway.clientKey}`, "content-type": "application/json" },
      body: JSON.stringify({ request_id: id, metric: "thumb", value: true }),
    });
    expect(taken.status).toBe(202);
    await open("/routing");
    const region = page.getByRole("region", { name: /^thrifty/ });
    const arms = page.getByRole("table", { name: "What thrifty has learned of its models" });
    await expect.poll(() => arms.locator("tbody tr").count()).toBe(2);
    const judgements = await arms.locator("td[data-name=Judgements]").allInnerTexts();
    // One in ten sound answers is learned from by itself.
    expect(judgements.toSorted().join(" ")).toMatch(/^0 [12]$/);
    await region.getByRole("button", { name: "Frozen" }).click();
    const isFrozen = async () =>
      (
        await admin<{ routes: { name: string; learned: { frozen: boolean } | null }[] }>("/routing")
      ).routes.find(({ name }) => name === "thrifty")?.learned?.frozen;
    await expect.poll(isFrozen).toBe(true);
    await region.getByRole("button", { name: "Learns" }).click();
    await expect.poll(isFrozen).toBe(false);
  });

  it("has the reference of a pool serve, and ends that", async () => {
    await open("/routing");
    const guard = page.getByRole("group", { name: "Guard of thrifty" });
    await expect.poll(() => guard.innerText()).toMatch(/Against the reference\s+nothing compared yet/);
    const phase = async () =>
      (
        await admin<{ routes: { name: string; oversight: { guard: { phase: string } } | null }[] }>(
          "/routing",
        )
      ).routes.find(({ name }) => name === "thrifty")?.oversight?.guard.phase;
    await guard.getByRole("button", { name: "Reference serves" }).click();
    await expect.poll(phase).toBe("guarded");
    await expect.poll(() => guard.innerText()).toContain("The reference serves since");
    const id = await busy.send({ model: "thrifty", question: "Which of you?" });
    const { provider } = await admin<{ provider: string }>(`/requests/${id}`);
    expect(provider).toBe("first");
    await guard.getByRole("button", { name: "Pool serves" }).click();
    await expect.poll(phase).toBe("active");
  });

  it("shows how fast each target is", async () => {
    await open("/endpoints");
    const row = page.getByRole("table", { name: "Targets" }).locator("tbody tr", { hasText: "second/swift" });
    await expect.poll(() => row.count()).toBe(1);
    expect(await row.locator("td[data-name='A token, alone']").innerText()).toMatch(/^\d+\.\d\d ms/);
    expect(Number(await row.locator("td[data-name='Learned from']").innerText())).toBeGreaterThan(0);
  });

  it("shows where content may go, and what was kept from going elsewhere", async () => {
    await fetch(`${busy.gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${busy.gateway.clientKey}`,
        "content-type": "application/json",
        "x-sallyport-region": "eu",
      },
      body: JSON.stringify({ model: "second/swift", messages: [{ role: "user", content: "hi" }] }),
    });
    await open("/regions");
    const row = page.getByRole("table", { name: "Providers" }).locator("tbody tr", { hasText: "first" });
    await expect.poll(() => row.innerText()).toMatch(/first[\s\S]*not told[\s\S]*nobody knows/);
    expect(await page.getByRole("region", { name: "What binds" }).innerText()).toMatch(/a target: [1-9]/);
  });

  it("shows the endpoints of a provider that has several, and takes one out and back by hand", async () => {
    await open("/endpoints");
    const row = page.locator('[data-endpoint="replicas/one"]');
    await expect.poll(() => row.count()).toBe(1);
    expect(await row.locator("td[data-name='State']").innerText()).toBe("in");
    await row.getByRole("button", { name: "Drain replicas/one" }).click();
    await expect.poll(() => row.locator("td[data-name='State']").innerText()).toBe("drained");
    await row.getByRole("button", { name: "Restore replicas/one" }).click();
    await expect.poll(() => row.locator("td[data-name='State']").innerText()).toContain("starting");
  });

  it("shows how many replicas a pool will need", async () => {
    await open("/scaling");
    const row = page.getByRole("table", { name: "Pools" }).locator("tbody tr");
    await expect.poll(() => row.count()).toBe(1);
    expect(await row.innerText()).toMatch(/second[\s\S]*less than two days are known/);
  });

  it("shows what the month has cost by key, route and provider, and when a budget runs out", async () => {
    await open("/costs");
    const scopes = page.getByRole("table", { name: "By key, route and provider" });
    await scopes.waitFor();
    const told = await admin<{ scopes: readonly { scope: string; calls: number }[]; month: string }>(
      "/costs/forecast",
    );
    expect(told.scopes.map(({ scope }) => scope)).toContain("route:thrifty");
    const shown = await scopes
      .locator("tbody tr")
      .evaluateAll((listed) => listed.map((row) => row.querySelector("code")?.textContent));
    expect(shown).toEqual(told.scopes.map(({ scope }) => scope));
    expect(await page.getByRole("img", { name: "spent so far" }).getAttribute("aria-label")).toMatch(
      /^\$0\.\d+ spent so far, \$0\.\d+ expected at the end of the month\.$/,
    );
    const pools = page.getByRole("table", { name: "Pools with a budget" });
    expect(await pools.locator("tbody tr").innerText()).toMatch(/^thrifty\s+\$0\.\d+\s+\$0\.\d+/);
    await scopes.getByRole("link", { name: "provider:second" }).click();
    await page.getByRole("heading", { name: `provider:second ${told.month}` }).waitFor();
    await page.getByLabel("Budget of the month").fill("0.000001");
    await page.getByRole("button", { name: "When does it run out?" }).click();
    const budget = page.locator(".tile.warn", { hasText: "Budget" });
    await expect.poll(() => budget.count()).toBe(1);
    expect(await figure(budget)).toMatch(new RegExp(`^${told.month}-\\d\\d$`));
    expect(new URL(page.url()).search).toBe("?scope=provider%3Asecond&budget=0.000001");
  });

  it("shows the circuit breakers with their steps, and lets one be opened and closed by hand", async () => {
    await open("/circuit-breakers");
    const row = page.locator('[data-breaker="second/swift"]');
    await row.getByRole("button", { name: "Open" }).click();
    await expect.poll(() => row.innerText()).toContain("open by hand");
    await expect
      .poll(() => row.getByRole("button", { name: "Open" }).getAttribute("aria-pressed"))
      .toBe("true");
    const listed = async () =>
      (
        await admin<{ circuit_breakers: Record<string, { targets: Record<string, { mode: string }> }> }>(
          "/circuit-breakers",
        )
      ).circuit_breakers["second"]?.targets["second/swift"]?.mode;
    expect(await listed()).toBe("forced_open");
    await row.getByRole("button", { name: "Auto" }).click();
    await expect.poll(listed).toBe("auto");
    await page.getByText("None: every target may be asked.").waitFor();
  });

  it("shows who speaks what to whom, and what an upstream would be sent", async () => {
    await open("/translations");
    const pairs = page.getByRole("table", { name: "Pairs of dialects" });
    await pairs.waitFor();
    const told = await admin<{ pairs: readonly { client: string; upstream: string; calls: number }[] }>(
      "/translations",
    );
    expect(told.pairs.length).toBeGreaterThan(1);
    const shown = (await pairs.innerText()).replaceAll(/\s+/g, " ");
    for (const { client, upstream } of told.pairs) expect(shown).toContain(`${client} ${upstream}`);
    await page.getByRole("button", { name: "Translate" }).click();
    const translation = page.getByRole("status", { name: "The translation" });
    await translation.waitFor();
    for (const text of ["POST /v1/messages", "dropped: seed", '"stop_sequences"'])
      expect(await translation.innerText()).toContain(text);
    await page.getByLabel("The provider speaks").selectOption("openai-responses");
    await page.getByRole("button", { name: "Translate" }).click();
    await expect.poll(() => translation.innerText()).toContain('emulated: the answer ends before "END"');
  });

  const upstreamPlaces = [
    "/providers",
    "/providers?open=first",
    "/providers?open=local",
    "/models",
    "/models?open=second%2Fswift",
    "/models?open=local%2Fqwen-3",
  ];
  const places = () => [
    "/",
    "/requests",
    `/requests/${failedOver}`,
    "/keys",
    "/costs",
    "/costs?scope=route%3Asecond%2Fswift&budget=0.000001",
    "/prices",
    "/routing",
    "/circuit-breakers",
    "/endpoints",
    "/regions",
    "/scaling",
    "/translations",
    ...upstreamPlaces,
  ];
  const settled = () => page.locator(".table, dialog [data-door=settle]").first().waitFor();

  it.for([1280, 400])("fits into %i px, and every control has a name", async (width) => {
    await page.setViewportSize({ width, height: 800 });
    for (const path of places()) {
      await open(path);
      await settled();
      expect(await sticksOut(page), path).toBe(false);
      expect(await namelessControls(page), path).toEqual([]);
      expect(await page.getByRole("heading", { level: 1, includeHidden: true }).count(), path).toBe(1);
      if (await page.locator(".panel-body").count())
        expect(await sticksOut(page, ".panel-body"), path).toBe(false);
      if (upstreamPlaces.includes(path)) expect(await jumped(page), path).toBeLessThan(0.01);
    }
  });

  it("lays a request over the whole of a narrow window", async () => {
    await page.setViewportSize({ width: 400, height: 800 });
    await open(`/requests/${failedOver}`);
    await page.locator("dialog [data-door=settle]").waitFor();
    expect(await page.locator("dialog:modal").count()).toBe(1);
    expect(await sticksOut(page, ".panel-body")).toBe(false);
    await rows().first().waitFor(); // else there is no row yet for the focus to go back to
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    expect(await hasFocus(page, `a[href='/requests/${failedOver}']`)).toBe(true);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it.for(["light", "dark"] as const)("can be read in %s colours", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    for (const path of places()) {
      await open(path);
      await settled();
      const ground = await page.evaluate<string>(
        "getComputedStyle(document.documentElement).backgroundColor",
      );
      const [red = 0] = ground.match(/\d+/g)?.map(Number) ?? [];
      expect(red > 128, ground).toBe(colorScheme === "light");
      expect(await faintTexts(page), path).toEqual([]);
    }
    await page.setViewportSize({ width: 400, height: 800 });
    for (const path of upstreamPlaces) {
      await open(path);
      await settled();
      expect(await faintTexts(page), `${path} at 400 px`).toEqual([]);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.emulateMedia({ colorScheme: "light" });
  });

  it("asks nobody else, and breaks no rule of the browser", () => {
    expect([...misdeeds.origins]).toEqual([busy.gateway.adminUrl]);
    expect(misdeeds.errors).toEqual([]);
  });

  it.for(pictureFolders)("has its pictures taken for %s", async (folder) => {
    const pictures = await takePictures(page, busy, join(root, folder));
    expect(pictures.map((file) => existsSync(file))).toEqual([true, true, true, true]);
  });

  it("tells why a configuration file was not taken", async () => {
    await open("/");
    appendFileSync(busy.gateway.configFile, "modles: {}\n");
    const problems = page.getByRole("region", { name: "Problems of the configuration file" });
    await problems.waitFor({ timeout: 10_000 });
    expect(await problems.textContent()).toMatch(/^\d+:1 unknown field modles/);
  });

  it("can be left by the door", async () => {
    await open("/");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to Sallyport" }).waitFor();
    const asked = await context.request.get(`${busy.gateway.adminUrl}/api/gateway/stats`);
    expect(asked.status()).toBe(401);
  });

  it("says when the session has ended, and when the gateway does not answer", async () => {
    await page.goto(await adminLink(busy.gateway));
    await page.getByText("Live", { exact: true }).waitFor();
    await context.clearCookies();
    await page.getByRole("link", { name: "Requests" }).click();
    await expect.poll(() => page.getByRole("alert").textContent()).toMatch(/session has ended/);

    await page.goto(await adminLink(busy.gateway));
    await page.getByText("Live", { exact: true }).waitFor();
    busy.gateway.child.kill("SIGKILL");
    await expect
      .poll(() => page.getByRole("alert").textContent(), { timeout: 10_000 })
      .toMatch(/does not answer/);
    expect(await page.getByRole("region", { name: "Since the start" }).isVisible()).toBe(true);
  });
});

const figure = (tile: Locator) => tile.locator("dd").textContent();

/** Twelve calls of every kind; four of them are errors, and a fifth ends because its client goes. */
async function sendSome(busy: BusyGateway): Promise<[failedOver: string, unknownModel: string]> {
  const { send, gateway } = busy;
  const [failedOver, unknownModel] = await Promise.all([
    send({ model: assistant }),
    send({ model: "no-such-model" }),
    send({ model: "first/swift" }),
    send({ model: "first/swift", isStream: true }),
    send({ model: "first/tools" }),
    send({ model: "second/swift", path: "/v1/messages" }),
    send({ model: "second/swift", path: "/v1/messages", isStream: true }),
    send({ model: "second/swift", isStream: true }),
    send({ model: "first/swift+fault=status:503" }),
    send({ model: "first/swift+fault=cut-after:3", isStream: true }),
    send({ model: "first/swift", key: "sp-wrong" }),
    send({ model: "first/deep", isStream: true, leavesEarly: true }),
  ]);
  const total = async () => ((await gateway.admin("/stats")) as Stats).gateway.totals.requests;
  await vi.waitFor(async () => expect(await total()).toBe(12), 5000);
  return [failedOver, unknownModel];
}
