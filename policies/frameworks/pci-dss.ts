import { type Framework, requirements } from "./framework";

export const pciDss: Framework = {
  name: "pci-dss",
  title: "PCI DSS 4.0",
  source: "https://www.pcisecuritystandards.org/document_library/",
  scope: "Requirements at their second level; the paragraphs below them that a control helps to meet stand in its row.",
  paragraphs: "pciDss",
  requirements: requirements(`
    1.1    Network security controls are defined and understood
    1.2    Network security controls are configured and maintained
    1.3    Access to and from the cardholder data environment is restricted
    1.4    Connections between trusted and untrusted networks are controlled
    1.5    Devices that connect to both are mitigated
    2.1    Secure configurations are defined and understood
    2.2    Components are configured securely
    2.3    Wireless environments are configured securely
    3.1    Protection of stored data is defined and understood
    3.2    Storage of account data is kept to a minimum
    3.3    Sensitive authentication data are not stored after authorisation
    3.4    Display and copying of account numbers are restricted
    3.5    Account numbers are secured wherever they are stored
    3.6    Keys that protect stored data are secured
    3.7    Key management covers the whole life of keys
    4.1    Protection in transmission is defined and understood
    4.2    Account numbers are protected by strong cryptography in transmission
    5.1    Protection from malware is defined and understood
    5.2    Malware is prevented, or detected and addressed
    5.3    Anti-malware is active, maintained and monitored
    5.4    Protection against phishing
    6.1    Secure development is defined and understood
    6.2    Bespoke software is developed securely
    6.3    Vulnerabilities are identified and addressed
    6.4    Public web applications are protected against attacks
    6.5    Changes are managed securely
    7.1    Restriction of access is defined and understood
    7.2    Access is defined and assigned by need
    7.3    Access is managed by an access control system
    8.1    Identification and authentication are defined and understood
    8.2    Accounts are managed through their life
    8.3    Strong authentication
    8.4    Multi-factor authentication
    8.5    Multi-factor systems cannot be misused
    8.6    System and application accounts are managed strictly
    9.1    Physical access is defined and understood
    9.2    Entry to facilities is controlled
    9.3    Physical access of people is authorised
    9.4    Media are stored, sent and destroyed securely
    9.5    Payment devices are protected from tampering
    10.1   Logging is defined and understood
    10.2   Audit logs detect anomalies and support analysis
    10.3   Audit logs are protected from destruction and change
    10.4   Audit logs are reviewed
    10.5   Audit logs are kept for twelve months
    10.6   Clocks are synchronised
    10.7   Failures of critical controls are noticed
    11.1   Testing is defined and understood
    11.2   Wireless access points are monitored
    11.3   Vulnerabilities are scanned for and addressed
    11.4   Penetration tests
    11.5   Intrusions and unexpected changes are detected
    11.6   Unauthorised changes of payment pages are detected
    12.1   An information security policy
    12.2   Acceptable use
    12.3   Risks are identified and managed
    12.4   Compliance is managed
    12.5   Scope is documented and validated
    12.6   Security awareness
    12.7   Personnel are screened
    12.8   Third-party service providers are managed
    12.9   Providers support their customers' compliance
    12.10  Incidents are responded to at once
  `),
};
