#include "adapters/orthanc/routes.h"

#include <optional>

#include "adapters/orthanc/json.h"

namespace dosegate::orthanc {
namespace {

HttpAnswer not_found(const std::string& id) {
  return refusal(kNotFound, "there is no study " + id + ". GET /studies lists them");
}

}  // namespace

HttpAnswer refusal(int status, const std::string& message) {
  return {status, "application/json", to_text(json::value(json::object{{"error", message}})) + "\n"};
}

HttpAnswer Routes::status() const {
  const Queue::Counts counts = queue_.counts();
  json::object all{
      {"engine", rules_.engine},         {"protocol", rules_.protocol},       {"rules", rules_.digest},
      {"waiting", counts.waiting},       {"queueSize", settings_.queue_size}, {"running", counts.running},
      {"checked", counts.done},          {"failed", counts.failed},           {"toLookAt", counts.to_look_at},
      {"leftOver", counts.has_left_over}};
  return {kOk, "application/json", to_text(json::value(std::move(all))) + "\n"};
}

HttpAnswer Routes::describe(int status, const Study& study) const {
  Kept kept;
  kept.verdict = kNotChecked;
  kept.problem = study.is_treatment() ? "POST /dosegate/studies/" + study.id + "/check checks it"
                                      : "the study has no plan, structures or dose";
  if (auto current = keeper_.current(study)) kept = *current;
  const Queue::Place place = queue_.place_of(study.id);
  json::object forwarded;
  for (const auto& [modality, how] : kept.forwarded) forwarded[modality] = how;
  json::object all{{"study", study.id},
                   {"status", kept.verdict},
                   {"problem", kept.problem},
                   {"isTreatment", study.is_treatment()},
                   {"queue", place == Queue::Place::kRunning   ? "running"
                             : place == Queue::Place::kWaiting ? "waiting"
                                                               : ""},
                   {"at", kept.at},
                   {"engine", kept.engine},
                   {"protocol", kept.protocol},
                   {"reportSha256", kept.report_sha256},
                   {"hasPage", !kept.page_sha256.empty()},
                   {"forwarded", std::move(forwarded)}};
  return {status, "application/json", to_text(json::value(std::move(all))) + "\n"};
}

HttpAnswer Routes::study(const std::string& id) const {
  const auto study = look_at(orthanc_, settings_, rules_.digest, id);
  return study ? describe(kOk, *study) : not_found(id);
}

HttpAnswer Routes::report(const std::string& id, bool as_page) const {
  const auto study = look_at(orthanc_, settings_, rules_.digest, id);
  if (!study) return not_found(id);
  const auto kept = keeper_.current(*study);
  if (!kept || kept->report_sha256.empty()) return describe(kConflict, *study);
  if (as_page && kept->page_sha256.empty())
    return refusal(kNotFound, "no page is kept; set Dosegate.Page to true in Orthanc's configuration, and check again");
  const auto text = as_page ? keeper_.page(id, *kept) : keeper_.report(id, *kept);
  if (!text)
    return refusal(kConflict, "the attachment is not what was kept, by its SHA-256. POST /dosegate/studies/" + id +
                                  "/check makes it anew");
  return {kOk, as_page ? "text/html; charset=utf-8" : "application/json", *text};
}

HttpAnswer Routes::check(const std::string& id) const {
  const auto study = look_at(orthanc_, settings_, rules_.digest, id);
  if (!study) return not_found(id);
  if (!study->is_treatment())
    return refusal(kConflict, "study " + id + " has no plan, structures or dose; there is nothing to check");
  if (!queue_.ask(id))
    return refusal(kUnavailable, "the queue is full (Dosegate.QueueSize); ask again later, or raise it");
  return describe(kAccepted, *study);
}

}  // namespace dosegate::orthanc
