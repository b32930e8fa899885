import { type Framework, requirements } from "./framework";

export const cisControls: Framework = {
  name: "cis-controls",
  title: "CIS Critical Security Controls v8",
  source: "https://www.cisecurity.org/controls/v8",
  scope: "All safeguards of the eighteen controls.",
  paragraphs: "cis",
  requirements: requirements(`
    1.1    Inventory of enterprise assets
    1.2    Unauthorised assets are addressed
    1.3    Active discovery
    1.4    DHCP logs update the inventory
    1.5    Passive discovery
    2.1    Software inventory
    2.2    Software is supported
    2.3    Unauthorised software is addressed
    2.4    Automated software inventory
    2.5    Allow-list of software
    2.6    Allow-list of libraries
    2.7    Allow-list of scripts
    3.1    Data management process
    3.2    Data inventory
    3.3    Access control lists on data
    3.4    Data retention is enforced
    3.5    Data are disposed of securely
    3.6    Data on end-user devices are encrypted
    3.7    Data classification scheme
    3.8    Data flows are documented
    3.9    Removable media are encrypted
    3.10   Sensitive data are encrypted in transit
    3.11   Sensitive data are encrypted at rest
    3.12   Processing and storage are segmented by sensitivity
    3.13   Data loss prevention
    3.14   Access to sensitive data is logged
    4.1    Secure configuration process
    4.2    Secure configuration of network devices
    4.3    Automatic session locking
    4.4    Firewalls on servers
    4.5    Firewalls on end-user devices
    4.6    Assets and software are managed securely
    4.7    Default accounts are managed
    4.8    Unnecessary services are disabled
    4.9    Trusted DNS servers
    4.10   Automatic device lockout
    4.11   Remote wipe
    4.12   Separate work spaces on mobile devices
    5.1    Inventory of accounts
    5.2    Unique passwords
    5.3    Dormant accounts are disabled
    5.4    Administrator privileges on dedicated accounts only
    5.5    Inventory of service accounts
    5.6    Account management is centralised
    6.1    Process to grant access
    6.2    Process to revoke access
    6.3    MFA for applications that face the outside
    6.4    MFA for remote network access
    6.5    MFA for administrative access
    6.6    Inventory of authentication systems
    6.7    Access control is centralised
    6.8    Role-based access control
    7.1    Vulnerability management process
    7.2    Remediation process
    7.3    Automated operating system patches
    7.4    Automated application patches
    7.5    Internal vulnerability scans
    7.6    External vulnerability scans
    7.7    Vulnerabilities are remediated
    8.1    Audit log management process
    8.2    Audit logs are collected
    8.3    Audit log storage is adequate
    8.4    Time is synchronised
    8.5    Detailed audit logs
    8.6    DNS query logs
    8.7    URL request logs
    8.8    Command-line logs
    8.9    Audit logs are centralised
    8.10   Audit logs are retained
    8.11   Audit logs are reviewed
    8.12   Service provider logs
    9.1    Supported browsers and mail clients
    9.2    DNS filtering
    9.3    URL filters
    9.4    Browser and mail extensions are restricted
    9.5    DMARC
    9.6    Unnecessary file types are blocked
    9.7    Anti-malware on mail servers
    10.1   Anti-malware software
    10.2   Automatic signature updates
    10.3   Autorun is disabled
    10.4   Removable media are scanned
    10.5   Anti-exploitation features
    10.6   Anti-malware is managed centrally
    10.7   Behaviour-based anti-malware
    11.1   Data recovery process
    11.2   Automated backups
    11.3   Recovery data are protected
    11.4   An isolated instance of recovery data
    11.5   Recovery is tested
    12.1   Network infrastructure is up to date
    12.2   Secure network architecture
    12.3   Network infrastructure is managed securely
    12.4   Architecture diagrams
    12.5   Central network authentication
    12.6   Secure network protocols
    12.7   Remote devices use a VPN
    12.8   Dedicated resources for administrative work
    13.1   Security event alerting is centralised
    13.2   Host intrusion detection
    13.3   Network intrusion detection
    13.4   Traffic between segments is filtered
    13.5   Access of remote assets is managed
    13.6   Network flow logs
    13.7   Host intrusion prevention
    13.8   Network intrusion prevention
    13.9   Port-level access control
    13.10  Application layer filtering
    13.11  Thresholds of alerts are tuned
    14.1   Security awareness programme
    14.2   Training on social engineering
    14.3   Training on authentication
    14.4   Training on data handling
    14.5   Training on unintentional exposure
    14.6   Training on recognising incidents
    14.7   Training on missing updates
    14.8   Training on insecure networks
    14.9   Role-specific training
    15.1   Inventory of service providers
    15.2   Service provider policy
    15.3   Service providers are classified
    15.4   Contracts carry security requirements
    15.5   Service providers are assessed
    15.6   Service providers are monitored
    15.7   Service providers are decommissioned securely
    16.1   Secure development process
    16.2   Process to handle reported vulnerabilities
    16.3   Root cause analysis of vulnerabilities
    16.4   Inventory of third-party components
    16.5   Third-party components are up to date and trusted
    16.6   Severity rating of vulnerabilities
    16.7   Hardening templates for infrastructure
    16.8   Production and other systems are separate
    16.9   Developers are trained in security
    16.10  Secure design principles
    16.11  Vetted modules for security
    16.12  Code-level security checks
    16.13  Application penetration tests
    16.14  Threat modelling
    17.1   Personnel for incident handling
    17.2   Contacts for reporting incidents
    17.3   Process for reporting incidents
    17.4   Incident response process
    17.5   Roles and responsibilities
    17.6   Ways of communication during incidents
    17.7   Incident response exercises
    17.8   Reviews after incidents
    17.9   Thresholds of incidents
    18.1   Penetration test programme
    18.2   External penetration tests
    18.3   Findings of penetration tests are remediated
    18.4   Security measures are validated
    18.5   Internal penetration tests
  `),
};
