// The entry points of libDosegateOrthanc.so. Nothing that is thrown leaves them.
#include <orthanc/OrthancCPlugin.h>

#include <exception>
#include <memory>
#include <string>

#include "adapters/orthanc/check.h"
#include "adapters/orthanc/explorer.h"
#include "adapters/orthanc/guard.h"
#include "adapters/orthanc/kept.h"
#include "adapters/orthanc/orthanc.h"
#include "adapters/orthanc/queue.h"
#include "adapters/orthanc/routes.h"
#include "adapters/orthanc/settings.h"
#include "adapters/support/error.h"

namespace {

using namespace dosegate::orthanc;

// Orthanc's callbacks have no argument of ours. Made once, before the first of them, and let go of after the last.
struct Plugin {
  Plugin(OrthancPluginContext* context, Settings from)
      : settings(std::move(from)),
        orthanc(context, settings.checks_revisions),
        rules(rules_of(settings)),
        keeper(orthanc, settings),
        checker(orthanc, settings, rules, keeper),
        queue(orthanc, settings, rules, keeper, checker),
        routes(orthanc, settings, rules, keeper, queue),
        guard(orthanc, settings, rules, keeper) {}
  Settings settings;
  Orthanc orthanc;
  Rules rules;
  Keeper keeper;
  Checker checker;
  Queue queue;
  Routes routes;
  Guard guard;
};

std::unique_ptr<Plugin> plugin;

void send(OrthancPluginRestOutput* output, const HttpAnswer& answer) {
  OrthancPluginContext* context = plugin->orthanc.context();
  // A verdict is of the moment.
  OrthancPluginSetHttpHeader(context, output, "Cache-Control", "no-store");
  const auto size = static_cast<std::uint32_t>(answer.body.size());
  if (answer.status == 200) {
    OrthancPluginAnswerBuffer(context, output, answer.body.data(), size, answer.type.c_str());
    return;
  }
  OrthancPluginSetHttpHeader(context, output, "Content-Type", answer.type.c_str());
  OrthancPluginSendHttpStatus(context, output, static_cast<std::uint16_t>(answer.status), answer.body.data(), size);
}

// What `answer` gives, by the one method that a route has.
template <typename F>
OrthancPluginErrorCode serve(OrthancPluginRestOutput* output, const OrthancPluginHttpRequest* request,
                             OrthancPluginHttpMethod method, F&& answer) noexcept {
  try {
    if (request->method != method) {
      OrthancPluginSendMethodNotAllowed(plugin->orthanc.context(), output,
                                        method == OrthancPluginHttpMethod_Get ? "GET" : "POST");
      return OrthancPluginErrorCode_Success;
    }
    try {
      send(output, answer());
    } catch (const std::exception& error) {
      plugin->orthanc.complain(error.what());
      send(output, refusal(500, error.what()));
    }
    return OrthancPluginErrorCode_Success;
  } catch (...) {
    return OrthancPluginErrorCode_Plugin;
  }
}

OrthancPluginErrorCode on_status(OrthancPluginRestOutput* output, const char*,
                                 const OrthancPluginHttpRequest* request) {
  return serve(output, request, OrthancPluginHttpMethod_Get, [] { return plugin->routes.status(); });
}

OrthancPluginErrorCode on_study(OrthancPluginRestOutput* output, const char*, const OrthancPluginHttpRequest* request) {
  return serve(output, request, OrthancPluginHttpMethod_Get, [&] { return plugin->routes.study(request->groups[0]); });
}

OrthancPluginErrorCode on_report(OrthancPluginRestOutput* output, const char*,
                                 const OrthancPluginHttpRequest* request) {
  return serve(output, request, OrthancPluginHttpMethod_Get, [&] {
    std::string format = "json";
    for (std::uint32_t i = 0; i < request->getCount; ++i) {
      if (std::string(request->getKeys[i]) == "format") format = request->getValues[i];
    }
    if (format != "json" && format != "html")
      return refusal(400, "format: is neither json nor html; name one of these");
    return plugin->routes.report(request->groups[0], format == "html");
  });
}

OrthancPluginErrorCode on_check(OrthancPluginRestOutput* output, const char*, const OrthancPluginHttpRequest* request) {
  return serve(output, request, OrthancPluginHttpMethod_Post, [&] { return plugin->routes.check(request->groups[0]); });
}

std::string_view body_of(const OrthancPluginHttpRequest* request) {
  return {static_cast<const char*>(request->body), request->bodySize};
}

OrthancPluginErrorCode on_store(OrthancPluginRestOutput* output, const char*, const OrthancPluginHttpRequest* request) {
  return serve(output, request, OrthancPluginHttpMethod_Post,
               [&] { return plugin->guard.store(request->groups[0], request->groups[1], body_of(request)); });
}

OrthancPluginErrorCode on_store_straight(OrthancPluginRestOutput* output, const char*,
                                         const OrthancPluginHttpRequest* request) {
  return serve(output, request, OrthancPluginHttpMethod_Post,
               [&] { return plugin->guard.store_straight(request->groups[0], request->groups[1], body_of(request)); });
}

std::int32_t may_request(OrthancPluginHttpMethod method, const char* uri, const char*, std::uint32_t,
                         const char* const*, const char* const*, std::uint32_t, const char* const*,
                         const char* const*) noexcept {
  try {
    const std::string why = plugin->guard.why_not(method, uri);
    if (why.empty()) return 1;
    plugin->orthanc.warn("refused: " + std::string(uri) + ": " + why);
    return 0;
  } catch (...) {
    return 0;
  }
}

OrthancPluginErrorCode on_change(OrthancPluginChangeType change, OrthancPluginResourceType type,
                                 const char* id) noexcept {
  try {
    const bool is_study = type == OrthancPluginResourceType_Study && id != nullptr;
    switch (change) {
      case OrthancPluginChangeType_OrthancStarted:
        plugin->queue.start();
        break;
      case OrthancPluginChangeType_OrthancStopped:
        plugin->queue.stop();
        break;
      case OrthancPluginChangeType_NewChildInstance:
        if (is_study) plugin->queue.changed(id);
        break;
      case OrthancPluginChangeType_StableStudy:
        if (is_study) plugin->queue.stable(id);
        break;
      case OrthancPluginChangeType_Deleted:
        plugin->queue.something_was_removed();
        break;
      default:
        break;
    }
    return OrthancPluginErrorCode_Success;
  } catch (...) {
    return OrthancPluginErrorCode_Plugin;
  }
}

void register_all(OrthancPluginContext* context) {
  OrthancPluginSetDescription(context, "Checks radiotherapy plans against a trial's protocol.");
  OrthancPluginRegisterRestCallbackNoLock(context, "/dosegate/status", on_status);
  OrthancPluginRegisterRestCallbackNoLock(context, "/dosegate/studies/([0-9a-f-]+)", on_study);
  OrthancPluginRegisterRestCallbackNoLock(context, "/dosegate/studies/([0-9a-f-]+)/report", on_report);
  OrthancPluginRegisterRestCallbackNoLock(context, "/dosegate/studies/([0-9a-f-]+)/check", on_check);
  if (!plugin->settings.refuse_unless_pass.empty()) {
    OrthancPluginRegisterRestCallbackNoLock(context, "/(modalities|peers)/([^/]+)/store", on_store);
    OrthancPluginRegisterRestCallbackNoLock(context, "/(modalities|peers)/([^/]+)/store-straight", on_store_straight);
  }
  if (OrthancPluginRegisterIncomingHttpRequestFilter2(context, may_request) != OrthancPluginErrorCode_Success)
    throw dosegate::support::Error("Orthanc", "", "takes no filter for requests", "install 1.9.2 or newer");
  OrthancPluginRegisterOnChangeCallback(context, on_change);
  OrthancPluginExtendOrthancExplorer(context, explorer_script());
}

}  // namespace

extern "C" {

ORTHANC_PLUGINS_API std::int32_t OrthancPluginInitialize(OrthancPluginContext* context) {
  try {
    if (OrthancPluginCheckVersionAdvanced(context, 1, 9, 2) == 0)
      throw dosegate::support::Error("Orthanc", "", std::string("is version ") + context->orthancVersion,
                                     "install 1.9.2 or newer");
    char* text = OrthancPluginGetConfiguration(context);
    if (text == nullptr) throw dosegate::support::Error("Orthanc", "", "gives no configuration", "look into its log");
    const std::string configuration = text;
    OrthancPluginFreeString(context, text);
    plugin = std::make_unique<Plugin>(context, read_settings(configuration));
    register_all(context);
    plugin->orthanc.warn("engine " + plugin->rules.engine + ", protocol " + plugin->rules.protocol);
    return 0;
  } catch (const std::exception& error) {
    OrthancPluginLogError(context, (std::string("Dosegate: ") + error.what()).c_str());
  } catch (...) {
    OrthancPluginLogError(context, "Dosegate: failed for an unknown reason; report this as a defect");
  }
  plugin.reset();
  return -1;
}

ORTHANC_PLUGINS_API void OrthancPluginFinalize() {
  try {
    plugin.reset();
  } catch (...) {
    return;
  }
}

ORTHANC_PLUGINS_API const char* OrthancPluginGetName() { return "dosegate"; }
ORTHANC_PLUGINS_API const char* OrthancPluginGetVersion() { return DOSEGATE_VERSION; }
}
