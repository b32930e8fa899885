import { type Framework, requirements } from "./framework";

export const gdpr: Framework = {
  name: "gdpr",
  title: "General Data Protection Regulation (EU) 2016/679",
  source: "https://eur-lex.europa.eu/eli/reg/2016/679/oj",
  scope: "Articles 5, 25, 30, 32 and 33, which speak of how data are processed, protected and accounted for.",
  paragraphs: "gdpr",
  requirements: requirements(`
    Art. 5(1)(a)   Processed lawfully, fairly and transparently
    Art. 5(1)(b)   Collected for stated purposes and not used for others
    Art. 5(1)(c)   Limited to what the purpose needs
    Art. 5(1)(d)   Accurate and kept up to date
    Art. 5(1)(e)   Kept no longer than the purpose needs
    Art. 5(1)(f)   Protected against unauthorised use, loss and damage
    Art. 5(2)      The controller can show that it complies
    Art. 25(1)     Protection by design
    Art. 25(2)     Protection by default: least data, least access
    Art. 25(3)     Certification as an element of proof
    Art. 30(1)     Records of a controller's processing
    Art. 30(2)     Records of a processor's processing
    Art. 30(3)     Records are in writing
    Art. 30(4)     Records are made available to the authority
    Art. 30(5)     Which small organisations keep none
    Art. 32(1)(a)  Pseudonymisation and encryption
    Art. 32(1)(b)  Lasting confidentiality, integrity, availability and resilience
    Art. 32(1)(c)  Access restored in time after an incident
    Art. 32(1)(d)  Measures are tested regularly
    Art. 32(2)     Security appropriate to the risk
    Art. 32(3)     Codes of conduct as an element of proof
    Art. 32(4)     Staff process data on instruction only
    Art. 33(1)     The authority is notified of a breach within 72 hours
    Art. 33(2)     A processor notifies the controller without delay
    Art. 33(3)     The notice tells the nature, extent and effects of the breach
    Art. 33(4)     What is not known yet follows in phases
    Art. 33(5)     Every breach is documented: facts, effects, remedies
  `),
};
