/* A host in C11 that knows only dosegate.h, on Linux and Windows: loads, checks a passing and a failing case and
 * unloads, again and again; lends the library threads of its own, lets it start some, and calls it from several at a
 * time; cancels; breaks the rules of dosegate.h. The report goes to a file, so that those of two platforms can be
 * compared.
 *
 * usage: host LIBRARY ROUNDS REPORT [KIB]
 *        KIB: the most that 1000 threads may leave; 1024. 0: not measured, where an emulator keeps memory of its own
 * for each. host LIBRARY --killed: ends itself in the midst of a check, without a word to the library */
#include <fenv.h>
#include <math.h>
#include <pthread.h>

#include "dosegate/extensions/memory.h"
#include "dosegate/extensions/statistics.h"
#include "tests/abi/abi_case.h"
#include "tests/platforms/library_of_host.h"

enum { LENT = 3, CALLERS = 4 };

static void require_ok(const dosegate_api* api, dosegate_status status, dosegate_error* error) {
  if (status == DOSEGATE_OK) return;
  fprintf(stderr, "status %d: %s: %s\n", (int)status, api->error_path(error).data, api->error_message(error).data);
  exit(3);
}

/* The report of the box patient with the cord at `cord_y`, for the caller to free. */
static char* checked(const dosegate_api* api, const dosegate_host* host, double cord_y, dosegate_verdict expected) {
  dosegate_error* error = NULL;
  dosegate_protocol* protocol = NULL;
  dosegate_case* c = NULL;
  dosegate_report* report = NULL;
  require_ok(api, api->protocol_builtin(NULL, &protocol, &error), error);
  require_ok(api, api->case_create(host, &c, &error), error);
  require_ok(api, abi_fill_case(api, c, cord_y, &error), error);
  require_ok(api, api->check(c, protocol, &report, &error), error);
  const dosegate_text json = api->report_json(report);
  REQUIRE(api->report_verdict(report) == expected);
  REQUIRE(json.data[json.size] == '\0' && strlen(json.data) == json.size);
  char* const copy = (char*)malloc(json.size + 1);
  REQUIRE(copy != NULL);
  memcpy(copy, json.data, json.size + 1);
  api->report_release(report);
  api->case_release(c);
  api->protocol_release(protocol);
  return copy;
}

static dosegate_text text(const char* s) {
  const dosegate_text t = {s, strlen(s)};
  return t;
}

#define require_same(report, expected) same_or_end(report, expected, __LINE__)
static void same_or_end(char* report, const char* expected, int line) {
  if (strcmp(report, expected) != 0) {
    fprintf(stderr, "line %d: another report than that of a plain call\n", line);
    exit(3);
  }
  free(report);
}

/* --- a pool of the host's */

typedef struct lent {
  void (*task)(void* context, uint64_t index);
  void* context;
  uint64_t first, count;
} lent;

static void* work(void* given) {
  const lent* const l = (const lent*)given;
  for (uint64_t i = l->first; i < l->count; i += LENT) l->task(l->context, i);
  return NULL;
}

static unsigned pool_calls;

static void run_tasks(void* user, uint64_t count, void (*task)(void* context, uint64_t index), void* context) {
  pthread_t threads[LENT];
  lent parts[LENT];
  (void)user;
  ++pool_calls;
  for (uint64_t i = 0; i < LENT; ++i) {
    const lent part = {task, context, i, count};
    parts[i] = part;
    REQUIRE(pthread_create(&threads[i], NULL, work, &parts[i]) == 0);
  }
  for (int i = 0; i < LENT; ++i) REQUIRE(pthread_join(threads[i], NULL) == 0);
}

/* --- several callers at a time */

typedef struct caller {
  const dosegate_api* api;
  const char *passes, *fails;
} caller;

static void* call(void* given) {
  const caller* const c = (const caller*)given;
  for (int i = 0; i < 5; ++i) {
    require_same(checked(c->api, NULL, 90.0, DOSEGATE_VERDICT_PASS), c->passes);
    require_same(checked(c->api, NULL, 20.0, DOSEGATE_VERDICT_FAIL), c->fails);
  }
  return NULL;
}

static void call_from_several(const dosegate_api* api, const char* passes, const char* fails) {
  pthread_t threads[CALLERS];
  caller c = {api, passes, fails};
  for (int i = 0; i < CALLERS; ++i) REQUIRE(pthread_create(&threads[i], NULL, call, &c) == 0);
  for (int i = 0; i < CALLERS; ++i) REQUIRE(pthread_join(threads[i], NULL) == 0);
}

/* --- threads that come and go, and one that rounds otherwise */

static void* ask_and_end(void* given) {
  const dosegate_api* const api = (const dosegate_api*)given;
  dosegate_error* error = NULL;
  dosegate_protocol* protocol = NULL;
  REQUIRE(api->protocol_builtin("NONE", &protocol, &error) == DOSEGATE_NOT_FOUND);
  api->error_release(error);
  REQUIRE(api->protocol_load(text("{\"id\": "), &protocol, &error) == DOSEGATE_INVALID_DATA);
  api->error_release(error);
  require_ok(api, api->protocol_builtin(NULL, &protocol, &error), error);
  api->protocol_release(protocol);
  return NULL;
}

/* Each has thread-local memory of the library's C++ runtime. */
static long long end_threads(const dosegate_api* api, long long most) {
  enum { WARM_UP = 200, MEASURED = 1000 };
  long long before = 0;
  for (int i = 0; i < WARM_UP + MEASURED; ++i) {
    pthread_t thread;
    if (i == WARM_UP) before = host_resident_bytes();
    REQUIRE(pthread_create(&thread, NULL, ask_and_end, (void*)(uintptr_t)api) == 0);
    REQUIRE(pthread_join(thread, NULL) == 0);
  }
  const long long growth = host_resident_bytes() - before;
  REQUIRE(before > 0 && (most == 0 || growth < most));
  return growth;
}

/* The engine rounds to nearest, and the host finds its own way of rounding again. */
static void round_upwards(const dosegate_api* api, const dosegate_host* host, const char* passes) {
  volatile double one = 1, three = 3;
  const double nearest = one / three;
  REQUIRE(fesetround(FE_UPWARD) == 0);
  REQUIRE(one / three > nearest);
  require_same(checked(api, host, 90.0, DOSEGATE_VERDICT_PASS), passes);
  REQUIRE(fegetround() == FE_UPWARD && one / three > nearest);
  REQUIRE(fesetround(FE_TONEAREST) == 0);
}

/* --- what goes wrong */

static int32_t yes(void* user) {
  ++*(int*)user;
  return 1;
}

static void cancel(const dosegate_api* api) {
  int asked = 0;
  dosegate_host host;
  dosegate_error* error = NULL;
  dosegate_protocol* protocol = NULL;
  dosegate_case* c = NULL;
  dosegate_report* report = NULL;
  memset(&host, 0, sizeof host);
  host.struct_size = sizeof host;
  host.threads = 4;
  host.user = &asked;
  host.should_cancel = yes;
  require_ok(api, api->protocol_builtin(NULL, &protocol, &error), error);
  require_ok(api, api->case_create(&host, &c, &error), error);
  dosegate_status status = abi_fill_case(api, c, 90.0, &error);
  if (status == DOSEGATE_OK) status = api->check(c, protocol, &report, &error);
  REQUIRE(status == DOSEGATE_CANCELLED && report == NULL && asked > 0);
  REQUIRE(api->error_status(error) == DOSEGATE_CANCELLED && api->error_message(error).size > 0);
  api->error_release(error);
  api->case_release(c);
  api->protocol_release(protocol);
}

static void end_in_the_midst(void* user, double fraction) {
  if (*(const int*)user == 0 || fraction <= 0.3 || fraction >= 1) return;
  puts("in the midst");
  fflush(stdout);
  host_kill_itself();
}

static int be_killed(const dosegate_api* api) {
  int checking = 0;
  dosegate_host host;
  dosegate_error* error = NULL;
  dosegate_protocol* protocol = NULL;
  dosegate_case* c = NULL;
  dosegate_report* report = NULL;
  memset(&host, 0, sizeof host);
  host.struct_size = sizeof host;
  host.threads = 1; /* with others, the calling thread may have no rule to tell of */
  host.user = &checking;
  host.progress = end_in_the_midst;
  require_ok(api, api->protocol_builtin(NULL, &protocol, &error), error);
  require_ok(api, api->case_create(&host, &c, &error), error);
  require_ok(api, abi_fill_case(api, c, 90.0, &error), error);
  checking = 1;
  require_ok(api, api->check(c, protocol, &report, &error), error);
  return 3; /* it went on */
}

/* That the call was refused with this status, and says why. */
#define refused(api, expected, call, error) was_refused(api, expected, call, error, __LINE__)
static void was_refused(const dosegate_api* api, dosegate_status expected, dosegate_status status,
                        dosegate_error** error, int line) {
  if (status != expected) fprintf(stderr, "line %d: status %d, expected %d\n", line, (int)status, (int)expected);
  REQUIRE(status == expected && *error != NULL);
  REQUIRE(api->error_status(*error) == expected && api->error_message(*error).size > 0);
  api->error_release(*error);
  *error = NULL;
}

static void break_rules(const dosegate_api* api, dosegate_negotiate_fn negotiate) {
  static float values[8] = {1, 1, 1, 1, 1, 1, 1, 1};
  static const double offsets[2] = {0, 5};
  dosegate_error* e = NULL;
  dosegate_protocol* protocol = NULL;
  dosegate_case* c = NULL;
  dosegate_report* report = NULL;
  dosegate_document* document = NULL;

  dosegate_api other = *api;
  const dosegate_negotiate_in newer = {sizeof newer, 2, 9, 0}, small = {4, 1, 1, 0};
  REQUIRE(negotiate(&newer, &other) == DOSEGATE_INCOMPATIBLE);
  REQUIRE(negotiate(&small, &other) == DOSEGATE_INVALID_ARGUMENT);
  REQUIRE(negotiate(NULL, &other) == DOSEGATE_INVALID_ARGUMENT && negotiate(&newer, NULL) != DOSEGATE_OK);

  refused(api, DOSEGATE_NOT_FOUND, api->protocol_builtin("NONE", &protocol, &e), &e);
  refused(api, DOSEGATE_INVALID_DATA, api->protocol_load(text("{"), &protocol, &e), &e);
  refused(api, DOSEGATE_INVALID_ARGUMENT, api->protocol_builtin(NULL, NULL, &e), &e);
  require_ok(api, api->protocol_builtin(NULL, &protocol, &e), e);
  require_ok(api, api->case_create(NULL, &c, &e), e);
  refused(api, DOSEGATE_INVALID_ARGUMENT, api->check(NULL, protocol, &report, &e), &e);
  refused(api, DOSEGATE_INVALID_ARGUMENT, api->check((dosegate_case*)(void*)protocol, protocol, &report, &e), &e);
  refused(api, DOSEGATE_INVALID_ARGUMENT, api->check(c, NULL, &report, &e), &e);
  refused(api, DOSEGATE_INVALID_DATA, api->case_set_plan(c, text("[]"), &e), &e);
  refused(api, DOSEGATE_NOT_FOUND, api->case_remove_structure(c, 77, &e), &e);
  refused(api, DOSEGATE_INVALID_DATA, api->dvh(c, text("{\"metrics\": 1}"), &document, &e), &e);

  dosegate_dose dose;
  memset(&dose, 0, sizeof dose);
  dose.struct_size = sizeof dose;
  dose.value_type = DOSEGATE_VALUES_FLOAT32;
  dose.values = values;
  dose.value_count = 8;
  dose.scaling = 1;
  dose.units = DOSEGATE_UNITS_GY;
  dose.dose_type = DOSEGATE_DOSE_PHYSICAL;
  dose.summation = DOSEGATE_SUMMATION_PLAN;
  dose.columns = dose.rows = dose.planes = 2;
  dose.row_cosines[0] = dose.column_cosines[1] = dose.row_spacing_mm = dose.column_spacing_mm = 1;
  dose.plane_offsets_mm = offsets;
  require_ok(api, api->case_set_dose(c, &dose, &e), e);
  dosegate_dose bad = dose;
  bad.value_count = 7;
  refused(api, DOSEGATE_INVALID_DATA, api->case_set_dose(c, &bad, &e), &e);
  bad = dose, bad.units = 99;
  refused(api, DOSEGATE_INVALID_ARGUMENT, api->case_set_dose(c, &bad, &e), &e);
  bad = dose, bad.struct_size = 3;
  refused(api, DOSEGATE_INVALID_ARGUMENT, api->case_set_dose(c, &bad, &e), &e);
  bad = dose, bad.scaling = NAN;
  REQUIRE(api->case_set_dose(c, &bad, NULL) == DOSEGATE_INVALID_DATA);
  values[3] = INFINITY;
  refused(api, DOSEGATE_INVALID_DATA, api->case_set_dose(c, &dose, &e), &e);
  dosegate_structure s;
  memset(&s, 0, sizeof s);
  s.struct_size = sizeof s;
  s.name = "\xff";
  refused(api, DOSEGATE_INVALID_DATA, api->case_set_structure(c, &s, &e), &e);

  const dosegate_memory* const memory = (const dosegate_memory*)api->get_extension(DOSEGATE_EXT_MEMORY);
  REQUIRE(memory != NULL);
  require_ok(api, memory->case_set_limit(c, 64 << 10, &e), e);
  refused(api, DOSEGATE_OUT_OF_MEMORY, abi_fill_case(api, c, 90.0, &e), &e);
  require_ok(api, memory->case_set_limit(c, 0, &e), e);
  require_ok(api, abi_fill_case(api, c, 90.0, &e), e);
  dosegate_case_memory held;
  memset(&held, 0, sizeof held);
  held.struct_size = sizeof held;
  require_ok(api, memory->case_memory(c, &held, &e), e);
  const uint64_t of_dose = sizeof(float) * ABI_COLUMNS * ABI_ROWS * ABI_PLANES;
  REQUIRE(held.bytes >= of_dose && held.bytes < 20 * of_dose && held.most >= held.bytes);
  api->case_release(c);
  api->protocol_release(protocol);
}

/* Intervals to their last bit: by functions in which C libraries differ. */
static void write_statistics(const dosegate_api* api, FILE* file) {
  static const double kLevels[] = {0.5, 0.9, 0.95, 0.999};
  const dosegate_statistics* const statistics = (const dosegate_statistics*)api->get_extension(DOSEGATE_EXT_STATISTICS);
  REQUIRE(statistics != NULL);
  for (uint64_t n = 1; n < 2000000; n = n * 5 / 3 + 1) {
    for (uint64_t k = 0; k <= n; k = k * 2 + 1) {
      for (int i = 0; i < 4; ++i) {
        double ends[2] = {0, 0};
        uint64_t bits[2];
        const dosegate_status status = statistics->clopper_pearson(k, n, kLevels[i], &ends[0], &ends[1], NULL);
        REQUIRE(status == DOSEGATE_OK && ends[0] >= 0 && ends[0] < ends[1] && ends[1] <= 1);
        memcpy(bits, ends, sizeof bits);
        fprintf(file, "%lu of %lu: %08lx%08lx %08lx%08lx\n", (unsigned long)k, (unsigned long)n,
                (unsigned long)(bits[0] >> 32), (unsigned long)(bits[0] & 0xFFFFFFFF), (unsigned long)(bits[1] >> 32),
                (unsigned long)(bits[1] & 0xFFFFFFFF));
      }
    }
  }
  uint64_t least = 0, most = 0, from = 0;
  REQUIRE(statistics->sample_size(0.05, 0.195, 0.05, 0.80, &least, &most, &from, NULL) == DOSEGATE_OK);
  REQUIRE(least == 27 && most == 28 && from == 4);
}

int main(int argc, char** argv) {
  REQUIRE(argc >= 3);
  host_library library = host_open(argv[1]);
  dosegate_api api = host_api(library);
  if (strcmp(argv[2], "--killed") == 0) return be_killed(&api);
  const int rounds = atoi(argv[2]);
  REQUIRE((argc == 4 || argc == 5) && rounds > 0);
  char* const passes = checked(&api, NULL, 90.0, DOSEGATE_VERDICT_PASS);
  char* const fails = checked(&api, NULL, 20.0, DOSEGATE_VERDICT_FAIL);

  dosegate_host host;
  memset(&host, 0, sizeof host);
  host.struct_size = sizeof host;
  host.threads = LENT;
  require_same(checked(&api, &host, 90.0, DOSEGATE_VERDICT_PASS), passes);
  host.run_tasks = run_tasks;
  require_same(checked(&api, &host, 20.0, DOSEGATE_VERDICT_FAIL), fails);
  REQUIRE(pool_calls > 0);
  round_upwards(&api, NULL, passes);
  round_upwards(&api, &host, passes);
  call_from_several(&api, passes, fails);
  const long long growth = end_threads(&api, 1024LL * (argc == 5 ? atoi(argv[4]) : 1024));
  cancel(&api);
  break_rules(&api, host_entry(library));

  for (int i = 0; i < rounds; ++i) {
    REQUIRE(host_close(library));
    library = host_open(argv[1]);
    api = host_api(library);
    require_same(checked(&api, NULL, 90.0, DOSEGATE_VERDICT_PASS), passes);
  }
  FILE* const file = fopen(argv[3], "wb");
  REQUIRE(file != NULL && fputs(passes, file) >= 0 && fputs(fails, file) >= 0);
  write_statistics(&api, file);
  REQUIRE(fclose(file) == 0);
  REQUIRE(host_close(library));
  free(passes);
  free(fails);
  printf("%d rounds, %u calls of the host's pool; 1000 threads that ended left %lld KiB\n", rounds, pool_calls,
         growth / 1024);
  return 0;
}
