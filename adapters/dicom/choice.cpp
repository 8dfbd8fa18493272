#include "adapters/dicom/choice.h"

#include <algorithm>
#include <filesystem>

#include "adapters/dicom/wire/charset.h"

namespace dosegate::dicom {
namespace {

bool is_chosen(const Candidate& candidate, const std::string& choice) {
  if (candidate.uid == choice) return true;
  const Source& source = candidate.object.source();
  if (source.name == choice || std::filesystem::path(source.name).filename() == choice) return true;
  std::error_code error;
  return !source.path.empty() && std::filesystem::equivalent(source.path, choice, error) && !error;
}

}  // namespace

KindText text_of(Kind kind) {
  switch (kind) {
    case Kind::kPlan:
      return {"plan (RTPLAN)", "plans", "--plan"};
    case Kind::kStructures:
      return {"structure set (RTSTRUCT)", "structure sets", "--structures"};
    case Kind::kDose:
      break;
  }
  return {"dose (RTDOSE)", "doses", "--dose"};
}

bool names_uid(const std::vector<std::string>& list, const std::string& uid) {
  return !uid.empty() && std::find(list.begin(), list.end(), uid) != list.end();
}

std::string listed(const Pointers& candidates) {
  constexpr std::size_t kMost = 10;
  std::string list;
  for (std::size_t i = 0; i < candidates.size() && i < kMost; ++i) {
    const Candidate& c = *candidates[i];
    std::string what = c.object.kind() == Kind::kDose ? c.summation : c.label.empty() ? "" : "'" + c.label + "'";
    for (const BeamReference& beam : c.parts.beams) {
      what += (&beam == &c.parts.beams.front() ? " of beam " : ", ") + std::to_string(beam.beam);
    }
    if (!what.empty()) what += ", ";
    list += (i > 0 ? "; " : "") + c.object.name() + " (" + what + "UID " + (c.uid.empty() ? "none" : c.uid) + ")";
  }
  if (candidates.size() > kMost) list += "; and " + std::to_string(candidates.size() - kMost) + " more";
  return list;
}

void fail_ambiguous(Kind kind, const Pointers& candidates) {
  const KindText text = text_of(kind);
  fail("", 0,
       std::to_string(candidates.size()) + " " + text.many +
           " are there and nothing decides between them: " + listed(candidates),
       std::string("choose one with ") + text.option + " UID or FILE");
}

Pointers chosen(const Pointers& all, const std::string& choice, Kind kind) {
  if (choice.empty()) return all;
  Pointers found;
  for (Candidate* candidate : all) {
    if (is_chosen(*candidate, choice)) found.push_back(candidate);
  }
  const KindText text = text_of(kind);
  if (found.empty()) {
    fail("", 0, std::string("no ") + text.one + " matches " + text.option + " " + plain_utf8(choice),
         all.empty() ? "none is there" : "there is: " + listed(all));
  }
  if (found.size() > 1) fail_ambiguous(kind, found);
  return found;
}

}  // namespace dosegate::dicom
