import type { Control } from "../model";
import { clientsUseTls, transitTypes } from "../rules/aws/caches";
import { distribution, distributionTypes } from "../rules/aws/distribution";
import { deniedWithoutTls, guardedTypes } from "../rules/aws/tls-denial";
import { addressTypes, behindApi, dax, subscription } from "../rules/aws/transport";
import { encrypted, everySubscription } from "../rules/azure/event-grid";
import { siteTypes } from "../rules/azure/function-app";
import { api, backend, site, tlsOnly, versionedTypes } from "../rules/azure/transport";
import { backendTls } from "../rules/gcp/api-config";
import { clusterCache, sqlInstance, sqlTransport } from "../rules/gcp/databases";
import {
  cache,
  firstGeneration,
  job,
  pipeline,
  plainProxy,
  plainProxyTypes,
  push,
  tasks,
} from "../rules/gcp/transport";

export const transport: Control = {
  id: "TLS-01",
  title: "Data move over TLS only",
  why: "On a request in clear, whoever is on the way reads the data and the token, and can change both.",
  fix: "Refuse what is not TLS: aws policies that deny where aws:SecureTransport is false, azure httpsOnly and the least TLS version 1.2, gcp addresses of https.",
  severity: "high",
  frameworks: {
    gdpr: ["Art. 32(1)(a)", "Art. 5(1)(f)"],
    hipaa: ["164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"],
    pciDss: ["4.2.1"],
    soc2: ["CC6.7", "CC6.1"],
    cis: ["3.10", "12.6"],
    nist80053: ["SC-8", "SC-8(1)", "SC-23"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: [
      { types: guardedTypes, judge: deniedWithoutTls },
      { types: ["aws:sns/topicSubscription:TopicSubscription"], judge: subscription },
      { types: ["aws:dax/cluster:Cluster"], judge: dax },
      { types: transitTypes, judge: clientsUseTls },
      { types: distributionTypes, judge: distribution },
      { types: addressTypes, judge: behindApi },
    ],
    azure: [
      { types: versionedTypes, judge: tlsOnly },
      { types: siteTypes, judge: site },
      { types: ["azure-native:apimanagement:Api"], judge: api },
      { types: ["azure-native:apimanagement:Backend"], judge: backend },
      { types: everySubscription, judge: encrypted },
    ],
    gcp: [
      { types: ["gcp:pubsub/subscription:Subscription"], judge: push },
      { types: ["gcp:cloudscheduler/job:Job"], judge: job },
      { types: ["gcp:cloudtasks/queue:Queue"], judge: tasks },
      { types: ["gcp:cloudfunctions/function:Function"], judge: firstGeneration },
      { types: ["gcp:redis/instance:Instance", "gcp:memorystore/instance:Instance"], judge: cache },
      { types: plainProxyTypes, judge: plainProxy },
      { types: ["gcp:redis/cluster:Cluster"], judge: clusterCache },
      { types: [sqlInstance], judge: sqlTransport },
      { types: ["gcp:eventarc/pipeline:Pipeline"], judge: pipeline },
      { types: ["gcp:apigateway/apiConfig:ApiConfig"], judge: backendTls },
    ],
  },
};
