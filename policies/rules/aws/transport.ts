/** Who talks to whom without TLS on AWS. Endpoints that take nothing else (Kinesis, DynamoDB) need no rule. */
import { known } from "../../known";
import { type Finding, fail, pass, type ResourceView, undetermined } from "../../model";
import { demands } from "../demands";

export const subscription = ({ props }: ResourceView): Finding[] =>
  demands(props, "it is delivered over TLS, or within AWS", [
    {
      path: "protocol",
      accepts: (value) => typeof value === "string" && !/^(http)?$/i.test(value.trim()),
      unmet: "messages go out in clear: set protocol to https",
    },
  ]);

export const dax = ({ props }: ResourceView): Finding[] =>
  demands(props, "its endpoint takes TLS only", [
    {
      path: "clusterEndpointEncryptionType",
      accepts: (value) => value === "TLS",
      unmet: "its endpoint takes requests in clear: set clusterEndpointEncryptionType to TLS",
    },
  ]);

/** Where what an API hands on names the address. */
const addresses: Readonly<Record<string, string>> = {
  "aws:apigateway/integration:Integration": "uri",
  "aws:apigatewayv2/integration:Integration": "integrationUri",
  "aws:apigatewayv2/api:Api": "target",
  "aws:appsync/dataSource:DataSource": "httpConfig.endpoint",
};
export const addressTypes = Object.keys(addresses);

/** An API asks what lies behind it over TLS, unless it does so within a network of one's own. */
export function behindApi({ type, props }: ResourceView): Finding | undefined {
  const path = addresses[type] ?? "";
  const address = known(props, path);
  if (address.state === "absent") return undefined;
  const link = known(props, "connectionType");
  const inClear = address.state === "value" && /^\s*http:/i.test(String(address.value));
  if (link.state === "value" && link.value === "VPC_LINK") return pass("it stays within a network of one's own");
  if (address.state === "unknown" || (inClear && link.state === "unknown"))
    return addressed(type, props) ? undetermined(`${path} is known after deployment only`) : undefined;
  return inClear
    ? fail(`requests go on in clear: set ${path} to an address of https`)
    : pass("requests go on over TLS");
}

/** Of an integration with a function or a service of AWS the address is an ARN. */
function addressed(type: string, props: unknown): boolean {
  const kind = known(props, type === "aws:apigatewayv2/integration:Integration" ? "integrationType" : "type");
  return kind.state !== "value" || /^HTTP/.test(String(kind.value));
}
