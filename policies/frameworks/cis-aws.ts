import { type Framework, requirements } from "./framework";

/** Recommendations about keys are met where a control allows no key at all. */
export const cisAws: Framework = {
  name: "cis-aws",
  title: "CIS Amazon Web Services Foundations Benchmark 5.0",
  source: "https://www.cisecurity.org/benchmark/amazon_web_services",
  scope: "All recommendations.",
  paragraphs: undefined,
  requirements: requirements(`
    1.1    Contact details of the account are current
    1.2    There is a security contact
    1.3    The root user has no access key
    1.4    The root user has MFA
    1.5    The root user has hardware MFA
    1.6    The root user is not used for daily work
    1.7    Passwords have 14 characters at least
    1.8    Passwords are not used again
    1.9    Users of the console have MFA
    1.10   No access keys are made with a user of the console         IAM-05
    1.11   Credentials unused for 45 days are disabled
    1.12   One active access key a user at most                       IAM-05
    1.13   Access keys are rotated every 90 days                      IAM-05
    1.14   Users get permissions through groups only
    1.15   No policy of full administrative rights is attached        IAM-02
    1.16   There is a role for support
    1.17   Instances have roles
    1.18   Expired certificates are removed
    1.19   IAM Access Analyzer is on in all regions
    1.20   Users come from an identity provider
    1.21   AWSCloudShellFullAccess is restricted                      IAM-02
    2.1.1  Buckets refuse requests without TLS                        TLS-01
    2.1.2  Buckets have MFA delete
    2.1.3  Data in buckets are discovered and classified
    2.1.4  Buckets block public access                                IAM-07
    2.2.1  RDS instances are encrypted
    2.2.2  RDS instances take minor versions by themselves
    2.2.3  RDS instances are not public
    2.2.4  RDS instances stand in several zones
    2.3.1  EFS file systems are encrypted
    3.1    CloudTrail is on in all regions                            AUD-01
    3.2    CloudTrail validates its log files                         AUD-01
    3.3    AWS Config is on in all regions
    3.4    The trail's bucket has access logs
    3.5    CloudTrail's logs are encrypted by a customer-managed key  AUD-01
    3.6    Symmetric customer-managed keys are rotated                ENC-07
    3.7    VPCs have flow logs
    3.8    Writes of objects are logged                               AUD-02
    3.9    Reads of objects are logged                                AUD-02
    4.1    Unauthorised calls are monitored
    4.2    Sign-ins without MFA are monitored
    4.3    Use of the root user is monitored
    4.4    Changes of IAM policies are monitored
    4.5    Changes of CloudTrail are monitored
    4.6    Failed sign-ins are monitored
    4.7    Disabling and deletion of keys are monitored
    4.8    Changes of bucket policies are monitored
    4.9    Changes of AWS Config are monitored
    4.10   Changes of security groups are monitored
    4.11   Changes of network ACLs are monitored
    4.12   Changes of network gateways are monitored
    4.13   Changes of route tables are monitored
    4.14   Changes of VPCs are monitored
    4.15   Changes of the organization are monitored
    4.16   Security Hub is on
    5.1.1  EBS volumes are encrypted in all regions
    5.1.2  CIFS is reached from trusted networks only
    5.2    Network ACLs keep administration off the internet
    5.3    Security groups keep administration off the internet, IPv4
    5.4    Security groups keep administration off the internet, IPv6
    5.5    Default security groups let nothing through
    5.6    Routes of peered VPCs reach what they must only
    5.7    Instances have IMDSv2 only
  `),
};
