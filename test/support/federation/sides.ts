import {
  addReview,
  failing,
  labelOf,
  parcelOf,
  type Resolve,
  reviewSide,
  reviewStream,
  reviewsOf,
  type Side,
  sizeIn,
} from "./resolvers.ts";
import type { SubgraphName } from "./sdl.ts";
import type { Item, Store } from "./store.ts";

function only(...types: readonly Item["__typename"][]): (item: Item) => boolean {
  return ({ __typename }) => types.includes(__typename);
}

function byOrder(store: Store): Resolve {
  return (_, { by }) =>
    store.items.toSorted((a, b) => (by === "PRICE" ? a.price - b.price : a.title.localeCompare(b.title)));
}

function accounts(store: Store): Side {
  return {
    resolvers: {
      Query: {
        users: () => store.users,
        user: (_, { id }) => store.user(id),
        me: () => store.users[0],
      },
      Mutation: {
        rename: (_, { id, name }) => Object.assign(store.user(id) ?? {}, { name }),
        markAccount: () => ({ seq: store.tick() }),
      },
      User: { plan: () => "overridden", alias: () => "hidden" },
    },
    references: {
      User: ({ id, email }) => store.users.find((user) => user.id === id || user.email === email) ?? null,
    },
  };
}

function catalog(store: Store): Side {
  return {
    resolvers: {
      Query: {
        items: () => store.items,
        item: (_, { id }) => store.item(id),
        books: () => store.items.filter(only("Book")),
        films: () => store.items.filter(only("Film")),
        hits: () => store.items.filter(only("Book", "Film")),
        top: () => store.item("b1"),
        shelves: () => store.shelves,
        sorted: byOrder(store),
        find: (_, { filter }) =>
          store.items.filter(({ title }) => Object.entries(Object(filter)).every(([, is]) => title === is)),
        variants: () => [
          { book: store.item("b1"), format: "hard" },
          { book: store.item("b1"), format: "soft" },
          { book: store.item("b2"), format: "hard" },
        ],
      },
      Book: { size: ({ widthCm }, { unit }) => sizeIn(widthCm, unit), cost: () => 1 },
      Shelf: { best: ({ bestId }) => store.item(bestId) },
    },
    references: {
      Item: ({ id }) => store.item(id),
      Book: ({ id }) => store.item(id),
      Film: ({ id }) => store.item(id),
      Game: ({ id }) => store.item(id),
      Shelf: ({ id }) => store.shelves.find((shelf) => shelf.id === id) ?? null,
      Variant: ({ book, format }) => ({ book: store.item(Object(book).id), format }),
      Article: ({ upc }) => store.articles.find((article) => article.upc === upc) ?? null,
    },
  };
}

function media(store: Store): Side {
  /** It knows books and games alone; of a film on a shelf it has nothing to tell. */
  const known = (id: unknown) => {
    const item = store.item(id);
    return item !== null && item.__typename !== "Film" ? item : null;
  };
  return {
    resolvers: {
      Query: {
        arcade: () => store.items.filter(only("Book", "Game")),
        spotlight: () => store.items.filter(only("Book", "Game")),
        top: () => store.item("b1"),
        cheapest: (_, { filter }) =>
          store.items
            .filter(only("Book"))
            .filter(({ title }) => Object.entries(Object(filter)).every(([, is]) => title === is))
            .toSorted((a, b) => a.price - b.price)[0] ?? null,
        author: () => ({ user: { id: "u2" } }),
      },
      Book: { pages: ({ pages }) => Number(pages) + 1000 },
      Shelf: { best: ({ bestId }) => known(bestId), second: () => store.item("g1") },
    },
    references: {
      Book: ({ id }) => store.item(id),
      Game: ({ id }) => store.item(id),
      Shelf: ({ id }) => store.shelves.find((shelf) => shelf.id === id) ?? null,
    },
  };
}

function shipping(store: Store): Side {
  return {
    resolvers: {
      Query: { parcels: () => store.items.filter(only("Book")).map(({ id }) => ({ id })) },
      Mutation: { markShipping: () => ({ seq: store.tick() }) },
      Book: {
        parcel: ({ size, price }, { express }) => parcelOf(size, price, express),
        inches: ({ size }) => `${String(size)}in`,
      },
      Shelf: { label: ({ best }) => labelOf(best) },
    },
    references: { Book: (book) => book, Film: (film) => film, Shelf: (shelf) => shelf },
  };
}

function reviews(store: Store): Side {
  const side = reviewSide(
    store,
    // What it provides, it knows itself; it spells it so that it can be told from what accounts would say.
    (id) => {
      const user = store.user(id);
      return user === null ? null : { id, name: user.name, address: { city: user.address.city } };
    },
    (id) => ({ id }),
  );
  return {
    resolvers: {
      ...side,
      Query: {
        reviews: () => store.reviews,
        reviewed: () => [{ id: "b1" }, { id: "f1" }],
      },
      Mutation: { addReview: addReview(store), markReview: () => ({ seq: store.tick() }) },
      Subscription: { reviewAdded: () => reviewStream(store) },
      Item: { reviews: reviewsOf(store), tax: ({ price }) => Number(price) / 10 },
    },
    references: {
      Item: (item) => item,
      Review: ({ id }) => store.reviews.find((review) => review.id === id) ?? null,
      User: ({ id }) => ({ id }),
    },
  };
}

function billing(store: Store): Side {
  return {
    resolvers: {
      Query: { orders: () => store.orders, stocks: () => store.stocks },
      User: {
        plan: ({ email }) => `plan of ${String(email)}`,
        broken: () => failing(),
        must: ({ email }) => (email === "bob@x.org" ? null : "there"),
      },
      Order: { buyer: ({ email }) => ({ email }), article: ({ upc }) => ({ upc }) },
      Article: { orders: ({ upc }) => store.orders.filter((order) => order.upc === upc).length },
      Variant: {
        stock: ({ format }) => ({ warehouse: "w1", sku: format === "hard" ? "s1" : "s2" }),
      },
    },
    references: {
      User: (user) => user,
      Order: ({ id }) => store.orders.find((order) => order.id === id) ?? null,
      Article: (article) => article,
      Stock: (stock) => stock,
      Variant: (variant) => variant,
      Book: (book) => book,
    },
  };
}

function depot(store: Store): Side {
  return {
    resolvers: {},
    references: {
      Stock: ({ warehouse, sku }) =>
        store.stocks.find((stock) => stock.warehouse === warehouse && stock.sku === sku) ?? null,
    },
  };
}

export const sides: Readonly<Record<SubgraphName, (store: Store) => Side>> = {
  accounts,
  catalog,
  media,
  shipping,
  reviews,
  billing,
  depot,
};
