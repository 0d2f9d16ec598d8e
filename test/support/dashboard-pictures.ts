import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { assistant, type BusyGateway, pickyModel } from "./dashboard-traffic.ts";

const width = 1280;
const callers = 8;
const phaseMs = 9000;
/** What the callers ask for, one phase after the other: slower models make a calmer phase. */
const phases: readonly (readonly string[])[] = [
  ["code-review"],
  ["code-review", "summaries"],
  ["summaries"],
  ["summaries", assistant, "code-review"],
  [assistant, "first/swift"],
  ["first/swift", "summaries", assistant],
  ["summaries", "code-review"],
  ["code-review", "summaries", assistant],
  ["summaries", assistant],
  [assistant, "first/swift", "summaries"],
  ["summaries"],
  ["code-review", assistant, "summaries"],
  [assistant, "summaries", "code-review"],
];

/**
 * Sends calls for two minutes, then takes the pictures of the documentation: the overview, a request that failed over,
 * a provider of which something was learned, and the models with their prices. @returns Their files.
 */
export async function takePictures(
  page: Page,
  busy: BusyGateway,
  folder: string,
): Promise<readonly string[]> {
  mkdirSync(folder, { recursive: true });
  const failedOver = await sendMany(busy);
  const overview = join(folder, "overview.png");
  await page.setViewportSize({ width, height: 940 });
  await page.goto(`${busy.gateway.adminUrl}/`);
  await page.locator("canvas").nth(3).waitFor();
  await page.screenshot({ path: overview, animations: "disabled" });

  const requests = join(folder, "requests.png");
  await page.setViewportSize({ width, height: 1060 });
  await page.goto(`${busy.gateway.adminUrl}/requests/${failedOver}`);
  await page.locator("[data-door=settle]").waitFor();
  await page.screenshot({ path: requests, animations: "disabled" });

  const providers = join(folder, "providers.png");
  await page.setViewportSize({ width, height: 900 });
  await busy.send({ model: pickyModel, more: { temperature: 0.2, seed: 7 } });
  await page.goto(`${busy.gateway.adminUrl}/providers?open=local`);
  await page.locator("[data-quirk]").first().waitFor();
  await page.screenshot({ path: providers, animations: "disabled" });

  const models = join(folder, "models.png");
  await page.setViewportSize({ width, height: 760 });
  await page.goto(`${busy.gateway.adminUrl}/models`);
  await page.locator(".model-table").waitFor();
  await page.screenshot({ path: models, animations: "disabled" });
  return [overview, requests, providers, models];
}

/** Each caller asks again as soon as it has its answer. @returns The last stream that failed over. */
async function sendMany({ send }: BusyGateway): Promise<string> {
  const startedAt = Date.now();
  const phase = () => phases[Math.floor((Date.now() - startedAt) / phaseMs)];
  let failedOver = "";
  const call = async (caller: number): Promise<void> => {
    for (let turn = 0, models = phase(); models !== undefined; turn += 1, models = phase()) {
      const isFaulty = turn % 29 === 5 + caller * 3;
      const model = models[(turn + caller) % models.length] ?? assistant;
      const isStream = isFaulty || turn % 2 === 0;
      const question = `Who goes there, at turn ${turn} of caller ${caller}?`;
      const id = await send({
        model: isFaulty ? "first/swift+fault=cut-after:9" : model,
        isStream,
        question,
      });
      if (model === assistant && isStream && !isFaulty) failedOver = id;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
  return failedOver;
}
