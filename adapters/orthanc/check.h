// One check of one study: its objects on disk, the program that checks, what came of it kept with the study, and
// forwarded where it passed.
#pragma once

#include <functional>
#include <string>

#include "adapters/orthanc/kept.h"
#include "adapters/orthanc/orthanc.h"
#include "adapters/orthanc/settings.h"
#include "adapters/orthanc/study.h"
#include "adapters/support/temporary_folder.h"

namespace dosegate::orthanc {

// What verdicts rest on beside the study, as it was when Orthanc started.
struct Rules {
  std::string library_sha256;    // as the manifest says; the loader compares the library with it at every check
  std::string protocol_text;     // of a protocol that is a file; empty: a built-in one
  std::string engine, protocol;  // for the reader: "0.1.0", "ChiCTR2000036385 1.0.0"
  std::string digest;            // SHA-256 of all of it
};

// Tries everything that the settings name: program, library, protocol, options. Throws support::Error.
Rules rules_of(const Settings& settings);

using IsStopping = std::function<bool()>;

class Checker {
 public:
  Checker(const Orthanc& orthanc, const Settings& settings, const Rules& rules, const Keeper& keeper)
      : orthanc_(orthanc), settings_(settings), rules_(rules), keeper_(keeper) {}

  enum class Next { kDone, kAgain };  // kAgain: the study changed meanwhile
  // Never throws for what is wrong with a study: that is kept with it. support::Error where Orthanc does not take that.
  Next check(const std::string& id, const IsStopping& is_stopping) const;

 private:
  struct Answer {
    Kept kept;
    std::string report, page;
  };
  // Of one that is marked as being checked.
  Next check_marked(const Study& study, const IsStopping& is_stopping) const;
  void forward_all(const Study& study, const support::TemporaryFolder& folder, Kept kept,
                   const IsStopping& is_stopping) const;
  Answer answer_on(const Study& study, const support::TemporaryFolder& folder, const IsStopping& is_stopping) const;
  void write_objects(const Study& study, const support::TemporaryFolder& folder, const IsStopping& is_stopping) const;

  const Orthanc& orthanc_;
  const Settings& settings_;
  const Rules& rules_;
  const Keeper& keeper_;
};

}  // namespace dosegate::orthanc
