import { isObject, known, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { expectProperty, list } from "../expect";
import { besideSite, isFunctionApp, vagueBeside } from "./function-app";

/**
 * A function app, or a slot of one, answers to callers that App Service has authenticated and that are named, or to nobody from
 * outside. Without authentication settings of version 2 its address is open to the internet, whatever stands before it.
 */
export function easyAuth(app: ResourceView, stack: StackView): Finding | undefined {
  if (!isFunctionApp(app)) return undefined;
  const access = known(app.props, "publicNetworkAccess");
  if (access.state === "value" && access.value === "Disabled")
    return pass("the app is not reachable from the internet");
  const kind = "WebAppAuthSettingsV2";
  const mine = besideSite(app, kind, stack);
  if (mine.length > 0) return worst(mine.flatMap((one) => [required(one), ...authentication(one)]));
  return vagueBeside(app, kind, stack)
    ? undetermined("whether authentication settings are this app's is known after deployment only")
    : fail(`anyone may call the app: require authentication by ${kind} and name the allowed principal`);
}

const required = (settings: ResourceView): Finding =>
  expectProperty(settings, {
    path: "globalValidation.requireAuthentication",
    accepts: (value) => value === true,
    met: "callers authenticate",
    unmet: "authentication is optional: set globalValidation.requireAuthentication to true",
  });

/** What App Service and Container Apps say of authentication in the same words. */
export function authentication(settings: ResourceView): Finding[] {
  const excluded = known(settings.props, "globalValidation.excludedPaths");
  const findings = [
    expectProperty(settings, {
      path: "platform.enabled",
      accepts: (value) => value === true,
      met: "callers authenticate",
      unmet: "authentication is not switched on: set platform.enabled to true",
    }),
    expectProperty(settings, {
      path: "globalValidation.unauthenticatedClientAction",
      accepts: (value) => value !== "AllowAnonymous" && typeof value === "string",
      met: "callers authenticate",
      unmet:
        "anonymous callers are let through: set globalValidation.unauthenticatedClientAction to Return401 or Return403",
    }),
  ];
  if (excluded.state === "unknown")
    findings.push(undetermined("globalValidation.excludedPaths is known after deployment only"));
  if (excluded.state === "value" && (!Array.isArray(excluded.value) || excluded.value.length > 0))
    findings.push(fail("globalValidation.excludedPaths leaves paths open to anyone"));
  return [...findings, ...providers(settings)];
}

/** Providers that admit anyone with an account of theirs, and Entra ID, which must name whom it admits. */
function providers({ props }: ResourceView): Finding[] {
  const found = known(props, "identityProviders");
  if (found.state === "absent") return [pass("no identity provider admits anyone")];
  if (found.state === "unknown") return [undetermined("identityProviders is known after deployment only")];
  if (!isObject(found.value)) return [fail("identityProviders has a wrong shape")];
  return Object.entries(found.value).flatMap(([provider, settings]) => {
    // Azure takes a configured provider as enabled unless it says otherwise.
    if (valueAt(settings, "enabled") === false) return [];
    return [
      provider === "azureActiveDirectory"
        ? entra(settings)
        : fail(`identity provider ${provider} admits anyone with an account there`),
    ];
  });
}

function entra(settings: unknown): Finding {
  const path = "validation.defaultAuthorizationPolicy";
  const policy = known(settings, path);
  const named = [
    `${path}.allowedPrincipals.identities`,
    `${path}.allowedPrincipals.groups`,
    `${path}.allowedApplications`,
  ].map((one) => known(settings, one));
  // A list with unknown members names somebody; only an unknown list may turn out empty.
  if (named.some((one) => one.state === "value" && list(one.value).length > 0))
    return pass("only named principals are admitted");
  if (policy.state === "unknown" || named.some((one) => one.state === "unknown"))
    return undetermined("whom Entra ID admits is known after deployment only");
  return fail(
    "every identity of the tenant is admitted: name the gateway's in defaultAuthorizationPolicy.allowedPrincipals",
  );
}

export function worst(findings: readonly Finding[]): Finding {
  const failed = findings.filter(({ verdict }) => verdict === "fail");
  if (failed.length > 0) return fail(failed.map(({ message }) => message).join("; "));
  return (
    findings.find(({ verdict }) => verdict === "undetermined") ?? pass("only named, authenticated callers are admitted")
  );
}
