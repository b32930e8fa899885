/** TLS of Google Cloud's resources. Google's own APIs, functions and gateways take nothing else. */
import { known, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { isName } from "../../names";
import { demands } from "../demands";
import { list } from "../expect";
import { referred } from "../referred";

/** The address at a path, where there is one. */
const address =
  (path: string, what: string) =>
  ({ props }: ResourceView): Finding | undefined => {
    const found = known(props, path);
    if (found.state === "absent") return undefined;
    if (found.state === "unknown") return undetermined(`${path} is known after deployment only`);
    return typeof found.value === "string" && /^https:\/\//i.test(found.value)
      ? pass(`${what} over TLS`)
      : fail(`${what} in clear: set ${path} to an address of https`);
  };

/** The address of a workload of this stack is Google's, which is https. */
export function push(resource: ResourceView, stack: StackView): Finding | undefined {
  const finding = address("pushConfig.pushEndpoint", "messages are pushed")(resource);
  const own = stack.dependencies(resource, "pushConfig").some(({ type }) => /^gcp:cloud(run|functions)/.test(type));
  return finding?.verdict === "undetermined" && own ? pass("messages are pushed to a workload of this stack") : finding;
}

export function job(resource: ResourceView, stack: StackView): Finding | undefined {
  const finding = address("httpTarget.uri", "it calls")(resource);
  const own = stack.dependencies(resource, "httpTarget").some(({ type }) => /^gcp:cloud(run|functions)/.test(type));
  return finding?.verdict === "undetermined" && own ? pass("it calls a workload of this stack") : finding;
}

export const tasks = ({ props }: ResourceView): Finding[] | undefined =>
  known(props, "httpTarget.uriOverride").state === "absent"
    ? undefined
    : demands(props, "tasks are sent over TLS", [
        {
          path: "httpTarget.uriOverride.scheme",
          accepts: (value) => value === undefined || value === "HTTPS",
          unmet: "tasks are sent in clear: set httpTarget.uriOverride.scheme to HTTPS",
        },
      ]);

/** A pipeline of Eventarc delivers to addresses of its own choice. */
export function pipeline({ props }: ResourceView): Finding | undefined {
  const path = "destinations";
  const found = known(props, path);
  if (found.state === "unknown") return undetermined(`${path} are known after deployment only`);
  const uris = list(found.state === "value" ? found.value : []).map((one) => known(one, "httpEndpoint.uri"));
  if (uris.some((uri) => uri.state === "value" && !/^https:\/\//i.test(String(uri.value))))
    return fail("events are delivered in clear: set httpEndpoint.uri to an address of https");
  if (uris.every(({ state }) => state === "absent")) return undefined;
  return uris.some(({ state }) => state === "unknown")
    ? undetermined("httpEndpoint.uri is known after deployment only")
    : pass("events are delivered over TLS");
}

/** Functions of the first generation answer in clear unless told otherwise. */
export const firstGeneration = ({ props }: ResourceView): Finding[] | undefined =>
  valueAt(props, "triggerHttp") !== true
    ? undefined
    : demands(props, "it answers over TLS only", [
        {
          path: "httpsTriggerSecurityLevel",
          accepts: (value) => value === "SECURE_ALWAYS",
          unmet: "it answers in clear: set httpsTriggerSecurityLevel to SECURE_ALWAYS",
        },
      ]);

export const cache = ({ props }: ResourceView): Finding[] =>
  demands(props, "its clients use TLS", [
    {
      path: "transitEncryptionMode",
      accepts: (value) => value === "SERVER_AUTHENTICATION",
      unmet: "its clients talk in clear: set transitEncryptionMode to SERVER_AUTHENTICATION",
    },
  ]);

export const plainProxyTypes = [
  "gcp:compute/targetHttpProxy:TargetHttpProxy",
  "gcp:compute/regionTargetHttpProxy:RegionTargetHttpProxy",
];
const urlMaps = ["gcp:compute/uRLMap:URLMap", "gcp:compute/regionUrlMap:RegionUrlMap"];

/** A proxy without TLS may do one thing: send everyone to the one with it. */
export function plainProxy(resource: ResourceView, stack: StackView): Finding {
  const [map] = referred(resource, "urlMap", stack, urlMaps);
  if (!map) return fail("a load balancer answers in clear: put a TargetHttpsProxy in its place");
  const redirects = valueAt(map.props, "defaultUrlRedirect.httpsRedirect") === true;
  const serves = ["defaultService", "pathMatchers", "hostRules"].some(
    (path) => known(map.props, path).state !== "absent",
  );
  return redirects && !serves
    ? pass("it sends everyone to TLS")
    : fail(
        "a load balancer answers in clear: let its URL map redirect to https (defaultUrlRedirect.httpsRedirect) and serve nothing",
      );
}

export const sslPolicyTypes = ["gcp:compute/sSLPolicy:SSLPolicy", "gcp:compute/regionSslPolicy:RegionSslPolicy"];

export const sslPolicy = ({ props }: ResourceView): Finding[] =>
  demands(props, "it takes TLS 1.2 and newer only", [
    {
      path: "minTlsVersion",
      accepts: (value) => value === "TLS_1_2" || value === "TLS_1_3",
      unmet: "it takes TLS before 1.2: set minTlsVersion to TLS_1_2",
    },
    {
      path: "profile",
      accepts: (value) => ["MODERN", "RESTRICTED", "FIPS_202205", "CUSTOM"].some((one) => one === value),
      unmet: "it takes old ciphers: set profile to MODERN or RESTRICTED",
    },
  ]);

export const tlsProxyTypes = [
  "gcp:compute/targetHttpsProxy:TargetHttpsProxy",
  "gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy",
];

/** Without a policy of its own a proxy takes TLS 1.0. */
export const tlsProxy = ({ props }: ResourceView): Finding[] =>
  demands(props, "its policy says which TLS it takes", [
    {
      path: "sslPolicy",
      accepts: isName,
      unmet: "it takes TLS 1.0: set sslPolicy",
    },
  ]).map((finding) => (finding.verdict === "undetermined" ? pass("it has a policy of its own") : finding));
