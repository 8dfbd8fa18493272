#include "adapters/cli/cohort_plans.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "adapters/cli/case_input.h"
#include "adapters/cli/documents.h"
#include "adapters/cli/input.h"
#include "adapters/cli/interrupt.h"
#include "adapters/cli/kept_reports.h"
#include "adapters/cli/library_case.h"
#include "adapters/cli/program.h"
#include "adapters/cli/progress.h"
#include "adapters/cli/report_file.h"
#include "adapters/dicom/to_case.h"
#include "dosegate/detail/sha256.hpp"

namespace dosegate::cli {
namespace fs = std::filesystem;
namespace {

struct Found {
  std::string name;
  bool is_folder = false;
};

// But `kept`, where reports are kept.
std::vector<Found> things_in(const std::string& directory, const std::string& kept) {
  constexpr std::size_t kMostThings = 10'000;
  std::vector<Found> found;
  std::error_code error;
  fs::directory_iterator at(directory, error);
  if (error) stop(directory + ": cannot be listed: " + error.message() + ". Check the name and its permissions");
  for (; at != fs::directory_iterator(); at.increment(error)) {
    std::error_code ignored;
    if (fs::equivalent(at->path(), kept, ignored)) continue;
    found.push_back({at->path().filename().string(), at->is_directory(ignored)});
    if (found.size() > kMostThings) stop(directory + ": holds more than " + std::to_string(kMostThings) + " things");
  }
  if (error) stop(directory + ": cannot be listed to its end: " + error.message());
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.name < b.name; });
  return found;
}

std::string digest_of_program() {
  constexpr std::size_t kMostProgram = std::size_t{512} << 20;
  return detail::sha256_of(text_of("/proc/self/exe", kMostProgram));
}

class Cohort {
 public:
  Cohort(const Library& library, const CohortArguments& args)
      : library_(library),
        args_(args),
        protocol_(load_protocol(library, args.check.protocol)),
        document_(parse_document<v1::Protocol>(protocol_.json())),
        kept_(args.resume),
        program_(digest_of_program()) {
    check_roles(document_, args.check);
  }

  // The report on the plan in a folder; whether it had been made before.
  std::pair<v1::Report, bool> report_on(const fs::path& folder) const {
    CheckArguments args = args_.check;
    args.input.paths = {folder.string()};
    std::error_code ignored;
    const fs::path record_file = folder / "record.json";
    if (!args.plan_only && fs::exists(record_file, ignored)) args.record = record_file.string();
    v1::CaseOptions options = options_of(args);
    const std::string record = read_record(args, options);
    dicom::RtCase rt = case_of(read(args, {}), args.input);
    v1::CaseOptions named = options;
    dicom::add_to_options(rt, named);
    const std::string key = row_key(rt, named);
    if (auto report = kept_.find(key, named, document_, library_.engine_version())) return {std::move(*report), true};
    Case c = make_check_case(library_, args, rt, options, record);
    const Report made = on_input(args.input, [&] { return c.check(protocol_); });
    auto report = parse_document<v1::Report>(made.json());
    kept_.keep(key, made.json());
    return {std::move(report), false};
  }

 private:
  // The digest of all that the report is a function of: program, library, protocol, options with the digests of the
  // inputs, and what reading made of the files beside them. No name of a file or folder is in it.
  std::string row_key(const dicom::RtCase& rt, v1::CaseOptions options) const {
    options.clear_notes();
    options.clear_note_sentences();
    std::string text = "dosegate cohort 1\n" + program_ + "\n" + library_.manifest().library_sha256 + "\n" +
                       detail::sha256_of(protocol_.json().data(), protocol_.json().size()) + "\n" + to_json(options) +
                       "\n" + (rt.plan ? to_json(*rt.plan) : "") + "\n";
    for (const dicom::Structure& s : rt.structures) text += std::to_string(s.roi_number) + " " + s.defect + "\n";
    for (const dicom::Slices& s : rt.slices) {
      text += s.frame_of_reference_uid + " " + std::to_string(s.axis);
      for (const double mm : s.at_mm) text += " " + shortest(mm);
      text += "\n";
    }
    if (rt.dose) text += rt.dose->defect;
    return detail::sha256_of(text);
  }

  const Library& library_;
  const CohortArguments& args_;
  Protocol protocol_;
  v1::Protocol document_;
  KeptReports kept_;
  std::string program_;
};

}  // namespace

v1::CohortReport check_cohort(const Library& library, const CohortArguments& args, const IntervalOf& interval,
                              DeviationSource* deviations) {
  const std::vector<Found> found = things_in(args.directory, args.resume);
  refuse_kept_among_inputs(args.resume, args.directory);
  const Cohort cohort(library, args);
  v1::CohortReport out;
  out.set_level(args.level);
  CohortCount count(out, deviations);
  {
    Progress progress(static_cast<std::size_t>(
        std::count_if(found.begin(), found.end(), [](const Found& f) { return f.is_folder; })));
    for (const Found& one : found) {
      if (!one.is_folder) {
        count.leave(one.name, "is no folder; with --plans each folder is one plan");
      } else if (is_interrupted()) {
        count.leave(one.name, kNotReached);
      } else {
        bool before = false;
        try {
          auto [report, was] = cohort.report_on(fs::path(args.directory) / one.name);
          before = was;
          count.add(one.name, std::move(report));
        } catch (const std::bad_alloc&) {
          throw;
        } catch (const std::exception& e) {
          count.leave(one.name, is_interrupted() ? kNotReached : e.what());
        }
        progress.step(before);
      }
    }
  }
  count.finish(interval);
  if (out.groups_size() == 0 && !has_not_reached(out)) {
    const std::string first = out.left_size() == 0 ? "" : " (" + out.left(0).file() + ": " + out.left(0).reason() + ")";
    stop(args.directory + ": no plan in it could be checked" + first);
  }
  return out;
}

}  // namespace dosegate::cli
