// Which drawn ROI stands for which role of the protocol, and why. Explainable and never a guess.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/parallel/parallel.h"
#include "core/protocol/protocol.h"
#include "core/text/message.h"

namespace dosegate {

struct RoiName {
  std::int32_t number = 0;
  std::string name;       // UTF-8, as drawn
  bool is_empty = false;  // it has no contour: left from a template, and stands for nothing beside one that has
};

struct RoleMatch {
  std::string role;
  std::optional<RoiName> roi;   // set only when exactly one ROI stands for the role
  Prose how;                    // "TG-263 name", "reverse-order TG-263 name 'L_Kidney'", "alias 'Magen' of the
                                // protocol (folded)", "pinned by the site"
  Prose problem;                // why there is none: missing, two candidates (both named), laterality conflict; a
                                // derived role without a drawn version has none
  Prose hint;                   // what resolves it, e.g. --map Stomach="..."
  std::vector<RoiName> others;  // with `roi`, unless pinned: further ROIs that carry a name of the role
};

// One entry for every role of the protocol that is not derived, in the protocol's order, then one for each
// derived role: its roi is the drawn version to be cross-checked, if there is one.
//
// For a role, in this order, the first level that gives a candidate decides:
//   pinned (`pins`: role -> ROI name, exact, then folded) > exact TG-263 name > folded TG-263 name or its
//   reverse-order form > alias of the protocol (folded).
// ROIs on the levels behind it that stand for no role are `others`: they are not used, and whoever uses the match says
// so. For a paired organ the side may be written in words and in any order ("Left Kidney", "KIDNEY LT", "Niere li"):
// such a name is on the level of the TG-263 name or alias that it is a form of.
// Folding: Unicode NFC is not attempted; ASCII case, and spaces, underscores, hyphens between words, dots are
// dropped, except between two digits; Latin letters of U+00C0..U+017F fold case too; full-width ASCII becomes plain.
// A hyphen before GTV, CTV, PTV or ITV ("Liver-GTV") is a minus and is kept.
// Of several ROIs on the deciding level those without contours do not count beside one that has some.
// Two ROIs on the deciding level, one ROI for two roles, or a name whose own laterality contradicts the
// role's: no match, and problem names all of them. A pin to a name that does not exist or that two ROIs
// carry is a problem, too. A pin for a role that the protocol does not have is reported by unknown_pins(). Throws
// Cancelled.
std::vector<RoleMatch> match_structures(const Protocol& protocol, const std::vector<RoiName>& rois,
                                        const std::map<std::string, std::string>& pins, Workers* workers = nullptr);

// As one would type it in a POSIX shell: --map PTV="PTV_Total".
std::string map_option(const std::string& role, const std::string& roi);

std::vector<std::string> unknown_pins(const Protocol& protocol, const std::map<std::string, std::string>& pins);

// The folded form used for comparison.
std::string fold_name(std::string_view name);

}  // namespace dosegate
