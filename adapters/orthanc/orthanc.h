// Orthanc, as the plugin asks it: its REST API inside the process, and its log. Any thread, once Orthanc has started;
// not from a change callback, which Orthanc forbids.
#pragma once

#include <orthanc/OrthancCPlugin.h>

#include <string>
#include <string_view>

namespace dosegate::orthanc {

// HTTP.
inline constexpr int kOk = 200, kAccepted = 202, kBadRequest = 400, kForbidden = 403, kNotFound = 404, kConflict = 409,
                     kError = 500, kUnavailable = 503;

struct Answer {
  int status = 0;  // HTTP; 0: Orthanc answered with an error of its own
  std::string body;
  bool is_ok() const { return status >= 200 && status < 300; }
};

class Orthanc {
 public:
  // `checks_revisions`: Orthanc's option CheckRevisions.
  explicit Orthanc(OrthancPluginContext* context, bool checks_revisions)
      : context_(context), checks_revisions_(checks_revisions) {}
  OrthancPluginContext* context() const { return context_; }

  // Of Orthanc's own API, whatever other plugins put in its place. Only running out of memory throws.
  Answer get(const std::string& uri) const;
  Answer post(const std::string& uri, std::string_view body) const;
  Answer put(const std::string& uri, std::string_view body) const;
  Answer remove(const std::string& uri) const;
  // What `uri` has, into a file, without another copy in memory. Throws support::Error.
  void save(const std::string& uri, const std::string& path) const;

  void say(const std::string& line) const;
  void warn(const std::string& line) const;
  void complain(const std::string& line) const;

 private:
  Answer call(OrthancPluginHttpMethod method, const std::string& uri, std::string_view body,
              const std::string& revision = "") const;
  Answer change(OrthancPluginHttpMethod method, const std::string& uri, std::string_view body) const;
  std::string revision_of(const std::string& uri) const;

  OrthancPluginContext* context_;
  bool checks_revisions_;
};

}  // namespace dosegate::orthanc
