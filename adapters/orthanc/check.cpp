#include "adapters/orthanc/check.h"

#include <unistd.h>

#include <filesystem>
#include <optional>
#include <utility>

#include "adapters/orthanc/child.h"
#include "adapters/orthanc/files.h"
#include "adapters/orthanc/forward.h"
#include "adapters/orthanc/json.h"
#include "adapters/support/error.h"
#include "dosegate/detail/loader.hpp"
#include "dosegate/detail/manifest.hpp"
#include "dosegate/detail/sha256.hpp"

namespace dosegate::orthanc {
namespace fs = std::filesystem;
using support::TemporaryFolder;
namespace {

constexpr std::size_t kMostReportBytes = std::size_t{64} << 20;
constexpr std::size_t kMostProgramBytes = std::size_t{1} << 29;
constexpr std::size_t kMostProtocolBytes = std::size_t{4} << 20;  // as the library takes it
constexpr std::size_t kMostProbeBytes = std::size_t{1} << 20;
constexpr unsigned kProbeSeconds = 60;
constexpr const char* kMoreRoom =
    "make room there, or name another one as TemporaryDirectory in Orthanc's configuration";
constexpr int kPassCode = 0, kFailCode = 1, kIncompleteCode = 2, kUnusableCode = 3;

std::string library_sha256(const Settings& settings) {
  const std::string manifest = settings.manifest();
  const Manifest read = detail::ManifestReader::read(detail::read_manifest_text(manifest), manifest);
  const std::string named = (fs::path(manifest).parent_path() / read.library_path).string();
  if (named != fs::path(settings.library).lexically_normal().string())
    throw support::Error("Dosegate.Library", "", "is not the library of " + manifest + ", which is " + named,
                         "name that one");
  return read.library_sha256;
}

// What the program is told of what does not change from study to study.
std::vector<std::string> command(const Settings& settings, const Rules& rules, const TemporaryFolder& folder) {
  std::string protocol = settings.protocol;
  if (!rules.protocol_text.empty()) write_file(protocol = folder / "protocol.json", rules.protocol_text);
  write_file(folder / "options.json", settings.options);
  std::vector<std::string> all = {settings.program(),
                                  "--manifest",
                                  settings.manifest(),
                                  "--options",
                                  folder / "options.json",
                                  "--report",
                                  folder / "report.json",
                                  "--memory-mib",
                                  std::to_string(settings.memory_limit_mib),
                                  "--parent",
                                  std::to_string(::getpid())};
  if (!protocol.empty()) all.insert(all.end(), {"--protocol", protocol});
  return all;
}

// Of a child that gave no answer.
std::string why(const ChildResult& result, const Settings& settings) {
  const std::string said = result.error.empty() ? "" : " (" + result.error + ")";
  if (result.stopped) return "the check was ended because Orthanc stops; it is made anew when Orthanc starts";
  if (result.timed_out)
    return "the check took longer than Dosegate.TimeLimit, " + std::to_string(settings.time_limit_s) +
           " s; raise it, or look why this study takes so long" + said;
  if (result.exit_code == kUnusableCode && !result.error.empty()) {
    constexpr std::string_view kName = "dosegate: ";
    return result.error.rfind(kName, 0) == 0 ? result.error.substr(kName.size()) : result.error;
  }
  return "the check was ended by signal " + std::to_string(result.signal) + ", or failed by exit code " +
         std::to_string(result.exit_code) + said +
         "; raise Dosegate.MemoryLimit if it is short of memory, else report this as a defect";
}

// The word of the exit code; none: there is no verdict.
const char* word_of(int exit_code) {
  switch (exit_code) {
    case kPassCode:
      return kPass;
    case kFailCode:
      return kFail;
    case kIncompleteCode:
      return kIncomplete;
    default:
      return nullptr;
  }
}

// "RTPLAN-IDENTIFIER.dcm"; what stands in a file goes into no path.
std::string file_name(const Instance& instance) {
  std::string kind;
  for (const char c : instance.modality) {
    if (kind.size() < 16 && ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) kind += c;
  }
  return kind + "-" + instance.id + ".dcm";
}

}  // namespace

Rules rules_of(const Settings& settings) {
  Rules rules;
  rules.library_sha256 = library_sha256(settings);
  if (settings.protocol.find('/') != std::string::npos)
    rules.protocol_text = read_file(settings.protocol, kMostProtocolBytes);
  const TemporaryFolder folder(settings.temporary_directory, kMoreRoom);
  const ChildResult result =
      run_child(command(settings, rules, folder), folder / "error", kProbeSeconds, [] { return false; });
  if (result.exit_code != kPassCode) throw support::Error("Dosegate", "", why(result, settings), "");
  const std::string tried = read_file(folder / "report.json", kMostProbeBytes);
  const auto read = read_json(tried);
  if (!read || text_of(*read, "engine").empty() || text_of(*read, "protocolSha256").empty())
    throw support::Error(settings.program(), "", "does not belong to this plugin", "install both of the same version");
  rules.engine = text_of(*read, "engine");
  rules.protocol = text_of(*read, "protocol");
  rules.digest = detail::sha256_of(rules.library_sha256 + "\n" +
                                   detail::sha256_of(read_file(settings.program(), kMostProgramBytes)) + "\n" + tried +
                                   "\n" + settings.options);
  return rules;
}

void Checker::write_objects(const Study& study, const TemporaryFolder& folder, const IsStopping& is_stopping) const {
  std::uint64_t bytes = 0;
  for (const Instance& instance : study.instances) bytes += instance.bytes;
  if (study.instances.size() > kMostInstances)
    throw support::Error("", "", "the study has more than " + std::to_string(kMostInstances) + " objects",
                         "split it, a plan each");
  if (bytes > std::uint64_t{settings_.study_limit_mib} << 20)
    throw support::Error(
        "", "", "the study is over Dosegate.StudyLimit of " + std::to_string(settings_.study_limit_mib) + " MiB",
        "raise it, or split the study");
  fs::create_directory(folder / "study");
  for (const Instance& instance : study.instances) {
    if (is_stopping()) throw support::Error("Orthanc stops; the study is checked when it starts again");
    orthanc_.save("/instances/" + instance.id + "/file", (fs::path(folder / "study") / file_name(instance)).string());
  }
}

Checker::Answer Checker::answer_on(const Study& study, const TemporaryFolder& folder,
                                   const IsStopping& is_stopping) const {
  Answer answer;
  answer.kept.fingerprint = study.fingerprint;
  answer.kept.engine = rules_.engine;
  answer.kept.protocol = rules_.protocol;
  try {
    if (const std::string missing = study.missing(); !missing.empty())
      throw support::Error("", "", "the study has no " + missing, "send what is missing into the same study");
    write_objects(study, folder, is_stopping);
    std::vector<std::string> all = command(settings_, rules_, folder);
    if (settings_.page) all.insert(all.end(), {"--page", folder / "page.html"});
    if (!study.record.empty()) all.insert(all.end(), {"--record", study.record});
    all.push_back(folder / "study");
    const ChildResult result = run_child(all, folder / "error", settings_.time_limit_s, is_stopping);
    const char* const word = word_of(result.exit_code);
    if (word == nullptr || result.timed_out || result.stopped) throw support::Error(why(result, settings_));
    answer.report = read_file(folder / "report.json", kMostReportBytes);
    if (settings_.page) answer.page = read_file(folder / "page.html", kMostReportBytes);
    const auto read = read_json(answer.report);
    if (!read || text_of(*read, "verdict") != word)
      throw support::Error(settings_.program(), "", "gave a report and an exit code that differ",
                           "report this as a defect");
    if (library_sha256(settings_) != rules_.library_sha256)
      throw support::Error(settings_.library, "", "was replaced while Orthanc ran", "restart Orthanc");
    answer.kept.verdict = word;
  } catch (const std::exception& error) {
    answer.kept.verdict = kNoVerdict;
    answer.kept.problem = error.what();
    answer.report.clear();
    answer.page.clear();
  }
  answer.kept.at = now();
  return answer;
}

Checker::Next Checker::check(const std::string& id, const IsStopping& is_stopping) const {
  const std::optional<Study> study = look_at(orthanc_, settings_, rules_.digest, id);
  if (!study) return Next::kDone;
  if (!study->is_treatment()) {
    if (keeper_.has_any(id)) keeper_.forget(id);
    return Next::kDone;
  }
  Kept kept;
  kept.verdict = kChecking;
  kept.problem = "the study is being checked";
  kept.at = now();
  keeper_.keep_none(id, kept);
  try {
    return check_marked(*study, is_stopping);
  } catch (const std::exception& error) {
    kept.verdict = kNoVerdict;
    kept.problem = error.what();
    kept.fingerprint = study->fingerprint;
    keeper_.keep_none(id, kept);
    throw;
  }
}

Checker::Next Checker::check_marked(const Study& study, const IsStopping& is_stopping) const {
  const TemporaryFolder folder(settings_.temporary_directory, kMoreRoom);
  Answer answer = answer_on(study, folder, is_stopping);
  if (is_stopping()) return Next::kDone;  // it stays marked as not checked
  const auto is_the_same = [&] {
    const std::optional<Study> after = look_at(orthanc_, settings_, rules_.digest, study.id);
    if (after && after->fingerprint != study.fingerprint) keeper_.settle(*after);
    return after && after->fingerprint == study.fingerprint;
  };
  if (!is_the_same()) return Next::kAgain;
  if (answer.kept.verdict == kPass) {
    for (const std::string& modality : settings_.forward_to) answer.kept.forwarded[modality] = kPending;
  }
  if (answer.kept.verdict == kNoVerdict) {
    keeper_.keep_none(study.id, answer.kept);
    orthanc_.complain("study " + study.id + ": " + answer.kept.verdict + ": " + answer.kept.problem);
  } else {
    keeper_.keep(study.id, answer.kept, answer.report, answer.page);
    orthanc_.warn("study " + study.id + ": " + answer.kept.verdict + " by " + rules_.protocol);
  }
  // What changed before the verdict was written may have been told before, too.
  if (!is_the_same()) return Next::kAgain;
  if (answer.kept.verdict == kPass) forward_all(study, folder, answer.kept, is_stopping);
  return Next::kDone;
}

// The verdict stands, whatever becomes of this.
void Checker::forward_all(const Study& study, const TemporaryFolder& folder, Kept kept,
                          const IsStopping& is_stopping) const {
  for (const std::string& modality : settings_.forward_to) {
    std::string how;
    try {
      std::vector<std::string> files;
      for (const Instance& instance : study.instances)
        files.push_back((fs::path(folder / "study") / file_name(instance)).string());
      how = forward(orthanc_, modality, files, is_stopping);
    } catch (const std::exception& error) {
      how = error.what();
    }
    kept.forwarded[modality] = how;
    if (how != kSent) orthanc_.complain("study " + study.id + ": forwarding to " + modality + ": " + how);
    try {
      keeper_.keep_forwarded(study.id, kept);
    } catch (const std::exception& error) {
      orthanc_.complain(error.what());
    }
  }
}

}  // namespace dosegate::orthanc
