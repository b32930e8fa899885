import { known } from "../known";
import {
  type Control,
  component,
  type Finding,
  fail,
  pass,
  type ResourceView,
  type StackView,
  undetermined,
} from "../model";
import { easyAuth } from "../rules/easy-auth";
import { expectProperty } from "../rules/expect";
import { bindingsOf, gcpIam, isPublic } from "../rules/gcp-iam";
import { declaredRoutes } from "../rules/grants";

const gateways = ["aws:apigatewayv2/api:Api", "aws:apigateway/restApi:RestApi"];

/** Who may invoke a function: nobody at large, and API Gateway only for one API. */
function permission(resource: ResourceView, stack: StackView): Finding {
  const { props } = resource;
  const principal = known(props, "principal");
  const urlAuth = known(props, "functionUrlAuthType");
  if (urlAuth.state === "value" && urlAuth.value === "NONE")
    return fail("it lets anyone call the function's URL: ask for AWS_IAM");
  if (principal.state === "unknown") return undetermined("principal is known after deployment only");
  if (principal.state === "absent" || typeof principal.value !== "string" || principal.value === "")
    return fail("it names no principal");
  if (principal.value.includes("*")) return fail("it lets anyone invoke the function: name the principal");
  if (principal.value !== "apigateway.amazonaws.com") return pass("it names who may invoke the function");
  const source = known(props, "sourceArn");
  if (source.state === "absent") return fail("it lets every API of every account invoke the function: set sourceArn");
  if (source.state === "unknown")
    return stack.dependencies(resource, "sourceArn").some(({ type }) => gateways.includes(type))
      ? pass("only this stack's API may invoke the function; its ARN is known after deployment")
      : undetermined("sourceArn is known after deployment only, and does not come from an API of this stack");
  // arn:aws:execute-api:region:account:api/stage/method/path
  const ownApi = /^arn:aws[a-z-]*:execute-api:[^:*?]+:[^:*?]+:[^/:*?]+(\/|$)/;
  return typeof source.value === "string" && ownApi.test(source.value)
    ? pass("only one API may invoke the function")
    : fail("sourceArn names no single API: give region, account and the API's id in full");
}

/** A route may be public where the API's own component says so; the function behind answers to the gateway all the same. */
function route(resource: ResourceView, stack: StackView): Finding {
  const type = known(resource.props, "authorizationType");
  if (type.state === "unknown") return undetermined("authorizationType is known after deployment only");
  const given = type.state === "value" ? type.value : "NONE";
  if (given === "AWS_IAM") return pass("callers authenticate by IAM");
  if (given === "JWT" || given === "CUSTOM")
    return expectProperty(resource, {
      path: "authorizerId",
      accepts: (value) => typeof value === "string" && value !== "",
      met: "callers authenticate",
      unmet: `authorizationType ${given} needs an authorizerId`,
    });
  if (given !== "NONE") return fail("authorizationType is none of AWS_IAM, JWT, CUSTOM");
  const api = stack.owner(resource);
  if (api?.type !== component("HttpApi"))
    return fail("anyone may call this route: set authorizationType, or declare it public through HttpApi");
  const routes = declaredRoutes(api);
  const key = known(resource.props, "routeKey");
  if (!routes || key.state === "unknown")
    return undetermined(`what HttpApi "${api.name}" declares of it is known after deployment only`);
  const declared =
    key.state === "value" ? routes.find(({ method, path }) => `${method} ${path}` === key.value) : undefined;
  return declared?.auth === "none"
    ? pass(`HttpApi "${api.name}" declares it public`)
    : fail(`anyone may call this route, and HttpApi "${api.name}" does not declare it public`);
}

/** An unknown authorizer is fine: that there is one is what counts. */
const authorizer = (resource: ResourceView, stack: StackView): Finding => {
  const finding = route(resource, stack);
  const fromAuthorizer = stack
    .dependencies(resource, "authorizerId")
    .some(({ type }) => type === "aws:apigatewayv2/authorizer:Authorizer");
  return finding.verdict === "undetermined" && fromAuthorizer
    ? pass("callers authenticate; the authorizer's id is known after deployment")
    : finding;
};

function restMethod({ props }: ResourceView): Finding {
  const type = known(props, "authorization");
  if (type.state === "unknown") return undetermined("authorization is known after deployment only");
  if (type.state === "value" && typeof type.value === "string" && type.value !== "NONE")
    return pass("callers authenticate");
  const [preflight, keyed] = [known(props, "httpMethod"), known(props, "apiKeyRequired")];
  if (preflight.state === "value" && preflight.value === "OPTIONS")
    return pass("a preflight request carries no credentials");
  return keyed.state === "value" && keyed.value === true
    ? pass("callers show an API key")
    : fail("anyone may call this method: set authorization");
}

/** A binding that names everyone, with or without an account. Buckets have a control of their own. */
function binding(resource: ResourceView, stack: StackView): Finding {
  const bindings = bindingsOf(resource);
  if (bindings === "unknown") return undetermined("policyData is known after deployment only");
  if (bindings.some(({ members }) => members.some(isPublic)))
    return fail("it admits allUsers or allAuthenticatedUsers: name the caller's service account");
  if (!bindings.some(({ open }) => open)) return pass("it names who is admitted");
  const sources = [...stack.dependencies(resource, "member"), ...stack.dependencies(resource, "members")];
  return sources.some(({ type }) => identities.has(type))
    ? pass("it admits a service account of this stack, whose address is known after deployment")
    : undetermined("who it admits is known after deployment only");
}

const identities = new Set([
  "gcp:serviceaccount/account:Account",
  "gcp:projects/serviceIdentity:ServiceIdentity",
  "gcp:iam/workloadIdentityPool:WorkloadIdentityPool",
  "gcp:logging/projectSink:ProjectSink",
  "gcp:apigateway/gateway:Gateway",
]);

export const publicInvoke: Control = {
  id: "IAM-01",
  title: "No function can be invoked by the public",
  why: "A function behind a gateway that answers to anyone else is reached past the gateway's authentication, limits and log.",
  fix: "Let only the gateway's identity invoke the function; declare a public route as such on its HttpApi.",
  severity: "critical",
  frameworks: {
    gdpr: ["Art. 25(2)", "Art. 32(1)(b)"],
    hipaa: ["164.312(a)(1)", "164.312(d)"],
    pciDss: ["1.3.1", "7.2.1"],
    soc2: ["CC6.1", "CC6.6"],
    cis: ["3.3"],
    nist80053: ["AC-3", "AC-14", "IA-9"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: [
      { types: ["aws:lambda/permission:Permission"], judge: permission },
      {
        types: ["aws:lambda/functionUrl:FunctionUrl"],
        judge: (resource) =>
          expectProperty(resource, {
            path: "authorizationType",
            accepts: (value) => value === "AWS_IAM",
            met: "callers authenticate by IAM",
            unmet: "anyone may call the function's URL: set authorizationType to AWS_IAM",
          }),
      },
      { types: ["aws:apigatewayv2/route:Route"], judge: authorizer },
      {
        types: ["aws:apigatewayv2/api:Api"],
        judge: ({ props }) =>
          known(props, "target").state === "absent"
            ? undefined
            : fail("quick create (target) makes a public route for everything: declare routes instead"),
      },
      { types: ["aws:apigateway/method:Method"], judge: restMethod },
    ],
    azure: [{ types: ["azure-native:web:WebApp"], judge: easyAuth }],
    gcp: [
      { types: new RegExp(`^(?!gcp:storage/)${gcpIam.source.slice(1)}`, "i"), judge: binding },
      {
        types: ["gcp:cloudrunv2/service:Service"],
        judge: ({ props }) => {
          const off = known(props, "invokerIamDisabled");
          if (off.state === "unknown") return undetermined("invokerIamDisabled is known after deployment only");
          return off.state === "absent" || off.value === false
            ? pass("callers need the invoker role")
            : fail("invokerIamDisabled lets anyone call the service: leave it false");
        },
      },
    ],
  },
};
