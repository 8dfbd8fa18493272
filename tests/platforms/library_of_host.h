/* How a C host loads the library, and how much memory it takes, and how it is killed: the parts that differ between
 * Linux and Windows. */
#ifndef DOSEGATE_TESTS_PLATFORMS_LIBRARY_OF_HOST_H_
#define DOSEGATE_TESTS_PLATFORMS_LIBRARY_OF_HOST_H_

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dosegate/dosegate.h"

#if defined(_WIN32)
// clang-format off
#include <windows.h>
#include <psapi.h>
// clang-format on
typedef HMODULE host_library;
static inline host_library host_open(const char* path) {
  const host_library library = LoadLibraryA(path);
  if (library == NULL) fprintf(stderr, "%s: error %lu\n", path, GetLastError());
  return library;
}
static inline dosegate_negotiate_fn host_entry(host_library library) {
  const FARPROC found = GetProcAddress(library, DOSEGATE_ENTRY_POINT);
  dosegate_negotiate_fn entry = NULL;
  memcpy(&entry, &found, sizeof entry);
  return entry;
}
static inline int host_close(host_library library) { return FreeLibrary(library) != 0; }
static inline void host_kill_itself(void) { TerminateProcess(GetCurrentProcess(), 99); }
static inline long long host_resident_bytes(void) {
  PROCESS_MEMORY_COUNTERS counters;
  memset(&counters, 0, sizeof counters);
  return K32GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters) ? (long long)counters.WorkingSetSize
                                                                                  : -1;
}
#else
#include <dlfcn.h>
#include <signal.h>
typedef void* host_library;
static inline host_library host_open(const char* path) {
  const host_library library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) fprintf(stderr, "%s\n", dlerror());
  return library;
}
static inline dosegate_negotiate_fn host_entry(host_library library) {
  void* const found = dlsym(library, DOSEGATE_ENTRY_POINT);
  dosegate_negotiate_fn entry = NULL;
  memcpy(&entry, &found, sizeof entry);
  return entry;
}
static inline int host_close(host_library library) { return dlclose(library) == 0; }
static inline void host_kill_itself(void) { raise(SIGKILL); }
static inline long long host_resident_bytes(void) {
  long long total = 0, resident = -1;
  FILE* const file = fopen("/proc/self/statm", "r");
  if (file != NULL && fscanf(file, "%lld %lld", &total, &resident) != 2) resident = -1;
  if (file != NULL) fclose(file);
  return resident < 0 ? -1 : resident * 4096;
}
#endif

#define REQUIRE(condition)                                                    \
  do {                                                                        \
    if (!(condition)) {                                                       \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      exit(3);                                                                \
    }                                                                         \
  } while (0)

/* The table of a loaded library. */
static inline dosegate_api host_api(host_library library) {
  const dosegate_negotiate_in in = {sizeof in, DOSEGATE_ABI_VERSION, DOSEGATE_ABI_VERSION, 0};
  dosegate_api api;
  REQUIRE(library != NULL);
  const dosegate_negotiate_fn negotiate = host_entry(library);
  REQUIRE(negotiate != NULL);
  memset(&api, 0, sizeof api);
  api.struct_size = sizeof api;
  REQUIRE(negotiate(&in, &api) == DOSEGATE_OK);
  REQUIRE(api.abi_version == DOSEGATE_ABI_VERSION && api.struct_size == sizeof api);
  return api;
}

#endif
