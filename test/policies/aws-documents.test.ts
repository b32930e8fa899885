/** Every property of the AWS provider that may hold a policy is read by a control, or there is a reason why none does. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { normaliseType } from "../../policies";
import type { ResourceView } from "../../policies/model";
import { identityPolicyPath, identityPolicyTypes } from "../../policies/rules/aws/policies";
import { resourcePolicyPath, resourcePolicyTypes } from "../../policies/rules/aws/resource-policies";

/** Why the documents of some types are none that admit somebody, by what they are instead. */
const unread: Readonly<Record<string, readonly string[]>> = {
  "it bounds what goes through an endpoint, and grants nothing": [
    "aws:ec2/vpcEndpoint:VpcEndpoint policy",
    "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy policy",
    "aws:odb/network:Network kmsPolicyDocument",
    "aws:odb/network:Network s3PolicyDocument",
    "aws:odb/network:Network stsPolicyDocument",
  ],
  "it bounds a session, and grants nothing": [
    "aws:eks/podIdentityAssociation:PodIdentityAssociation policy",
    "aws:rolesanywhere/profile:Profile sessionPolicy",
    "aws:transfer/access:Access policy",
    "aws:transfer/user:User policy",
  ],
  "it names a policy": ["aws:iot/policyAttachment:PolicyAttachment policy"],
  "it says what roles may be assumed by whom: IAM-02 and IAM-06 read it as trust": [
    "aws:iam/role:Role assumeRolePolicy",
  ],
  "it grants by topics: IAM-02 reads it": ["aws:iot/policy:Policy policy"],
  "it is of a grammar of its own, in which no statement names actions of IAM": [
    "aws:cfg/organizationCustomPolicyRule:OrganizationCustomPolicyRule policyText",
    "aws:cloudformation/stack:Stack policyBody",
    "aws:cloudwatch/logAccountPolicy:LogAccountPolicy policyDocument",
    "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy policyDocument",
    "aws:cloudwatch/logIndexPolicy:LogIndexPolicy policyDocument",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy policy",
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate lifecyclePolicy",
    "aws:emr/instanceGroup:InstanceGroup autoscalingPolicy",
    "aws:networkmanager/coreNetwork:CoreNetwork basePolicyDocument",
    "aws:networkmanager/coreNetworkPolicyAttachment:CoreNetworkPolicyAttachment policyDocument",
    "aws:opensearch/serverlessAccessPolicy:ServerlessAccessPolicy policy",
    "aws:opensearch/serverlessLifecyclePolicy:ServerlessLifecyclePolicy policy",
    "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy policy",
    "aws:ram/permission:Permission policyTemplate",
    "aws:sns/dataProtectionPolicy:DataProtectionPolicy policy",
    "aws:sns/topic:Topic archivePolicy",
    "aws:sns/topic:Topic deliveryPolicy",
    "aws:sns/topicSubscription:TopicSubscription deliveryPolicy",
    "aws:sns/topicSubscription:TopicSubscription filterPolicy",
    "aws:sns/topicSubscription:TopicSubscription redrivePolicy",
    "aws:sns/topicSubscription:TopicSubscription replayPolicy",
    "aws:sqs/queue:Queue redriveAllowPolicy",
    "aws:sqs/queue:Queue redrivePolicy",
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy redriveAllowPolicy",
    "aws:sqs/redrivePolicy:RedrivePolicy redrivePolicy",
    "aws:verifiedaccess/endpoint:Endpoint policyDocument",
    "aws:verifiedaccess/group:Group policyDocument",
    "aws:workspacesweb/browserSettings:BrowserSettings browserPolicy",
  ],
  "it is one of a few words": [
    "aws:alb/listener:Listener alpnPolicy",
    "aws:alb/listener:Listener sslPolicy",
    "aws:alb/loadBalancer:LoadBalancer dnsRecordClientRoutingPolicy",
    "aws:apigateway/domainName:DomainName securityPolicy",
    "aws:apigateway/restApi:RestApi securityPolicy",
    "aws:bedrock/agentDataSource:AgentDataSource dataDeletionPolicy",
    "aws:dlm/lifecyclePolicy:LifecyclePolicy defaultPolicy",
    "aws:ec2/fleet:Fleet excessCapacityTerminationPolicy",
    "aws:ec2/spotFleetRequest:SpotFleetRequest excessCapacityTerminationPolicy",
    "aws:eks/capability:Capability deletePropagationPolicy",
    "aws:fsx/lustreFileSystem:LustreFileSystem autoImportPolicy",
    "aws:fsx/ontapVolume:OntapVolume snapshotPolicy",
    "aws:gamelift/fleet:Fleet newGameSessionProtectionPolicy",
    "aws:gamelift/gameServerGroup:GameServerGroup gameServerProtectionPolicy",
    "aws:kendra/index:Index userContextPolicy",
    "aws:lb/listener:Listener alpnPolicy",
    "aws:lb/listener:Listener sslPolicy",
    "aws:lb/loadBalancer:LoadBalancer dnsRecordClientRoutingPolicy",
    "aws:mailmanager/ingressPoint:IngressPoint tlsPolicy",
    "aws:ses/receiptFilter:ReceiptFilter policy",
    "aws:ses/receiptRule:ReceiptRule tlsPolicy",
    "aws:storagegateway/nfsFileShare:NfsFileShare notificationPolicy",
    "aws:storagegateway/smbFileShare:SmbFileShare notificationPolicy",
    "aws:transfer/webApp:WebApp webAppEndpointPolicy",
  ],
};

const provider = dirname(require.resolve("@pulumi/aws/package.json"));

/** `<type> <property>` of all inputs whose name ends like that of a policy and that take a text or a policy document. */
function documents(): readonly string[] {
  const folders = readdirSync(provider).filter((one) => statSync(join(provider, one)).isDirectory());
  return folders.flatMap((folder) =>
    readdirSync(join(provider, folder))
      .filter((file) => file.endsWith(".js"))
      .flatMap((file) => {
        const [, type] = /__pulumiType = '(aws:[^']+)'/.exec(readFileSync(join(provider, folder, file), "utf8")) ?? [];
        if (type === undefined) return [];
        const declared = readFileSync(join(provider, folder, file.replace(/js$/, "d.ts")), "utf8");
        const [, inputs = ""] = /export interface \w+Args \{([\s\S]*?)\n\}/.exec(declared) ?? [];
        const read =
          /^ {4}(\w*(?:[pP]olicy(?:Document|Body|Text|Template)?|[pP]olicies))\??: pulumi\.Input<(string|[\w.]*PolicyDocument)\b/gm;
        return [...inputs.matchAll(read)].map(([, property]) => `${normaliseType(type)} ${property}`);
      }),
  );
}

describe("policies that resources of AWS carry", () => {
  const found = new Set(documents());
  const reasoned = Object.values(unread).flat();
  const read = [
    ...resourcePolicyTypes.map((type) => `${type} ${resourcePolicyPath(type)}`),
    ...identityPolicyTypes.map((type) => `${type} ${identityPolicyPath({ type } as ResourceView)}`),
  ];

  it("are judged, or there is a reason why not", () => {
    assert.ok(found.size > 100, `${found.size}`);
    const known = new Set([...read, ...reasoned]);
    assert.deepEqual(
      [...found].filter((one) => !known.has(one)),
      [],
    );
  });

  it("are of types and properties that there are", () => {
    const nested = [
      "aws:iam/role:Role inlinePolicies",
      "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy details.policy",
    ];
    assert.deepEqual([...read, ...reasoned].filter((one) => !found.has(one)).sort(), nested);
  });

  it("have one reason, or are judged", () => {
    const all = [...read, ...reasoned];
    assert.equal(new Set(all).size, all.length);
  });
});
