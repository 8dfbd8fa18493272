// The field's words for what documents hold as enumerators and numbers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/present/catalogue.h"
#include "dosegate/v1/geometry.pb.h"
#include "dosegate/v1/plan.pb.h"
#include "dosegate/v1/protocol.pb.h"
#include "dosegate/v1/report.pb.h"

namespace dosegate::present {

// "<", "<=", ">", ">="; empty for none.
std::string_view symbol(dosegate::v1::Comparator comparator);

// "< 54 Gy", "= 15" for a value that is expected; empty when there is no limit.
std::string limit_text(const dosegate::v1::Finding& finding);

// "42.31 Gy"; empty when there is no value.
std::string value_text(const dosegate::v1::Finding& finding);

// "42.10 to 42.55" where value, rounded to one decimal, is not the whole truth; otherwise empty.
std::string interval_text(double value, std::optional<double> lower, std::optional<double> upper,
                          Language language = Language::kEnglish);
std::string interval_text(const dosegate::v1::Finding& finding, Language language = Language::kEnglish);

enum class Margin { kExcess, kRoom, kRoomInBrief };
// How far the value is over (or under) its limit, in the limit's unit, in Gy and in cc, each once:
// "3.00 %, 0.85 Gy, 30.90 cc". kExcess: of a deviation; kRoom: what is left; kRoomInBrief: a volume's without Gy.
std::string margin_text(const dosegate::v1::Finding& finding, Margin margin);

// "x -12.3 mm (right), y 45.0 mm (posterior), z 110.0 mm (superior)": patient coordinates, LPS.
std::string location_text(const dosegate::v1::Location& location, Language language = Language::kEnglish);

// "Hottest point", "Furthest beyond", or "Place" where the report does not say what is there.
std::string place_name(const dosegate::v1::Location& location, Language language);

// What the place of a finding is, and where: "Hottest point: x ...", with its dose where that is not the value.
std::string place_text(const dosegate::v1::Finding& finding, Language language = Language::kEnglish);

// "Liver (Leber)": the role, and the ROI's name where it is another.
std::string structure_text(const dosegate::v1::Finding& finding);

// "45 Gy in 15 fractions" as far as the plan says it, or that it does not.
std::string prescription_text(const dosegate::v1::Plan& plan, Language language = Language::kEnglish);
std::string prescription_text(const dosegate::v1::Prescription& prescription);

// "RT Plan", "Clinical record": what an input is; a role that is not known stays as it is.
std::string input_text(const std::string& role, Language language);

// "1 rule", "2 rules".
std::string counted(std::size_t n, std::string_view singular, std::string_view plural);

// "Solids between slices: ..."; empty where the model is not stated.
std::string solids_text(dosegate::v1::BetweenSlices::Model model, Language language = Language::kEnglish);

}  // namespace dosegate::present
