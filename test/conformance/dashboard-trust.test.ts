/**
 * What the dashboard shows and does of keys, projects, policies, limits, budgets, the audit log and people: by clicks
 * in a real Chromium, over a real gateway. `SALLYPORT_SCREENSHOTS=1` also takes the pictures of `docs/images`.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureDashboard } from "../../scripts/starter/dashboard.js";
import {
  findChromium,
  hasFocus,
  type Misdeeds,
  namelessControls,
  openBrowser,
  sticksOut,
  watch,
} from "../support/browser.ts";
import { faintTexts } from "../support/contrast.ts";
import { openTrustGateway, type TrustGateway } from "../support/dashboard-trust.ts";
import { takeTrustPictures } from "../support/dashboard-trust-pictures.ts";
import { adminLink } from "../support/running-gateway.ts";

const root = join(import.meta.dirname, "../..");
const program = findChromium();
const pictureFolders = process.env["SALLYPORT_SCREENSHOTS"] === "1" ? ["docs/images"] : [];
const password = "a-horse-and-a-gate";

describe.skipIf(program === undefined)("trust on the dashboard", () => {
  let trust: TrustGateway;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let misdeeds: Misdeeds;

  beforeAll(async () => {
    await ensureDashboard(root, process.execPath);
    [trust, browser] = await Promise.all([openTrustGateway(), openBrowser(program ?? "")]);
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
    context.setDefaultTimeout(10_000);
    misdeeds = watch(context);
    page = await context.newPage();
    await page.goto(await adminLink(trust.gateway));
    await page.getByRole("heading", { name: "Overview" }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await trust?.[Symbol.asyncDispose]();
  });

  const open = (path: string) => page.goto(trust.gateway.adminUrl + path);
  const button = (name: string | RegExp) =>
    page.getByRole("button", { name, exact: typeof name === "string" });
  const dialog = () => page.getByRole("dialog");
  const inDialog = (name: string) => dialog().getByRole("button", { name, exact: true });
  const closed = () => dialog().waitFor({ state: "detached" });
  const shownSecret = () => page.locator(".new-key code").innerText();
  const signedInAs = async (name: string): Promise<Page> => {
    const own = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const door = await own.newPage();
    await door.goto(trust.gateway.adminUrl);
    await field(door, "Name").fill(name);
    await field(door, "Password").fill(password);
    await door.getByRole("button", { name: "Sign in" }).click();
    return door;
  };
  const pagesOf = (of: Page) =>
    of.getByRole("navigation", { name: "Pages" }).getByRole("link").allInnerTexts();

  let key = "";

  it("makes a tenant and a project, and a key of that project with an end and a network", async () => {
    await page.getByRole("link", { name: "Projects" }).click();
    await button("Make a tenant").click();
    await field(dialog(), "Id").fill("acme");
    await inDialog("Make it").click();
    await closed();
    await button("Make a project").click();
    await field(dialog(), "Id").fill("shop");
    await field(dialog(), "Tenant").selectOption("acme");
    await field(dialog(), "Stays in").fill("eu");
    await inDialog("Make it").click();
    await closed();
    expect(await page.locator('[data-owner="acme/shop"]').innerText()).toMatch(
      /acme\/shop[\s\S]*all[\s\S]*eu/,
    );

    await page.getByRole("link", { name: "Keys" }).click();
    const form = page.getByRole("form", { name: "Create a key" });
    await field(form, "Name").fill("checkout");
    await form.locator("summary").click();
    await field(form, "Project").selectOption("acme/shop");
    await field(form, "Person").fill("ada@example.com");
    await field(form, "Expires").fill("2031-01-31");
    await field(form, "From networks").fill("127.0.0.0/8, ::1/128");
    await field(form, "Labels").fill("team=blue");
    await button("Create key").click();
    await page.getByRole("heading", { name: "Key “checkout”" }).waitFor();
    key = await shownSecret();
    await button("I have it").click();
    const row = page.locator('[data-key="checkout"]');
    const told = await row.innerText();
    for (const part of [
      "acme / shop · ada@example.com",
      key.slice(-4),
      "from 127.0.0.0/8, ::1/128",
      "team=blue",
    ])
      expect(told).toContain(part);
    expect(told).toContain("until 31 Jan 2031");
    expect(told).toContain("never");
  });

  it("changes a key, and rotates it: the old secret is valid beside the new one", async () => {
    await open("/keys");
    await button("Edit checkout").click();
    await field(dialog(), "Models").fill("second/*");
    await field(dialog(), "Stays in").fill("");
    await inDialog("Save").click();
    await closed();
    await expect.poll(() => page.locator('[data-key="checkout"]').innerText()).toContain("second/*");
    const listed = async () =>
      (
        (await trust.gateway.admin("/keys")) as {
          keys: readonly { name: string; expiresAt: number | null; user: string | null }[];
        }
      ).keys.find(({ name }) => name === "checkout");
    expect(await listed()).toMatchObject({ user: "ada@example.com", expiresAt: Date.UTC(2031, 1, 1) - 1 });

    await button("Rotate checkout").click();
    await field(dialog(), "The old one is valid for").selectOption("3600000");
    await inDialog("Rotate").click();
    await page.getByRole("heading", { name: "Key “checkout”" }).waitFor();
    const rotated = await shownSecret();
    expect(rotated).not.toBe(key);
    await button("I have it").click();
    expect(await page.locator('[data-key="checkout"]').innerText()).toContain("old secret until");
    // The project keeps requests in a zone that no provider of this gateway lies in: who they are is known all the same.
    for (const secret of [key, rotated])
      expect((await trust.ask("first/swift", secret)).code).not.toBe("unauthenticated");
    expect((await trust.ask("first/swift", "sp-wrong")).status).toBe(401);
    key = rotated;
    await button("Cancel").waitFor({ state: "detached" });
  });

  it("shows a mistake of a policy where it is, and commits it when it is mended; what it denies is a violation", async () => {
    expect((await trust.ask("first/swift")).status).toBe(200);
    await open("/policies");
    await button("Write a policy").click();
    const form = page.getByRole("form", { name: "A new policy" });
    await field(form, "Id").fill("no-swift");
    await form.getByLabel(/^When/).fill("ai.model == 'first/swift' and ai.modell != ''");
    await field(form, "Reason").fill("Not this one.");
    const preview = form.getByRole("status");
    await expect.poll(() => preview.innerText()).toMatch(/when, character \d+/);
    expect(await form.locator("mark").innerText()).toBe("ai.modell");
    expect(await button("Commit").isDisabled()).toBe(true);

    await form.getByLabel(/^When/).fill("ai.model == 'first/swift'");
    await expect
      .poll(() => preview.innerText())
      .toMatch(/Of \d+ requests? of the last hour: 1 denied that were not/);
    await button("Commit").click();
    const row = page.locator('[data-policy="no-swift"]');
    await row.waitFor();
    expect(await page.locator("[data-revision]").first().innerText()).toContain("in force");

    const denied = await trust.ask("first/swift");
    expect([denied.status, denied.code]).toEqual([403, "permission_denied"]);
    const violations = page.getByRole("table", { name: /^Violations/ });
    await expect.poll(() => violations.innerText(), { timeout: 10_000 }).toContain("Not this one.");
    expect(await violations.getByRole("link").first().getAttribute("href")).toBe(`/requests/${denied.id}`);
    expect(await row.locator('[data-name="Denied"]').innerText()).toBe("1");
  });

  it("says when somebody else has changed the policies meanwhile, and brings an earlier revision back", async () => {
    await open("/policies");
    await button("Edit no-swift").click();
    const form = page.getByRole("form", { name: "The policy no-swift" });
    await field(form, "Mode").selectOption("shadow");
    await expect.poll(() => button("Commit").isEnabled()).toBe(true);
    await trust.gateway.admin("/policies", {
      method: "POST",
      body: { id: "meanwhile", when: "false", do: { deny: {} } },
    });
    await button("Commit").click();
    await form.getByRole("alert").waitFor();
    await button("Cancel").click();
    await page.locator('[data-policy="meanwhile"]').waitFor();
    await button("Roll back to revision 2").click();
    await inDialog("Roll back").click();
    await closed();
    await page.locator('[data-policy="meanwhile"]').waitFor({ state: "detached" });
    await button("Remove no-swift").click();
    await inDialog("Remove").click();
    await closed();
    await expect.poll(async () => (await trust.ask("first/swift")).status).toBe(200);
  });

  it("sets a limit, and counts who is refused by it", async () => {
    await page.getByRole("link", { name: "Limits and budgets" }).click();
    await button("Set a limit").click();
    await field(dialog(), "Id").fill("few");
    await field(dialog(), "At most").fill("1");
    await field(dialog(), "In seconds").fill("3600");
    await inDialog("Set it").click();
    await closed();
    const row = page.locator('[data-limit="few"]');
    await row.waitFor();
    expect(await row.innerText()).toContain("1 request / 1 h");
    expect((await trust.ask("first/swift")).status).toBe(200);
    expect((await trust.ask("first/swift")).status).toBe(429);
    await expect.poll(() => row.locator('[data-name="Refused"]').innerText(), { timeout: 10_000 }).toBe("1");
    expect(await row.getByRole("meter").getAttribute("aria-valuenow")).toBe("100");
    await button("Edit few").click();
    await field(dialog(), "At most").fill("1000");
    await inDialog("Save").click();
    await closed();
    await expect.poll(() => row.innerText()).toContain("1,000 requests / 1 h");
  });

  it("makes a budget, shows what is taken of it and its ledger, and removes it", async () => {
    await open("/limits");
    await button("Make a budget").click();
    await field(dialog(), "Id").fill("small");
    await field(dialog(), "US dollars").fill("0.5");
    await inDialog("Make it").click();
    await closed();
    const row = page.locator('[data-budget="small"]');
    await row.waitFor();
    expect((await trust.ask("first/swift")).status).toBe(200);
    await expect
      .poll(() => row.locator('[data-name="Used"]').innerText(), { timeout: 10_000 })
      .not.toMatch(/^\$0\.00,/);
    await row.getByRole("link", { name: "small" }).click();
    const ledger = page.getByRole("dialog", { name: "Ledger of small" });
    await expect.poll(() => ledger.innerText()).toMatch(/settled[\s\S]*\$0\.\d+[\s\S]*held/);
    await page.keyboard.press("Escape");
    await button("Remove small").click();
    await inDialog("Remove").click();
    await row.waitFor({ state: "detached" });
  });

  it("shows what guardrails have stopped, without the text of it", async () => {
    const stopped = await trust.ask("first/swift", undefined, "mail jane@example.com");
    expect(stopped.status).toBe(400);
    await page.getByRole("link", { name: "Guardrails" }).click();
    const blocks = page.getByRole("table", { name: /^Latest blocks/ });
    await expect.poll(() => blocks.innerText(), { timeout: 10_000 }).toMatch(/email\s+question/);
    expect(await page.locator("main").innerText()).not.toContain("jane");
    expect(await blocks.getByRole("link").getAttribute("href")).toBe(`/requests/${stopped.id}`);
  });

  it("adds people, who sign in by password and see what their role permits", async () => {
    await page.getByRole("link", { name: "People" }).click();
    for (const [name, role, tenant] of [
      ["ada", "analyst", ""],
      ["bea", "admin", "acme"],
    ] as const) {
      await button("Add somebody").click();
      await field(dialog(), "Name").fill(name);
      await field(dialog(), "Role").selectOption(role);
      await field(dialog(), "Tenant").fill(tenant);
      await field(dialog(), "Password").fill(password);
      await inDialog("Add").click();
      await closed();
      await page.locator(`[data-operator="${name}"]`).waitFor();
    }
    const ada = await signedInAs("ada");
    await ada.getByRole("heading", { name: "Overview" }).waitFor();
    const seen = await pagesOf(ada);
    expect(seen).toContain("Guardrails");
    for (const hidden of ["Keys", "Projects", "Policies", "Audit", "People", "Requests"])
      expect(seen).not.toContain(hidden);
    await ada.getByRole("link", { name: "Limits and budgets" }).click();
    await ada.locator('[data-limit="few"]').waitFor();
    expect(await ada.getByRole("button", { name: "Set a limit" }).count()).toBe(0);
    await ada.goto(`${trust.gateway.adminUrl}/audit`);
    await ada.getByRole("heading", { name: "This page is not for you" }).waitFor();

    const bea = await signedInAs("bea");
    await bea.getByRole("heading", { name: "Requests" }).waitFor();
    expect(await pagesOf(bea)).toEqual(["Requests", "Keys", "Projects", "People"]);
    await bea.getByRole("link", { name: "Keys" }).click();
    await bea.locator("[data-key]").first().waitFor();
    expect(await bea.locator("[data-key]").count()).toBe(1);
    await bea.getByRole("link", { name: "Projects" }).click();
    await bea.locator('[data-owner="acme/shop"]').waitFor();
    expect(await bea.getByRole("button", { name: "Make a tenant" }).count()).toBe(0);

    await button("Edit ada").click();
    await field(dialog(), "Role").selectOption("auditor");
    await inDialog("Save").click();
    await closed();
    await ada.goto(trust.gateway.adminUrl);
    if (await ada.getByLabel("Password").isVisible()) throw new Error("a new role ended the session");
    await expect.poll(() => pagesOf(ada)).toContain("Audit");
    await Promise.all([ada.context().close(), bea.context().close()]);
  });

  it("gives somebody a token once, and removes them: they get in no more", async () => {
    await open("/people");
    await button("New token ada").click();
    await inDialog("Make a token").click();
    await page.getByRole("heading", { name: "Token of ada" }).waitFor();
    const token = await shownSecret();
    await button("I have it").click();
    expect(await page.locator("main").innerText()).not.toContain(token);
    const asked = () =>
      context.request.get(`${trust.gateway.adminUrl}/api/gateway/stats`, {
        headers: { authorization: `Bearer ${token}`, cookie: "" },
      });
    expect((await asked()).status()).toBe(200);
    await button("Remove ada").click();
    await inDialog("Remove").click();
    await page.locator('[data-operator="ada"]').waitFor({ state: "detached" });
    expect((await asked()).status()).toBe(401);
    const stranger = await signedInAs("ada");
    await stranger.getByText("This name and password do not open the gate.").waitFor();
    await stranger.context().close();
  });

  it("finds what was done on record, and proves that nothing of it was changed", async () => {
    await page.getByRole("link", { name: "Audit" }).click();
    const search = page.getByRole("form", { name: "Search the records" });
    await field(search, "Type").fill("key.");
    await search.getByRole("button", { name: "Search" }).click();
    await expect.poll(() => page.url()).toContain("type=key.");
    const records = page.getByRole("table", { name: "Records" });
    await expect.poll(() => records.locator("tbody tr").count()).toBeGreaterThanOrEqual(3);
    const types = await records
      .locator("tbody tr")
      .evaluateAll((rows) => rows.map((row) => row.dataset["record"]));
    expect(types.every((type) => type?.startsWith("key."))).toBe(true);
    await button("Verify the log").click();
    await expect
      .poll(() => page.getByRole("status", { name: "Result" }).innerText())
      .toMatch(/Intact: \d+ records/);
    expect(await page.locator(".proof").innerText()).toContain("sallyport");
  });

  it("revokes a key after it has asked once more, and gives the focus back if not", async () => {
    await open("/keys");
    await button("Revoke checkout").click();
    await inDialog("Keep it").click();
    await closed();
    expect(await hasFocus(page, '[data-key="checkout"] .danger')).toBe(true);
    await button("Revoke checkout").click();
    await inDialog("Revoke").click();
    await closed();
    await expect.poll(() => page.locator('[data-key="checkout"]').innerText()).toContain("revoked");
    expect((await trust.ask("first/swift", key)).status).toBe(401);
  });

  const places = ["/keys", "/projects", "/policies", "/limits", "/guardrails", "/audit", "/people"];

  it.for([1280, 400])("fits into %i px, and every control has a name", async (width) => {
    await page.setViewportSize({ width, height: 800 });
    for (const path of places) {
      await open(path);
      await page.locator(".table").first().waitFor();
      expect(await sticksOut(page), path).toBe(false);
      expect(await namelessControls(page), path).toEqual([]);
      expect(await page.getByRole("heading", { level: 1, includeHidden: true }).count(), path).toBe(1);
    }
  });

  it.for(["light", "dark"] as const)("can be read in %s colours", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    for (const width of [1280, 400]) {
      await page.setViewportSize({ width, height: 800 });
      for (const path of places) {
        await open(path);
        await page.locator(".table").first().waitFor();
        expect(await faintTexts(page), `${path} at ${width} px`).toEqual([]);
      }
    }
    await page.emulateMedia({ colorScheme: "light" });
  });

  it("asks nobody else, and breaks no rule of the browser", () => {
    expect([...misdeeds.origins]).toEqual([trust.gateway.adminUrl]);
    // A refusal that was provoked on purpose is told by the browser as well.
    expect(misdeeds.errors.filter((error) => !error.includes("412"))).toEqual([]);
  });

  it.for(pictureFolders)("has its pictures taken for %s", async (folder) => {
    const pictures = await takeTrustPictures(page, trust, join(root, folder));
    expect(pictures.map((file) => existsSync(file))).toEqual([true, true]);
  });
});

/** A field of a form by the beginning of what it is called; its hint follows. */
const field = (form: Locator | Page, label: string) => form.getByLabel(new RegExp(`^\\s*${label}`)).first();
