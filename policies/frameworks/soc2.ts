import { type Framework, requirements } from "./framework";

export const soc2: Framework = {
  name: "soc2",
  title: "SOC 2, Trust Services Criteria 2017 (points of focus 2022)",
  source:
    "https://www.aicpa-cima.com/resources/download/2017-trust-services-criteria-with-revised-points-of-focus-2022",
  scope:
    "Common criteria, availability, confidentiality and processing integrity; the privacy criteria are not listed.",
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
  `),
};
