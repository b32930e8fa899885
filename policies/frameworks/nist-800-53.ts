import { type Framework, requirements } from "./framework";

export const nist80053: Framework = {
  name: "nist-800-53",
  title: "NIST SP 800-53 revision 5, release 5.2.0",
  source: "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
  scope:
    "Base controls of the families that technology can help with (AC, AU, CA, CM, CP, IA, IR, RA, SC, SI); enhancements stand in the row of their control. The families AT, MA, MP, PE, PL, PM, PS, PT, SA and SR are organisational, and one row each.",
  paragraphs: "nist80053",
  requirements: requirements(`
    AC-1   Policy and procedures of access control
    AC-2   Account management
    AC-3   Access enforcement
    AC-4   Information flow enforcement
    AC-5   Separation of duties
    AC-6   Least privilege
    AC-7   Unsuccessful logon attempts
    AC-8   System use notification
    AC-9   Previous logon notification
    AC-10  Concurrent session control
    AC-11  Device lock
    AC-12  Session termination
    AC-14  Permitted actions without identification
    AC-16  Security and privacy attributes
    AC-17  Remote access
    AC-18  Wireless access
    AC-19  Access control for mobile devices
    AC-20  Use of external systems
    AC-21  Information sharing
    AC-22  Publicly accessible content
    AC-23  Data mining protection
    AC-24  Access control decisions
    AC-25  Reference monitor
    AT     Awareness and training
    AU-1   Policy and procedures of audit
    AU-2   Event logging
    AU-3   Content of audit records
    AU-4   Audit log storage capacity
    AU-5   Response to audit logging failures
    AU-6   Audit record review, analysis and reporting
    AU-7   Audit record reduction and report generation
    AU-8   Time stamps
    AU-9   Protection of audit information
    AU-10  Non-repudiation
    AU-11  Audit record retention
    AU-12  Audit record generation
    AU-13  Monitoring for information disclosure
    AU-14  Session audit
    AU-16  Cross-organizational audit logging
    CA-1   Policy and procedures of assessment
    CA-2   Control assessments
    CA-3   Information exchange
    CA-5   Plan of action and milestones
    CA-6   Authorization
    CA-7   Continuous monitoring
    CA-8   Penetration testing
    CA-9   Internal system connections
    CM-1   Policy and procedures of configuration management
    CM-2   Baseline configuration
    CM-3   Configuration change control
    CM-4   Impact analyses
    CM-5   Access restrictions for change
    CM-6   Configuration settings
    CM-7   Least functionality
    CM-8   System component inventory
    CM-9   Configuration management plan
    CM-10  Software usage restrictions
    CM-11  User-installed software
    CM-12  Information location
    CM-13  Data action mapping
    CM-14  Signed components
    CP-1   Policy and procedures of contingency planning
    CP-2   Contingency plan
    CP-3   Contingency training
    CP-4   Contingency plan testing
    CP-6   Alternate storage site
    CP-7   Alternate processing site
    CP-8   Telecommunications services
    CP-9   System backup
    CP-10  System recovery and reconstitution
    CP-11  Alternate communications protocols
    CP-12  Safe mode
    CP-13  Alternative security mechanisms
    IA-1   Policy and procedures of identification
    IA-2   Identification and authentication of organizational users
    IA-3   Device identification and authentication
    IA-4   Identifier management
    IA-5   Authenticator management
    IA-6   Authentication feedback
    IA-7   Cryptographic module authentication
    IA-8   Identification and authentication of others
    IA-9   Service identification and authentication
    IA-10  Adaptive authentication
    IA-11  Re-authentication
    IA-12  Identity proofing
    IA-13  Identity providers and authorization servers
    IR-1   Policy and procedures of incident response
    IR-2   Incident response training
    IR-3   Incident response testing
    IR-4   Incident handling
    IR-5   Incident monitoring
    IR-6   Incident reporting
    IR-7   Incident response assistance
    IR-8   Incident response plan
    IR-9   Information spillage response
    MA     Maintenance
    MP     Media protection
    PE     Physical and environmental protection
    PL     Planning
    PM     Program management
    PS     Personnel security
    PT     Processing of personal information and transparency
    RA-1   Policy and procedures of risk assessment
    RA-2   Security categorization
    RA-3   Risk assessment
    RA-5   Vulnerability monitoring and scanning
    RA-6   Technical surveillance countermeasures
    RA-7   Risk response
    RA-8   Privacy impact assessments
    RA-9   Criticality analysis
    RA-10  Threat hunting
    SA     System and services acquisition
    SC-1   Policy and procedures of system protection
    SC-2   Separation of system and user functionality
    SC-3   Security function isolation
    SC-4   Information in shared system resources
    SC-5   Denial-of-service protection
    SC-6   Resource availability
    SC-7   Boundary protection
    SC-8   Transmission confidentiality and integrity
    SC-10  Network disconnect
    SC-11  Trusted path
    SC-12  Cryptographic key establishment and management
    SC-13  Cryptographic protection
    SC-15  Collaborative computing devices
    SC-16  Transmission of security attributes
    SC-17  Public key infrastructure certificates
    SC-18  Mobile code
    SC-20  Secure name resolution, authoritative source
    SC-21  Secure name resolution, recursive resolver
    SC-22  Architecture of name resolution
    SC-23  Session authenticity
    SC-24  Fail in known state
    SC-25  Thin nodes
    SC-26  Decoys
    SC-27  Platform-independent applications
    SC-28  Protection of information at rest
    SC-29  Heterogeneity
    SC-30  Concealment and misdirection
    SC-31  Covert channel analysis
    SC-32  System partitioning
    SC-34  Non-modifiable executable programs
    SC-35  External malicious code identification
    SC-36  Distributed processing and storage
    SC-37  Out-of-band channels
    SC-38  Operations security
    SC-39  Process isolation
    SC-40  Wireless link protection
    SC-41  Port and device access
    SC-42  Sensor capability and data
    SC-43  Usage restrictions
    SC-44  Detonation chambers
    SC-45  System time synchronization
    SC-46  Cross domain policy enforcement
    SC-47  Alternate communications paths
    SC-48  Sensor relocation
    SC-49  Hardware-enforced separation
    SC-50  Software-enforced separation
    SC-51  Hardware-based protection
    SI-1   Policy and procedures of integrity
    SI-2   Flaw remediation
    SI-3   Malicious code protection
    SI-4   System monitoring
    SI-5   Security alerts, advisories and directives
    SI-6   Verification of security functions
    SI-7   Software, firmware and information integrity
    SI-8   Spam protection
    SI-10  Information input validation
    SI-11  Error handling
    SI-12  Information management and retention
    SI-13  Predictable failure prevention
    SI-14  Non-persistence
    SI-15  Information output filtering
    SI-16  Memory protection
    SI-17  Fail-safe procedures
    SI-18  Quality of personal information
    SI-19  De-identification
    SI-20  Tainting
    SI-21  Information refresh
    SI-22  Information diversity
    SI-23  Information fragmentation
    SR     Supply chain risk management
  `),
};
