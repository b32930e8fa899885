import type { Control } from "../model";
import { imageRepository, knativeKey, lambdaVariables, registry } from "../rules/code-keys";
import { gcpKey } from "../rules/customer-key";
import { namedValue, plainSettings } from "../rules/plain-secrets";
import { settingsTypes } from "../rules/setting-places";

export const codeEncryption: Control = {
  id: "ENC-05",
  title: "Code and settings of functions are encrypted, and secrets are none of the settings",
  why: "Code and settings tell how the data is reached. Whoever may look at a function reads its settings in plain text, key or no key: a secret does not belong there.",
  fix: "aws kmsKeyArn where a function has variables; gcp kmsKeyName, template.encryptionKey; keys for image registries; secrets by reference: Key Vault references, secretEnvironmentVariables, the secret's ARN.",
  severity: "high",
  frameworks: {
    gdpr: ["Art. 32(1)(a)", "Art. 32(1)(b)"],
    hipaa: ["164.312(a)(2)(iv)"],
    pciDss: ["8.6.2"],
    soc2: ["CC6.1"],
    cis: ["3.11"],
    nist80053: ["SC-28(1)", "SC-12", "IA-5(7)"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: [
      { types: ["aws:lambda/function:Function"], judge: lambdaVariables },
      { types: ["aws:ecr/repository:Repository"], judge: imageRepository },
      { types: settingsTypes.aws, judge: plainSettings },
    ],
    azure: [
      { types: settingsTypes.azure, judge: plainSettings },
      { types: ["azure-native:apimanagement:NamedValue"], judge: namedValue },
      { types: ["azure-native:containerregistry:Registry"], judge: registry },
    ],
    gcp: [
      {
        types: [
          "gcp:cloudfunctionsv2/function:Function",
          "gcp:cloudfunctions/function:Function",
          "gcp:artifactregistry/repository:Repository",
        ],
        judge: gcpKey("kmsKeyName"),
      },
      {
        types: ["gcp:cloudrunv2/service:Service", "gcp:cloudrunv2/workerPool:WorkerPool"],
        judge: gcpKey("template.encryptionKey"),
      },
      { types: ["gcp:cloudrunv2/job:Job"], judge: gcpKey("template.template.encryptionKey") },
      { types: ["gcp:cloudrun/service:Service"], judge: knativeKey },
      { types: settingsTypes.gcp, judge: plainSettings },
    ],
  },
};
