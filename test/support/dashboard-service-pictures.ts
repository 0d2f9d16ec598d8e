import { join } from "node:path";
import type { Page } from "playwright-core";
import type { ServicesGateway } from "./dashboard-services.ts";

const width = 1280;
const callers = 4;
const turns = 60;

/** What is asked at one turn in so many. */
const operations: readonly { readonly every: number; readonly text: string; readonly variables?: unknown }[] =
  [
    { every: 1, text: "query Users { users { name role address { city } } }" },
    { every: 2, text: "query Shelf { items { id title price } }" },
    { every: 3, text: "query Reviews { reviews { text author { name role } item { title } } }" },
    { every: 5, text: "query Member($id: ID!) { user(id: $id) { name email } }", variables: { id: "u2" } },
    { every: 9, text: 'mutation Rename { rename(id: "u1", name: "Ada") { name } }' },
    { every: 14, text: "query Plans { users { name plan } }" },
    {
      every: 25,
      text: "query TooDeep { reviews { author { reviews { author { reviews { author { name } } } } } } }",
    },
  ];

/** Sends some traffic, then takes the pictures of the documentation: the routes, and a graph. @returns Their files. */
export async function takeServicePictures(
  page: Page,
  services: ServicesGateway,
  folder: string,
): Promise<readonly string[]> {
  await Promise.all(Array.from({ length: callers }, () => callAbout(services)));
  const routes = join(folder, "routes.png");
  await page.setViewportSize({ width, height: 860 });
  await page.goto(`${services.gateway.adminUrl}/routes`);
  await page.locator(".route-table").waitFor();
  await page.screenshot({ path: routes, animations: "disabled" });

  const graphql = join(folder, "graphql.png");
  await page.setViewportSize({ width, height: 980 });
  await page.goto(`${services.gateway.adminUrl}/graphql?route=graph&order=requests`);
  await page.locator(".operation-table").waitFor();
  await page.screenshot({ path: graphql, animations: "disabled" });
  return [routes, graphql];
}

async function callAbout({ ask, query, call }: ServicesGateway): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await ask(`/orders/${turn}`);
    if (turn % 4 === 0) await call(turn % 20 === 0 ? 14 : undefined);
    for (const { every, text, variables } of operations)
      if (turn % every === 0) await query("/graphql", text, variables);
  }
}
