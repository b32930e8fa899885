import { known } from "../known";
import { type Control, type Finding, fail, type ResourceView } from "../model";
import { distributionTypes } from "../rules/aws/distribution";
import { siteTypes } from "../rules/azure/function-app";
import { apiManagement, siteVersion } from "../rules/azure/transport";
import { demands } from "../rules/demands";
import { sslPolicy, sslPolicyTypes, tlsProxy, tlsProxyTypes } from "../rules/gcp/transport";

/** `TLS_1_2`, and the newer policies that are named by the least version they take. */
const isModern = (value: unknown): boolean =>
  typeof value === "string" && (value === "TLS_1_2" || /^SecurityPolicy_TLS1[23]_/.test(value));

const domain =
  (path: string) =>
  ({ props }: ResourceView): Finding[] =>
    demands(props, "it takes TLS 1.2 and newer only", [
      { path, accepts: isModern, unmet: `it may take TLS before 1.2: set ${path} to TLS_1_2 or newer` },
    ]);

/** CloudFront's own domain takes TLS 1.0, whatever is asked for. */
function distribution({ props }: ResourceView): Finding | Finding[] {
  const own = known(props, "viewerCertificate.cloudfrontDefaultCertificate");
  if (own.state === "value" && own.value === true)
    return fail("the default certificate takes TLS 1.0: give it a certificate and a name of your own");
  return demands(props, "it takes TLS 1.2 and newer only", [
    {
      path: "viewerCertificate.minimumProtocolVersion",
      accepts: (value) => typeof value === "string" && /^TLSv1\.[23]_/.test(value),
      unmet: "it may take TLS before 1.2: set viewerCertificate.minimumProtocolVersion to TLSv1.2_2021 or newer",
    },
  ]);
}

export const edgeTls: Control = {
  id: "TLS-02",
  title: "The edge of an API takes TLS 1.2 and newer",
  why: "Older versions have ciphers and handshakes that are broken; a client that is talked down to them sends its token as good as in clear.",
  fix: "State the least version at the edge: aws securityPolicy of the domain name, azure siteConfig.minTlsVersion and customProperties of API Management, gcp an SSL policy on the load balancer.",
  severity: "medium",
  frameworks: {
    gdpr: ["Art. 32(1)(a)"],
    hipaa: ["164.312(e)(1)", "164.312(e)(2)(ii)"],
    pciDss: ["4.2.1"],
    soc2: ["CC6.7"],
    cis: ["3.10", "12.6"],
    nist80053: ["SC-8", "SC-8(1)", "SC-13"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: [
      { types: ["aws:apigateway/domainName:DomainName"], judge: domain("securityPolicy") },
      { types: ["aws:apigatewayv2/domainName:DomainName"], judge: domain("domainNameConfiguration.securityPolicy") },
      { types: distributionTypes, judge: distribution },
    ],
    azure: [
      { types: siteTypes, judge: siteVersion },
      { types: ["azure-native:apimanagement:ApiManagementService"], judge: apiManagement },
    ],
    gcp: [
      { types: sslPolicyTypes, judge: sslPolicy },
      { types: tlsProxyTypes, judge: tlsProxy },
    ],
  },
};
