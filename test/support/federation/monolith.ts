import {
  addReview,
  failing,
  labelOf,
  parcelOf,
  type Resolvers,
  reviewSide,
  reviewStream,
  reviewsOf,
  sizeIn,
} from "./resolvers.ts";
import { sides } from "./sides.ts";
import type { Store } from "./store.ts";

/** The resolvers of all subgraphs in one table, without representations: each reads the store itself. */
export function monolithResolvers(store: Store): Resolvers {
  const of = (name: keyof typeof sides) => sides[name](store).resolvers;
  const item = {
    reviews: reviewsOf(store),
    tax: ({ price }: { readonly price?: unknown }) => Number(price) / 10,
  };
  const side = reviewSide(store, store.user, store.item);
  return {
    ...side,
    Query: {
      ...of("accounts")["Query"],
      ...of("catalog")["Query"],
      ...of("media")["Query"],
      ...of("billing")["Query"],
      reviews: () => store.reviews,
      reviewed: () => [store.item("b1"), store.item("f1")],
      parcels: () => store.items.filter(({ __typename }) => __typename === "Book"),
      author: () => ({ user: store.user("u2") }),
    },
    Mutation: {
      ...of("accounts")["Mutation"],
      ...of("shipping")["Mutation"],
      addReview: addReview(store),
      markReview: () => ({ seq: store.tick() }),
    },
    Subscription: { reviewAdded: () => reviewStream(store) },
    User: {
      ...side["User"],
      plan: ({ email }) => `plan of ${String(email)}`,
      broken: () => failing(),
      must: ({ email }) => (email === "bob@x.org" ? null : "there"),
    },
    Book: {
      ...item,
      size: ({ widthCm }, { unit }) => sizeIn(widthCm, unit),
      parcel: ({ widthCm, price }, { express }) => parcelOf(widthCm, price, express),
      inches: ({ widthCm }) => `${sizeIn(widthCm, "INCH")}in`,
    },
    Film: item,
    Game: item,
    Shelf: {
      best: ({ bestId }) => store.item(bestId),
      second: () => store.item("g1"),
      label: ({ bestId }) => {
        const best = store.item(bestId);
        return labelOf(
          best?.__typename === "Book" ? { id: best.id, size: best.widthCm } : { minutes: best?.minutes },
        );
      },
    },
    Variant: { stock: ({ format }) => store.stocks[format === "hard" ? 0 : 1] },
    Order: {
      buyer: ({ email }) => store.users.find((user) => user.email === email),
      // An article without a key is there, and nothing can be told of it.
      article: ({ upc }) =>
        store.articles.find((article) => article.upc === upc) ?? { upc: null, name: null },
    },
    Article: {
      orders: ({ upc }) => (upc === null ? null : store.orders.filter((order) => order.upc === upc).length),
    },
  };
}
