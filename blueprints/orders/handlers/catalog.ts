/** Stand-in for the shop's article service. */
const prices: Readonly<Record<string, number>> = {
  "MUG-01": 1290,
  "SHIRT-02": 2490,
  "POSTER-03": 990,
  "LAMP-04": 5900,
};

export class UnknownArticle extends Error {
  override readonly name = "UnknownArticle";
}
export class OutOfReach extends Error {
  override readonly name = "OutOfReach";
}

/** Price in cents. The lamp's supplier answers at the second asking only, as suppliers do. */
export async function priceOf(sku: string, asking: number): Promise<number> {
  const price = prices[sku];
  if (price === undefined) throw new UnknownArticle("the catalog has no such article");
  if (sku === "LAMP-04" && asking < 2) throw new OutOfReach("the supplier did not answer");
  return price;
}
