// What is kept with a study: a word as metadata for everybody, a document as metadata for this plugin, and the report
// as attachments. A verdict is believed where all of them and the study itself agree, and only then.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "adapters/orthanc/orthanc.h"
#include "adapters/orthanc/settings.h"
#include "adapters/orthanc/study.h"

namespace dosegate::orthanc {

inline constexpr const char* kPass = "PASS";
inline constexpr const char* kFail = "FAIL";
inline constexpr const char* kIncomplete = "INCOMPLETE";
inline constexpr const char* kNoVerdict = "NO_VERDICT";  // the check could not be made; see `problem`
inline constexpr const char* kStale = "STALE";           // the study, or what is judged by, is not what was checked
inline constexpr const char* kChecking = "CHECKING";     // or waits for it
inline constexpr const char* kPending = "pending";       // of what is to be forwarded
inline constexpr const char* kSent = "sent";
inline constexpr const char* kNotChecked = "NOT_CHECKED";  // in no metadata: nothing is kept

// The document; its members are those of its JSON.
struct Kept {
  std::string verdict = kNoVerdict;
  std::string problem;  // one line: what, where, how to mend it
  std::string fingerprint, at, engine, protocol;
  std::string report_sha256, page_sha256;        // of the attachments; empty: there is none
  std::map<std::string, std::string> forwarded;  // modality -> "sent", or why not
};

std::string to_text(const Kept& kept);

class Keeper {
 public:
  Keeper(const Orthanc& orthanc, const Settings& settings) : orthanc_(orthanc), settings_(settings) {}

  // What is kept; none: nothing, or nothing that holds together.
  std::optional<Kept> read(const std::string& study) const;
  bool has_any(const std::string& study) const;
  // The same, as it is now: kStale where the study is another one than was checked.
  std::optional<Kept> current(const Study& study) const;
  // An attachment whose digest is as kept; none: it is not.
  std::optional<std::string> report(const std::string& study, const Kept& kept) const;
  std::optional<std::string> page(const std::string& study, const Kept& kept) const;

  // The verdict is the last thing that is written, and the first that goes. Throws support::Error where Orthanc does
  // not take it; the study then has no verdict.
  void keep(const std::string& study, const Kept& kept, const std::string& report, const std::string& page) const;
  // Takes the reports away and keeps `kept`, which is no verdict.
  void keep_none(const std::string& study, const Kept& kept) const;
  // Of a study that was found to be so: where what is kept is of another one, it is marked; where nothing is kept of a
  // plan, that it waits. Answers whether what is kept is a whole answer on this very study.
  bool settle(const Study& study) const;
  // Of what was forwarded; everything else as it is.
  void keep_forwarded(const std::string& study, const Kept& kept) const;
  void forget(const std::string& study) const;

 private:
  std::string uri(const std::string& study, const char* kind, unsigned plus) const;
  void must_put(const std::string& uri, const std::string& body) const;
  std::optional<std::string> attachment(const std::string& study, unsigned plus, const std::string& sha256) const;
  void put_none(const std::string& study, const Kept& kept) const;
  void remove_reports(const std::string& study) const;

  const Orthanc& orthanc_;
  const Settings& settings_;
  mutable std::mutex writing_;  // what is kept consists of several parts
};

// Now, as "2026-12-01T05:37:11Z".
std::string now();

}  // namespace dosegate::orthanc
