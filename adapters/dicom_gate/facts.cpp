#include "adapters/dicom_gate/facts.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "adapters/dicom/candidate.h"
#include "adapters/dicom/file.h"
#include "adapters/dicom/plan.h"
#include "adapters/dicom/wire/attributes.h"
#include "adapters/dicom/wire/tags.h"

// DCMTK says what it finds odd by macros that clash with nothing of ours.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcfilefo.h>

namespace dosegate::dicom_gate {
namespace {

[[noreturn]] void refuse_object(const std::string& what) { throw support::Error(what); }

Role role_of(dicom::Kind kind) {
  switch (kind) {
    case dicom::Kind::kPlan:
      return Role::kPlan;
    case dicom::Kind::kStructures:
      return Role::kStructures;
    case dicom::Kind::kDose:
      break;
  }
  return Role::kDose;
}

// What is forwarded is read by DCMTK: what that cannot read is not taken, either.
void require_dcmtk_reads(const std::filesystem::path& path) {
  DcmFileFormat file;
  const OFCondition read = file.loadFile(path.c_str());
  if (read.bad()) refuse_object(std::string("cannot be read: ") + read.text());
}

}  // namespace

std::string_view name_of(Role role) {
  switch (role) {
    case Role::kPlan:
      return "RTPLAN";
    case Role::kStructures:
      return "RTSTRUCT";
    case Role::kDose:
      break;
  }
  return "RTDOSE";
}

bool is_uid(std::string_view text) {
  constexpr std::size_t kMost = 64;
  const auto is_fine = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  return !text.empty() && text.size() <= kMost && text.front() != '.' && text.back() != '.' &&
         text.find("..") == std::string_view::npos && std::all_of(text.begin(), text.end(), is_fine);
}

Facts facts_of(const std::filesystem::path& path, std::uint64_t most_bytes) {
  dicom::ReadOptions options;
  options.limits.file_bytes = most_bytes;
  dicom::Source source;
  source.name = path.filename().string();
  source.path = path;
  source.named = true;
  const dicom::Sighting seen = dicom::look_at(source, options.limits);
  if (seen.answer != dicom::Sighting::Answer::kRtObject || !seen.kind) {
    refuse_object(seen.problem.empty() ? "is no RT plan, structure set or dose" : seen.problem);
  }
  dicom::Candidate candidate = dicom::make_candidate(dicom::Object(source, *seen.kind, options));
  Facts facts;
  facts.role = role_of(*seen.kind);
  facts.uid = candidate.uid;
  facts.sop_class = dicom::Item(candidate.object.data_set()).text(dicom::kSopClass);
  facts.patient_id = candidate.patient_id;
  facts.structure_uids = candidate.structure_uids;
  facts.plan_uids = candidate.plan_uids;
  facts.summation = candidate.summation;
  facts.is_evaluated = !candidate.never_evaluated;
  facts.beams = candidate.parts.beams;
  if (!is_uid(facts.uid)) refuse_object("has no SOP Instance UID (0008,0018), or one that is none");
  if (facts.role == Role::kPlan) {
    bool guessed = false;
    facts.plan = dicom::read_plan(candidate.object, guessed);
  }
  facts.sha256 = candidate.object.sha256(options);
  require_dcmtk_reads(path);
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) refuse_object("cannot be looked at");
  facts.bytes = static_cast<std::uint64_t>(info.st_size);
  facts.received = gate::Instant(std::chrono::seconds(info.st_mtim.tv_sec));
  return facts;
}

}  // namespace dosegate::dicom_gate
