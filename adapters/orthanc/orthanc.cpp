#include "adapters/orthanc/orthanc.h"

#include "adapters/orthanc/files.h"
#include "adapters/orthanc/json.h"
#include "adapters/support/error.h"

namespace dosegate::orthanc {
namespace {

// Where Orthanc gives an error of its own in place of an HTTP status.
int status_of(OrthancPluginErrorCode code, int status) {
  if (status >= 400) return status;
  switch (code) {
    case OrthancPluginErrorCode_UnknownResource:
    case OrthancPluginErrorCode_InexistentItem:
      return kNotFound;
    case OrthancPluginErrorCode_Revision:
      return kConflict;
    default:
      return 0;
  }
}

// What Orthanc gave us to read, and to give back.
class Buffer {
 public:
  explicit Buffer(OrthancPluginContext* context) : context_(context) {}
  ~Buffer() {
    if (buffer_.data != nullptr) OrthancPluginFreeMemoryBuffer(context_, &buffer_);
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  OrthancPluginMemoryBuffer* get() { return &buffer_; }
  std::string_view view() const {
    return buffer_.data == nullptr ? std::string_view()
                                   : std::string_view(static_cast<const char*>(buffer_.data), buffer_.size);
  }
  std::string text() const { return std::string(view()); }

 private:
  OrthancPluginContext* context_;
  OrthancPluginMemoryBuffer buffer_{};
};

}  // namespace

Answer Orthanc::call(OrthancPluginHttpMethod method, const std::string& uri, std::string_view body,
                     const std::string& revision) const {
  Buffer answer(context_);
  std::uint16_t status = 0;
  const char* keys[] = {"if-match"};
  const char* values[] = {revision.c_str()};
  const OrthancPluginErrorCode code = OrthancPluginCallRestApi(context_, answer.get(), nullptr, &status, method,
                                                               uri.c_str(), revision.empty() ? 0U : 1U, keys, values,
                                                               body.data(), static_cast<std::uint32_t>(body.size()), 0);
  if (code != OrthancPluginErrorCode_Success) return {status_of(code, status), answer.text()};
  return {status, answer.text()};
}

std::string Orthanc::revision_of(const std::string& uri) const {
  Buffer answer(context_), headers(context_);
  std::uint16_t status = 0;
  if (OrthancPluginCallRestApi(context_, answer.get(), headers.get(), &status, OrthancPluginHttpMethod_Get, uri.c_str(),
                               0, nullptr, nullptr, nullptr, 0, 0) != OrthancPluginErrorCode_Success)
    return {};
  const auto read = read_json(headers.text());
  if (!read) return {};
  const std::string tag = text_of(*read, "ETag");
  return tag.empty() ? text_of(*read, "etag") : tag;
}

// Where Orthanc checks revisions, what is replaced is named by its own. The plugin's values are the plugin's alone.
Answer Orthanc::change(OrthancPluginHttpMethod method, const std::string& uri, std::string_view body) const {
  if (!checks_revisions_) return call(method, uri, body);
  const bool is_attachment = uri.find("/attachments/") != std::string::npos;
  const std::string revision = revision_of(is_attachment ? uri + "/md5" : uri);
  return call(method, uri, body, revision);
}

Answer Orthanc::get(const std::string& uri) const { return call(OrthancPluginHttpMethod_Get, uri, {}); }
Answer Orthanc::post(const std::string& uri, std::string_view body) const {
  return call(OrthancPluginHttpMethod_Post, uri, body);
}
Answer Orthanc::put(const std::string& uri, std::string_view body) const {
  return change(OrthancPluginHttpMethod_Put, uri, body);
}
Answer Orthanc::remove(const std::string& uri) const { return change(OrthancPluginHttpMethod_Delete, uri, {}); }

void Orthanc::save(const std::string& uri, const std::string& path) const {
  Buffer answer(context_);
  if (OrthancPluginRestApiGet(context_, answer.get(), uri.c_str()) != OrthancPluginErrorCode_Success)
    throw support::Error("Orthanc", uri, "cannot be read", "look into Orthanc's log, and at its storage");
  write_file(path, answer.view());
}

void Orthanc::say(const std::string& line) const { OrthancPluginLogInfo(context_, ("Dosegate: " + line).c_str()); }
void Orthanc::warn(const std::string& line) const { OrthancPluginLogWarning(context_, ("Dosegate: " + line).c_str()); }
void Orthanc::complain(const std::string& line) const {
  OrthancPluginLogError(context_, ("Dosegate: " + line).c_str());
}

}  // namespace dosegate::orthanc
