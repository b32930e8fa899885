import { isUnknown, known } from "../known";
import {
  atLeast,
  type Control,
  type Finding,
  fail,
  pass,
  type ResourceView,
  type StackView,
  undetermined,
} from "../model";
import {
  awsKeyFault,
  awsKeyTypes,
  azureKeyFault,
  azureKeyTypes,
  customerKey,
  gcpKeyFault,
  gcpKeyTypes,
} from "../rules/customer-key";

const awsOwn = "encrypted by DynamoDB's own key";

function awsTable(resource: ResourceView, stack: StackView): Finding[] {
  const path = "serverSideEncryption.kmsKeyArn";
  const key = customerKey(resource, stack, { path, from: awsKeyTypes, fault: awsKeyFault, otherwise: awsOwn });
  return [
    key,
    ...(atLeast(stack.dataClass, "confidential") ? [...enabled(resource), ...replicas(resource, stack)] : []),
  ];
}

/** Without the switch DynamoDB ignores the key. */
function enabled({ props }: ResourceView): Finding[] {
  const on = known(props, "serverSideEncryption.enabled");
  if (on.state === "unknown") return [undetermined("serverSideEncryption.enabled is known after deployment only")];
  return on.state === "value" && on.value === true
    ? []
    : [fail("serverSideEncryption.enabled is not true, so DynamoDB ignores the key")];
}

/** A replica is encrypted in its own region, by a key of its own. */
function replicas(resource: ResourceView, stack: StackView): Finding[] {
  const found = known(resource.props, "replicas");
  if (found.state === "absent") return [];
  if (found.state === "unknown") return [undetermined("replicas are known after deployment only")];
  if (!Array.isArray(found.value)) return [fail("replicas is no list")];
  const fromKey = stack.dependencies(resource, "replicas").some(({ type }) => awsKeyTypes.includes(type));
  return found.value.map((replica) => {
    if (isUnknown(replica)) return undetermined("a replica is known after deployment only");
    const key = known(replica, "kmsKeyArn");
    if (key.state === "absent") return fail("a replica has no customer-managed key: set replicas[].kmsKeyArn");
    if (key.state === "unknown")
      return fromKey
        ? pass("encrypted by a customer-managed key")
        : undetermined("a replica's key is known after deployment only");
    const fault =
      typeof key.value === "string" && key.value !== "" ? awsKeyFault(key.value) : "a replica's kmsKeyArn names no key";
    return fault === undefined ? pass("encrypted by a customer-managed key") : fail(fault);
  });
}

export const tableEncryption: Control = {
  id: "ENC-03",
  title: "Tables and document stores are encrypted by a customer-managed key",
  why: "A store holds the data for years. A key of one's own can be revoked, is rotated on record, and each use of it is logged.",
  fix: "Give the store the stack's key: aws serverSideEncryption { enabled, kmsKeyArn }, azure keyVaultKeyUri, gcp cmekConfig.kmsKeyName.",
  severity: "high",
  frameworks: {
    gdpr: ["Art. 32(1)(a)"],
    hipaa: ["164.312(a)(2)(iv)"],
    pciDss: ["3.5.1", "3.6.1"],
    soc2: ["CC6.1"],
    cis: ["3.11"],
    nist80053: ["SC-28", "SC-28(1)", "SC-12"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: [
      { types: ["aws:dynamodb/table:Table"], judge: awsTable },
      {
        types: ["aws:dynamodb/tableReplica:TableReplica"],
        judge: (resource, stack) =>
          customerKey(resource, stack, { path: "kmsKeyArn", from: awsKeyTypes, fault: awsKeyFault, otherwise: awsOwn }),
      },
    ],
    azure: [
      {
        types: ["azure-native:cosmosdb:DatabaseAccount"],
        judge: (resource, stack) =>
          customerKey(resource, stack, {
            path: "keyVaultKeyUri",
            from: [...azureKeyTypes, "azure-native:keyvault:Vault"],
            fault: azureKeyFault,
            otherwise: "encrypted by Azure's own key",
          }),
      },
    ],
    gcp: [
      {
        types: ["gcp:firestore/database:Database"],
        judge: (resource, stack) =>
          customerKey(resource, stack, {
            path: "cmekConfig.kmsKeyName",
            from: gcpKeyTypes,
            fault: gcpKeyFault,
            otherwise: "encrypted by Google's own key",
          }),
      },
    ],
  },
};
