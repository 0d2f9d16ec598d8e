import { join } from "node:path";
import type { Page } from "playwright-core";
import type { TrustGateway } from "./dashboard-trust.ts";

const width = 1280;

/** Takes the pictures of the documentation: a policy that is being written, limits and budgets. @returns Their files. */
export async function takeTrustPictures(
  page: Page,
  { gateway, ask }: TrustGateway,
  folder: string,
): Promise<readonly string[]> {
  for (const [id, limit] of [
    ["per-key", 60],
    ["bursts", 400],
  ] as const)
    await gateway.admin(`/limits/${id}`, { method: "PUT", body: { limit } });
  await gateway.admin("/budgets/team", { method: "PUT", body: { limitUsd: "0.01" } });
  for (let times = 0; times < 12; times += 1) await ask("first/swift");
  const limits = join(folder, "limits.png");
  await page.setViewportSize({ width, height: 720 });
  await page.goto(`${gateway.adminUrl}/limits`);
  await page.locator("[data-budget]").first().waitFor();
  await page.screenshot({ path: limits, animations: "disabled" });

  const policies = join(folder, "policies.png");
  await page.setViewportSize({ width, height: 900 });
  await page.goto(`${gateway.adminUrl}/policies`);
  await page.getByRole("button", { name: "Write a policy" }).click();
  const form = page.getByRole("form", { name: "A new policy" });
  await form.getByLabel(/^\s*Id/).fill("slow-at-night");
  await form.getByLabel(/^When/).fill("ai.model == 'first/swift' and auth.tenant != 'acme'");
  await form.getByText(/of the last hour/).waitFor();
  await page.screenshot({ path: policies, animations: "disabled" });
  return [limits, policies];
}
