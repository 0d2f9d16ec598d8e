/** The world that both sides tell of: the subgraphs in parts, the monolith at once. */
export interface Item {
  readonly __typename: "Book" | "Film" | "Game";
  readonly id: string;
  readonly title: string;
  readonly price: number;
  readonly pages?: number;
  readonly widthCm?: number;
  readonly minutes?: number;
  readonly players?: number;
}

export interface User {
  readonly id: string;
  readonly email: string;
  name: string;
  readonly role: "ADMIN" | "MEMBER";
  readonly address: { readonly city: string; readonly zip: string };
}

export interface Review {
  readonly id: string;
  readonly text: string;
  readonly stars: number;
  readonly itemId: string;
  readonly authorId: string;
}

export interface Store {
  readonly items: readonly Item[];
  readonly users: readonly User[];
  readonly reviews: Review[];
  readonly stocks: readonly { readonly warehouse: string; readonly sku: string; readonly count: number }[];
  readonly shelves: readonly { readonly id: string; readonly bestId: string }[];
  readonly orders: readonly { readonly id: string; readonly email: string; readonly upc: string | null }[];
  readonly articles: readonly { readonly upc: string; readonly name: string }[];
  /** Counts the mutations over all subgraphs, so that their order can be seen. */
  readonly tick: () => number;
  readonly item: (id: unknown) => Item | null;
  readonly user: (id: unknown) => User | null;
}

export function createStore(): Store {
  let ticks = 0;
  const items: readonly Item[] = [
    { __typename: "Book", id: "b1", title: "Emma", price: 12, pages: 480, widthCm: 20 },
    { __typename: "Book", id: "b2", title: "Dune", price: 9, pages: 412, widthCm: 10 },
    { __typename: "Film", id: "f1", title: "Heat", price: 15, minutes: 170 },
    { __typename: "Game", id: "g1", title: "Go", price: 30, players: 2 },
  ];
  const users: readonly User[] = [
    { id: "u1", email: "ada@x.org", name: "Ada", role: "ADMIN", address: { city: "Graz", zip: "8010" } },
    { id: "u2", email: "bob@x.org", name: "Bob", role: "MEMBER", address: { city: "Wien", zip: "1010" } },
  ];
  return {
    items,
    users,
    reviews: [
      { id: "r1", text: "fine", stars: 4, itemId: "b1", authorId: "u1" },
      { id: "r2", text: "long", stars: 2, itemId: "f1", authorId: "u2" },
      { id: "r3", text: "good", stars: 5, itemId: "b1", authorId: "u2" },
    ],
    stocks: [
      { warehouse: "w1", sku: "s1", count: 3 },
      { warehouse: "w1", sku: "s2", count: 0 },
      { warehouse: "w2", sku: "s1", count: 7 },
    ],
    shelves: [
      { id: "h1", bestId: "b1" },
      { id: "h2", bestId: "f1" },
    ],
    orders: [
      { id: "o1", email: "ada@x.org", upc: "a1" },
      { id: "o2", email: "bob@x.org", upc: null },
      { id: "o3", email: "ada@x.org", upc: "a2" },
    ],
    articles: [
      { upc: "a1", name: "Pen" },
      { upc: "a2", name: "Ink" },
    ],
    tick: () => ++ticks,
    item: (id) => items.find((item) => item.id === id) ?? null,
    user: (id) => users.find((user) => user.id === id) ?? null,
  };
}
