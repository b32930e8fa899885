import { type Framework, requirements } from "./framework";

export const soc2: Framework = {
  name: "soc2",
  title: "SOC 2, Trust Services Criteria 2017 (points of focus 2022)",
  source:
    "https://www.aicpa-cima.com/resources/download/2017-trust-services-criteria-with-revised-points-of-focus-2022",
  scope: "All criteria: common, availability, confidentiality, processing integrity and privacy.",
  paragraphs: "soc2",
  requirements: requirements(`
    CC1.1  Commitment to integrity and ethical values
    CC1.2  Oversight by a board
    CC1.3  Structures, reporting lines and authorities
    CC1.4  Competent people
    CC1.5  Accountability
    CC2.1  Relevant information of quality
    CC2.2  Internal communication
    CC2.3  Communication with the outside
    CC3.1  Objectives are specified
    CC3.2  Risks are identified and analysed
    CC3.3  Fraud is considered
    CC3.4  Changes that matter are identified
    CC4.1  Controls are evaluated
    CC4.2  Deficiencies are communicated
    CC5.1  Control activities are selected
    CC5.2  General controls over technology
    CC5.3  Policies and procedures
    CC6.1  Logical access security of protected assets
    CC6.2  Users are registered and authorised before access
    CC6.3  Access by role, least privilege and separation of duties
    CC6.4  Physical access
    CC6.5  Protection until data and media are disposed of
    CC6.6  Threats from outside the boundary
    CC6.7  Transmission, movement and removal of data
    CC6.8  Unauthorised or malicious software
    CC7.1  Vulnerabilities and changes of configuration are detected
    CC7.2  Anomalies are monitored
    CC7.3  Security events are evaluated
    CC7.4  Incidents are responded to
    CC7.5  Recovery from incidents
    CC8.1  Changes are authorised, tested and approved
    CC9.1  Business disruption is mitigated
    CC9.2  Vendors and partners
    A1.1   Capacity is monitored and managed
    A1.2   Environmental protection, backup and recovery
    A1.3   Recovery is tested
    C1.1   Confidential information is identified and kept
    C1.2   Confidential information is disposed of
    PI1.1  Definitions of the data processed
    PI1.2  Inputs are complete and accurate
    PI1.3  Processing is complete, accurate and timely
    PI1.4  Outputs are complete and accurate
    PI1.5  Stored items are complete and accurate
    P1.1   People are told how their data are treated
    P2.1   They are asked, and told what follows from their choice
    P3.1   Data are collected for the stated objectives
    P3.2   Explicit consent comes before what needs it
    P4.1   Data are used for the stated purposes only
    P4.2   Data are kept as long as was stated
    P4.3   Data are disposed of securely
    P5.1   People get to see their data
    P5.2   They can correct and complete them
    P6.1   Disclosure to others needs consent
    P6.2   Authorised disclosures are recorded
    P6.3   Unauthorised disclosures are recorded
    P6.4   Recipients commit themselves to privacy
    P6.5   Recipients commit themselves to report breaches
    P6.6   People, authorities and others are notified of breaches
    P6.7   People are told what is held and disclosed
    P7.1   Data are accurate, up to date, complete and relevant
    P8.1   Complaints are answered, and compliance is monitored
  `),
};
