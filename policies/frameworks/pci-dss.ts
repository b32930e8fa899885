import { type Framework, requirements } from "./framework";

export const pciDss: Framework = {
  name: "pci-dss",
  title: "PCI DSS 4.0.1",
  source: "https://www.pcisecuritystandards.org/document_library/",
  scope:
    "All requirements of the defined approach. Not listed: appendices A1 (multi-tenant providers), A2 (SSL and early TLS of terminals) and A3 (designated entities).",
  paragraphs: "pciDss",
  requirements: requirements(`
    1.1.1      Policies and procedures of network security controls
    1.1.2      Roles and responsibilities for them
    1.2.1      Standards of their rules
    1.2.2      Changes of networks and rules are approved
    1.2.3      Network diagrams
    1.2.4      Diagrams of data flows
    1.2.5      Services, protocols and ports that are allowed
    1.2.6      Insecure ones among them are mitigated
    1.2.7      Rules are reviewed every six months
    1.2.8      Configuration files are secured
    1.3.1      Traffic into the cardholder environment is restricted
    1.3.2      Traffic out of the cardholder environment is restricted
    1.3.3      Wireless networks are kept apart from it
    1.4.1      Controls between trusted and untrusted networks
    1.4.2      Inbound traffic from untrusted networks is restricted
    1.4.3      Forged addresses are blocked
    1.4.4      Stored cardholder data are not reached from untrusted networks
    1.4.5      Internal addresses are not disclosed
    1.5.1      Devices that connect to both sides have controls of their own
    2.1.1      Policies and procedures of secure configuration
    2.1.2      Roles and responsibilities for it
    2.2.1      Configuration standards
    2.2.2      Vendors' default accounts are managed
    2.2.3      Functions of different security are kept apart
    2.2.4      Only what is needed is enabled
    2.2.5      Insecure services are justified and hardened
    2.2.6      Security parameters prevent misuse
    2.2.7      Administration over networks is encrypted
    2.3.1      Vendors' defaults of wireless networks are changed
    2.3.2      Wireless keys are changed
    3.1.1      Policies and procedures of stored data
    3.1.2      Roles and responsibilities for them
    3.2.1      As little account data as possible is stored
    3.3.1      Sensitive authentication data are not kept after authorisation
    3.3.1.1    Whole tracks are not kept
    3.3.1.2    Verification codes are not kept
    3.3.1.3    PINs are not kept
    3.3.2      Until authorisation they are encrypted
    3.3.3      Issuers limit and encrypt what they keep of them
    3.4.1      Account numbers are masked where they are displayed
    3.4.2      Account numbers are not copied over remote access
    3.5.1      Stored account numbers are unreadable
    3.5.1.1    Hashes of them are keyed
    3.5.1.2    Encryption of disks alone is for removable media
    3.5.1.3    Encryption of disks has access control of its own
    3.6.1      Keys are protected from disclosure and misuse
    3.6.1.1    Service providers describe their cryptography
    3.6.1.2    Keys are stored under other keys or in secure devices
    3.6.1.3    Few people get at key components
    3.6.1.4    Keys are stored in few places
    3.7.1      Strong keys are generated
    3.7.2      Keys are distributed securely
    3.7.3      Keys are stored securely
    3.7.4      Keys are changed at the end of their period
    3.7.5      Weak and compromised keys are retired
    3.7.6      Manual work with keys takes two people
    3.7.7      Keys cannot be substituted
    3.7.8      Key custodians accept their duties
    3.7.9      Service providers guide customers about shared keys
    4.1.1      Policies and procedures of transmission
    4.1.2      Roles and responsibilities for it
    4.2.1      Account numbers are encrypted over public networks
    4.2.1.1    Inventory of trusted keys and certificates
    4.2.1.2    Wireless networks are encrypted by industry practice
    4.2.2      Account numbers in messages to users are encrypted
    5.1.1      Policies and procedures against malware
    5.1.2      Roles and responsibilities against it
    5.2.1      Anti-malware wherever malware is a risk
    5.2.2      It detects, removes or blocks all known kinds
    5.2.3      Where it is no risk is evaluated periodically
    5.2.3.1    How often is a matter of risk analysis
    5.3.1      Anti-malware is kept current
    5.3.2      Scans, periodic, active or by behaviour
    5.3.2.1    How often is a matter of risk analysis
    5.3.3      Removable media are scanned
    5.3.4      Its logs are kept
    5.3.5      Users cannot switch it off
    5.4.1      Protection from phishing
    6.1.1      Policies and procedures of secure development
    6.1.2      Roles and responsibilities for it
    6.2.1      Bespoke software is developed securely
    6.2.2      Developers are trained every year
    6.2.3      Bespoke software is reviewed before release
    6.2.3.1    Manual reviews are by others than the author
    6.2.4      Techniques against common attacks on software
    6.3.1      Vulnerabilities are identified and ranked
    6.3.2      Inventory of bespoke software and its components
    6.3.3      Patches are installed in time
    6.4.1      Public web applications are reviewed or protected
    6.4.2      An automated solution blocks attacks on them
    6.4.3      Scripts of payment pages are managed
    6.5.1      Changes follow procedures
    6.5.2      Significant changes keep requirements in place
    6.5.3      Other environments are apart from production
    6.5.4      Roles are apart between them
    6.5.5      Real account numbers are not used elsewhere
    6.5.6      Test data and accounts are removed
    7.1.1      Policies and procedures of access
    7.1.2      Roles and responsibilities for it
    7.2.1      A model of access by need and least privilege
    7.2.2      People get access by function and least privilege
    7.2.3      Privileges are approved
    7.2.4      Access is reviewed every six months
    7.2.5      System accounts get access by least privilege
    7.2.5.1    Access of system accounts is reviewed
    7.2.6      Queries of stored cardholder data are restricted
    7.3.1      An access control system by need to know
    7.3.2      The system enforces what individuals, applications and systems may
    7.3.3      The system denies by default
    8.1.1      Policies and procedures of identification
    8.1.2      Roles and responsibilities for it
    8.2.1      Every user has an id of their own
    8.2.2      Shared accounts and credentials are exceptions
    8.2.3      Providers have credentials for each customer
    8.2.4      Changes of accounts are authorised
    8.2.5      Access of who leaves is revoked at once
    8.2.6      Inactive accounts are removed within 90 days
    8.2.7      Accounts of third parties are enabled when needed
    8.2.8      Sessions end after fifteen minutes
    8.3.1      Users authenticate by a factor
    8.3.2      Factors are unreadable when stored and sent
    8.3.3      Identity is verified before a factor is changed
    8.3.4      Attempts are limited to ten
    8.3.5      First passwords are unique and changed at once
    8.3.6      Passwords have twelve characters
    8.3.7      The last four passwords are not used again
    8.3.8      Users are guided about factors
    8.3.9      Passwords as only factor are changed every 90 days
    8.3.10     Providers guide customers to change passwords
    8.3.10.1   Customers' passwords are changed every 90 days
    8.3.11     Tokens and certificates belong to one user
    8.4.1      MFA for administration of the cardholder environment
    8.4.2      MFA for other access to it
    8.4.3      MFA for remote access from outside
    8.5.1      MFA cannot be misused
    8.6.1      Interactive use of system accounts is an exception
    8.6.2      Passwords of system accounts are not written into scripts and files
    8.6.3      Passwords of system accounts are changed and strong
    9.1.1      Policies and procedures of physical access
    9.1.2      Roles and responsibilities for it
    9.2.1      Entry to facilities is controlled
    9.2.1.1    Entries are monitored
    9.2.2      Public network jacks are controlled
    9.2.3      Network hardware is out of reach
    9.2.4      Consoles are locked
    9.3.1      Personnel's access is authorised
    9.3.1.1    Access to sensitive areas is controlled
    9.3.2      Visitors are authorised and escorted
    9.3.3      Badges are returned
    9.3.4      Visitors are logged
    9.4.1      Media are secured
    9.4.1.1    Offline backups are stored securely
    9.4.1.2    That place is reviewed every year
    9.4.2      Media are classified
    9.4.3      Media that leave are sent securely
    9.4.4      Management approves media that leave
    9.4.5      Inventory of electronic media
    9.4.5.1    It is checked every year
    9.4.6      Paper is destroyed
    9.4.7      Electronic media are destroyed
    9.5.1      Payment terminals are protected from tampering
    9.5.1.1    List of terminals
    9.5.1.2    Terminals are inspected
    9.5.1.2.1  How often is a matter of risk analysis
    9.5.1.3    Personnel is trained to notice tampering
    10.1.1     Policies and procedures of logging
    10.1.2     Roles and responsibilities for it
    10.2.1     Audit logs are on
    10.2.1.1   Access to cardholder data is logged
    10.2.1.2   Actions of administrators are logged
    10.2.1.3   Access to audit logs is logged
    10.2.1.4   Invalid attempts are logged
    10.2.1.5   Changes of credentials and accounts are logged
    10.2.1.6   Starts and stops of logging are logged
    10.2.1.7   Creation and deletion of system objects are logged
    10.2.2     Entries say who, what, when, whence and whether it succeeded
    10.3.1     Logs are read by need only
    10.3.2     Logs cannot be changed
    10.3.3     Logs are backed up to a central place
    10.3.4     Changes of logs are detected
    10.4.1     Security events are reviewed daily
    10.4.1.1   Reviews are automated
    10.4.2     Other logs are reviewed periodically
    10.4.2.1   How often is a matter of risk analysis
    10.4.3     Anomalies are addressed
    10.5.1     Logs are kept for twelve months, three of them at hand
    10.6.1     Clocks are synchronised
    10.6.2     They take the correct time from few sources
    10.6.3     Settings of time are protected
    10.7.1     Providers notice failures of critical controls
    10.7.2     Everybody notices failures of critical controls
    10.7.3     Such failures are responded to
    11.1.1     Policies and procedures of testing
    11.1.2     Roles and responsibilities for it
    11.2.1     Wireless access points are looked for
    11.2.2     Inventory of wireless access points
    11.3.1     Internal scans every three months
    11.3.1.1   Lesser vulnerabilities are addressed by risk
    11.3.1.2   Internal scans are authenticated
    11.3.1.3   Internal scans after significant changes
    11.3.2     External scans by an approved vendor
    11.3.2.1   External scans after significant changes
    11.4.1     Methodology of penetration tests
    11.4.2     Internal penetration tests
    11.4.3     External penetration tests
    11.4.4     What they find is corrected
    11.4.5     Segmentation is tested
    11.4.6     Providers test segmentation every six months
    11.4.7     Multi-tenant providers support customers' tests
    11.5.1     Intrusions are detected
    11.5.1.1   Providers detect covert channels of malware
    11.5.2     Changes of critical files are detected
    11.6.1     Changes of payment pages are detected
    12.1.1     A security policy
    12.1.2     It is reviewed every year
    12.1.3     It defines roles and responsibilities
    12.1.4     An executive is responsible
    12.2.1     Acceptable use
    12.3.1     Targeted risk analyses
    12.3.2     Risk analyses of customised controls
    12.3.3     Cryptography in use is reviewed every year
    12.3.4     Hardware and software are reviewed every year
    12.4.1     Providers' executives are responsible for compliance
    12.4.2     Providers review that procedures are followed
    12.4.2.1   These reviews are documented
    12.5.1     Inventory of components in scope
    12.5.2     Scope is confirmed every year
    12.5.2.1   Providers confirm it every six months
    12.5.3     Providers review scope when the organisation changes
    12.6.1     A programme of security awareness
    12.6.2     It is reviewed every year
    12.6.3     Personnel is trained every year
    12.6.3.1   Training covers threats such as phishing
    12.6.3.2   Training covers acceptable use
    12.7.1     Personnel is screened
    12.8.1     List of service providers
    12.8.2     Agreements with them
    12.8.3     They are assessed before engagement
    12.8.4     Their compliance is monitored
    12.8.5     Who is responsible for which requirement
    12.9.1     Providers acknowledge their responsibility
    12.9.2     Providers tell customers of their compliance
    12.10.1    A plan for incidents
    12.10.2    It is reviewed and tested every year
    12.10.3    Someone is available at all times
    12.10.4    Who responds is trained
    12.10.4.1  How often is a matter of risk analysis
    12.10.5    The plan covers alerts of security systems
    12.10.6    The plan is improved
    12.10.7    Account numbers found where none are expected
  `),
};
