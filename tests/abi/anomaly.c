/* anomaly LIBRARY [EVERY [SHARE]]: a host's work on a small patient with allocations that fail.
 *
 * Every call of the work is tried in a process of its own with its n-th allocation failing, once and from there on, for
 * every n (or every EVERY-th, from a first that differs from run to run of the loop: shares 0 to EVERY - 1 are all of
 * them), with 1, 2 and 8 threads of the library, a pool of the host's, and a host that cancels; the library is loaded
 * likewise; and the whole work is done under limits of the address space. Right is: the process goes on; the call says
 * OK or OUT_OF_MEMORY (or CANCELLED, where the host wanted that), and what it answers with OK is what it always
 * answers; the same call again, and those up to the next that gives an answer, answer to the byte what they always do.
 *
 * After SQLite's anomaly tests (sqlite.org/testing.html, 3.1). One line a part, then a sum; exit 1 where one was wrong.
 */
#include <dlfcn.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/abi/anomaly_case.h"
#include "tests/abi/failing_malloc.h"

enum {
  kRight = 0,
  kOutOfMemory = 7,
  kNotReached = 90,
  kWrongStatus = 91,
  kWrongAnswer = 92,
  kWrongLater = 93,
  kMostSeconds = 60
};

typedef struct counts {
  long ok, out_of_memory, not_reached, wrong, died;
} counts;
static counts all;
static char* expected[kCallCount]; /* what each call answers; NULL for those without a text */
static long every = 1, seed;

static int load(const char* path, dosegate_api* api) {
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  dosegate_negotiate_fn negotiate = NULL;
  if (library == NULL) return 0;
  *(void**)&negotiate = dlsym(library, DOSEGATE_ENTRY_POINT);
  const dosegate_negotiate_in in = {sizeof in, DOSEGATE_ABI_VERSION, DOSEGATE_ABI_VERSION, 0};
  api->struct_size = sizeof *api;
  return negotiate != NULL && negotiate(&in, api) == DOSEGATE_OK;
}

/* One call, its error let go. */
static dosegate_status call(world* w, int n) {
  dosegate_error* error = NULL;
  w->answer = NULL;
  const dosegate_status s = kCalls[n].run(w, &error);
  const int told =
      s == DOSEGATE_OK || (error != NULL && w->api.error_status(error) == s && w->api.error_message(error).size > 0);
  w->api.error_release(error);
  return told ? s : DOSEGATE_INTERNAL;
}
static int is_right(const world* w, int n) {
  return expected[n] == NULL ? w->answer == NULL : w->answer != NULL && strcmp(expected[n], w->answer) == 0;
}

/* Calls n and those behind it, without failures: all, or as far as the next that gives an answer. */
static int goes_on(world* w, int n, int all_of_them) {
  w->cancel_at = 0;
  for (int answered = 0; n < kCallCount && (all_of_them || !answered); n++) {
    if (call(w, n) != DOSEGATE_OK || !is_right(w, n)) return 0;
    answered = w->answer != NULL;
  }
  w->api.report_release(w->report);
  w->api.document_release(w->document);
  w->api.case_release(w->the_case);
  w->api.protocol_release(w->protocol);
  return 1;
}

typedef struct trial {
  world* w;
  int n;
  long first, last;
  dosegate_status status;
  long failed;
} trial;
static void* run_trial(void* user) {
  trial* t = user;
  fail_allocations(t->first, t->last);
  t->status = call(t->w, t->n);
  t->failed = stop_failing();
  return NULL;
}

/* In a process of its own; what it ends with. On a thread that has never been in the library, or on the one that has.
 */
static int try_call(world* w, int n, long first, long last, int fresh_thread) {
  trial t = {w, n, first, last, DOSEGATE_OK, 0};
  pthread_t thread;
  if (fresh_thread && pthread_create(&thread, NULL, run_trial, &t) == 0) {
    pthread_join(thread, NULL);
  } else {
    run_trial(&t);
  }
  const int may_cancel = w->cancel_at != 0;
  if (t.failed == 0 && !(may_cancel && t.status == DOSEGATE_CANCELLED))
    return t.status == DOSEGATE_OK ? kNotReached : kWrongStatus;
  if (t.status != DOSEGATE_OK && t.status != DOSEGATE_OUT_OF_MEMORY && !(may_cancel && t.status == DOSEGATE_CANCELLED))
    return kWrongStatus;
  if (t.status == DOSEGATE_OK && !is_right(w, n)) return kWrongAnswer;
  const int later = t.status == DOSEGATE_OK ? n + 1 : n;
  if (!goes_on(w, later, 0)) return kWrongLater;
  if (t.failed == 0) return kNotReached;
  return t.status == DOSEGATE_OUT_OF_MEMORY ? kOutOfMemory : kRight;
}

static const char* meaning(int code) {
  switch (code) {
    case kWrongStatus:
      return "another status";
    case kWrongAnswer:
      return "another answer";
    case kWrongLater:
      return "another answer later";
    default:
      return "the process ended";
  }
}

/* 1 in a child. 0 in the parent, after the child's end, which is counted; *code is what it ended with. */
static int in_child(counts* c, const char* part, const char* what, long at, int* code) {
  fflush(NULL);
  const pid_t child = fork();
  if (child < 0) {
    perror("fork");
    _exit(2);
  }
  if (child == 0) {
    alarm(kMostSeconds);
    return 1;
  }
  int s;
  waitpid(child, &s, 0);
  *code = WIFEXITED(s) ? WEXITSTATUS(s) : -1;
  if (*code == kRight)
    c->ok++;
  else if (*code == kOutOfMemory)
    c->out_of_memory++;
  else if (*code == kNotReached)
    c->not_reached++;
  else {
    if (*code >= kWrongStatus && *code <= kWrongLater)
      c->wrong++;
    else
      c->died++;
    printf("  WRONG %s, %s %ld: %s (%s %d)\n", part, what, at, meaning(*code), *code < 0 ? "signal" : "exit",
           *code < 0 ? WTERMSIG(s) : *code);
  }
  return 0;
}

static void say(const char* part, counts* c) {
  if (c->out_of_memory == 0) c->wrong++; /* no failure has reached the library */
  printf("%-44s %7ld tries: %7ld OUT_OF_MEMORY, %7ld OK, %ld wrong, %ld died\n", part,
         c->ok + c->out_of_memory + c->wrong + c->died, c->out_of_memory, c->ok, c->wrong, c->died);
  all.ok += c->ok, all.out_of_memory += c->out_of_memory, all.wrong += c->wrong, all.died += c->died;
}

/* Every allocation of every call. cancel_at: only calls that ask. */
static void fail_each(const char* part, const dosegate_api* api, uint32_t threads, int own_pool, long cancel_at) {
  counts c = {0};
  world w = {.api = *api};
  w.host = (dosegate_host){.struct_size = sizeof w.host,
                           .threads = threads,
                           .user = &w,
                           .log = log_line,
                           .progress = progress,
                           .should_cancel = should_cancel,
                           .run_tasks = own_pool ? run_tasks : NULL};
  for (int n = 0; n < kCallCount; n++) {
    for (int for_good = 0; for_good < 2 && (cancel_at == 0 || kCalls[n].cancels); for_good++) {
      int code = 0;
      for (long at = 1 + seed++ % every; code != kNotReached; at += every) {
        if (!in_child(&c, part, kCalls[n].name, at, &code)) continue;
        w.cancel_at = cancel_at;
        _exit(try_call(&w, n, at, for_good ? LONG_MAX : at, for_good));
      }
    }
    if (call(&w, n) != DOSEGATE_OK) _exit(2);
  }
  goes_on(&w, kCallCount, 1);
  say(part, &c);
}

static void fail_loading(const char* path) {
  counts c = {0};
  for (int for_good = 0; for_good < 2; for_good++) {
    int code = 0;
    for (long at = 1; code != kNotReached; at++) {
      if (!in_child(&c, "while it is loaded", "allocation", at, &code)) continue;
      world w = {.host = {.struct_size = sizeof w.host, .threads = 2}};
      fail_allocations(at, for_good ? LONG_MAX : at);
      const int loaded = load(path, &w.api);
      if (stop_failing() == 0) _exit(loaded ? kNotReached : kWrongStatus);
      if (!loaded && !load(path, &w.api)) _exit(kWrongLater);
      _exit(!goes_on(&w, 0, 1) ? kWrongLater : loaded ? kRight : kOutOfMemory);
    }
  }
  say("while it is loaded", &c);
}

static rlim_t address_space(void) {
  long pages = 0;
  FILE* f = fopen("/proc/self/statm", "r");
  if (f == NULL || fscanf(f, "%ld", &pages) != 1) _exit(2);
  fclose(f);
  return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void limit_address_space(const dosegate_api* api, uint32_t threads, long step_kib) {
  counts c = {0};
  char part[64];
  snprintf(part, sizeof part, "%u thread(s), limits of the address space", threads);
  int code = 0, enough = 0;
  const long apart = step_kib > every ? step_kib / every : 1; /* shares together take every step */
  for (long kib = 1 + apart * seed++ % step_kib; enough < 3 && kib < 4 << 20; kib += step_kib) {
    if (!in_child(&c, part, "KiB more:", kib, &code)) {
      enough += code == kRight;
      continue;
    }
    world w = {.api = *api, .host = {.struct_size = sizeof w.host, .threads = threads}};
    struct rlimit limit, before;
    getrlimit(RLIMIT_AS, &before);
    limit = before;
    const rlim_t now = limit.rlim_cur = address_space();
    setrlimit(RLIMIT_AS, &limit);
    for (size_t size = 1 << 16; size > 32; size /= 2) { /* the heap is full */
      void* volatile block;
      while ((block = malloc(size)) != NULL) continue;
    }
    limit.rlim_cur = now + (rlim_t)kib * 1024;
    setrlimit(RLIMIT_AS, &limit);
    int n = 0;
    dosegate_status s = DOSEGATE_OK;
    for (; n < kCallCount; n++) {
      s = call(&w, n);
      if (s != DOSEGATE_OK) break;
      if (!is_right(&w, n)) _exit(kWrongAnswer);
    }
    setrlimit(RLIMIT_AS, &before);
    if (s != DOSEGATE_OK && s != DOSEGATE_OUT_OF_MEMORY) _exit(kWrongStatus);
    _exit(!goes_on(&w, n, 1) ? kWrongLater : s == DOSEGATE_OK ? kRight : kOutOfMemory);
  }
  say(part, &c);
}

static void learn(const dosegate_api* api) {
  world w = {.api = *api, .host = {.struct_size = sizeof w.host, .threads = 1}};
  for (int n = 0; n < kCallCount; n++) {
    const dosegate_status s = call(&w, n);
    if (s != DOSEGATE_OK) {
      fprintf(stderr, "%s: status %d where nothing fails\n", kCalls[n].name, s);
      _exit(2);
    }
    expected[n] = w.answer == NULL ? NULL : strdup(w.answer);
  }
  if (!goes_on(&w, kCallCount, 1)) _exit(2);
}

/* Runs on a thread that was there before the library. */
typedef struct job {
  const char* path;
  pthread_mutex_t start;
} job;
static void* run_all(void* user) {
  job* j = user;
  pthread_mutex_lock(&j->start);
  dosegate_api api;
  if (!load(j->path, &api)) _exit(2);
  fail_each("1 thread", &api, 1, 0, 0);
  fail_each("2 threads", &api, 2, 0, 0);
  fail_each("8 threads", &api, 8, 0, 0);
  fail_each("the host's own pool", &api, 4, 1, 0);
  fail_each("the host cancels at its 3rd question", &api, 1, 0, 3);
  fail_each("the host cancels, 8 threads", &api, 8, 0, 3);
  return NULL;
}

int main(int argc, char** argv) {
  if (argc < 2 || argc > 4 || (argc >= 3 && (every = atol(argv[2])) < 1)) return 2;
  if (argc == 4 && ((seed = atol(argv[3])) < 0 || seed >= every)) return 2;
  const struct rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  job j = {argv[1], PTHREAD_MUTEX_INITIALIZER};
  pthread_t thread;
  pthread_mutex_lock(&j.start);
  if (pthread_create(&thread, NULL, run_all, &j) != 0) return 2;
  /* What the work answers, from a process that never was short of memory; then the library loaded for the first time.
   */
  dosegate_api api;
  int pipes[2];
  if (pipe(pipes) != 0) return 2;
  const pid_t child = fork();
  if (child == 0) {
    if (!load(argv[1], &api)) _exit(2);
    learn(&api);
    FILE* out = fdopen(pipes[1], "w");
    for (int n = 0; n < kCallCount; n++) {
      const size_t size = expected[n] == NULL ? 0 : strlen(expected[n]);
      fwrite(&size, sizeof size, 1, out);
      if (size > 0) fwrite(expected[n], size, 1, out);
    }
    _exit(fclose(out) == 0 ? 0 : 2);
  }
  close(pipes[1]);
  FILE* in = fdopen(pipes[0], "r");
  for (int n = 0; n < kCallCount; n++) {
    size_t size = 0;
    if (fread(&size, sizeof size, 1, in) != 1) return 2;
    if (size == 0) continue;
    expected[n] = calloc(size + 1, 1);
    if (expected[n] == NULL || fread(expected[n], size, 1, in) != 1) return 2;
  }
  fclose(in);
  waitpid(child, NULL, 0);
  fail_loading(argv[1]);
  pthread_mutex_unlock(&j.start);
  pthread_join(thread, NULL);
  /* On the first thread: its heap grows with what is needed. */
  if (!load(argv[1], &api)) return 2;
  const long step_kib = every < 16 ? 4 * every : 64;
  limit_address_space(&api, 1, step_kib);
  limit_address_space(&api, 2, 2 * step_kib);
  limit_address_space(&api, 8, 4 * step_kib);
  printf("%ld tries: %ld OUT_OF_MEMORY, %ld OK, %ld wrong, %ld died\n",
         all.ok + all.out_of_memory + all.wrong + all.died, all.out_of_memory, all.ok, all.wrong, all.died);
  return all.wrong + all.died == 0 ? 0 : 1;
}
