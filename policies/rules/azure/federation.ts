/** Tokens of other issuers that stand for an identity of Azure. */
import type { Finding, ResourceView } from "../../model";
import { demands } from "../demands";
import { list } from "../expect";
import { isExact } from "../globs";

const isText = (value: unknown): value is string => typeof value === "string";

export const federatedCredential = ({ props }: ResourceView): Finding[] =>
  demands(props, "it takes the tokens of one subject", [
    {
      path: "issuer",
      accepts: (value) => isText(value) && /^https:\/\/[^*?]+$/.test(value),
      unmet: "it names no issuer: set issuer to its address in full",
    },
    {
      path: "subject",
      accepts: (value) => isText(value) && isExact(value),
      unmet: "it takes the tokens of several subjects: set subject to the one in full",
    },
    {
      path: "audiences",
      accepts: (value) => list(value).length > 0 && list(value).every((one) => isText(one) && isExact(one)),
      unmet: "it takes tokens made for others: set audiences",
    },
  ]);
