// A report as a DICOM object that archives take: a Comprehensive SR (PS3.3 A.35.3), its content shaped after the
// quality checks of IHE-RO Quality Assurance with Plan Veto: of each check severity, type, bound, measured value and
// attribute. Numbers are text, with the digits of the report.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/gate/statement.h"

namespace dosegate::dicom_gate {

struct ReportObject {
  std::string uid;    // 2.25 and 128 bits of the SHA-256 of what it is made from: the same content, the same UID
  std::string bytes;  // a DICOM file
};

// The decision that rests on the report; its envelope goes into the object as it is.
struct DecisionRef {
  std::string document;
  gate::Statement statement;
};

// `report`: dosegate.v1.Report as JSON. Patient and study are those of the DICOM file `like`; without a decision, the
// time is that of the plan in it. Throws gate::Refused and support::Error.
ReportObject make_report_object(std::string_view report, const std::filesystem::path& like,
                                const std::optional<DecisionRef>& decision);

}  // namespace dosegate::dicom_gate
