#include "adapters/orthanc/guard.h"

#include <set>
#include <vector>

#include "adapters/orthanc/json.h"
#include "adapters/support/error.h"

namespace dosegate::orthanc {
namespace {

constexpr std::size_t kMostShown = 100;  // of a text that came from outside

// What a body of Orthanc's store asks to send: an identifier, a list of them, or an object with such a list.
// Empty: neither can be read from it.
std::vector<std::string> resources_of(std::string_view body, std::optional<json::value>& read) {
  std::vector<std::string> all;
  const auto add = [&all](const json::value& one) {
    const json::string* text = one.if_string();
    all.push_back(text == nullptr ? std::string() : std::string(text->data(), text->size()));
  };
  read = read_json(body);
  if (!read) {
    while (!body.empty() && (body.back() == '\n' || body.back() == ' ')) body.remove_suffix(1);
    all.emplace_back(body);
  } else if (const json::array* list = read->if_array()) {
    for (const json::value& one : *list) add(one);
  } else if (const json::array* named = array_of(*read, "Resources")) {
    for (const json::value& one : *named) add(one);
  } else {
    add(*read);
  }
  return all;
}

// The studies that a resource has part in; empty: there is none such.
std::set<std::string> studies_of(const Orthanc& orthanc, const std::string& id) {
  const auto at = [&](const std::string& uri) {
    const Answer answer = orthanc.get(uri);
    return answer.is_ok() ? read_json(answer.body) : std::nullopt;
  };
  if (!is_identifier(id)) return {};
  if (at("/studies/" + id)) return {id};
  if (const auto series = at("/series/" + id)) return {text_of(*series, "ParentStudy")};
  if (const auto study = at("/instances/" + id + "/study")) return {text_of(*study, "ID")};
  std::set<std::string> all;
  if (const auto patient = at("/patients/" + id)) {
    if (const json::array* studies = array_of(*patient, "Studies")) {
      for (const json::value& one : *studies) {
        if (const json::string* text = one.if_string()) all.emplace(text->data(), text->size());
      }
    }
  }
  return all;
}

}  // namespace

std::string Guard::why_not_send(const std::vector<std::string>& resources) const {
  std::set<std::string> studies;
  for (const std::string& resource : resources) {
    const std::set<std::string> found = studies_of(orthanc_, resource);
    if (found.empty()) return "there is no resource " + resource.substr(0, kMostShown);
    studies.insert(found.begin(), found.end());
  }
  for (const std::string& id : studies) {
    const auto study = look_at(orthanc_, settings_, rules_.digest, id);
    if (!study) return "there is no study " + id;
    const auto kept = keeper_.current(*study);
    const std::string status = kept ? kept->verdict : kNotChecked;
    if (status != kPass) return "study " + id + " is " + status;
    if (!keeper_.report(id, *kept)) return "study " + id + " is PASS by a report that is not what was kept";
  }
  return {};
}

HttpAnswer Guard::store(const std::string& kind, const std::string& name, std::string_view body) const {
  std::string to_send(body);
  if (is_guarded(settings_, name)) {
    std::optional<json::value> read;
    const std::vector<std::string> resources = resources_of(body, read);
    if (resources.empty()) return refusal(kBadRequest, "the body names nothing to send; name a study in it");
    if (const std::string why = why_not_send(resources); !why.empty()) {
      orthanc_.warn("not sent to " + name + ": " + why);
      return refusal(kForbidden, "not sent to " + name + ": " + why +
                                     ". Only studies that are PASS go there (Dosegate.RefuseUnlessPass); GET "
                                     "/dosegate/studies/ID says more");
    }
    // What Orthanc sends is what was looked at here, however it would have read the body.
    json::object exact;
    if (read && read->is_object()) exact = read->as_object();
    exact["Resources"] = json::array(resources.begin(), resources.end());
    to_send = to_text(json::value(std::move(exact)));
  }
  const Answer answer = orthanc_.post("/" + kind + "/" + name + "/store", to_send);
  return {answer.status == 0 ? kError : answer.status, "application/json", answer.body};
}

HttpAnswer Guard::store_straight(const std::string& kind, const std::string& name, std::string_view body) const {
  if (is_guarded(settings_, name))
    return refusal(kForbidden, "not sent to " + name +
                                   ": what is sent straight is in no study, and has no verdict. Store it, let it be "
                                   "checked, and send the study (Dosegate.RefuseUnlessPass)");
  const Answer answer = orthanc_.post("/" + kind + "/" + name + "/store-straight", body);
  return {answer.status == 0 ? kError : answer.status, "application/json", answer.body};
}

std::string Guard::why_not(OrthancPluginHttpMethod method, std::string_view uri) const {
  if (method == OrthancPluginHttpMethod_Get) return {};
  const std::vector<std::string> parts = parts_of(uri);
  if (is_ours(settings_, parts)) return "only the plugin writes its verdicts; POST /dosegate/studies/ID/check";
  if (sends_unseen(settings_, parts))
    return "what it would send cannot be looked at (Dosegate.RefuseUnlessPass); use POST /modalities/NAME/store";
  return {};
}

}  // namespace dosegate::orthanc
