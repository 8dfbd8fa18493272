#include "adapters/dicom/reader.h"

#include <algorithm>
#include <map>
#include <new>
#include <system_error>

#include "adapters/dicom/file.h"
#include "adapters/dicom/pairing.h"
#include "adapters/dicom/parallel.h"
#include "adapters/dicom/plan.h"
#include "adapters/dicom/sources.h"
#include "adapters/dicom/structures.h"

namespace dosegate::dicom {
namespace {

bool is_wanted(Kind kind, const ReadOptions& options) {
  const Need need = kind == Kind::kPlan         ? options.need_plan
                    : kind == Kind::kStructures ? options.need_structures
                                                : options.need_dose;
  return need != Need::kIgnored;
}

void note_skipped(const std::vector<std::string>& names, std::vector<std::string>& notes) {
  if (names.empty()) return;
  constexpr std::size_t kMost = 3;
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < kMost; ++i) list += (i > 0 ? ", " : "") + names[i];
  if (names.size() > kMost) list += ", ...";
  notes.push_back(std::to_string(names.size()) + " file(s) that are not DICOM were skipped: " + list + ".");
}

bool is_read_elsewhere(const Source& source, const ReadOptions& options) {
  std::error_code none;  // one of them is not there: not the same
  return !options.read_elsewhere.empty() && std::filesystem::equivalent(source.path, options.read_elsewhere, none);
}

// What is to be read, of the kinds that are wanted; a note for everything else.
struct Found {
  const Source* source;
  Kind kind;
};
std::vector<Found> find_objects(const std::vector<Source>& sources, const ReadOptions& options,
                                std::vector<std::string>& notes) {
  std::vector<Found> found;
  std::vector<std::string> skipped;
  for (const Source& source : sources) {
    Sighting sighting;
    try {
      sighting = look_at(source, options.limits);
    } catch (const ReadError& error) {
      if (source.named) throw;
      notes.push_back("Skipped: " + error.text() + ".");
      continue;
    }
    switch (sighting.answer) {
      case Sighting::Answer::kRtObject:
        break;
      case Sighting::Answer::kOtherObject:
        if (source.named) notes.push_back("Skipped: " + source.name + ": " + sighting.problem + ".");
        continue;
      case Sighting::Answer::kNotDicom:
        if (source.named) fail(source.name, 0, "is not a DICOM file", "give DICOM files or folders");
        if (!is_read_elsewhere(source, options)) skipped.push_back(source.name);
        continue;
      case Sighting::Answer::kBroken:
        if (source.named) fail(source.name, 0, sighting.problem, "export it again, or leave it out");
        notes.push_back("Skipped: " + source.name + ": " + sighting.problem + ".");
        continue;
    }
    if (is_wanted(sighting.kind, options)) found.push_back({&source, sighting.kind});
  }
  note_skipped(skipped, notes);
  return found;
}

std::vector<Candidate> read_candidates(const std::vector<Found>& found, const ReadOptions& options) {
  // One dose stays in memory until it is used; of several, none does.
  const bool keeps_dose =
      std::count_if(found.begin(), found.end(), [](const Found& f) { return f.kind == Kind::kDose; }) == 1;
  std::vector<std::optional<Candidate>> read(found.size());
  in_parallel(options.threads, found.size(), [&](std::size_t i) {
    Candidate& candidate = read[i].emplace(make_candidate(Object(*found[i].source, found[i].kind, options)));
    if (options.inputs == Inputs::kListed) candidate.object.sha256(options);
    if (found[i].kind == Kind::kDose && !keeps_dose) candidate.object.release_bytes();
  });
  std::vector<Candidate> candidates;
  for (std::optional<Candidate>& candidate : read) candidates.push_back(*std::move(candidate));
  return candidates;
}

// One object in two files is used once; two objects under one UID are an error.
void drop_copies(std::vector<Candidate>& candidates, const ReadOptions& options, std::vector<std::string>& notes) {
  std::map<std::string, std::size_t> first;
  std::vector<Candidate> kept;
  for (Candidate& candidate : candidates) {
    if (!candidate.uid.empty()) {
      const auto [found, is_new] = first.emplace(candidate.uid, kept.size());
      if (!is_new) {
        Candidate& other = kept[found->second];
        if (other.object.sha256(options) != candidate.object.sha256(options)) {
          fail(candidate.object.name(), 0x00080018U,
               "is the same as that of " + other.object.name() + ", and the files differ", "leave out the wrong one");
        }
        notes.push_back("Skipped: " + candidate.object.name() + " is a copy of " + other.object.name() + ".");
        continue;
      }
    }
    kept.push_back(std::move(candidate));
  }
  candidates = std::move(kept);
}

void add_input(RtCase& result, const char* role, Candidate& candidate, const ReadOptions& options) {
  if (options.inputs == Inputs::kIgnored) return;
  v1::Input& input = result.inputs.emplace_back();
  input.set_role(role);
  input.set_sop_instance_uid(candidate.uid);
  input.set_sha256(candidate.object.sha256(options));
}

Dose dose_of(const Pairing& pairing, const RtCase& result, const ReadOptions& options) {
  Dose dose;
  if (pairing.doses.front()->summation == "BEAM") {
    std::vector<BeamDose> parts;
    for (Candidate* part : pairing.doses) parts.push_back({&part->object, part->beams});
    dose = sum_beams(parts, result.plan, options);
  } else {
    Object& object = pairing.doses.front()->object;
    if (!object.is_loaded()) object.reload(options);
    dose = read_dose(object, options.limits);
  }
  if (!pairing.dose_defect.empty()) dose.defect = pairing.dose_defect;
  return dose;
}

RtCase read(const std::vector<Source>& sources, const ReadOptions& options) {
  RtCase result;
  std::vector<Candidate> candidates = read_candidates(find_objects(sources, options, result.notes), options);
  drop_copies(candidates, options, result.notes);
  Pairing pairing = pair_up(candidates, options);
  for (std::string& note : pairing.notes) result.notes.push_back(std::move(note));

  if (pairing.plan != nullptr) {
    bool guessed = false;
    result.plan = read_plan(pairing.plan->object, guessed);
    if (guessed) {
      result.notes.push_back("Texts in " + pairing.plan->object.name() +
                             " are not in the character set that the file declares; they were read as UTF-8 or "
                             "ISO-8859-1.");
    }
    add_input(result, "RTPLAN", *pairing.plan, options);
  }
  if (pairing.structures != nullptr) {
    result.structures = read_structures(pairing.structures->object, options.limits, options.threads, result.notes);
    add_input(result, "RTSTRUCT", *pairing.structures, options);
    pairing.structures->object.release_bytes();
  }
  if (!pairing.doses.empty()) {
    result.dose = dose_of(pairing, result, options);
    if (result.dose->as_water) {
      result.notes.push_back(
          "The dose in " + pairing.doses.front()->object.name() +
          " was calculated as if the patient were water: Tissue Heterogeneity Correction (3004,0014) "
          "is WATER.");
    }
    for (Candidate* dose : pairing.doses) add_input(result, "RTDOSE", *dose, options);
  }
  return result;
}

template <typename F>
ReadResult answer(F&& f) {
  try {
    return f();
  } catch (const ReadError& error) {
    return error;
  } catch (const std::bad_alloc&) {
    return ReadError{"", "", "there is not enough memory to read these files", "give fewer or smaller files"};
  } catch (const std::exception& error) {
    return ReadError{"", "", std::string("reading failed: ") + error.what(), "check the files and their permissions"};
  }
}

}  // namespace

ReadResult read_case(const std::vector<std::filesystem::path>& paths, const ReadOptions& options) {
  return answer([&]() -> ReadResult { return read(find_sources(paths, options.limits), options); });
}

ReadResult read_case_from_memory(const std::vector<MemoryFile>& files, const ReadOptions& options) {
  return answer([&]() -> ReadResult {
    std::vector<Source> sources;
    for (const MemoryFile& file : files) sources.push_back({file.name, {}, &file.bytes, true});
    return read(sources, options);
  });
}

}  // namespace dosegate::dicom
