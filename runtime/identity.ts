/** Identity as tokens state it. */
import type { Identity } from "./handler";

/**
 * A token's scopes: `scope` as text (RFC 9068), `scp` as text or list (Microsoft Entra, Okta). API Gateway writes lists
 * as `[a b]`.
 */
export function scopesOf(claims: Readonly<Record<string, unknown>>): readonly string[] {
  const claim = claims.scope ?? claims.scp;
  if (Array.isArray(claim)) return claim.filter((scope) => typeof scope === "string");
  return typeof claim === "string"
    ? claim
        .replace(/^\[(.*)\]$/, "$1")
        .split(/[\s,]+/)
        .filter((scope) => scope !== "")
    : [];
}

/** The identity that a token's claims state; undefined without a subject. */
export function identityFromClaims(claims: Readonly<Record<string, unknown>>): Identity | undefined {
  const { sub, iss } = claims;
  if (typeof sub !== "string" || sub === "") return undefined;
  return { subject: sub, scopes: scopesOf(claims), claims, ...(typeof iss === "string" && { issuer: iss }) };
}

/** A base64url (or base64) part of a token or header as the JSON object it holds; undefined when it holds none. */
export function decodeObject(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
