#include "adapters/dicom_gate/sr.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcostrmb.h>
#include <dcmtk/dcmsr/dsrdoc.h>

#include <array>
#include <charconv>
#include <cmath>
#include <functional>

#include "adapters/gate/files.h"

namespace dosegate::dicom_gate {
namespace {

using v1::Finding;

constexpr const char* kScheme = "99DOSEGATE";
constexpr const char* kComprehensiveSr = "1.2.840.10008.5.1.4.1.1.88.33";

void require(const OFCondition& done, const char* what) {
  if (done.bad()) throw gate::Refused(std::string("the report as a DICOM object: ") + what + ": " + done.text());
}

// As the library writes numbers into a report.
std::string number(double value) {
  constexpr double kLeastPlain = 1e-5, kMostPlain = 1e15;
  std::array<char, 64> buffer{};
  char* const end = buffer.data() + buffer.size();
  const double size = std::fabs(value);
  const bool is_plain = value == 0.0 || (size >= kLeastPlain && size < kMostPlain);
  const auto done = is_plain ? std::to_chars(buffer.data(), end, value, std::chars_format::fixed)
                             : std::to_chars(buffer.data(), end, value);
  return {buffer.data(), done.ptr};
}

// 2.25 and the first 128 bits of the digest as a decimal number (PS3.5 B.2).
std::string uid_from(const std::string& digest) {
  std::array<unsigned, 32> digits{};  // hex
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const char c = digest[i];
    digits[i] = static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
  }
  std::string text;
  for (bool any = true; any;) {
    unsigned rest = 0;
    any = false;
    for (unsigned& digit : digits) {
      const unsigned value = rest * 16 + digit;
      digit = value / 10;
      rest = value % 10;
      any = any || digit != 0;
    }
    text.insert(text.begin(), static_cast<char>('0' + rest));
  }
  return "2.25." + text;
}

const char* type_of(v1::Comparator comparator) {
  switch (comparator) {
    case v1::LT:
      return "LESS_THAN";
    case v1::LE:
      return "LESS_OR_EQUAL";
    case v1::GT:
      return "GREATER_THAN";
    case v1::GE:
      return "GREATER_OR_EQUAL";
    default:
      return "";
  }
}

// The tree of contents, written from its root down.
class Contents {
 public:
  explicit Contents(DSRDocumentTree& tree) : tree_(tree) {}

  void container(const char* code, const char* meaning, const std::function<void()>& inside) {
    const bool is_root = tree_.isEmpty();
    add(is_root ? DSRTypes::RT_isRoot : DSRTypes::RT_contains, DSRTypes::VT_Container, code, meaning);
    first_ = true;
    inside();
    // Where nothing came, the place is still that of the container.
    if (!first_) tree_.goUp();
    first_ = false;
  }
  void text(const char* code, const char* meaning, const std::string& value) {
    if (value.empty()) return;
    add(DSRTypes::RT_contains, DSRTypes::VT_Text, code, meaning);
    require(tree_.getCurrentContentItem().setStringValue(value.c_str()), meaning);
  }
  void uid(const char* code, const char* meaning, const std::string& value) {
    if (value.empty()) return;
    add(DSRTypes::RT_contains, DSRTypes::VT_UIDRef, code, meaning);
    require(tree_.getCurrentContentItem().setStringValue(value.c_str()), meaning);
  }
  void object(const char* code, const char* meaning, const std::string& sop_class, const std::string& instance) {
    add(DSRTypes::RT_contains, DSRTypes::VT_Composite, code, meaning);
    const DSRCompositeReferenceValue value(sop_class.c_str(), instance.c_str());
    require(tree_.getCurrentContentItem().setCompositeReference(value), meaning);
  }

 private:
  void add(DSRTypes::E_RelationshipType relation, DSRTypes::E_ValueType type, const char* code, const char* meaning) {
    const auto mode = first_ ? DSRTypes::AM_belowCurrent : DSRTypes::AM_afterCurrent;
    if (tree_.addContentItem(relation, type, mode) == 0) {
      throw gate::Refused(std::string("the report as a DICOM object: has no place for ") + meaning);
    }
    first_ = false;
    require(tree_.getCurrentContentItem().setConceptName(DSRCodedEntryValue(code, kScheme, meaning)), meaning);
  }

  DSRDocumentTree& tree_;
  bool first_ = true;
};

void put_check(Contents& to, const Finding& f) {
  to.text("DG-RULE", "Rule", f.rule_id());
  to.text("DG-CLAUSE", "Clause", f.clause());
  to.text("DG-STATUS", "Status", Finding::Status_Name(f.status()));
  to.text("DG-SEVERITY", "Severity", f.mandatory() ? "MAJOR" : "MINOR");
  if (f.has_comparator()) to.text("DG-TYPE", "Constraint type", type_of(f.comparator()));
  if (f.has_limit()) to.text("DG-BOUND", "Bound", number(f.limit()));
  if (f.has_value()) to.text("DG-VALUE", "Measured value", number(f.value()));
  if (f.has_lower()) to.text("DG-LOWER", "Measured value, at least", number(f.lower()));
  if (f.has_upper()) to.text("DG-UPPER", "Measured value, at most", number(f.upper()));
  if (f.has_unit()) to.text("DG-UNIT", "Unit", f.unit());
  if (f.has_metric()) to.text("DG-METRIC", "Attribute", f.metric());
  if (f.has_structure()) to.text("DG-STRUCTURE", "Structure, role", f.structure());
  if (f.has_roi()) to.text("DG-ROI", "Structure, as drawn", f.roi());
  to.text("DG-FOUND", "What was found", f.message());
  to.text("DG-HINT", "What to do", f.hint());
}

std::string verdict_of(const v1::Report& report) {
  return report.verdict() == v1::Report::VERDICT_UNSPECIFIED ? "NO VERDICT: the check did not end"
                                                             : v1::Report::Verdict_Name(report.verdict());
}

void put_report(Contents& to, const v1::Report& report, const std::string& digest, const std::string& plan_class,
                const std::string& plan_uid, const std::optional<DecisionRef>& decision) {
  to.container("DG-REPORT", "Plan check report", [&] {
    to.text("DG-VERDICT", "Verdict", verdict_of(report));
    if (decision) {
      to.text("DG-DECISION", "Decision", decision->statement.outcome);
      to.text("DG-DECIDED", "Decided at", gate::to_text(decision->statement.decided_at));
      to.text("DG-POLICY", "Policy", decision->statement.policy_id + " version " + decision->statement.policy_version);
    }
    to.object("DG-PLAN", "Plan", plan_class, plan_uid);
    to.text("DG-PROTOCOL", "Protocol", report.protocol().id());
    to.text("DG-PROTOVER", "Protocol version", report.protocol().version());
    to.text("DG-SCOPE", "Scope", v1::CaseOptions::Scope_Name(report.scope()));
    to.text("DG-ENGINE", "Engine version", report.engine_version());
    to.text("DG-DIGEST", "Report, SHA-256", digest);
    for (const v1::Input& input : report.inputs()) {
      to.container("DG-INPUT", "Input", [&] {
        to.text("DG-ROLE", "Role", input.role());
        to.uid("DG-INSTANCE", "SOP Instance UID", input.sop_instance_uid());
        to.text("DG-SHA256", "SHA-256", input.sha256());
      });
    }
    for (const Finding& finding : report.findings()) {
      to.container("DG-CHECK", "Check", [&] { put_check(to, finding); });
    }
    for (const std::string& note : report.notes()) to.text("DG-NOTE", "Note", note);
    // DSSE: `dosegate verify` and any other verifier read it.
    if (decision) to.text("DG-ATTEST", "Attestation, signed (DSSE)", decision->document);
  });
}

std::string text_of(DcmItem& item, const DcmTagKey& tag) {
  OFString value;
  item.findAndGetOFStringArray(tag, value);
  return value.c_str();
}

// Of patient and study; what the plan does not have stays empty.
const std::array kCopied = {DCM_StudyDate,   DCM_StudyTime,       DCM_AccessionNumber,  DCM_ReferringPhysicianName,
                            DCM_PatientName, DCM_PatientID,       DCM_PatientBirthDate, DCM_PatientSex,
                            DCM_StudyID,     DCM_StudyDescription};

void copy_header(DcmItem& from, DcmItem& to) {
  for (const DcmTagKey& tag : kCopied) {
    const std::string value = text_of(from, tag);
    if (value.empty() && tag == DCM_StudyDescription) continue;
    require(to.putAndInsertString(DcmTag(tag), value.c_str()), "patient and study");
  }
}

void put(DcmItem& to, const DcmTagKey& tag, const std::string& value) {
  require(to.putAndInsertString(DcmTag(tag), value.c_str()), DcmTag(tag).getTagName());
}

struct Moment {
  std::string date, time;  // DA, TM
};

Moment moment_of(DcmItem& plan, const std::optional<DecisionRef>& decision) {
  if (decision) {
    const std::string t = gate::to_text(decision->statement.decided_at);  // 2026-11-30T09:15:00Z
    return {t.substr(0, 4) + t.substr(5, 2) + t.substr(8, 2), t.substr(11, 2) + t.substr(14, 2) + t.substr(17, 2)};
  }
  for (const auto& [date, time] :
       {std::pair{DCM_RTPlanDate, DCM_RTPlanTime}, std::pair{DCM_StudyDate, DCM_StudyTime}}) {
    if (const std::string day = text_of(plan, date); day.size() == 8) {
      const std::string at = text_of(plan, time);
      return {day, at.empty() ? "000000" : at};
    }
  }
  return {"19700101", "000000"};
}

std::string bytes_of(DcmFileFormat& file) {
  std::string bytes;
  std::vector<char> block(std::size_t{1} << 16);
  DcmOutputBufferStream stream(block.data(), static_cast<offile_off_t>(block.size()));
  file.transferInit();
  for (OFCondition written = EC_StreamNotifyClient; written == EC_StreamNotifyClient;) {
    written = file.write(stream, EXS_LittleEndianExplicit, EET_ExplicitLength, nullptr);
    if (written.bad() && written != EC_StreamNotifyClient) require(written, "writing");
    void* data = nullptr;
    offile_off_t size = 0;
    stream.flushBuffer(data, size);
    bytes.append(static_cast<const char*>(data), static_cast<std::size_t>(size));
  }
  file.transferEnd();
  return bytes;
}

}  // namespace

ReportObject make_report_object(std::string_view report_json, const std::filesystem::path& like,
                                const std::optional<DecisionRef>& decision) {
  const v1::Report report = gate::parse_report(report_json, "the report");
  DcmFileFormat plan_file;
  require(plan_file.loadFile(like.c_str()), like.c_str());
  DcmDataset& plan = *plan_file.getDataset();
  const std::string plan_class = text_of(plan, DCM_SOPClassUID), plan_uid = text_of(plan, DCM_SOPInstanceUID);
  const std::string study = text_of(plan, DCM_StudyInstanceUID), series = text_of(plan, DCM_SeriesInstanceUID);
  if (study.empty() || series.empty() || plan_uid.empty() || plan_class.empty()) {
    throw gate::Refused(like.string() + ": has no study, series or SOP Instance UID");
  }
  for (const v1::Input& input : report.inputs()) {
    if (input.role() != "RTPLAN" || input.sop_instance_uid() == plan_uid) continue;
    throw gate::Refused(like.string() + ": the report is about another plan, " + input.sop_instance_uid());
  }
  require(plan.convertToUTF8(), "the plan's character set");

  const std::string digest = gate::sha256(report_json);
  const std::string seed = digest + (decision ? gate::sha256(decision->document) : "");
  ReportObject made;
  made.uid = uid_from(gate::sha256("dosegate.sr/1 " + seed));

  DSRDocument document(DSRTypes::DT_ComprehensiveSR);
  require(document.createNewDocument(DSRTypes::DT_ComprehensiveSR), "making it");
  require(document.setSpecificCharacterSetType(DSRTypes::CS_UTF8), "its character set");
  Contents contents(document.getTree());
  put_report(contents, report, digest, plan_class, plan_uid, decision);
  require(document.getCurrentRequestedProcedureEvidence().addItem(study.c_str(), series.c_str(), plan_class.c_str(),
                                                                  plan_uid.c_str()),
          "its evidence");
  auto& schemes = document.getCodingSchemeIdentification();
  require(schemes.addItem(kScheme), "its codes");
  require(schemes.setCodingSchemeName("Dosegate plan check"), "its codes");
  require(schemes.setCodingSchemeResponsibleOrganization("The Dosegate project"), "its codes");
  require(document.completeDocument(), "completing it");

  DcmFileFormat file;
  DcmDataset& to = *file.getDataset();
  require(document.write(to), "its content");
  copy_header(plan, to);
  const Moment moment = moment_of(plan, decision);
  put(to, DCM_SpecificCharacterSet, "ISO_IR 192");
  put(to, DCM_SOPClassUID, kComprehensiveSr);
  put(to, DCM_SOPInstanceUID, made.uid);
  put(to, DCM_StudyInstanceUID, study);
  put(to, DCM_SeriesInstanceUID, uid_from(gate::sha256("dosegate.sr.series/1 " + plan_uid)));
  put(to, DCM_SeriesNumber, "1");
  put(to, DCM_SeriesDescription, "Dosegate plan check");
  put(to, DCM_InstanceNumber, "1");
  put(to, DCM_Manufacturer, "The Dosegate project");
  put(to, DCM_ManufacturerModelName, "Dosegate");
  put(to, DCM_SoftwareVersions, report.engine_version());
  put(to, DCM_ContentDate, moment.date);
  put(to, DCM_ContentTime, moment.time);
  put(to, DCM_InstanceCreationDate, moment.date);
  put(to, DCM_InstanceCreationTime, moment.time);
  to.findAndDeleteElement(DCM_InstanceCreatorUID);
  require(file.validateMetaInfo(EXS_LittleEndianExplicit), "its meta information");
  made.bytes = bytes_of(file);
  return made;
}

}  // namespace dosegate::dicom_gate
