/** How a CloudFront distribution is asked, and asks. */
import { isUnknown, known } from "../../known";
import { type Finding, type ResourceView, undetermined } from "../../model";
import { type Demand, demands } from "../demands";
import { list } from "../expect";

/** The tenants of one distribution share its origins and behaviours. */
export const distributionTypes = [
  "aws:cloudfront/distribution:Distribution",
  "aws:cloudfront/multitenantDistribution:MultitenantDistribution",
];

const byTls: Demand = {
  path: "viewerProtocolPolicy",
  accepts: (value) => value === "redirect-to-https" || value === "https-only",
  unmet: "viewers may use HTTP: set viewerProtocolPolicy of every behaviour to redirect-to-https or https-only",
};
const askedByTls: readonly Demand[] = [
  {
    path: "originProtocolPolicy",
    accepts: (value) => value === "https-only",
    unmet: "an origin may be asked over HTTP: set customOriginConfig.originProtocolPolicy to https-only",
  },
  {
    path: "originSslProtocols",
    accepts: (value) => value === undefined || (Array.isArray(value) && value.every(isRecent)),
    unmet: "an origin may be asked over TLS before 1.2: set customOriginConfig.originSslProtocols to TLSv1.2",
  },
];
const isRecent = (version: unknown) => isUnknown(version) || /^TLSv1\.[2-9]$/.test(String(version));

/** Viewers are led to TLS by every behaviour; origins that are no bucket are asked over TLS. */
export function distribution({ props }: ResourceView): Finding[] {
  const behaviour = (one: unknown) => demands(one, "viewers use TLS", [byTls]);
  return [
    ...demands(props, "viewers use TLS", [{ ...byTls, path: `defaultCacheBehavior.${byTls.path}` }]),
    ...members(props, "orderedCacheBehaviors", behaviour),
    ...members(props, "cacheBehaviors", behaviour),
    ...members(props, "origins", (one) => [
      ...members(one, "customOriginConfigs", asked),
      ...(known(one, "customOriginConfig").state === "absent"
        ? []
        : demands(one, "origins are asked over TLS", askedByTls.map(below("customOriginConfig")))),
    ]),
  ];
}

const asked = (origin: unknown) => demands(origin, "origins are asked over TLS", askedByTls);
const below =
  (path: string) =>
  (demand: Demand): Demand => ({ ...demand, path: `${path}.${demand.path}` });

/** What is found of each member of a list. */
function members(of: unknown, path: string, judge: (member: unknown) => readonly Finding[]): readonly Finding[] {
  const found = known(of, path);
  if (found.state === "unknown") return [undetermined(`${path} are known after deployment only`)];
  return list(found.state === "value" ? found.value : undefined).flatMap(judge);
}
