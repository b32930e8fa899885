import { awsStack } from "../support/aws";
import { azureStack } from "../support/azure";
import { gcpStack } from "../support/gcp";
import { kmsKeyArn } from "../support/keys";
import { killed } from "../support/mutants";
import { accepted, vague } from "../support/outcomes";
import { json, Out, type Stack, unknown } from "../support/stack";

const bucket = ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"];
const deny = (more: object = {}) => ({
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: bucket,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
  ...more,
});
const policy =
  (...statements: object[]) =>
  (stack: Stack) =>
    stack.set("bucket-policy", { policy: json({ Version: "2012-10-17", Statement: statements }) });
const custom = (originProtocolPolicy?: string) => ({
  originId: "api",
  domainName: "api.example.com",
  customOriginConfig: { httpPort: 80, httpsPort: 443, ...(originProtocolPolicy && { originProtocolPolicy }) },
});
const edge = (more: object) => (stack: Stack) =>
  stack.add("aws:cloudfront/distribution:Distribution", "edge", {
    origins: [custom("https-only")],
    defaultCacheBehavior: { viewerProtocolPolicy: "https-only" },
    viewerCertificate: {
      acmCertificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/1",
      minimumProtocolVersion: "TLSv1.2_2021",
    },
    ...more,
  })("edge");
const oldOrigin = { originProtocolPolicy: "https-only", originSslProtocols: ["TLSv1", "TLSv1.2"] };
const tenants = (more: object) => (stack: Stack) =>
  stack.add("aws:cloudfront/multitenantDistribution:MultitenantDistribution", "tenants", {
    defaultCacheBehavior: { viewerProtocolPolicy: "https-only" },
    viewerCertificate: { minimumProtocolVersion: "TLSv1.2_2021" },
    ...more,
  });
/** A distribution without access logs, which this is not about. */
const unlogged = ["AUD-03 edge"];

describe("mutants of transport", () => {
  killed("TLS-01", awsStack, "bucket", [
    { name: "no policy", change: (stack) => stack.remove("bucket-policy") },
    {
      name: "a policy without a denial",
      change: policy({
        ...deny(),
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111122223333:role/reader" },
        Action: "s3:GetObject",
      }),
    },
    { name: "no statements", change: policy() },
    { name: "a denial of TLS", change: policy(deny({ Condition: { Bool: { "aws:SecureTransport": "true" } } })) },
    { name: "a denial of one action", change: policy(deny({ Action: "s3:GetObject" })) },
    {
      name: "a denial to one principal",
      change: policy(deny({ Principal: { AWS: "arn:aws:iam::111122223333:root" } })),
    },
    {
      name: "a denial of another bucket",
      change: (stack) =>
        policy(deny({ Resource: ["arn:aws:s3:::elsewhere", "arn:aws:s3:::elsewhere/*"] }))(
          stack.set("bucket", { bucket: "bucket" }),
        ),
    },
    {
      name: "a denial of another bucket of the stack, while its own name is not known",
      change: (stack) => {
        stack.add("aws:s3/bucket:Bucket", "spare", { bucket: "spare" });
        policy(deny({ Resource: ["arn:aws:s3:::spare", "arn:aws:s3:::spare/*"] }))(stack);
      },
      at: ["bucket", "spare"],
      also: ["ENC-04 spare", "IAM-07 spare", "RES-06 spare"],
    },
    { name: "a denial of some objects", change: policy(deny({ Resource: [bucket[0], "arn:aws:s3:::bucket/a/*"] })) },
    {
      name: "a denial of what is not the bucket",
      change: policy(deny({ Resource: undefined, NotResource: "arn:aws:s3:::bucket" })),
    },
    {
      name: "a denial of old TLS only",
      change: policy(deny({ Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } })),
    },
    {
      name: "a denial of old TLS in clear only",
      change: policy(
        deny({ Condition: { Bool: { "aws:SecureTransport": "false" }, NumericLessThan: { "s3:TlsVersion": "1.2" } } }),
      ),
    },
    {
      name: "a denial of both TLS and none",
      change: policy(deny({ Condition: { Bool: { "aws:SecureTransport": ["false", "true"] } } })),
    },
    { name: "a denial for the objects only", change: policy(deny({ Resource: "arn:aws:s3:::bucket/*" })) },
    { name: "a denial for the bucket only", change: policy(deny({ Resource: "arn:aws:s3:::bucket" })) },
    {
      name: "a denial that holds in one network only",
      change: policy(
        deny({ Condition: { Bool: { "aws:SecureTransport": "false" }, StringEquals: { "aws:SourceVpc": "vpc-1" } } }),
      ),
    },
    {
      name: "a denial by another key",
      change: policy(deny({ Condition: { Bool: { "aws:MultiFactorAuthPresent": "false" } } })),
    },
    { name: "a policy of another bucket", change: (stack) => stack.set("bucket-policy", { bucket: "elsewhere" }) },
    { name: "a queue without a policy", change: (stack) => stack.remove("queue-policy"), at: "queue" },
    {
      name: "one of two queues without a policy",
      change: (stack) => stack.remove("dead-policy"),
      at: "dead",
      also: ["RES-03 target"],
    },
    {
      name: "a queue's denial of sending only",
      change: (stack) =>
        stack.set("queue-policy", {
          policy: json({ Statement: [deny({ Action: "sqs:SendMessage", Resource: "*" })] }),
        }),
      at: "queue",
    },
    { name: "a topic without a policy", change: (stack) => stack.remove("topic-policy"), at: "topic" },
    {
      name: "a topic's denial of subscribing only",
      change: (stack) =>
        stack.set("topic-policy", { policy: json({ Statement: [deny({ Action: "sns:Subscribe", Resource: "*" })] }) }),
      at: "topic",
    },
    {
      name: "a subscription in clear",
      change: (stack) =>
        stack.add("aws:sns/topicSubscription:TopicSubscription", "told", {
          topic: "topic",
          protocol: "http",
          endpoint: "http://shop.example.com",
          redrivePolicy: json({ deadLetterTargetArn: "arn:aws:sqs:eu-central-1:111122223333:dead" }),
        }),
      at: "told",
    },
    {
      name: "a cache in clear",
      change: (stack) => stack.add("aws:dax/cluster:Cluster", "cache", { serverSideEncryption: { enabled: true } }),
      at: "cache",
    },
    {
      name: "an API's cache in clear",
      change: (stack) => stack.add("aws:appsync/apiCache:ApiCache", "cache", { atRestEncryptionEnabled: true }),
      at: "cache",
    },
    {
      name: "Redis in clear",
      change: (stack) =>
        stack.add("aws:elasticache/replicationGroup:ReplicationGroup", "cache", {
          atRestEncryptionEnabled: true,
          kmsKeyId: kmsKeyArn,
          transitEncryptionEnabled: false,
        }),
      at: "cache",
    },
    {
      name: "Memcached in clear",
      change: (stack) => stack.add("aws:elasticache/cluster:Cluster", "cache", { engine: "memcached" }),
      at: "cache",
    },
    {
      name: "viewers in clear",
      change: edge({ defaultCacheBehavior: { viewerProtocolPolicy: "allow-all" } }),
      at: "edge",
      also: unlogged,
    },
    {
      name: "viewers in clear on one path",
      change: edge({
        orderedCacheBehaviors: [{ viewerProtocolPolicy: "https-only" }, { viewerProtocolPolicy: "allow-all" }],
      }),
      at: "edge",
      also: unlogged,
    },
    {
      name: "one of two origins in clear",
      change: edge({ origins: [custom("https-only"), custom("match-viewer")] }),
      at: "edge",
      also: unlogged,
    },
    {
      name: "an origin asked over TLS 1.0 too",
      change: edge({ origins: [{ customOriginConfig: oldOrigin }] }),
      at: "edge",
      also: unlogged,
    },
    {
      name: "an origin of many tenants in clear",
      change: tenants({ origins: [{ customOriginConfigs: [{ originProtocolPolicy: "http-only" }] }] }),
      at: "tenants",
    },
    {
      name: "an origin of many tenants asked over TLS 1.0 too",
      change: tenants({ origins: [{ customOriginConfigs: [oldOrigin] }] }),
      at: "tenants",
    },
    {
      name: "many tenants' viewers in clear on one path",
      change: tenants({ cacheBehaviors: [{ viewerProtocolPolicy: "allow-all" }] }),
      at: "tenants",
    },
    {
      name: "a queue's denial for another queue",
      change: (stack) =>
        stack.set("queue", { name: "queue" }).set("queue-policy", {
          policy: json({
            Statement: [deny({ Action: "sqs:*", Resource: "arn:aws:sqs:eu-central-1:111122223333:other" })],
          }),
        }),
      at: "queue",
    },
    {
      name: "a topic's denial for a queue of its name",
      change: (stack) =>
        stack.set("topic", { name: "topic" }).set("topic-policy", {
          policy: json({
            Statement: [deny({ Action: "sns:Publish", Resource: "arn:aws:sqs:eu-central-1:111122223333:topic" })],
          }),
        }),
      at: "topic",
    },
    {
      name: "a REST API that asks in clear",
      change: (stack) =>
        stack.add("aws:apigateway/integration:Integration", "behind", {
          type: "HTTP_PROXY",
          uri: "http://example.com",
        }),
      at: "behind",
    },
    {
      name: "an HTTP API that asks in clear",
      change: (stack) =>
        stack.add("aws:apigatewayv2/integration:Integration", "behind", {
          integrationType: "HTTP_PROXY",
          integrationUri: "http://example.com/{proxy}",
        }),
      at: "behind",
    },
    {
      name: "an API made of an address in clear",
      change: (stack) => stack.set("gateway", { target: "http://example.com" }),
      at: "gateway",
      also: ["AUD-03 gateway", "IAM-01 gateway"],
    },
    {
      name: "a data source in clear",
      change: (stack) =>
        stack.add("aws:appsync/dataSource:DataSource", "behind", {
          type: "HTTP",
          httpConfig: { endpoint: "HTTP://example.com" },
        }),
      at: "behind",
    },
  ]);

  killed("TLS-01", azureStack, "store", [
    { name: "no least version", change: (stack) => stack.set("store", { minimumTlsVersion: undefined }) },
    { name: "an old least version", change: (stack) => stack.set("store", { minimumTlsVersion: "TLS1_1" }) },
    { name: "a version that is none", change: (stack) => stack.set("store", { minimumTlsVersion: 1.2 }) },
    { name: "requests in clear", change: (stack) => stack.set("store", { enableHttpsTrafficOnly: false }) },
    {
      name: "a namespace without a least version",
      change: (stack) => stack.set("bus", { minimumTlsVersion: undefined }),
      at: "bus",
    },
    {
      name: "a namespace of an old version",
      change: (stack) => stack.set("bus", { minimumTlsVersion: "1.0" }),
      at: "bus",
    },
    {
      name: "a database of an old version",
      change: (stack) => stack.set("cosmos", { minimalTlsVersion: "Tls11" }),
      at: "cosmos",
    },
    {
      name: "a database without a least version",
      change: (stack) => stack.set("cosmos", { minimalTlsVersion: undefined }),
      at: "cosmos",
    },
    { name: "a site in clear", change: (stack) => stack.set("front", { httpsOnly: undefined }), at: "front" },
    { name: "a site in clear, said aloud", change: (stack) => stack.set("front", { httpsOnly: false }), at: "front" },
    {
      name: "FTP",
      change: (stack) =>
        stack.set("front", {
          functionAppConfig: undefined,
          siteConfig: {
            minTlsVersion: "1.2",
            functionAppScaleLimit: 40,
            ftpsState: "AllAllowed",
            appSettings: [{ name: "APPLICATIONINSIGHTS_CONNECTION_STRING", value: "InstrumentationKey=0" }],
          },
        }),
      at: "front",
    },
    {
      name: "an API in clear beside TLS",
      change: (stack) => stack.add("azure-native:apimanagement:Api", "api", { protocols: ["https", "http"] }),
      at: "api",
    },
    {
      name: "a backend in clear",
      change: (stack) => stack.add("azure-native:apimanagement:Backend", "backend", { url: "http://shop.example.com" }),
      at: "backend",
    },
    {
      name: "a backend whose certificate nobody checks",
      change: (stack) =>
        stack.add("azure-native:apimanagement:Backend", "backend", {
          url: "https://shop.example.com",
          tls: { validateCertificateChain: false },
        }),
      at: "backend",
    },
    {
      name: "events delivered in clear",
      change: (stack) =>
        stack.set("events", {
          destination: {
            endpointType: "WebHook",
            endpointUrl: "http://shop.example.com",
            azureActiveDirectoryApplicationIdOrUri: "shop",
          },
        }),
      at: "events",
    },
    {
      name: "a cache with a plain port",
      change: (stack) =>
        stack.add("azure-native:redis:Redis", "cache", {
          enableNonSslPort: true,
          minimumTlsVersion: "1.2",
          disableAccessKeyAuthentication: true,
        }),
      at: "cache",
      // Its own logs are another matter.
      also: ["AUD-02 cache"],
    },
  ]);

  killed("TLS-01", gcpStack, "work", [
    {
      name: "a push in clear",
      change: (stack) =>
        stack.set("work", {
          pushConfig: {
            pushEndpoint: "http://shop.example.com",
            oidcToken: { serviceAccountEmail: "push@shop.iam.gserviceaccount.com" },
          },
        }),
    },
    {
      name: "a job that calls in clear",
      change: (stack) =>
        stack.set("job", {
          httpTarget: {
            uri: "http://shop.example.com",
            oidcToken: { serviceAccountEmail: "push@shop.iam.gserviceaccount.com" },
          },
        }),
      at: "job",
    },
    {
      name: "a function of the first generation in clear",
      change: (stack) =>
        stack.add("gcp:cloudfunctions/function:Function", "old", {
          triggerHttp: true,
          maxInstances: 10,
          ingressSettings: "ALLOW_INTERNAL_ONLY",
          kmsKeyName: "projects/shop/locations/europe-west3/keyRings/shop/cryptoKeys/shop",
          serviceAccountEmail: "old@shop.iam.gserviceaccount.com",
        }),
      at: "old",
    },
    {
      name: "a cache in clear",
      change: (stack) =>
        stack.add("gcp:redis/instance:Instance", "cache", {
          transitEncryptionMode: "DISABLED",
          customerManagedKey: "projects/shop/locations/europe-west3/keyRings/shop/cryptoKeys/shop",
        }),
      at: "cache",
    },
    {
      name: "a load balancer in clear",
      change: (stack) => {
        const map = stack.add("gcp:compute/uRLMap:URLMap", "map", { defaultService: "shop" });
        stack.add("gcp:compute/targetHttpProxy:TargetHttpProxy", "plain", { urlMap: map("map") });
      },
      at: "plain",
    },
    {
      name: "a load balancer that redirects, and serves a path in clear",
      change: (stack) => {
        const map = stack.add("gcp:compute/uRLMap:URLMap", "map", {
          defaultUrlRedirect: { httpsRedirect: true },
          pathMatchers: [{ name: "health", defaultService: "shop" }],
        });
        stack.add("gcp:compute/targetHttpProxy:TargetHttpProxy", "plain", { urlMap: map("map") });
      },
      at: "plain",
    },
  ]);

  killed("TLS-02", awsStack, "domain", [
    {
      name: "TLS 1.0",
      change: (stack) => stack.set("domain", { "domainNameConfiguration.securityPolicy": "TLS_1_0" }),
    },
    { name: "no policy", change: (stack) => stack.set("domain", { domainNameConfiguration: {} }) },
    {
      name: "a newer policy that takes TLS 1.0",
      change: (stack) => stack.set("domain", { "domainNameConfiguration.securityPolicy": "SecurityPolicy_TLS10_2018" }),
    },
    {
      name: "a REST API's domain without a policy",
      change: (stack) => stack.add("aws:apigateway/domainName:DomainName", "rest", { domainName: "rest.example.com" }),
      at: "rest",
    },
    {
      name: "a distribution for many tenants of TLS 1.0",
      change: (stack) =>
        stack.add("aws:cloudfront/multitenantDistribution:MultitenantDistribution", "edge", {
          defaultCacheBehavior: { viewerProtocolPolicy: "https-only" },
          viewerCertificate: { minimumProtocolVersion: "TLSv1" },
        }),
      at: "edge",
    },
    {
      name: "a distribution of TLS 1.1",
      change: edge({ viewerCertificate: { minimumProtocolVersion: "TLSv1.1_2016" } }),
      at: "edge",
      also: unlogged,
    },
    {
      name: "a distribution's default certificate",
      change: edge({ viewerCertificate: { cloudfrontDefaultCertificate: true } }),
      at: "edge",
      also: unlogged,
    },
  ]);

  killed("TLS-02", azureStack, "front", [
    { name: "TLS 1.0", change: (stack) => stack.set("front", { "siteConfig.minTlsVersion": "1.0" }) },
    { name: "no least version", change: (stack) => stack.set("front", { "siteConfig.minTlsVersion": undefined }) },
  ]);

  for (const side of ["Security", "Security.Backend"])
    killed("TLS-02", azureStack, "gateway", [
      {
        name: `TLS 1.0 by a property of ${side}`,
        change: (stack) =>
          stack.add("azure-native:apimanagement:ApiManagementService", "gateway", {
            customProperties: { [`Microsoft.WindowsAzure.ApiManagement.Gateway.${side}.Protocols.Tls10`]: "True" },
          }),
        // It has no diagnostic setting and no rate limit.
        also: ["AUD-02 gateway", "RES-05 gateway"],
      },
    ]);

  killed("TLS-02", gcpStack, "tls", [
    { name: "TLS 1.0", change: (stack) => stack.set("tls", { minTlsVersion: "TLS_1_0" }) },
    { name: "no least version", change: (stack) => stack.set("tls", { minTlsVersion: undefined }) },
    { name: "old ciphers", change: (stack) => stack.set("tls", { profile: "COMPATIBLE" }) },
    { name: "the default ciphers", change: (stack) => stack.set("tls", { profile: undefined }) },
    { name: "a proxy without a policy", change: (stack) => stack.set("proxy", { sslPolicy: undefined }), at: "proxy" },
    { name: "a proxy with an empty policy", change: (stack) => stack.set("proxy", { sslPolicy: "" }), at: "proxy" },
  ]);

  accepted("TLS-01", awsStack, [
    ["a denial of everything", policy(deny({ Action: "*", Resource: "*" }))],
    [
      "a denial in the second statement, of principals as a list",
      policy(
        deny({
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::111122223333:role/reader" },
          Action: "s3:GetObject",
          Condition: undefined,
        }),
        deny({ Principal: { AWS: ["*"] } }),
      ),
    ],
    [
      "the bucket and its objects denied apart",
      policy(
        deny({ Resource: bucket[0] }),
        deny({ Resource: bucket[1], Condition: { BoolIfExists: { "aws:SecureTransport": ["false"] } } }),
      ),
    ],
    [
      "a denial of a pattern that the bucket's name has",
      (stack: Stack) => policy(deny({ Resource: "arn:aws:s3:::shop-*" }))(stack.set("bucket", { bucket: "shop-data" })),
    ],
    [
      "a denial of all buckets, and of all that is in them",
      (stack: Stack) => policy(deny({ Resource: "arn:aws:s3:::*" }))(stack.set("bucket", { bucket: "shop-data" })),
    ],
    [
      "a denial for every queue",
      (stack: Stack) =>
        stack.set("queue-policy", {
          policy: json({ Statement: [deny({ Action: "sqs:*", Resource: "arn:aws:sqs:*" })] }),
        }),
    ],
    [
      "an address within one's own network, and functions behind an API",
      (stack: Stack) => {
        stack.add("aws:apigateway/integration:Integration", "private", {
          type: "HTTP_PROXY",
          connectionType: "VPC_LINK",
          uri: "http://internal.example.com",
        });
        stack.add("aws:apigateway/integration:Integration", "called", {
          type: "AWS_PROXY",
          uri: new Out("front", "arn:aws:front"),
        });
        stack.add("aws:apigatewayv2/integration:Integration", "called-too", {
          integrationType: "AWS_PROXY",
          integrationUri: new Out("front", "arn:aws:front"),
        });
      },
    ],
    ["a denial as boolean", policy(deny({ Condition: { Bool: { "aws:securetransport": false } } }))],
    [
      "a policy inside the bucket",
      (stack: Stack) => stack.remove("bucket-policy").set("bucket", { policy: json({ Statement: [deny()] }) }),
    ],
  ]);
  accepted("TLS-01", azureStack, [
    [
      "TLS 1.3",
      (stack: Stack) => stack.set("store", { minimumTlsVersion: "TLS1_3" }).set("bus", { minimumTlsVersion: "1.3" }),
    ],
    ["an API that says nothing of schemes", (stack: Stack) => stack.add("azure-native:apimanagement:Api", "api", {})],
  ]);
  accepted("TLS-01", gcpStack, [
    [
      "a load balancer that sends everyone to TLS",
      (stack: Stack) => {
        const map = stack.add("gcp:compute/uRLMap:URLMap", "map", { defaultUrlRedirect: { httpsRedirect: true } });
        stack.add("gcp:compute/targetHttpProxy:TargetHttpProxy", "plain", { urlMap: map("map") });
      },
    ],
  ]);
  accepted("TLS-02", awsStack, [
    [
      "a policy of TLS 1.3",
      (stack: Stack) =>
        stack.set("domain", { "domainNameConfiguration.securityPolicy": "SecurityPolicy_TLS13_1_3_2025_09" }),
    ],
  ]);

  vague("TLS-01", awsStack, "bucket", [
    ["a policy from elsewhere", (stack: Stack) => stack.set("bucket-policy", { policy: unknown })],
  ]);
  vague("TLS-01", awsStack, "tenants", [
    ["origins from elsewhere", tenants({ origins: unknown })],
    ["a behaviour from elsewhere", tenants({ cacheBehaviors: [unknown] })],
    [
      "the versions of an origin",
      tenants({ origins: [{ customOriginConfigs: [{ ...oldOrigin, originSslProtocols: unknown }] }] }),
    ],
  ]);
  vague("TLS-01", awsStack, "behind", [
    [
      "an address from elsewhere",
      (stack: Stack) => stack.add("aws:apigateway/integration:Integration", "behind", { type: "HTTP", uri: unknown }),
    ],
  ]);
  vague("TLS-01", azureStack, "store", [
    ["a version from elsewhere", (stack: Stack) => stack.set("store", { minimumTlsVersion: unknown })],
  ]);
  vague("TLS-01", gcpStack, "work", [
    [
      "an address from elsewhere",
      (stack: Stack) =>
        stack.set("work", {
          pushConfig: {
            pushEndpoint: unknown,
            oidcToken: { serviceAccountEmail: "push@shop.iam.gserviceaccount.com" },
          },
        }),
    ],
  ]);
  vague("TLS-02", gcpStack, "tls", [
    ["a version from elsewhere", (stack: Stack) => stack.set("tls", { minTlsVersion: unknown })],
  ]);
});
