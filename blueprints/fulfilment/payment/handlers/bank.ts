/** Stand-in for the customer's bank: it refuses the chairs of a customer who has no money, and now and then it does not answer. */
export function authorize(customer: string, attempt: number): "authorized" | "declined" {
  if (customer.startsWith("slow") && attempt < 2) throw new BankSilent();
  return customer.includes("broke") ? "declined" : "authorized";
}

export class BankSilent extends Error {
  override readonly name = "BankSilent";
  constructor() {
    super("the bank did not answer");
  }
}
