#include "adapters/dicom/reader.h"

#include <algorithm>
#include <map>
#include <new>
#include <system_error>

#include "adapters/dicom/dose.h"
#include "adapters/dicom/file.h"
#include "adapters/dicom/foreign.h"
#include "adapters/dicom/images.h"
#include "adapters/dicom/pairing.h"
#include "adapters/dicom/parallel.h"
#include "adapters/dicom/say.h"
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

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 20;
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < kMost; ++i) list += (i > 0 ? ", " : "") + names[i];
  if (names.size() > kMost) list += " and " + std::to_string(names.size() - kMost) + " more";
  return list;
}

bool is_read_elsewhere(const Source& source, const ReadOptions& options) {
  std::error_code none;  // one of them is not there: not the same
  return !options.read_elsewhere.empty() && std::filesystem::equivalent(source.path, options.read_elsewhere, none);
}

// Of the kind that a damaged file would be, or might be where that is not known, another one is chosen by the user.
bool is_settled(const std::optional<Kind>& kind, const ReadOptions& options) {
  const auto settled = [&](Kind k) {
    const std::string& choice = k == Kind::kPlan         ? options.plan
                                : k == Kind::kStructures ? options.structure_set
                                                         : options.dose;
    return !is_wanted(k, options) || !choice.empty();
  };
  if (kind) return settled(*kind);
  return settled(Kind::kPlan) && settled(Kind::kStructures) && settled(Kind::kDose);
}

// An object to be read, of a kind that is wanted.
struct Found {
  const Source* source;
  Kind kind;
};

// Looks through everything that is there. What could be read and is not wanted gets a note; what could not be read
// may be the very plan, structure set or dose that counts.
class Search {
 public:
  Search(const std::vector<Source>& sources, const ReadOptions& options, std::vector<v1::Sentences>& notes)
      : options_(options), notes_(notes) {
    for (const Source& source : sources) look(source);
    if (!foreign_.empty()) {
      notes_.push_back(note_of(say<Said::kSkippedForeign>(foreign_.size(), names_of(foreign_))));
    }
  }

  const std::vector<Found>& found() const { return found_; }
  // The slices that images beside the objects show.
  const std::vector<ImageSlice>& images() const { return images_; }
  // What was left out, for an error that says that something is missing.
  std::vector<std::string> left_out() const {
    std::vector<std::string> all = other_;
    all.insert(all.end(), foreign_.begin(), foreign_.end());
    return all;
  }

  // Throws where something was set aside that nobody has settled.
  void refuse_unread() const {
    if (unread_.empty()) return;
    const ReadError& first = unread_.front();
    std::string message = first.message() + "; it may be the plan, structure set or dose that counts";
    if (unread_.size() > 1) {
      std::vector<std::string> names;
      for (std::size_t i = 1; i < unread_.size(); ++i) names.push_back(unread_[i].file());
      message += ", and so may " + listed(names) + ", which cannot be read either";
    }
    throw first.with(std::move(message),
                     "export or copy it again, move it to another folder, or name the files that are to be used");
  }

  // Of a file inside a folder that turned out to be damaged. Answers whether it may be left out.
  bool set_aside(const ReadError& error, const std::optional<Kind>& kind) {
    if (!is_settled(kind, options_)) {
      unread_.push_back(error);
      return false;
    }
    other_.push_back(error.file());
    notes_.push_back(note_of(say<Said::kSkippedFile>(error.text())));
    return true;
  }

 private:
  void look(const Source& source) {
    if (!source.problem.empty()) return pass_over(source, ReadError(source.name, "", source.problem, kCheck));
    Sighting sighting;
    try {
      sighting = look_at(source, options_.limits);
    } catch (const ReadError& error) {
      return pass_over(source, error);
    }
    switch (sighting.answer) {
      case Sighting::Answer::kRtObject:
        if (is_wanted(*sighting.kind, options_)) found_.push_back({&source, *sighting.kind});
        return;
      case Sighting::Answer::kOtherObject:
        if (sighting.slice) {
          images_.push_back(*std::move(sighting.slice));
          return;
        }
        if (source.named || sighting.is_odd) {
          other_.push_back(source.name);
          notes_.push_back(note_of(say<Said::kSkippedFile>(source.name + ": " + sighting.problem)));
        }
        return;
      case Sighting::Answer::kForeign:
      case Sighting::Answer::kNotDicom:
        if (source.named) fail(source.name, 0, "is not a DICOM file", "give DICOM files or folders");
        if (is_read_elsewhere(source, options_)) return;
        if (sighting.answer == Sighting::Answer::kForeign) return foreign_.push_back(source.name);
        set_aside({source.name, "", "is not a DICOM file, though nothing shows that it was never to be one", kCheck},
                  std::nullopt);
        return;
      case Sighting::Answer::kBroken:
        if (source.named) fail(source.name, 0, sighting.problem, "export it again, or leave it out");
        set_aside({source.name, "", sighting.problem, kCheck}, sighting.kind);
    }
  }

  // What cannot even be looked at.
  void pass_over(const Source& source, const ReadError& error) {
    if (source.named) throw error;
    if (is_read_elsewhere(source, options_)) return;
    if (is_of_no_interest(source.name)) {
      other_.push_back(source.name);
      notes_.push_back(note_of(say<Said::kSkippedFile>(error.text())));
      return;
    }
    set_aside(error, std::nullopt);
  }

  static bool is_of_no_interest(const std::string& name) {
    if (name.empty() || name.back() != '/') return !may_be_dicom_by_name(name);
    // A folder: those that a system makes for itself.
    const std::size_t slash = name.rfind('/', name.size() - 2);
    const std::string last = slash == std::string::npos ? name : name.substr(slash + 1);
    return last.front() == '.' || last == "lost+found/";
  }

  static constexpr const char* kCheck = "export or copy it again";

  const ReadOptions& options_;
  std::vector<v1::Sentences>& notes_;
  std::vector<Found> found_;
  std::vector<ImageSlice> images_;
  std::vector<ReadError> unread_;
  std::vector<std::string> foreign_, other_;
};

std::vector<Candidate> read_candidates(Search& search, const ReadOptions& options) {
  const std::vector<Found>& found = search.found();
  // One dose stays in memory until it is used; of several, none does.
  const bool keeps_dose =
      std::count_if(found.begin(), found.end(), [](const Found& f) { return f.kind == Kind::kDose; }) == 1;
  std::vector<std::variant<std::monostate, Candidate, ReadError>> read(found.size());
  in_parallel(options.threads, found.size(), [&](std::size_t i) {
    const auto read_one = [&] {
      auto& candidate = read[i].emplace<Candidate>(make_candidate(Object(*found[i].source, found[i].kind, options)));
      if (options.inputs == Inputs::kListed) candidate.object.sha256(options);
      if (found[i].kind == Kind::kDose && !keeps_dose) candidate.object.release_bytes();
    };
    if (found[i].source->named || !is_settled(found[i].kind, options)) return read_one();
    try {
      read_one();
    } catch (const ReadError& error) {
      read[i] = error;
    }
  });
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < read.size(); ++i) {
    if (const auto* error = std::get_if<ReadError>(&read[i])) {
      search.set_aside(*error, found[i].kind);
    } else {
      candidates.push_back(std::get<Candidate>(std::move(read[i])));
    }
  }
  return candidates;
}

// One object in two files is used once; two objects under one UID are an error.
void drop_copies(std::vector<Candidate>& candidates, const ReadOptions& options, std::vector<v1::Sentences>& notes) {
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
        notes.push_back(note_of(say<Said::kSkippedCopy>(candidate.object.name(), other.object.name())));
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
    for (Candidate* part : pairing.doses) parts.push_back({&part->object, part->parts.beams});
    dose = sum_beams(parts, result.plan, options);
  } else {
    Object& object = pairing.doses.front()->object;
    if (!object.is_loaded()) object.reload(options);
    dose = read_dose(object, options.limits);
  }
  if (!pairing.dose_defect.empty()) dose.defect = pairing.dose_defect;
  return dose;
}

// An error on what is missing or chosen names what was left out: it may lie there.
Pairing pair_up_or_name(std::vector<Candidate>& candidates, const ReadOptions& options,
                        const std::vector<std::string>& left_out) {
  try {
    return pair_up(candidates, options);
  } catch (const ReadError& error) {
    if (!error.file().empty() || !error.where().empty() || left_out.empty()) throw;
    throw error.with(error.message() + " (not used: " + listed(left_out) + ")", error.hint());
  }
}

void note_encoding(const Candidate& used, std::vector<v1::Sentences>& notes) {
  if (!used.object.data_set().is_encoded_otherwise()) return;
  notes.push_back(note_of(say<Said::kOtherEncoding>(used.object.name(), form_text(used.object.data_set().encoding()))));
}

constexpr const char* kRejected = "REJECTED";

std::string rejected(const char* what, const Candidate& object) {
  return "The " + std::string(what) + " (" + object.object.name() + ") is REJECTED by its Approval Status (300E,0002).";
}

// pair_up() has seen that they are of one.
std::string patient_of(const Pairing& pairing) {
  std::vector<const Candidate*> used(pairing.doses.begin(), pairing.doses.end());
  for (const Candidate* c : {pairing.plan, pairing.structures}) used.push_back(c);
  for (const Candidate* c : used) {
    if (c != nullptr && !c->patient_id.empty()) return c->patient_id;
  }
  return {};
}

RtCase read(const std::vector<Source>& sources, const ReadOptions& options) {
  RtCase result;
  Search search(sources, options, result.notes);
  search.refuse_unread();
  std::vector<Candidate> candidates = read_candidates(search, options);
  drop_copies(candidates, options, result.notes);
  Pairing pairing = pair_up_or_name(candidates, options, search.left_out());
  for (v1::Sentences& note : pairing.notes) result.notes.push_back(std::move(note));
  for (const Candidate* used : {pairing.plan, pairing.structures}) {
    if (used != nullptr) note_encoding(*used, result.notes);
  }
  for (const Candidate* used : pairing.doses) note_encoding(*used, result.notes);
  result.patient_id = patient_of(pairing);

  if (pairing.plan != nullptr) {
    result.plan = std::move(pairing.plan_data);
    if (pairing.guessed_charset) {
      result.notes.push_back(note_of(say<Said::kTextsOfUnknownCharset>(pairing.plan->object.name())));
    }
    add_input(result, "RTPLAN", *pairing.plan, options);
  }
  if (pairing.structures != nullptr) {
    result.structures = read_structures(pairing.structures->object, options.limits, options.threads, result.notes);
    if (pairing.structures->approval == kRejected) {
      for (Structure& s : result.structures) {
        if (s.defect.empty()) s.defect = rejected("structure set", *pairing.structures);
      }
    }
    compare_with_named_images(result.structures, search.images());
    result.slices = slices_of(pairing.structures->object, result.structures, search.images());
    add_input(result, "RTSTRUCT", *pairing.structures, options);
    pairing.structures->object.release_bytes();
  }
  if (!pairing.doses.empty()) {
    result.dose = dose_of(pairing, result, options);
    for (const Candidate* dose : pairing.doses) {
      if (dose->approval == kRejected && result.dose->defect.empty()) result.dose->defect = rejected("dose", *dose);
    }
    const std::string& file = pairing.doses.front()->object.name();
    if (result.dose->as_water) result.notes.push_back(note_of(say<Said::kDoseAsInWater>(file)));
    if (result.dose->is_moved) result.notes.push_back(note_of(say<Said::kDoseMoved>(file)));
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
    return ReadError("", "", "there is not enough memory to read these files", "give fewer or smaller files");
  } catch (const std::exception& error) {
    return ReadError("", "", std::string("reading failed: ") + error.what(), "check the files and their permissions");
  }
}

}  // namespace

ReadResult read_case(const std::vector<std::filesystem::path>& paths, const ReadOptions& options) {
  return answer([&]() -> ReadResult { return read(find_sources(paths, options.limits), options); });
}

ReadResult read_case_from_memory(const std::vector<MemoryFile>& files, const ReadOptions& options) {
  return answer([&]() -> ReadResult {
    std::vector<Source> sources;
    for (const MemoryFile& file : files) sources.push_back({file.name, {}, &file.bytes, true, ""});
    return read(sources, options);
  });
}

}  // namespace dosegate::dicom
