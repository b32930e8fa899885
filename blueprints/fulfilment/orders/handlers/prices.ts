/** In cents. What is not here is not sold. */
const prices: Readonly<Record<string, number>> = {
  "MUG-01": 1290,
  "SHIRT-02": 2490,
  "POSTER-03": 990,
  "LAMP-04": 5900,
  "CHAIR-05": 12900,
};

export function priceOf(sku: string): number | undefined {
  return prices[sku];
}
