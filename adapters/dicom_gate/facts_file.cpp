#include "adapters/dicom_gate/facts_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>

#include "adapters/gate/document.h"
#include "adapters/gate/files.h"
#include "adapters/support/base64.h"

namespace dosegate::dicom_gate {
namespace fs = std::filesystem;

namespace {

using gate::ObjectReader;
using gate::ObjectWriter;

constexpr std::size_t kMostFactsBytes = std::size_t{4} << 20, kMostProgramBytes = std::size_t{1} << 30;
constexpr const char* kSchema = "dosegate.gate-facts/1";
const gate::Words kRoles = {"RTPLAN", "RTSTRUCT", "RTDOSE"};  // in the order of Role

// What this program is: another one may read more of an object, or read it otherwise.
const std::string& this_program() {
  static const std::string digest = gate::sha256(gate::read_file("/proc/self/exe", kMostProgramBytes));
  return digest;
}

// Size, times and number of a file, as a text that changes with any of them; empty: it cannot be looked at.
std::string mark_of(const struct stat& info) {
  std::string mark;
  for (const auto number : {static_cast<std::int64_t>(info.st_size), static_cast<std::int64_t>(info.st_ino),
                            static_cast<std::int64_t>(info.st_mtim.tv_sec), info.st_mtim.tv_nsec,
                            static_cast<std::int64_t>(info.st_ctim.tv_sec), info.st_ctim.tv_nsec}) {
    mark += (mark.empty() ? "" : " ") + std::to_string(number);
  }
  return mark;
}

std::string write_beam(const dicom::BeamReference& beam) {
  ObjectWriter writer;
  if (beam.fraction_group) writer.whole("group", *beam.fraction_group);
  return writer.whole("beam", beam.beam).end();
}

std::string write_facts(const Facts& facts, const std::string& mark) {
  std::vector<std::string> beams;
  for (const dicom::BeamReference& beam : facts.beams) beams.push_back(write_beam(beam));
  ObjectWriter writer;
  writer.text("schema", kSchema)
      .text("program", this_program())
      .text("file", mark)
      .text("role", name_of(facts.role))
      .text("uid", facts.uid)
      .text("sopClass", facts.sop_class)
      .text("sha256", facts.sha256)
      .text_if("patientId", facts.patient_id)
      .texts("structures", facts.structure_uids)
      .texts("plans", facts.plan_uids)
      .text_if("summation", facts.summation)
      .boolean("isEvaluated", facts.is_evaluated)
      .list("beams", beams);
  if (facts.plan) writer.text("plan", "." + support::to_base64(facts.plan->SerializeAsString()));
  return writer.end() + "\n";
}

std::int32_t number_of(ObjectReader& reader, const char* name) {
  return static_cast<std::int32_t>(reader.whole(name, INT32_MIN, INT32_MAX));
}

Facts read_facts(std::string_view json, const std::string& mark) {
  Facts facts;
  gate::read_document(json, [&](ObjectReader& reader) {
    reader.word("schema", {kSchema});
    reader.word("program", {this_program()});
    reader.word("file", {mark});
    const std::string role = reader.word("role", kRoles);
    for (std::size_t i = 0; i < kRoles.size(); ++i) {
      if (kRoles[i] == role) facts.role = static_cast<Role>(i);
    }
    facts.uid = reader.text("uid");
    facts.sop_class = reader.text("sopClass");
    facts.sha256 = reader.digest("sha256");
    facts.patient_id = reader.text_if("patientId").value_or("");
    facts.structure_uids = reader.texts("structures", 0);
    facts.plan_uids = reader.texts("plans", 0);
    facts.summation = reader.text_if("summation").value_or("");
    facts.is_evaluated = reader.boolean("isEvaluated");
    reader.each("beams", 0, [&](ObjectReader& beam) {
      dicom::BeamReference reference;
      if (beam.has("group")) reference.fraction_group = number_of(beam, "group");
      reference.beam = number_of(beam, "beam");
      beam.finish();
      facts.beams.push_back(reference);
    });
    if (const auto text = reader.text_if("plan")) {
      const auto bytes = support::from_base64(std::string_view(*text).substr(std::min<std::size_t>(1, text->size())));
      if (!bytes || !facts.plan.emplace().ParseFromString(*bytes)) reader.complain("plan", "is no plan");
    }
    if (facts.plan.has_value() != (facts.role == Role::kPlan)) reader.complain("plan", "is of another role");
  });
  return facts;
}

}  // namespace

void keep_facts(const fs::path& path, const fs::path& object, const Facts& facts) {
  const fs::path part = path.parent_path() / ("." + path.filename().string());
  std::error_code ignored;
  try {
    struct stat info {};
    if (::stat(object.c_str(), &info) != 0) return;
    std::ofstream file(part, std::ios::binary | std::ios::trunc);
    file << write_facts(facts, mark_of(info));
    file.close();
    if (!file.fail() && ::rename(part.c_str(), path.c_str()) == 0) return;
  } catch (const std::exception&) {  // a name in another encoding, say: the object is read at the next start
  }
  fs::remove(part, ignored);
}

std::optional<Facts> kept_facts(const fs::path& path, const fs::path& object) {
  struct stat info {};
  std::error_code ignored;
  if (::stat(object.c_str(), &info) != 0 || !fs::is_regular_file(fs::symlink_status(path, ignored))) {
    return std::nullopt;
  }
  try {
    Facts facts = read_facts(gate::read_file(path.string(), kMostFactsBytes), mark_of(info));
    if (facts.uid + ".dcm" != object.filename().string()) return std::nullopt;
    facts.bytes = static_cast<std::uint64_t>(info.st_size);
    facts.received = gate::Instant(std::chrono::seconds(info.st_mtim.tv_sec));
    return facts;
  } catch (const gate::Refused&) {
    return std::nullopt;
  }
}

}  // namespace dosegate::dicom_gate
