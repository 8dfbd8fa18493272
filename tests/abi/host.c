/* A host in C11 that knows only dosegate.h: loads the library, checks a passing and a failing case, unloads it,
 * 50 times over. Argument: the path of dosegate.so. Bounds: not one thread or file descriptor more than before;
 * from the 10th round to the 50th at most 4 MiB more resident memory (not measured under a sanitizer, whose
 * quarantine grows); every round's report byte for byte that of the first. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

#include "abi_case.h"

#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_IS_MEASURED 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MEMORY_IS_MEASURED 0
#endif
#endif
#ifndef MEMORY_IS_MEASURED
#define MEMORY_IS_MEASURED 1
#endif

enum { ROUNDS = 50, WARM_UP = 10 };
static const long kMaxGrowthBytes = 4L << 20;

#define REQUIRE(condition)                                                    \
  do {                                                                        \
    if (!(condition)) {                                                       \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                \
    }                                                                         \
  } while (0)

static int entries_of(const char* folder) {
  DIR* d = opendir(folder);
  int n = 0;
  REQUIRE(d != NULL);
  while (readdir(d) != NULL) ++n;
  closedir(d);
  return n;
}

static long resident_bytes(void) {
  long total = 0, resident = 0;
  FILE* f = fopen("/proc/self/statm", "r");
  REQUIRE(f != NULL && fscanf(f, "%ld %ld", &total, &resident) == 2);
  fclose(f);
  return resident * sysconf(_SC_PAGESIZE);
}

static void require_ok(const dosegate_api* api, dosegate_status status, dosegate_error* error) {
  if (status == DOSEGATE_OK) return;
  fprintf(stderr, "status %d: %s: %s\n", (int)status, api->error_path(error).data, api->error_message(error).data);
  exit(1);
}

/* The report's JSON, for the caller to free. */
static char* one_round(const char* library) {
  void* so = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (so == NULL) fprintf(stderr, "%s\n", dlerror());
  REQUIRE(so != NULL);
  dosegate_negotiate_fn negotiate = NULL;
  *(void**)(&negotiate) = dlsym(so, DOSEGATE_ENTRY_POINT);
  REQUIRE(negotiate != NULL);

  dosegate_negotiate_in in = {sizeof in, DOSEGATE_ABI_VERSION, DOSEGATE_ABI_VERSION, 0};
  dosegate_api api;
  memset(&api, 0, sizeof api);
  api.struct_size = sizeof api;
  REQUIRE(negotiate(&in, &api) == DOSEGATE_OK);
  REQUIRE(api.abi_version == DOSEGATE_ABI_VERSION && api.struct_size == sizeof api);

  dosegate_error* error = NULL;
  dosegate_protocol* protocol = NULL;
  dosegate_case* c = NULL;
  dosegate_report* report = NULL;
  require_ok(&api, api.protocol_builtin(NULL, &protocol, &error), error);
  require_ok(&api, api.case_create(NULL, &c, &error), error);

  require_ok(&api, api.check(c, protocol, &report, &error), error);
  REQUIRE(api.report_verdict(report) == DOSEGATE_VERDICT_INCOMPLETE); /* nothing set: nothing passes */
  api.report_release(report);

  require_ok(&api, abi_fill_case(&api, c, 90.0, &error), error);
  require_ok(&api, api.check(c, protocol, &report, &error), error);
  const dosegate_text json = api.report_json(report);
  if (api.report_verdict(report) != DOSEGATE_VERDICT_PASS) fprintf(stderr, "%s\n", json.data);
  REQUIRE(api.report_verdict(report) == DOSEGATE_VERDICT_PASS);
  REQUIRE(json.data[json.size] == '\0' && strlen(json.data) == json.size);
  REQUIRE(strstr(json.data, "\"verdict\": \"PASS\"") != NULL);
  char* copy = strdup(json.data);
  REQUIRE(copy != NULL);
  api.report_release(report);

  require_ok(&api, abi_set_cord(&api, c, 20.0, &error), error); /* replaces the structure: 46 Gy in the cord */
  require_ok(&api, api.check(c, protocol, &report, &error), error);
  REQUIRE(api.report_verdict(report) == DOSEGATE_VERDICT_FAIL);
  REQUIRE(strstr(api.report_json(report).data, "\"verdict\": \"FAIL\"") != NULL);
  api.report_release(report);

  api.case_release(c);
  api.protocol_release(protocol);
  REQUIRE(dlclose(so) == 0);
  return copy;
}

int main(int argc, char** argv) {
  REQUIRE(argc == 2);
  const int threads = entries_of("/proc/self/task");
  const int descriptors = entries_of("/proc/self/fd");
  char* first = one_round(argv[1]);
  long warm = 0;
  for (int round = 2; round <= ROUNDS; ++round) {
    char* report = one_round(argv[1]);
    REQUIRE(strcmp(first, report) == 0);
    free(report);
    if (round == WARM_UP) warm = resident_bytes();
  }
  const long growth = resident_bytes() - warm;
  printf("%d rounds; resident memory grew by %ld KiB after round %d\n", ROUNDS, growth / 1024, WARM_UP);
  REQUIRE(entries_of("/proc/self/task") == threads);
  REQUIRE(entries_of("/proc/self/fd") == descriptors);
  REQUIRE(!MEMORY_IS_MEASURED || growth <= kMaxGrowthBytes);
  free(first);
  return 0;
}
