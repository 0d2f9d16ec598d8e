/**
 * What the dashboard shows and does of keys, projects, policies, limits, budgets, the audit log and people: by clicks
 * in a real Chromium, over a real gateway. `SALLYPORT_SCREENSHOTS=1` also takes the pictures of `docs/images`.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureDashboard } from "../../scripts/starter/dashboard.js";
import { signRequest } from "../../src/sign.ts";
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
  const signedStatus = async (id: string, secret: string): Promise<number> => {
    const url = `${trust.gateway.url}/v1/models`;
    const signed = signRequest({ method: "GET", url }, { id, key: secret });
    return (await fetch(url, { headers: { ...signed } })).status;
  };
  const shownSecret = () => page.locator(".new-key pre").innerText();
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
    await button("Make a tenant").click();
    await field(dialog(), "Id").fill("acme");
    await inDialog("Make it").click();
    await dialog().getByText("There is a tenant acme already.").waitFor();
    await inDialog("Cancel").click();
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

  it("makes a signing key whose secret is shown once, signs by it, and revokes it", async () => {
    await open("/keys");
    await button("Make a signing key").click();
    await field(dialog(), "Name").fill("billing");
    await field(dialog(), "Stands for").selectOption({ label: await optionOf(dialog(), "first key") });
    await field(dialog(), "Signs by").selectOption("ed25519");
    await field(dialog(), "Public key").fill("no key");
    await inDialog("Make it").click();
    await dialog().getByRole("alert").waitFor();
    await field(dialog(), "Signs by").selectOption("hmac-sha256");
    await inDialog("Make it").click();
    const heading = page.getByRole("heading", { name: "Signing key “billing”" });
    await heading.waitFor();
    await expect.poll(() => hasFocus(page, "#shown-once")).toBe(true);
    const secret = await shownSecret();
    const row = page.locator('[data-signing-key="billing"]');
    const id = await row.locator('[data-name="keyid"]').innerText();
    expect(await row.innerText()).toMatch(/hmac-sha256\s+first key\s+live/);
    await button("I have it").click();
    expect(await page.locator("main").innerText()).not.toContain(secret);
    await expect.poll(() => hasFocus(page, "main")).toBe(true);
    expect(await signedStatus(id, secret)).toBe(200);

    await button("Revoke the signing key billing").click();
    await inDialog("Revoke").click();
    await closed();
    await expect.poll(() => row.innerText()).toContain("revoked");
    expect(await signedStatus(id, secret)).toBe(401);
  });

  it("denies a token of an issuer, and lifts the denial", async () => {
    await open("/keys");
    await button("Deny a token").click();
    await field(dialog(), "Issuer").fill("https://id.example/");
    await field(dialog(), "Token id").fill("lost-laptop");
    await field(dialog(), "Reason").fill("left on a train");
    await inDialog("Deny it").click();
    await closed();
    const row = page.locator('[data-denied="lost-laptop"]');
    await row.waitFor();
    for (const part of ["https://id.example/", "left on a train"])
      expect(await row.innerText()).toContain(part);
    await button("Lift the denial of lost-laptop").click();
    await inDialog("Lift it").click();
    await row.waitFor({ state: "detached" });
    expect(await trust.gateway.admin("/denied-tokens")).toEqual({ denied: [] });
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

  it("finds violations by policy, by what was done, by key and by day", async () => {
    await trust.gateway.admin("/policies", {
      method: "POST",
      body: { id: "soon", mode: "shadow", when: "ai.model == 'second/swift'", do: { deny: {} } },
    });
    await trust.ask("second/swift");
    await open("/policies");
    const search = page.getByRole("search", { name: "Violations" });
    const found = () => page.getByRole("table", { name: /^Violations/ }).locator("tbody code.whole");
    await expect.poll(() => found().allInnerTexts(), { timeout: 10_000 }).toEqual(["soon", "no-swift"]);
    await search.getByRole("button", { name: "In shadow" }).click();
    await expect.poll(() => found().allInnerTexts()).toEqual(["soon"]);
    await search.getByRole("button", { name: "All" }).click();
    await search.getByLabel("Policy").selectOption("no-swift");
    await expect.poll(() => found().allInnerTexts()).toEqual(["no-swift"]);
    expect(page.url()).toMatch(/\?policy=no-swift$/);
    await search.getByLabel("Policy").selectOption("");
    await search.getByLabel("Key").selectOption({ label: await optionOf(search, "checkout") });
    await page.getByText("None fits.").waitFor();
    await search.getByLabel("Key").selectOption({ label: await optionOf(search, "first key") });
    await search.getByLabel("From").fill("2031-01-01");
    await expect.poll(() => page.url()).toContain("since=2031-01-01");
    await page.getByText("None fits.").waitFor();
    await search.getByLabel("From").fill("2020-01-01");
    await expect.poll(() => found().allInnerTexts()).toEqual(["soon", "no-swift"]);
    await trust.gateway.admin("/policies/soon", { method: "DELETE" });
  });

  it("holds a made-up request against the policies: who was asked in which order, and why", async () => {
    for (const [id, priority, when] of [
      ["last", -1, "true"],
      ["first", 9, "auth.key == 'key_x'"],
    ] as const)
      await trust.gateway.admin("/policies", {
        method: "POST",
        body: { id, priority, when, do: { transform: [{ setHeader: { name: "x-a", value: "b" } }] } },
      });
    await open("/policies");
    await page.locator(".try summary").click();
    const form = page.getByRole("form", { name: /^Try a request/ });
    const says = form.getByRole("status");
    const ask = async (facts: string) => {
      await field(form, "Facts").fill(facts);
      await form.getByRole("button", { name: "Ask the policies" }).click();
    };
    await ask('{ "ai.model": "first/swift", "auth.key": "key_x" }');
    await expect
      .poll(() => says.innerText())
      .toMatch(/^Denied: Not this one\.\s+1\.\s+first\s+transforms\s+2\.\s+no-swift\s+denies\s+Asked for/);
    await ask('{ "ai.model": "second/swift" }');
    await expect
      .poll(() => says.innerText())
      .toMatch(
        /^Allowed by default[\s\S]*first\s+cannot be told: the fact\s+auth\.key[\s\S]*3\.\s+last\s+transforms/,
      );
    const asked = await says.locator("li .status code").allInnerTexts();
    const listed = await page
      .locator("[data-policy]")
      .evaluateAll((rows) => rows.map((row) => row.dataset["policy"]));
    expect(listed).toEqual(asked.filter((name) => listed.includes(name)));
    await field(form, "Facts").fill("{");
    expect(await form.getByRole("button", { name: "Ask the policies" }).isDisabled()).toBe(true);
    for (const id of ["last", "first"]) await trust.gateway.admin(`/policies/${id}`, { method: "DELETE" });
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
    const refused: string[] = [];
    bea.on("response", (response) => response.status() === 403 && refused.push(response.url()));
    await bea.getByRole("heading", { name: "Requests" }).waitFor();
    await bea.getByLabel("Key").getByText("checkout").waitFor({ state: "attached" });
    expect(await pagesOf(bea)).toEqual(["Requests", "Keys", "Projects", "People"]);
    await bea.getByRole("link", { name: "Keys" }).click();
    await bea.locator("[data-key]").first().waitFor();
    expect(await bea.locator("[data-key]").count()).toBe(1);
    await bea.getByRole("link", { name: "Projects" }).click();
    await bea.locator('[data-owner="acme/shop"]').waitFor();
    expect(await bea.getByRole("button", { name: "Make a tenant" }).count()).toBe(0);
    await bea.getByRole("link", { name: "People" }).click();
    await bea.locator("[data-operator]").first().waitFor();
    expect(refused).toEqual([]);

    await button("Edit ada").click();
    await field(dialog(), "Role").selectOption("auditor");
    await inDialog("Save").click();
    await closed();
    await ada.goto(trust.gateway.adminUrl);
    // Another role is another session.
    await ada.getByLabel("Password").waitFor();
    const again = await signedInAs("ada");
    await expect.poll(() => pagesOf(again)).toContain("Audit");
    await Promise.all([ada, bea, again].map((one) => one.context().close()));
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

  it("erases what tells who a person is, once it is sure; the log stays provable", async () => {
    await open("/audit?type=key.created");
    const row = page.locator("[data-index]").first();
    const index = await row.getAttribute("data-index");
    const address = row.locator('[data-personal="address"]');
    expect(await address.innerText()).toMatch(/address 127\.0\.0\.1/);
    const erase = button(`Erase personal values of record ${index}`);
    await erase.click();
    await inDialog("Keep them").click();
    await closed();
    await expect.poll(() => hasFocus(page, `[data-index="${index}"] .button`)).toBe(true);
    await erase.click();
    await inDialog("Erase for good").click();
    await closed();
    await expect.poll(() => address.innerText()).toBe("address erased");
    expect(await erase.count()).toBe(0);
    await expect.poll(() => hasFocus(page, "main")).toBe(true);
    await button("Verify the log").click();
    await expect
      .poll(() => page.getByRole("status", { name: "Result" }).innerText())
      .toMatch(/Intact: \d+ records/);
    await page.reload();
    await expect.poll(() => address.innerText()).toBe("address erased");
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
      // What a card hides behind its edge is no use either.
      for (const card of await page.locator(".card.flush").all())
        expect(await card.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth), path).toBe(
          true,
        );
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
    expect(misdeeds.errors.filter((error) => !/40[09]|412/.test(error))).toEqual([]);
  });

  it.for(pictureFolders)("has its pictures taken for %s", async (folder) => {
    const pictures = await takeTrustPictures(page, trust, join(root, folder));
    expect(pictures.map((file) => existsSync(file))).toEqual([true, true]);
  });
});

/** The whole name of the choice that begins so. */
const optionOf = async (form: Locator, start: string): Promise<string> =>
  (await form
    .getByRole("option", { name: new RegExp(`^${start}`) })
    .first()
    .textContent()) ?? "";

/** A field of a form by the beginning of what it is called; its hint follows. */
const field = (form: Locator | Page, label: string) => form.getByLabel(new RegExp(`^\\s*${label}`)).first();
