#include "adapters/orthanc/kept.h"

#include <ctime>

#include "adapters/orthanc/json.h"
#include "adapters/support/error.h"
#include "dosegate/detail/sha256.hpp"

namespace dosegate::orthanc {
namespace {

constexpr const char* kSchema = "dosegate.orthanc/1";
constexpr const char* kMetadata = "/metadata/";
constexpr const char* kAttachments = "/attachments/";
constexpr unsigned kWord = 0, kDocument = 1;  // metadata
constexpr unsigned kReport = 0, kPage = 1;    // attachments

bool is_a_word(const std::string& text) {
  for (const char* word : {kPass, kFail, kIncomplete, kNoVerdict, kStale, kChecking}) {
    if (text == word) return true;
  }
  return false;
}

}  // namespace

std::string now() {
  const std::time_t time = std::time(nullptr);
  std::tm parts{};
  char text[32];
  ::gmtime_r(&time, &parts);
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::string to_text(const Kept& kept) {
  json::object forwarded;
  for (const auto& [modality, how] : kept.forwarded) forwarded[modality] = how;
  json::object all{{"schema", kSchema},
                   {"verdict", kept.verdict},
                   {"problem", kept.problem},
                   {"fingerprint", kept.fingerprint},
                   {"at", kept.at},
                   {"engine", kept.engine},
                   {"protocol", kept.protocol},
                   {"reportSha256", kept.report_sha256},
                   {"pageSha256", kept.page_sha256},
                   {"forwarded", std::move(forwarded)}};
  return to_text(json::value(std::move(all)));
}

std::string Keeper::uri(const std::string& study, const char* kind, unsigned plus) const {
  return "/studies/" + study + kind + std::to_string(settings_.number + plus);
}

void Keeper::must_put(const std::string& uri, const std::string& body) const {
  const Answer answer = orthanc_.put(uri, body);
  if (!answer.is_ok())
    throw support::Error("Orthanc", uri, "cannot be written (status " + std::to_string(answer.status) + ")",
                         "look into Orthanc's log, and at the room on its disk");
}

bool Keeper::has_any(const std::string& study) const { return orthanc_.get(uri(study, kMetadata, kWord)).is_ok(); }

std::optional<Kept> Keeper::read(const std::string& study) const {
  const Answer word = orthanc_.get(uri(study, kMetadata, kWord));
  if (!word.is_ok()) return std::nullopt;
  const Answer document = orthanc_.get(uri(study, kMetadata, kDocument));
  const auto read = document.is_ok() ? read_json(document.body) : std::nullopt;
  if (!read || text_of(*read, "schema") != kSchema) return std::nullopt;
  Kept kept;
  kept.verdict = text_of(*read, "verdict");
  if (kept.verdict != word.body || !is_a_word(kept.verdict)) return std::nullopt;
  kept.problem = text_of(*read, "problem");
  kept.fingerprint = text_of(*read, "fingerprint");
  kept.at = text_of(*read, "at");
  kept.engine = text_of(*read, "engine");
  kept.protocol = text_of(*read, "protocol");
  kept.report_sha256 = text_of(*read, "reportSha256");
  kept.page_sha256 = text_of(*read, "pageSha256");
  if (const json::object* forwarded = object_of(*read, "forwarded")) {
    for (const auto& [key, value] : *forwarded) {
      const std::string name(key.data(), key.size());
      kept.forwarded[name] = text_of(*forwarded, name);
    }
  }
  return kept;
}

std::optional<Kept> Keeper::current(const Study& study) const {
  std::optional<Kept> kept = read(study.id);
  if (!kept || kept->fingerprint == study.fingerprint || kept->verdict == kChecking) return kept;
  Kept stale;
  stale.verdict = kStale;
  stale.problem =
      "the study, its record, the protocol or the engine is not what was checked; it is checked anew when the study is "
      "stable, or by POST /dosegate/studies/" +
      study.id + "/check";
  stale.at = kept->at;
  return stale;
}

std::optional<std::string> Keeper::attachment(const std::string& study, unsigned plus,
                                              const std::string& sha256) const {
  if (sha256.empty()) return std::nullopt;
  Answer answer = orthanc_.get(uri(study, kAttachments, plus) + "/data");
  if (!answer.is_ok() || detail::sha256_of(answer.body) != sha256) return std::nullopt;
  return std::move(answer.body);
}

std::optional<std::string> Keeper::report(const std::string& study, const Kept& kept) const {
  return attachment(study, kReport, kept.report_sha256);
}
std::optional<std::string> Keeper::page(const std::string& study, const Kept& kept) const {
  return attachment(study, kPage, kept.page_sha256);
}

void Keeper::keep(const std::string& study, const Kept& kept, const std::string& report,
                  const std::string& page) const {
  const std::lock_guard<std::mutex> lock(writing_);
  Kept whole = kept;
  whole.report_sha256 = detail::sha256_of(report);
  whole.page_sha256 = page.empty() ? "" : detail::sha256_of(page);
  must_put(uri(study, kAttachments, kReport), report);
  if (!page.empty()) must_put(uri(study, kAttachments, kPage), page);
  must_put(uri(study, kMetadata, kDocument), to_text(whole));
  must_put(uri(study, kMetadata, kWord), whole.verdict);
}

void Keeper::remove_reports(const std::string& study) const {
  for (const unsigned plus : {kReport, kPage}) {
    const std::string attachment = uri(study, kAttachments, plus);
    if (orthanc_.get(attachment + "/size").is_ok()) orthanc_.remove(attachment);
  }
}

void Keeper::put_none(const std::string& study, const Kept& kept) const {
  must_put(uri(study, kMetadata, kWord), kept.verdict);
  must_put(uri(study, kMetadata, kDocument), to_text(kept));
  remove_reports(study);
}

void Keeper::keep_none(const std::string& study, const Kept& kept) const {
  const std::lock_guard<std::mutex> lock(writing_);
  put_none(study, kept);
}

bool Keeper::settle(const Study& study) const {
  const std::lock_guard<std::mutex> lock(writing_);
  const std::optional<Kept> kept = current(study);
  if (!kept) {
    Kept waits;
    waits.verdict = kChecking;
    waits.problem = "the study is checked when it is stable";
    waits.at = now();
    put_none(study.id, waits);
    return false;
  }
  if (kept->verdict == kChecking) return false;
  if (kept->verdict == kStale) {
    put_none(study.id, *kept);
    return false;
  }
  for (const auto& [modality, how] : kept->forwarded) {
    if (how == kPending) return false;
  }
  return true;
}

void Keeper::keep_forwarded(const std::string& study, const Kept& kept) const {
  const std::lock_guard<std::mutex> lock(writing_);
  std::optional<Kept> before = read(study);
  if (!before || before->fingerprint != kept.fingerprint || before->verdict != kept.verdict) return;
  before->forwarded = kept.forwarded;
  must_put(uri(study, kMetadata, kDocument), to_text(*before));
}

void Keeper::forget(const std::string& study) const {
  const std::lock_guard<std::mutex> lock(writing_);
  for (const unsigned plus : {kWord, kDocument}) orthanc_.remove(uri(study, kMetadata, plus));
  remove_reports(study);
}

}  // namespace dosegate::orthanc
