/* Makes the calls of records (record_format.h) on a library, and compares its answers with those of the library that
 * was recorded: status, JSON, map of gamma, path and message of errors, byte for byte. C11, Linux and Windows.
 *
 * usage: replay LIBRARY THREADS RECORD...
 * THREADS: 0, as recorded. Where an answer differs, both are left beside the record, as RECORD.N.recorded and
 * RECORD.N.replayed. Exits 1 when one differs, 3 when it could not look. */
#include "dosegate/extensions/protocol_tools.h"
#include "dosegate/extensions/statistics.h"
#include "tests/platforms/reading.h"

enum { MOST_HANDLES = 4096 };

typedef struct session {
  dosegate_api api;
  const dosegate_protocol_tools* tools;
  const dosegate_gamma* gamma;
  const dosegate_statistics* statistics;
  uint32_t threads;
  dosegate_case* cases[MOST_HANDLES];
  dosegate_protocol* protocols[MOST_HANDLES];
  uint32_t case_count, protocol_count;
  /* The answer to the present call: one of these, or `bytes`. */
  dosegate_report* report;
  dosegate_document* document;
  void* bytes;
  size_t byte_count;
} session;

static dosegate_case* case_of(const session* s, reading* r) {
  const uint32_t n = reading_u32(r);
  REQUIRE(n < s->case_count);
  return s->cases[n];
}

static dosegate_protocol* protocol_of(const session* s, reading* r) {
  const uint32_t n = reading_u32(r);
  REQUIRE(n < s->protocol_count);
  return s->protocols[n];
}

static void keep_protocol(session* s, dosegate_protocol* p) {
  if (p == NULL) return;
  REQUIRE(s->protocol_count < MOST_HANDLES);
  s->protocols[s->protocol_count++] = p;
}

static void* add_bytes(session* s, const void* data, size_t size) {
  s->bytes = realloc(s->bytes, s->byte_count + size + 1);
  REQUIRE(s->bytes != NULL);
  unsigned char* const at = (unsigned char*)s->bytes + s->byte_count;
  if (data != NULL) memcpy(at, data, size);
  s->byte_count += size;
  return at;
}

static dosegate_status measure(session* s, reading* in, dosegate_error** error) {
  dosegate_case* const c = case_of(s, in);
  dosegate_dose dose;
  dosegate_dose_points points;
  const int has_dose = reading_u32(in) != 0;
  if (has_dose) reading_dose(in, &dose);
  const int has_points = reading_u32(in) != 0;
  if (has_points) reading_points(in, &points);
  return s->gamma->case_set_measurement(c, has_dose ? &dose : NULL, has_points ? &points : NULL, error);
}

static dosegate_status compare_doses(session* s, reading* in, dosegate_error** error) {
  dosegate_case* const c = case_of(s, in);
  dosegate_dose reference, evaluated;
  dosegate_dose_points points;
  dosegate_gamma_input input;
  memset(&input, 0, sizeof input);
  input.struct_size = sizeof input;
  if (reading_u32(in) != 0) reading_dose(in, &reference), input.reference = &reference;
  if (reading_u32(in) != 0) reading_points(in, &points), input.reference_points = &points;
  if (reading_u32(in) != 0) reading_dose(in, &evaluated), input.evaluated = &evaluated;
  input.map_count = reading_u64(in);
  REQUIRE(input.map_count <= UINT64_C(1) << 30);
  float* const map = (float*)reading_keep(in, input.map_count * sizeof(float));
  if (input.map_count > 0) input.map = map;
  const dosegate_status status = s->gamma->compute(c, &input, reading_text(in), &s->document, error);
  if (s->document != NULL) {
    const dosegate_text json = s->api.document_json(s->document);
    add_bytes(s, json.data, json.size);
  }
  if (status == DOSEGATE_OK) add_bytes(s, map, (size_t)input.map_count * sizeof(float));
  return status;
}

static dosegate_status interval(session* s, reading* in, dosegate_error** error) {
  const uint64_t successes = reading_u64(in), n = reading_u64(in);
  const double level = reading_f64(in);
  double ends[2];
  const dosegate_status status = s->statistics->clopper_pearson(successes, n, level, &ends[0], &ends[1], error);
  if (status == DOSEGATE_OK) add_bytes(s, ends, sizeof ends);
  return status;
}

static dosegate_status call_of_case(session* s, uint32_t operation, reading* in, dosegate_error** error) {
  const dosegate_api* const a = &s->api;
  dosegate_case* const c = case_of(s, in);
  dosegate_structure structure;
  dosegate_slices slices;
  dosegate_dose dose;
  switch (operation) {
    case RECORD_SET_PLAN:
      return a->case_set_plan(c, reading_text(in), error);
    case RECORD_SET_OPTIONS:
      return a->case_set_options(c, reading_text(in), error);
    case RECORD_SET_RECORD:
      return a->case_set_record(c, reading_text(in), error);
    case RECORD_SET_STRUCTURE:
      reading_structure(in, &structure);
      return a->case_set_structure(c, &structure, error);
    case RECORD_SET_SLICES:
      reading_slices(in, &slices);
      return a->case_set_slices(c, &slices, error);
    case RECORD_SET_DOSE:
      reading_dose(in, &dose);
      return a->case_set_dose(c, &dose, error);
    case RECORD_CHECK:
      return a->check(c, protocol_of(s, in), &s->report, error);
    case RECORD_DVH:
      return a->dvh(c, reading_text(in), &s->document, error);
    default:
      fprintf(stderr, "the record has a call that cannot be replayed: %u\n", operation);
      exit(3);
  }
}

static dosegate_status call(session* s, uint32_t operation, reading* in, dosegate_error** error) {
  const dosegate_api* const a = &s->api;
  dosegate_protocol* protocol = NULL;
  dosegate_status status = DOSEGATE_OK;
  switch (operation) {
    case RECORD_PROTOCOL_BUILTIN:
      status = a->protocol_builtin(reading_c_text(in), &protocol, error);
      keep_protocol(s, protocol);
      return status;
    case RECORD_PROTOCOL_LOAD:
      status = a->protocol_load(reading_text(in), &protocol, error);
      keep_protocol(s, protocol);
      return status;
    case RECORD_PROTOCOL_LINT:
      return a->protocol_lint(reading_text(in), &s->document, error);
    case RECORD_PROTOCOL_LIST:
      return a->protocol_list(&s->document, error);
    case RECORD_DIFF:
      protocol = protocol_of(s, in);
      return s->tools->diff(protocol, protocol_of(s, in), &s->document, error);
    case RECORD_SCHEDULE:
      protocol = protocol_of(s, in);
      return s->tools->schedule(protocol, reading_text(in), &s->document, error);
    case RECORD_DESCRIBE:
      return s->tools->describe(protocol_of(s, in), &s->document, error);
    case RECORD_CASE_CREATE: {
      dosegate_host host;
      memset(&host, 0, sizeof host);
      host.struct_size = sizeof host;
      host.threads = reading_u32(in);
      if (s->threads > 0) host.threads = s->threads;
      REQUIRE(s->case_count < MOST_HANDLES);
      status = a->case_create(&host, &s->cases[s->case_count], error);
      if (status == DOSEGATE_OK) ++s->case_count;
      return status;
    }
    case RECORD_SET_MEASUREMENT:
      return measure(s, in, error);
    case RECORD_GAMMA:
      return compare_doses(s, in, error);
    case RECORD_INTERVAL:
      return interval(s, in, error);
    default:
      return call_of_case(s, operation, in, error);
  }
}

static void leave(const char* record, unsigned number, const char* which, const void* data, size_t size) {
  char path[4096];
  REQUIRE(snprintf(path, sizeof path, "%s.%u.%s", record, number, which) < (int)sizeof path);
  FILE* const file = fopen(path, "wb");
  REQUIRE(file != NULL && fwrite(data, 1, size, file) == size && fclose(file) == 0);
}

/* 1 when both are the same; says where they differ otherwise. */
static int same(const char* record, unsigned number, const char* what, blob recorded, dosegate_text replayed) {
  if (recorded.size == replayed.size &&
      (recorded.size == 0 || memcmp(recorded.data, replayed.data, replayed.size) == 0)) {
    return 1;
  }
  const char* const was = recorded.size == 0 ? "" : (const char*)recorded.data;
  const char* const is = replayed.size == 0 ? "" : replayed.data;
  size_t at = 0;
  while (at < recorded.size && at < replayed.size && was[at] == is[at]) ++at;
  const size_t from = at > 60 ? at - 60 : 0;
  printf("%s: call %u: %s differs at byte %zu: recorded ...%.120s\n    replayed ...%.120s\n", record, number, what, at,
         was + from, is + from);
  leave(record, number, "recorded", was, (size_t)recorded.size);
  leave(record, number, "replayed", is, replayed.size);
  return 0;
}

/* How many answers differ. */
static unsigned replay(session* s, const char* record) {
  reading r;
  unsigned calls = 0, differ = 0, texts = 0;
  reading_open(&r, record);
  for (; r.at != r.end; ++calls) {
    const uint32_t operation = reading_u32(&r);
    reading in = r;
    in.kept = NULL, in.kept_count = in.kept_room = 0;
    const uint64_t size = reading_u64(&r);
    REQUIRE(size <= (uint64_t)(r.end - r.at));
    in.at = r.at;
    in.end = r.at += size;

    dosegate_error* error = NULL;
    const dosegate_status status = call(s, operation, &in, &error);
    dosegate_text answer = {(const char*)s->bytes, s->byte_count};
    if (s->report != NULL) answer = s->api.report_json(s->report);
    if (s->document != NULL && s->bytes == NULL) answer = s->api.document_json(s->document);

    const int32_t was = reading_i32(&r);
    if (was != status) printf("%s: call %u: status %d, recorded %d\n", record, calls, (int)status, (int)was);
    int equal = was == status;
    texts += answer.size > 0;
    equal &= same(record, calls, "the answer", reading_blob(&r), answer);
    equal &= same(record, calls, "the error's path", reading_blob(&r), s->api.error_path(error));
    equal &= same(record, calls, "the error's message", reading_blob(&r), s->api.error_message(error));
    differ += !equal;

    s->api.error_release(error);
    s->api.report_release(s->report);
    s->api.document_release(s->document);
    free(s->bytes);
    s->report = NULL, s->document = NULL, s->bytes = NULL, s->byte_count = 0;
    reading_end_of_call(&in);
    free(in.kept);
    reading_end_of_call(&r);
  }
  while (s->case_count > 0) s->api.case_release(s->cases[--s->case_count]);
  while (s->protocol_count > 0) s->api.protocol_release(s->protocols[--s->protocol_count]);
  reading_close(&r);
  printf("%s: %u calls, %u with an answer, %u differ\n", record, calls, texts, differ);
  fflush(stdout);
  return differ;
}

int main(int argc, char** argv) {
  static session s;
  if (argc < 4) {
    fprintf(stderr, "usage: replay LIBRARY THREADS RECORD...\n");
    return 3;
  }
  const host_library library = host_open(argv[1]);
  s.api = host_api(library);
  s.threads = (uint32_t)strtoul(argv[2], NULL, 10);
  s.tools = (const dosegate_protocol_tools*)s.api.get_extension(DOSEGATE_EXT_PROTOCOL_TOOLS);
  s.gamma = (const dosegate_gamma*)s.api.get_extension(DOSEGATE_EXT_GAMMA);
  s.statistics = (const dosegate_statistics*)s.api.get_extension(DOSEGATE_EXT_STATISTICS);
  REQUIRE(s.tools != NULL && s.gamma != NULL && s.statistics != NULL);
  unsigned differ = 0;
  for (int i = 3; i < argc; ++i) differ += replay(&s, argv[i]);
  REQUIRE(host_close(library));
  return differ == 0 ? 0 : 1;
}
