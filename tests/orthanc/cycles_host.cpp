// Loads libDosegateOrthanc.so as Orthanc does, starts and stops it and unloads it, again and again: Orthanc itself
// loads a plugin once. Every answer of Orthanc is one of an archive without studies.
//
// usage: cycles_host PLUGIN LIBRARY
// 20 times; DOSEGATE_LONG=1: 200.
#include <dlfcn.h>
#include <orthanc/OrthancCPlugin.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>

namespace {

constexpr int kWarmUp = 5;
constexpr long kMostGrowth = 2L << 20U;  // bytes, of all cycles after the first ones

std::string configuration;
OrthancPluginOnChangeCallback on_change = nullptr;
OrthancPluginRestCallback on_status = nullptr;
std::string answered, complaint;
std::atomic<int> asked{0};

void require(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s; the last complaint: %s\n", what.c_str(), complaint.c_str());
  std::exit(1);
}

char* copy_of(const std::string& text) {
  char* copy = static_cast<char*>(std::malloc(text.size() + 1));
  require(copy != nullptr, "there is memory");
  std::memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

void fill(OrthancPluginMemoryBuffer* buffer, const std::string& text) {
  if (buffer == nullptr) return;
  buffer->data = copy_of(text);
  buffer->size = static_cast<std::uint32_t>(text.size());
}

OrthancPluginErrorCode invoke(OrthancPluginContext*, _OrthancPluginService service, const void* given) {
  switch (service) {
    case _OrthancPluginService_GetConfiguration:
      *static_cast<const _OrthancPluginRetrieveDynamicString*>(given)->result = copy_of(configuration);
      break;
    case _OrthancPluginService_CallRestApi: {
      const auto* call = static_cast<const _OrthancPluginCallRestApi*>(given);
      fill(call->answerBody, "[]");
      fill(call->answerHeaders, "{}");
      *call->httpStatus = 200;
      ++asked;
      break;
    }
    case _OrthancPluginService_RegisterOnChangeCallback:
      on_change = static_cast<const _OrthancPluginOnChangeCallback*>(given)->callback;
      break;
    case _OrthancPluginService_RegisterRestCallbackNoLock: {
      const auto* route = static_cast<const _OrthancPluginRestCallback*>(given);
      if (std::strcmp(route->pathRegularExpression, "/dosegate/status") == 0) on_status = route->callback;
      break;
    }
    case _OrthancPluginService_AnswerBuffer: {
      const auto* answer = static_cast<const _OrthancPluginAnswerBuffer*>(given);
      answered.assign(static_cast<const char*>(answer->answer), answer->answerSize);
      break;
    }
    case _OrthancPluginService_LogError:
      complaint = static_cast<const char*>(given);
      break;
    default:
      break;
  }
  return OrthancPluginErrorCode_Success;
}

struct Loaded {
  explicit Loaded(const char* path) : library(dlopen(path, RTLD_NOW | RTLD_LOCAL)) {
    require(library != nullptr, "the plugin can be loaded");
  }
  ~Loaded() { require(dlclose(library) == 0, "the plugin can be unloaded"); }
  Loaded(const Loaded&) = delete;
  Loaded& operator=(const Loaded&) = delete;
  template <typename F>
  F* function(const char* name) const {
    F* found = nullptr;
    void* const symbol = dlsym(library, name);
    require(symbol != nullptr, name);
    std::memcpy(&found, &symbol, sizeof found);
    return found;
  }
  void* library;
};

using Initialize = std::int32_t(OrthancPluginContext*);
using Finalize = void();

void cycle(const char* path, OrthancPluginContext& orthanc) {
  const Loaded plugin(path);
  on_change = nullptr;
  on_status = nullptr;
  require(plugin.function<Initialize>("OrthancPluginInitialize")(&orthanc) == 0, "the plugin starts");
  require(on_change != nullptr && on_status != nullptr, "it has its callbacks registered");
  const int before = asked;
  require(on_change(OrthancPluginChangeType_OrthancStarted, OrthancPluginResourceType_None, nullptr) == 0,
          "it is told that Orthanc has started");
  for (const char* study : {"a", "b"}) {
    on_change(OrthancPluginChangeType_NewChildInstance, OrthancPluginResourceType_Study, study);
    on_change(OrthancPluginChangeType_Deleted, OrthancPluginResourceType_Study, study);
  }
  OrthancPluginHttpRequest request{};
  request.method = OrthancPluginHttpMethod_Get;
  answered.clear();
  require(on_status(nullptr, "/dosegate/status", &request) == 0 && answered.find("\"engine\"") != std::string::npos,
          "it says how it is: " + answered);
  while (asked == before) std::this_thread::yield();
  require(on_change(OrthancPluginChangeType_OrthancStopped, OrthancPluginResourceType_None, nullptr) == 0,
          "it is told that Orthanc stops");
  plugin.function<Finalize>("OrthancPluginFinalize")();
}

// A configuration that is wrong, and none.
void refused(const char* path, OrthancPluginContext& orthanc, const std::string& wrong, const char* word) {
  const std::string right = std::exchange(configuration, wrong);
  const Loaded plugin(path);
  complaint.clear();
  require(plugin.function<Initialize>("OrthancPluginInitialize")(&orthanc) != 0, "it does not start with " + wrong);
  require(complaint.find(word) != std::string::npos, std::string("it says ") + word);
  configuration = right;
}

std::ptrdiff_t entries(const char* folder) {
  return std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator());
}

long resident() {
  long total = 0, pages = 0;
  std::ifstream("/proc/self/statm") >> total >> pages;
  return pages * 4096;
}

}  // namespace

int main(int argc, char** argv) {
  require(argc == 3, "usage: cycles_host PLUGIN LIBRARY");
  configuration = std::string(R"({"Dosegate": {"Library": ")") + argv[2] + R"("}})";
  OrthancPluginContext orthanc{nullptr, "1.10.1", std::free, invoke};
  const int cycles = std::getenv("DOSEGATE_LONG") != nullptr ? 200 : 20;
  for (int i = 0; i < kWarmUp; ++i) cycle(argv[1], orthanc);
  refused(argv[1], orthanc, R"({"Dosegate": {"Libary": "x"}})", "Libary");
  const std::ptrdiff_t threads = entries("/proc/self/task"), files = entries("/proc/self/fd");
  const long before = resident();
  for (int i = 0; i < cycles; ++i) cycle(argv[1], orthanc);
  refused(argv[1], orthanc, "no configuration", "");
  cycle(argv[1], orthanc);
  const long growth = resident() - before;
  require(threads == 1 && entries("/proc/self/task") == 1, "no thread is left");
  require(entries("/proc/self/fd") == files, "no file is left open");
  require(growth < kMostGrowth, "no memory is left: " + std::to_string(growth) + " bytes");
  std::printf("%d cycles, %ld KiB more than after the first %d\n", cycles, growth / 1024, kWarmUp);
  return 0;
}
