import { type Framework, requirements } from "./framework";

export const hipaa: Framework = {
  name: "hipaa",
  title: "HIPAA Security Rule, 45 CFR Part 164",
  source: "https://www.ecfr.gov/current/title-45/subtitle-A/subchapter-C/part-164",
  scope:
    "All administrative (164.308) and technical safeguards (164.312), how long documentation is kept (164.316) and the minimum necessary (164.502); the physical safeguards (164.310) are the cloud's and the office's.",
  paragraphs: "hipaa",
  requirements: requirements(`
    164.308(a)(1)(i)        Security management process
    164.308(a)(1)(ii)(A)    Risk analysis
    164.308(a)(1)(ii)(B)    Risk management
    164.308(a)(1)(ii)(C)    Sanction policy
    164.308(a)(1)(ii)(D)    Review of system activity
    164.308(a)(2)           Assigned security responsibility
    164.308(a)(3)(i)        Workforce security
    164.308(a)(3)(ii)(A)    Authorization and supervision
    164.308(a)(3)(ii)(B)    Workforce clearance
    164.308(a)(3)(ii)(C)    Termination procedures
    164.308(a)(4)(i)        Information access management
    164.308(a)(4)(ii)(A)    Isolation of clearinghouse functions
    164.308(a)(4)(ii)(B)    Access authorization
    164.308(a)(4)(ii)(C)    Access establishment and modification
    164.308(a)(5)(i)        Security awareness and training
    164.308(a)(5)(ii)(A)    Security reminders
    164.308(a)(5)(ii)(B)    Protection from malicious software
    164.308(a)(5)(ii)(C)    Log-in monitoring
    164.308(a)(5)(ii)(D)    Password management
    164.308(a)(6)(i)        Security incident procedures
    164.308(a)(6)(ii)       Response and reporting
    164.308(a)(7)(i)        Contingency plan
    164.308(a)(7)(ii)(A)    Data backup plan
    164.308(a)(7)(ii)(B)    Disaster recovery plan
    164.308(a)(7)(ii)(C)    Emergency mode operation plan
    164.308(a)(7)(ii)(D)    Testing and revision
    164.308(a)(7)(ii)(E)    Criticality analysis of applications and data
    164.308(a)(8)           Evaluation
    164.308(b)(1)           Business associates' assurances
    164.308(b)(2)           Assurances of subcontractors
    164.308(b)(3)           Written contract
    164.312(a)(1)           Access control
    164.312(a)(2)(i)        Unique user identification
    164.312(a)(2)(ii)       Emergency access procedure
    164.312(a)(2)(iii)      Automatic logoff
    164.312(a)(2)(iv)       Encryption and decryption
    164.312(b)              Audit controls
    164.312(c)(1)           Integrity
    164.312(c)(2)           Authentication of electronic health information
    164.312(d)              Person or entity authentication
    164.312(e)(1)           Transmission security
    164.312(e)(2)(i)        Integrity controls in transmission
    164.312(e)(2)(ii)       Encryption in transmission
    164.316(b)(2)(i)        Documentation is kept for six years
    164.502(b)              Minimum necessary use and disclosure
  `),
};
