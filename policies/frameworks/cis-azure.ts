import { type Framework, requirements } from "./framework";

export const cisAzure: Framework = {
  name: "cis-azure",
  title: "CIS Microsoft Azure Foundations Benchmark 5.0",
  source: "https://www.cisecurity.org/benchmark/azure",
  scope:
    "Sections 5 (identities), 6 (logging and governance), 8.3 (vaults) and 9 (storage). Not listed: 2 (Databricks), 3 (virtual machines), 7 (networks) and the rest of 8 (Defender, Bastion, DDoS protection).",
  paragraphs: undefined,
  requirements: requirements(`
    5.1.1     Security defaults are on
    5.1.2     All users have MFA
    5.1.3     Trusted devices do not skip MFA
    5.2.1     Trusted locations are defined
    5.2.2     Access from other countries is considered
    5.2.3     Sign-in by device code is considered
    5.2.4     A policy asks all users for MFA
    5.2.5     Risky sign-ins need MFA
    5.2.6     Management of Azure needs MFA
    5.2.7     The portals of administrators need MFA
    5.2.8     Tokens bound to devices are considered
    5.3.1     Administrators' accounts are not used for daily work
    5.3.2     Guests are reviewed
    5.3.3     User Access Administrator is restricted          IAM-02 IAM-08
    5.3.4     Privileged role assignments are reviewed
    5.3.5     Disabled users have no roles
    5.3.6     Assignments of Tenant Creator are reviewed
    5.3.7     Other role assignments are reviewed
    5.4       Users cannot make tenants
    5.5       Resetting a password takes two methods
    5.6       Accounts are locked after ten failures
    5.7       Accounts are locked for a minute at least
    5.8       Passwords that are too easy are banned
    5.9       Authentication details are confirmed again
    5.10      Users are told when their password is reset
    5.11      Administrators are told when another's password is reset
    5.12      Users cannot consent to applications
    5.13      Users consent to verified publishers only
    5.14      Users cannot register applications
    5.15      Guests see their own objects only
    5.16      Few may invite guests
    5.17      The Entra admin center is for administrators
    5.18      Users do not see groups in My Groups
    5.19      Users cannot make security groups
    5.20      Owners do not manage requests to join groups
    5.21      Users cannot make Microsoft 365 groups
    5.22      Joining a device needs MFA
    5.23      No custom role administers the subscription      IAM-02
    5.24      A custom role administers resource locks
    5.25      Subscriptions neither leave nor enter the tenant
    5.26      Fewer than five global administrators
    5.27      Two or three owners of the subscription
    5.28      Passwordless authentication is considered
    6.1.1.1   The activity log has a diagnostic setting        AUD-01
    6.1.1.2   It records the categories that matter            AUD-01
    6.1.1.3   Its account has a customer-managed key           ENC-04
    6.1.1.4   Key vaults are logged                            AUD-02
    6.1.1.5   Security groups log flows to a workspace
    6.1.1.6   App Service logs HTTP requests
    6.1.1.7   Virtual networks log flows to a workspace
    6.1.1.8   Microsoft Graph logs are sent on
    6.1.1.9   Entra logs are sent on
    6.1.1.10  Intune logs are sent on
    6.1.2.1   An alert tells of new policy assignments
    6.1.2.2   An alert tells of deleted policy assignments
    6.1.2.3   An alert tells of changed security groups
    6.1.2.4   An alert tells of deleted security groups
    6.1.2.5   An alert tells of changed security solutions
    6.1.2.6   An alert tells of deleted security solutions
    6.1.2.7   An alert tells of changed firewall rules of SQL servers
    6.1.2.8   An alert tells of deleted firewall rules of SQL servers
    6.1.2.9   An alert tells of changed public addresses
    6.1.2.10  An alert tells of deleted public addresses
    6.1.2.11  An alert tells of service health
    6.1.3.1   Application Insights are configured              AUD-04
    6.1.4     Resource logs are on wherever they can be        AUD-02
    6.1.5     What is monitored has no basic SKU
    6.2       Critical resources have locks
    8.3.1     Keys expire, in vaults with RBAC
    8.3.2     Keys expire, in vaults without RBAC
    8.3.3     Secrets expire, in vaults with RBAC
    8.3.4     Secrets expire, in vaults without RBAC
    8.3.5     Vaults have purge protection                     ENC-08
    8.3.6     Vaults use Azure RBAC                            IAM-03
    8.3.7     Vaults are off the public network                NET-01
    8.3.8     Vaults are reached by private endpoints          NET-01
    8.3.9     Keys are rotated automatically                   ENC-07
    8.3.10    Managed HSM is used where required
    8.3.11    Certificates are valid for a year at most
    9.1.1     File shares have soft delete
    9.1.2     File shares take SMB 3.1.1 or newer
    9.1.3     File shares encrypt SMB by AES-256-GCM
    9.2.1     Blobs have soft delete                           RES-06
    9.2.2     Containers have soft delete                      RES-06
    9.2.3     Blobs have versions                              RES-06
    9.3.1.1   Accounts remind of key rotation
    9.3.1.2   Access keys are regenerated periodically
    9.3.1.3   Access by account key is off                     IAM-05
    9.3.2.1   Accounts are reached by private endpoints        NET-01
    9.3.2.2   Public network access is off                     NET-01
    9.3.2.3   The default network rule denies
    9.3.3.1   The portal authorizes by Entra
    9.3.4     Secure transfer is required                      TLS-01
    9.3.5     Trusted Azure services may pass
    9.3.6     TLS is 1.2 at least                              TLS-01
    9.3.7     No replication to other tenants                  IAM-07
    9.3.8     Anonymous access to blobs is off                 IAM-07
    9.3.9     Accounts have locks against deletion
    9.3.10    Accounts' read-only locks are considered
    9.3.11    Critical accounts are geo-redundant
  `),
};
