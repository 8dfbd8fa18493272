// What a drawn structure's name and type say of it as a target volume: a GTV, CTV, ITV or PTV, or none of them.
//
// A guess for telling the user of structures that no rule looks at; nothing is measured on it.
#pragma once

#include <string_view>

namespace dosegate {

enum class TargetKind { kNone, kGtv, kCtv, kItv, kPtv };

std::string_view name_of(TargetKind kind);  // "GTV"; kNone: ""

// By the name where it begins with such a word ("GTVn", "PTV_High", "iGTV 2"), or speaks of a tumour or a thrombus
// ("PVTT"); else by the interpreted type (3006,00A4) GTV, CTV or PTV. kNone for everything that is drawn for planning:
// rings, PTV_eval, zPTV, PTV_opt, "PTV-Liver", "PTV-05", "PTV 3mm", PTV^x; for a phase or an average of 4-D images; and
// for a type that says so (CONTROL, AVOIDANCE, MARKER, ...).
TargetKind target_kind_of(std::string_view name, std::string_view interpreted_type);

}  // namespace dosegate
