import { type Framework, requirements } from "./framework";

/** Recommendations about service accounts' keys are met where a control allows no key at all. */
export const cisGcp: Framework = {
  name: "cis-gcp",
  title: "CIS Google Cloud Platform Foundation Benchmark 5.0",
  source: "https://www.cisecurity.org/benchmark/google_cloud_computing_platform",
  scope:
    "Sections 1 (identities), 2 (logging), 3 (networks), 5 (storage) and 7 (BigQuery). Not listed: 4 (virtual machines), 6 (Cloud SQL) and 8 (Dataproc).",
  paragraphs: undefined,
  requirements: requirements(`
    1.1.1  The super administrator's address is nobody's own
    1.1.2  Super administrators do not administer Google Cloud
    1.1.3  Folders follow environment and sensitivity
    1.1.4  Organization policies set what holds everywhere
    1.2    Accounts are the organization's own
    1.3    People sign in by MFA
    1.4    Administrators sign in by security keys
    1.5    Service accounts have no user-managed keys             IAM-05
    1.6    Service accounts have no administrative rights         IAM-02
    1.7    Nobody may use all service accounts of the project     IAM-08
    1.8    Keys of service accounts are rotated every 90 days     IAM-05
    1.9    Duties over service accounts are separate              IAM-08
    1.10   KMS keys are not public                                IAM-07
    1.11   KMS keys are rotated every 90 days                     ENC-07
    1.12   Duties over KMS keys are separate                      IAM-02
    1.13   API keys exist for active services only
    1.14   API keys are restricted to hosts and apps
    1.15   API keys are restricted to APIs                        IAM-05
    1.16   API keys are rotated every 90 days
    1.17   Essential contacts are configured
    1.18   Functions' variables hold no secrets                   ENC-05
    2.1    Audit logs are on for all services and users           AUD-01 AUD-02
    2.2    Workspace and Cloud Identity share their audit logs
    2.3    A sink exports all log entries
    2.4    Buckets of exported logs have a locked retention       AUD-05
    2.5    Changes of project ownership are monitored
    2.6    Changes of the audit configuration are monitored
    2.7    Changes of custom roles are monitored
    2.8    Changes of firewall rules are monitored
    2.9    Changes of routes are monitored
    2.10   Changes of networks are monitored
    2.11   Changes of bucket permissions are monitored
    2.12   Changes of SQL instances are monitored
    2.13   Networks log DNS
    2.14   Cloud Asset Inventory is on
    2.15   Access Transparency is on
    2.16   Access Approval is on
    2.17   Load balancers log requests                            AUD-03
    3.1    There is no default network
    3.2    There are no legacy networks
    3.3    DNS zones have DNSSEC
    3.4    Key-signing keys of DNSSEC do not use RSASHA1
    3.5    Zone-signing keys of DNSSEC do not use RSASHA1
    3.6    SSH is off the internet
    3.7    RDP is off the internet
    3.8    VPC Service Controls protect the services that have them
    3.9    Google's APIs are reached by Private Service Connect
    3.10   Subnets log flows
    3.11   Load balancers refuse weak ciphers
    3.12   Only Identity-Aware Proxy reaches instances
    5.1    Buckets are not public                                 IAM-07
    5.2    Buckets have uniform access                            IAM-07
    7.1    Datasets are not public                                IAM-07
    7.2    Tables are encrypted by customer-managed keys          ENC-03
    7.3    Datasets are encrypted by customer-managed keys        ENC-03
    7.4    Data in BigQuery are classified
  `),
};
