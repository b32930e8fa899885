/** Tokens of other identity providers, such as a pipeline's: which of them a role takes. */
import { isUnknown } from "../../known";
import { isExact } from "../globs";
import { type Condition, demandsValue } from "./conditions";

/** A pattern is exact enough where it names repository and environment, or repository and the beginning of a branch or tag. */
const pipeline = /^repo:[^*?:]+\/[^*?:]+:(environment:[^*?]+|ref:refs\/(heads|tags)\/[^*?]+\*?)$/;
export const isSubject = (subject: string): boolean => isExact(subject) || pipeline.test(subject);

/** How Cognito calls whoever has not signed in. */
const guest = "unauthenticated";

/** Why the trust in a provider is too broad; undefined where it names whose tokens it takes. */
export function trustFault(provider: string, conditions: readonly Condition[]): string | undefined {
  if (provider === "*") return undefined;
  const issuer = /(?:^|oidc-provider\/)([^:]+)$/.exec(provider)?.[1]?.toLowerCase();
  const saml = provider.includes(":saml-provider/");
  const demands = (claims: readonly string[], accepts: (value: string, key: string) => boolean) =>
    demandsValue(
      conditions,
      (key) => {
        const claim = claims.find((one) => key.endsWith(`:${one}`));
        if (claim === undefined) return false;
        return saml || isUnknown(provider) || issuer === undefined || key === `${issuer}:${claim}`;
      },
      accepts,
    );
  if (!demands(["aud", "app_id"], isExact))
    return "it takes tokens made for others: add a condition on the exact audience";
  const signedIn = (value: string, key: string) => isSubject(value) && !(key.endsWith(":amr") && value === guest);
  if (saml || demands(["sub", "amr", "user_id"], signedIn)) return undefined;
  return "it takes the tokens of everybody there: add a condition on the exact subject";
}
