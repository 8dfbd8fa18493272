#include "adapters/phantom/phantom.h"

namespace dosegate::phantom {
namespace {

constexpr const char *kSbrt = "LIVER-SBRT-5", *kTwiceDaily = "SCLC-45-BD";

}  // namespace

const std::vector<CaseInfo>& cases() {
  static const std::vector<CaseInfo> kCases = {
      {"pass", "Every rule is kept, with room to its limit.", "", "PASS"},
      {"wrong-total", "The plan prescribes 48 Gy in 15 fractions of 3.2 Gy.", "RX-1, RX-3", "FAIL"},
      {"wrong-fractions", "The plan prescribes 45 Gy in 20 fractions of 2.25 Gy.", "RX-2, RX-3", "FAIL"},
      {"no-gtv", "No GTV is drawn: normal liver cannot be computed either.", "VO-1, VO-4, OR-1, OR-2", "INCOMPLETE"},
      {"short-ctv", "The CTV lacks 4 mm of its margin on the left.", "VO-2", "FAIL"},
      {"short-ptv", "The PTV lacks 4 mm of its margin on the left.", "VO-3", "FAIL"},
      {"drawn-liver-disagrees", "The drawn Liver-GTV leaves out the PTV instead of the GTV: a warning.", "VO-4",
       "PASS"},
      {"open-fields", "The leaves stand still: four open fields.", "PL-1", "FAIL"},
      {"zero-meterset", "The plan gives beam 4 no monitor units.", "PL-1", "FAIL"},
      {"two-fields", "Two beams instead of four: a warning.", "PL-2", "PASS"},
      {"setup-beam", "A fifth beam is for set-up; it does not count.", "", "PASS"},
      {"cold-ptv", "The PTV is underdosed along one side.", "PL-3", "FAIL"},
      {"hot-ptv", "A ridge of 52 Gy runs through the middle of the PTV.", "PL-4", "FAIL"},
      {"hot-liver-mean",
       "The high dose spreads over the liver: V25 to V40 break with the mean, because OR-2 by itself already keeps it "
       "near 24 Gy.",
       "OR-1, OR-2", "FAIL"},
      {"liver-v20", "Too much liver gets 20 Gy; every other limit of OR-2 is kept.", "OR-2", "FAIL"},
      {"hot-stomach", "The upper pole of the stomach reaches 55.5 Gy.", "OR-3", "FAIL"},
      {"stomach-v45", "Too much of the stomach gets 45 Gy; its maximum and V50 are kept.", "OR-3", "FAIL"},
      {"hot-duodenum", "The upper end of the duodenum reaches 61.5 Gy.", "OR-4", "FAIL"},
      {"hot-colon", "The right end of the colon reaches 56 Gy.", "OR-5", "FAIL"},
      {"hot-cord", "The spinal cord reaches 42 Gy.", "OR-6", "FAIL"},
      {"hot-kidney", "The upper pole of the left kidney reaches 22 Gy.", "OR-7", "FAIL"},
      {"missing-stomach", "No stomach is drawn.", "OR-3", "INCOMPLETE"},
      {"two-stomachs", "Two structures carry the name Stomach.", "OR-3", "INCOMPLETE"},
      {"two-left-kidneys", "Both kidneys carry the name Kidney_L.", "OR-7", "INCOMPLETE"},
      {"truncated", "The dose grid ends inside the right lobe of the liver.", "OR-1, OR-2", "INCOMPLETE"},
      {"one-fraction",
       "The dose grid holds one fraction, tagged FRACTION, which means the whole fraction group; --dose-is fraction "
       "resolves it.",
       "every dose rule", "INCOMPLETE"},
      {"relative", "The dose grid is in RELATIVE units.", "every dose rule", "INCOMPLETE"},
      {"effective", "The dose grid holds EFFECTIVE instead of physical dose.", "every dose rule", "INCOMPLETE"},
      {"other-frame", "The dose grid lies in another frame of reference than the structures.", "every dose rule",
       "INCOMPLETE"},
      {"beam-doses", "One dose grid for each of the four beams; their sum is the plan's dose.", "", "PASS"},
      {"beam-missing", "One dose grid for each beam, but that of beam 4 is missing.", "every dose rule", "INCOMPLETE"},

      {"planned-course", "The record as it stands when the plan is approved: nothing is given yet.", "", "PASS",
       Differs::kInRecord},
      {"short-course", "Fraction 15 is neither given nor planned.", "RX-1, RX-2, RX-6", "FAIL", Differs::kInRecord},
      {"uneven-fractions", "Fractions 4 and 5 were given with 2.9 and 3.1 Gy.", "RX-3", "FAIL", Differs::kInRecord},
      {"saturday-fraction", "Fraction 5 was given on a Saturday.", "RX-4", "FAIL", Differs::kInRecord},
      {"long-schedule",
       "Not begun yet; the schedule leaves out two weeks before fraction 11, and delays the second infusion.",
       "RX-5, SY-1", "FAIL", Differs::kInRecord},
      {"missed-fraction",
       "A Thursday is left out, so that fraction 15 comes on the day after the second infusion; the gap itself is a "
       "warning.",
       "RX-6", "FAIL", Differs::kInRecord},
      {"late-start", "The first infusion was on a Thursday, the first fraction on the Monday after it.", "RX-7", "FAIL",
       Differs::kInRecord},
      {"low-gamma", "The gamma pass rate is 94.5 %.", "QA-1", "FAIL", Differs::kInRecord},
      {"other-gamma", "The gamma pass rate was computed with 3 % and 2 mm.", "QA-1", "INCOMPLETE", Differs::kInRecord},
      {"not-fasted", "Fraction 7 was given after two hours and a half of fasting.", "DE-1", "FAIL", Differs::kInRecord},
      {"fasting-unknown", "How long the patient fasted before fraction 9 is not recorded.", "DE-1", "INCOMPLETE",
       Differs::kInRecord},
      {"no-cbct", "No cone-beam CT was taken before fraction 1.", "DE-2", "FAIL", Differs::kInRecord},
      {"not-gated", "Fraction 12 was given without respiratory gating.", "DE-3", "FAIL", Differs::kInRecord},
      {"age-71", "The patient is 71 years old.", "EL-1", "FAIL", Differs::kInRecord},
      {"high-bilirubin", "Total bilirubin is 1.55 times the upper limit of normal.", "EL-2", "FAIL",
       Differs::kInRecord},
      {"child-pugh-c", "The liver function is Child-Pugh C.", "EL-3", "FAIL", Differs::kInRecord},
      {"vein-not-staged", "The second staging does not state the hepatic vein.", "GR-1, GR-2, RE-1", "INCOMPLETE",
       Differs::kInRecord},
      {"wrong-grade", "Vp3 without hepatic vein is recorded as grade 2.", "GR-2", "FAIL", Differs::kInRecord},
      {"late-infusion", "The second infusion came 25 days after the first.", "SY-1", "FAIL", Differs::kInRecord},
      {"late-assessment", "Response and resectability were assessed on day 71.", "SY-2", "FAIL", Differs::kInRecord},
      {"therapy-broken-off", "The infusions after surgery ended after seven, for no reason that the trial knows.",
       "SY-3", "FAIL", Differs::kInRecord},
      {"stopped-for-toxicity", "The infusions after surgery ended after seven, for toxicity, as the trial allows.", "",
       "PASS", Differs::kInRecord},
      {"missed-imaging", "The images seven months after surgery were not made.", "SY-4", "FAIL", Differs::kInRecord},
      {"no-recist", "An assessment in June states no response; decides nothing.", "RE-1", "PASS", Differs::kInRecord},
      {"no-pathology", "The share of viable tumour is not recorded; decides nothing.", "RE-2", "PASS",
       Differs::kInRecord},
      {"ungraded-event", "An adverse event has no grade; decides nothing.", "RE-3", "PASS", Differs::kInRecord},

      {"sbrt", "50 Gy in 5 fractions; every rule is kept.", "", "PASS", Differs::kInProtocol, kSbrt},
      {"sbrt-cold-ptv", "8 % of the PTV get less than 50 Gy.", "SB-2", "FAIL", Differs::kInProtocol, kSbrt},
      {"sbrt-hot-cord", "The spinal cord reaches 31.5 Gy at one place.", "SB-8", "FAIL", Differs::kInProtocol, kSbrt},
      {"twice-daily", "A lung patient, 45 Gy in 30 fractions; every rule is kept.", "", "PASS", Differs::kInProtocol,
       kTwiceDaily},
      {"twice-daily-cold-ptv", "The PTV is underdosed along one side.", "BD-2", "FAIL", Differs::kInProtocol,
       kTwiceDaily},
      {"twice-daily-hot-cord", "The spinal cord reaches 42 Gy.", "BD-3", "FAIL", Differs::kInProtocol, kTwiceDaily},
  };
  return kCases;
}

const CaseInfo* find_case(std::string_view name) {
  for (const CaseInfo& c : cases()) {
    if (c.name == name) return &c;
  }
  return nullptr;
}

}  // namespace dosegate::phantom
