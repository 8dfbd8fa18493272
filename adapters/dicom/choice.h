// Choosing among objects of one kind, and saying which there are.
#pragma once

#include <string>
#include <vector>

#include "adapters/dicom/candidate.h"

namespace dosegate::dicom {

using Pointers = std::vector<Candidate*>;

struct KindText {
  const char* one;
  const char* many;
  const char* option;
};
KindText text_of(Kind kind);

bool names_uid(const std::vector<std::string>& list, const std::string& uid);

// "a.dcm (PLAN, UID 1.2.3); b.dcm (...)", at most ten of them.
std::string listed(const Pointers& candidates);

// Throws ReadError: several that nothing decides between, with the option that does.
[[noreturn]] void fail_ambiguous(Kind kind, const Pointers& candidates);

// The one that an option names by UID or file; all where `choice` is empty. Throws ReadError where it names none or
// several.
Pointers chosen(const Pointers& all, const std::string& choice, Kind kind);

}  // namespace dosegate::dicom
