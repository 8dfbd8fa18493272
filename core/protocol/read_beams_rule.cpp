#include "core/protocol/read_beams_rule.h"

#include <algorithm>
#include <map>

namespace dosegate {

BeamsRule read_beams_rule(ObjectReader& o, const CheckRole&) {
  using Check = BeamsRule::Check;
  static const std::map<std::string, Technique> kTechniques = {{"STATIC", Technique::kStatic},
                                                               {"STEP_AND_SHOOT", Technique::kStepAndShoot},
                                                               {"SLIDING_WINDOW", Technique::kSlidingWindow},
                                                               {"ARC", Technique::kArc},
                                                               {"CONFORMAL_ARC", Technique::kConformalArc},
                                                               {"MODULATED_ARC", Technique::kModulatedArc}};
  BeamsRule rule;
  const int check = o.enumeration("check", "CHECK_UNSPECIFIED", {{"TECHNIQUE", 1}, {"COUNT", 2}, {"CONSISTENCY", 3}},
                                  Need::kRequired);
  if (check != 0) rule.check = static_cast<Check>(check);
  for (const std::string& name : o.strings("techniques")) {
    const auto found = kTechniques.find(name);
    std::vector<std::string> known;
    for (const auto& [text, technique] : kTechniques) known.push_back(text);
    if (found == kTechniques.end()) {
      o.fail("techniques", "found " + shown(name) + "; may be " + listed(known));
    } else if (std::find(rule.techniques.begin(), rule.techniques.end(), found->second) != rule.techniques.end()) {
      o.fail("techniques", shown(name) + " is named twice");
    } else {
      rule.techniques.push_back(found->second);
    }
  }
  rule.least = o.integer("least", 0);
  rule.most = o.integer("most", 0);
  if ((check == 1) == rule.techniques.empty()) {
    o.fail("techniques", check == 1 ? "name the techniques that are asked for" : "are of TECHNIQUE only");
  }
  const bool bounds = rule.least || rule.most;
  if (check == 2 && !bounds) o.fail("", "state least, most or both");
  if (check != 2 && bounds) o.fail("", "least and most are of COUNT only");
  if (rule.least && rule.most && *rule.most < *rule.least) o.fail("most", "is less than least");
  o.finish();
  return rule;
}

}  // namespace dosegate
