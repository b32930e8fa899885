import { known, valueAt } from "../../known";
import { component, type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { hasName, isName } from "../../names";
import { declaredRoutes } from "../grants";
import { referred } from "../referred";

const gateways = ["aws:apigatewayv2/api:Api", "aws:apigateway/restApi:RestApi"];

/** Who may invoke a function: nobody at large, and API Gateway only for one API. */
export function permission(resource: ResourceView, stack: StackView): Finding {
  const { props } = resource;
  const principal = known(props, "principal");
  const urlAuth = known(props, "functionUrlAuthType");
  if (urlAuth.state === "value" && urlAuth.value === "NONE")
    return fail("it lets anyone call the function's URL: ask for AWS_IAM");
  if (principal.state === "unknown") return undetermined("principal is known after deployment only");
  if (principal.state === "absent" || !isName(principal.value)) return fail("it names no principal");
  if (principal.value.includes("*")) return ofOrganization(resource);
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

/** Anyone at all, or anyone of one organization. */
function ofOrganization({ props }: ResourceView): Finding {
  const organization = known(props, "principalOrgId");
  if (organization.state === "unknown") return undetermined("principalOrgId is known after deployment only");
  return organization.state === "value" && /^o-[a-z0-9]+$/.test(String(organization.value))
    ? pass("one organization may invoke the function")
    : fail("it lets anyone invoke the function: name the principal");
}

/** A route may be public where the API's own component says so; the function behind answers to the gateway all the same. */
export function route(resource: ResourceView, stack: StackView): Finding {
  const type = known(resource.props, "authorizationType");
  if (type.state === "unknown") return undetermined("authorizationType is known after deployment only");
  const given = type.state === "value" ? type.value : "NONE";
  if (given === "AWS_IAM") return pass("callers authenticate by IAM");
  if (given === "JWT" || given === "CUSTOM") return authorized(resource, stack);
  if (given !== "NONE") return fail("authorizationType is none of AWS_IAM, JWT, CUSTOM");
  const connected = afterConnecting(resource, stack);
  if (connected) return connected;
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

const socket = "WEBSOCKET";
const webApi = "aws:apigatewayv2/api:Api";

/** Who is connected by WebSocket has been let in already: only `$connect` can ask for credentials. */
function afterConnecting(resource: ResourceView, stack: StackView): Finding | undefined {
  const key = valueAt(resource.props, "routeKey");
  if (key === undefined || key === "$connect") return undefined;
  const apis = (one: ResourceView) => referred(one, "apiId", stack, [webApi]);
  const own = apis(resource);
  if (key !== "$disconnect" && !own.some(({ props }) => valueAt(props, "protocolType") === socket)) return undefined;
  const same = (one: ResourceView) =>
    own.length > 0
      ? apis(one).some((api) => own.includes(api))
      : valueAt(one.props, "apiId") === valueAt(resource.props, "apiId");
  return stack.ofType(resource.type).some((one) => valueAt(one.props, "routeKey") === "$connect" && same(one))
    ? pass("callers authenticate when they connect, which is judged at $connect")
    : fail("anyone may connect and call this route: add a $connect route with an authorizationType");
}

/** That there is an authorizer is what counts; its id is unknown at first. */
function authorized(
  resource: ResourceView,
  stack: StackView,
  authorizer = "aws:apigatewayv2/authorizer:Authorizer",
): Finding {
  const id = known(resource.props, "authorizerId");
  if (!hasName(id)) return fail("it asks for an authorizer, and authorizerId names none");
  return id.state === "value" || stack.dependencies(resource, "authorizerId").some(({ type }) => type === authorizer)
    ? pass("callers authenticate")
    : undetermined("authorizerId is known after deployment only, and does not come from an authorizer of this stack");
}

const restAuthorizer = "aws:apigateway/authorizer:Authorizer";

export function restMethod(resource: ResourceView, stack: StackView): Finding {
  const { props } = resource;
  const type = known(props, "authorization");
  if (type.state === "unknown") return undetermined("authorization is known after deployment only");
  const given = type.state === "value" ? type.value : "NONE";
  if (given === "AWS_IAM") return pass("callers authenticate by IAM");
  if (given === "CUSTOM" || given === "COGNITO_USER_POOLS") return authorized(resource, stack, restAuthorizer);
  if (given !== "NONE") return fail("authorization is none of AWS_IAM, CUSTOM, COGNITO_USER_POOLS");
  const [preflight, keyed] = [known(props, "httpMethod"), known(props, "apiKeyRequired")];
  if (preflight.state === "value" && preflight.value === "OPTIONS")
    return pass("a preflight request carries no credentials");
  return keyed.state === "value" && keyed.value === true
    ? pass("callers show an API key")
    : fail("anyone may call this method: set authorization");
}
