#include "adapters/phantom/phantom.h"

namespace dosegate::phantom {

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
  };
  return kCases;
}

}  // namespace dosegate::phantom
