import type { Identity } from "../runtime/handler";
import { scopesOf } from "../runtime/identity";
import type { RouteAuth } from "../runtime/settings";
import type { Clock } from "./clock";
import { isTrustworthy } from "./resources";

type Jose = typeof import("jose", { with: { "resolution-mode": "import" }});
type JWTVerifyGetKey = ReturnType<Jose["createRemoteJWKSet"]>;
type JWTPayload = ReturnType<Jose["decodeJwt"]>;
type JwtAuth = Extract<RouteAuth, { kind: "jwt" }>;

export type Verdict =
  | { readonly ok: true; readonly identity: Identity }
  | { readonly ok: false; readonly status: 401 | 403 | 503; readonly detail: string; readonly challenge: string };

/** Asymmetric signatures only: with `none` or a shared secret anybody who knows the public key could sign. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
/** Clocks of two machines may differ by this much, in seconds. */
const tolerance = 5;
/** The issuer must answer within this time, in ms. */
const patience = 5000;

/** Verifies bearer tokens by the keys that their issuer publishes. Keys are kept and looked for again when one is new. */
export class JwtVerifier {
  readonly #keys = new Map<string, Promise<JWTVerifyGetKey>>();

  constructor(private readonly clock: Clock) {}

  async verify(auth: JwtAuth, authorization: string | undefined): Promise<Verdict> {
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) return refused("this route needs a bearer token", "Bearer");
    const { jwtVerify, errors } = await import("jose");
    let keys: JWTVerifyGetKey;
    try {
      keys = await this.#keysOf(auth.issuer);
    } catch {
      this.#keys.delete(auth.issuer);
      return { ok: false, status: 503, detail: `the issuer ${auth.issuer} does not tell its keys now`, challenge: "" };
    }
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: auth.issuer,
        audience: [...auth.audience],
        algorithms,
        currentDate: new Date(this.clock.now()),
        clockTolerance: tolerance,
        requiredClaims: ["exp", "sub"],
      });
      return admitted(auth, payload);
    } catch (error) {
      const expired = error instanceof errors.JWTExpired;
      const unreachable =
        error instanceof errors.JWKSTimeout || (error instanceof TypeError && error.message === "fetch failed");
      if (unreachable)
        return {
          ok: false,
          status: 503,
          detail: `the issuer ${auth.issuer} does not tell its keys now`,
          challenge: "",
        };
      return refused(
        expired ? "the token has expired" : "the token is not valid for this route",
        'Bearer error="invalid_token"',
      );
    }
  }

  #keysOf(issuer: string): Promise<JWTVerifyGetKey> {
    let keys = this.#keys.get(issuer);
    if (!keys) {
      keys = discover(issuer);
      this.#keys.set(issuer, keys);
    }
    return keys;
  }
}

/** OpenID Connect Discovery 1.0 §4: the issuer's document must name the issuer itself. */
async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const { createRemoteJWKSet } = await import("jose");
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(patience), redirect: "error" });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const document = (await response.json()) as { readonly issuer?: unknown; readonly jwks_uri?: unknown };
  if (document.issuer !== issuer || typeof document.jwks_uri !== "string")
    throw new Error(`${url} is not of ${issuer}`);
  if (!isTrustworthy(document.jwks_uri)) throw new Error(`${url} names keys that could be exchanged on their way`);
  return createRemoteJWKSet(new URL(document.jwks_uri), { timeoutDuration: patience });
}

function admitted(auth: JwtAuth, payload: JWTPayload): Verdict {
  const scopes = scopesOf(payload);
  const missing = auth.scopes.filter((scope) => !scopes.includes(scope));
  if (missing.length > 0) {
    const challenge = `Bearer error="insufficient_scope", scope="${auth.scopes.join(" ")}"`;
    return { ok: false, status: 403, detail: `the token lacks the scope ${missing.join(" ")}`, challenge };
  }
  return { ok: true, identity: { subject: payload.sub ?? "", issuer: auth.issuer, scopes, claims: { ...payload } } };
}

function refused(detail: string, challenge: string): Verdict {
  return { ok: false, status: 401, detail, challenge };
}
