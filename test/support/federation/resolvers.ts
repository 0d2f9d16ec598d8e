import type { Store } from "./store.ts";

export type Fields = Readonly<Record<string, unknown>>;
export type Resolve = (parent: Fields, args: Fields, context: unknown) => unknown;
/** Type name, field name: what it comes to. A field without an entry is read from its parent. */
export type Resolvers = Readonly<Record<string, Readonly<Record<string, Resolve>>>>;

export interface Side {
  readonly resolvers: Resolvers;
  /** From a representation to the entity; `null`: there is none. */
  readonly references: Readonly<Record<string, (representation: Fields) => unknown>>;
}

export function sizeIn(widthCm: unknown, unit: unknown): number {
  return unit === "CM" ? Number(widthCm) : Number(widthCm) / 2.5;
}

export function parcelOf(size: unknown, price: unknown, isExpress: unknown): string {
  return `${String(size)}cm for ${String(price)}${isExpress === true ? " express" : ""}`;
}

/** What is written on a shelf: it takes fields that differ by the type of what stands on it. */
export function labelOf(best: unknown): string {
  if (typeof best !== "object" || best === null) return "empty";
  const { id, size, minutes }: Fields = { ...best };
  return minutes === undefined ? `book ${String(id)} of ${String(size)}cm` : `film of ${Number(minutes)}min`;
}

export function failing(): never {
  throw new Error("secret host 10.0.0.7 is down");
}

/** The part of the tree below a review. */
export function reviewSide(
  store: Store,
  userOf: (id: string) => unknown,
  itemOf: (id: string) => unknown,
): Resolvers {
  return {
    Review: {
      author: (review) => userOf(String(review["authorId"])),
      writer: (review) => userOf(String(review["authorId"])),
      item: (review) => itemOf(String(review["itemId"])),
    },
    User: { reviews: (user) => store.reviews.filter(({ authorId }) => authorId === user["id"]) },
  };
}

export function reviewsOf(store: Store): Resolve {
  return (item) => store.reviews.filter(({ itemId }) => itemId === item["id"]);
}

export function addReview(store: Store): Resolve {
  return (_, args) => {
    const review = {
      id: `r${store.reviews.length + 1}`,
      text: String(args["text"]),
      stars: 1,
      itemId: String(args["itemId"]),
      authorId: "u1",
    };
    store.reviews.push(review);
    return review;
  };
}

/** Two reviews that are there already, one after the other, and the end. */
export async function* reviewStream(store: Store): AsyncGenerator {
  for (const id of ["r1", "r2"]) {
    yield await Promise.resolve({ reviewAdded: store.reviews.find((review) => review.id === id) });
  }
}
