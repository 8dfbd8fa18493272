// A library that passes every call on to the real one and writes it, with its answer, to a file. A program that is
// given it by a manifest so records any case that it reads.
//
// DOSEGATE_RECORDED_LIBRARY: the real library; DOSEGATE_RECORD_FILE: the file, which grows call by call.
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>

#include "dosegate/extensions/protocol_tools.h"
#include "dosegate/extensions/statistics.h"
#include "tests/platforms/recorder/writing.h"

namespace recorder {
namespace {

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "recorder: %s\n", what);
  std::abort();
}

dosegate_api real;
const dosegate_protocol_tools* tools;
const dosegate_gamma* gamma_table;
const dosegate_statistics* statistics;
std::mutex mutex;
std::FILE* file;

// Numbers of handles: an address may come again after its handle is gone.
class Numbers {
 public:
  void add(const void* handle) {
    const std::lock_guard lock(mutex);
    if (handle != nullptr) numbers_[handle] = next_++;
  }
  std::uint32_t of(const void* handle) {
    const std::lock_guard lock(mutex);
    const auto at = numbers_.find(handle);
    return at == numbers_.end() ? UINT32_MAX : at->second;
  }

 private:
  std::map<const void*, std::uint32_t> numbers_;
  std::uint32_t next_ = 0;
};
Numbers cases, protocols;

dosegate_text answer_of(dosegate_document* const* out) {
  return *out == nullptr ? dosegate_text{nullptr, 0} : real.document_json(*out);
}

// The end of a call: passes its status on.
dosegate_status written(std::uint32_t operation, const Writing& input, dosegate_status status, dosegate_text answer,
                        dosegate_error** error) {
  Writing call;
  call.number(operation);
  call.text(dosegate_text{input.bytes().data(), input.bytes().size()});
  call.number(status);
  call.text(answer);
  const dosegate_error* const e = error == nullptr ? nullptr : *error;
  const bool failed = status != DOSEGATE_OK && e != nullptr;
  call.text(failed ? real.error_path(e) : dosegate_text{nullptr, 0});
  call.text(failed ? real.error_message(e) : dosegate_text{nullptr, 0});
  const std::lock_guard lock(mutex);
  if (std::fwrite(call.bytes().data(), 1, call.bytes().size(), file) != call.bytes().size() || std::fflush(file) != 0) {
    fail("the record cannot be written");
  }
  return status;
}
constexpr dosegate_text kNoAnswer{nullptr, 0};

dosegate_status unknown(dosegate_status status) {
  return written(RECORD_UNKNOWN, Writing(), status, kNoAnswer, nullptr);
}

dosegate_status protocol_list(dosegate_document** out, dosegate_error** error) {
  const dosegate_status s = real.protocol_list(out, error);
  return written(RECORD_PROTOCOL_LIST, Writing(), s, answer_of(out), error);
}
dosegate_status protocol_builtin(const char* id, dosegate_protocol** out, dosegate_error** error) {
  Writing input;
  input.text(id);
  const dosegate_status s = real.protocol_builtin(id, out, error);
  protocols.add(*out);
  return written(RECORD_PROTOCOL_BUILTIN, input, s, kNoAnswer, error);
}
dosegate_status protocol_load(dosegate_text json, dosegate_protocol** out, dosegate_error** error) {
  Writing input;
  input.text(json);
  const dosegate_status s = real.protocol_load(json, out, error);
  protocols.add(*out);
  return written(RECORD_PROTOCOL_LOAD, input, s, kNoAnswer, error);
}
dosegate_status protocol_lint(dosegate_text json, dosegate_document** out, dosegate_error** error) {
  Writing input;
  input.text(json);
  const dosegate_status s = real.protocol_lint(json, out, error);
  return written(RECORD_PROTOCOL_LINT, input, s, answer_of(out), error);
}
dosegate_status diff(const dosegate_protocol* before, const dosegate_protocol* after, dosegate_document** out,
                     dosegate_error** error) {
  Writing input;
  input.number(protocols.of(before)), input.number(protocols.of(after));
  const dosegate_status s = tools->diff(before, after, out, error);
  return written(RECORD_DIFF, input, s, answer_of(out), error);
}
dosegate_status schedule(const dosegate_protocol* protocol, dosegate_text json, dosegate_document** out,
                         dosegate_error** error) {
  Writing input;
  input.number(protocols.of(protocol)), input.text(json);
  const dosegate_status s = tools->schedule(protocol, json, out, error);
  return written(RECORD_SCHEDULE, input, s, answer_of(out), error);
}
dosegate_status describe(const dosegate_protocol* protocol, dosegate_document** out, dosegate_error** error) {
  Writing input;
  input.number(protocols.of(protocol));
  const dosegate_status s = tools->describe(protocol, out, error);
  return written(RECORD_DESCRIBE, input, s, answer_of(out), error);
}
dosegate_status clopper_pearson(std::uint64_t successes, std::uint64_t n, double level, double* lower, double* upper,
                                dosegate_error** error) {
  Writing input, answer;
  input.number(successes), input.number(n), input.number(level);
  const dosegate_status s = statistics->clopper_pearson(successes, n, level, lower, upper, error);
  if (s == DOSEGATE_OK) answer.number(*lower), answer.number(*upper);
  return written(RECORD_INTERVAL, input, s, {answer.bytes().data(), answer.bytes().size()}, error);
}
dosegate_status sample_size(double p0, double p1, double alpha, double power, std::uint64_t* least, std::uint64_t* most,
                            std::uint64_t* from, dosegate_error** error) {
  return unknown(statistics->sample_size(p0, p1, alpha, power, least, most, from, error));
}

dosegate_status case_create(const dosegate_host* host, dosegate_case** out, dosegate_error** error) {
  Writing input;
  input.number<std::uint32_t>(host == nullptr ? 0 : host->threads);
  const dosegate_status s = real.case_create(host, out, error);
  cases.add(*out);
  return written(RECORD_CASE_CREATE, input, s, kNoAnswer, error);
}

// What takes a case and a JSON text.
using OfText = dosegate_status (*)(dosegate_case*, dosegate_text, dosegate_error**);
template <std::uint32_t kOperation, OfText dosegate_api::*kCall>
dosegate_status of_text(dosegate_case* c, dosegate_text json, dosegate_error** error) {
  Writing input;
  input.number(cases.of(c)), input.text(json);
  return written(kOperation, input, (real.*kCall)(c, json, error), kNoAnswer, error);
}

dosegate_status case_set_structure(dosegate_case* c, const dosegate_structure* given, dosegate_error** error) {
  Writing input;
  input.number(cases.of(c)), input.structure(*given);
  return written(RECORD_SET_STRUCTURE, input, real.case_set_structure(c, given, error), kNoAnswer, error);
}
dosegate_status case_set_slices(dosegate_case* c, const dosegate_slices* given, dosegate_error** error) {
  Writing input;
  input.number(cases.of(c)), input.slices(*given);
  return written(RECORD_SET_SLICES, input, real.case_set_slices(c, given, error), kNoAnswer, error);
}
dosegate_status case_set_dose(dosegate_case* c, const dosegate_dose* given, dosegate_error** error) {
  Writing input;
  input.number(cases.of(c)), input.dose(*given);
  return written(RECORD_SET_DOSE, input, real.case_set_dose(c, given, error), kNoAnswer, error);
}
dosegate_status case_set_measurement(dosegate_case* c, const dosegate_dose* dose, const dosegate_dose_points* points,
                                     dosegate_error** error) {
  Writing input;
  input.number(cases.of(c)), input.optional(dose, &Writing::dose), input.optional(points, &Writing::points);
  const dosegate_status s = gamma_table->case_set_measurement(c, dose, points, error);
  return written(RECORD_SET_MEASUREMENT, input, s, kNoAnswer, error);
}
dosegate_status check(dosegate_case* c, const dosegate_protocol* protocol, dosegate_report** out,
                      dosegate_error** error) {
  Writing input;
  input.number(cases.of(c)), input.number(protocols.of(protocol));
  const dosegate_status s = real.check(c, protocol, out, error);
  return written(RECORD_CHECK, input, s, *out == nullptr ? kNoAnswer : real.report_json(*out), error);
}
dosegate_status dvh(dosegate_case* c, dosegate_text json, dosegate_document** out, dosegate_error** error) {
  Writing input;
  input.number(cases.of(c)), input.text(json);
  const dosegate_status s = real.dvh(c, json, out, error);
  return written(RECORD_DVH, input, s, answer_of(out), error);
}
dosegate_status compute(dosegate_case* c, const dosegate_gamma_input* given, dosegate_text json,
                        dosegate_document** out, dosegate_error** error) {
  Writing input;
  input.number(cases.of(c)), input.optional(given->reference, &Writing::dose);
  input.optional(given->reference_points, &Writing::points), input.optional(given->evaluated, &Writing::dose);
  input.number(given->map_count), input.text(json);
  const dosegate_status s = gamma_table->compute(c, given, json, out, error);
  const dosegate_text report = answer_of(out);
  std::string answer(report.data == nullptr ? "" : report.data, report.size);
  if (s == DOSEGATE_OK && given->map != nullptr) {
    answer.append(reinterpret_cast<const char*>(given->map), given->map_count * sizeof(float));
  }
  return written(RECORD_GAMMA, input, s, {answer.data(), answer.size()}, error);
}

dosegate_status remove_structure(dosegate_case* c, std::int32_t roi, dosegate_error** error) {
  return unknown(real.case_remove_structure(c, roi, error));
}
dosegate_status set_dose_planes(dosegate_case* c, const dosegate_dose_planes* planes, dosegate_error** error) {
  return unknown(real.case_set_dose_planes(c, planes, error));
}
using Remove = dosegate_status (*)(dosegate_case*, const char*, dosegate_error**);
template <Remove dosegate_api::*kCall>
dosegate_status remove(dosegate_case* c, const char* name, dosegate_error** error) {
  return unknown((real.*kCall)(c, name, error));
}
dosegate_status remove_of_set(dosegate_case* c, const char* set, std::int32_t roi, dosegate_error** error) {
  return unknown(real.case_remove_structure_of_set(c, set, roi, error));
}

const void* get_extension(const char* id) {
  const void* const known = real.get_extension(id);
  if (known == nullptr) return nullptr;
  if (std::strcmp(id, DOSEGATE_EXT_PROTOCOL_TOOLS) == 0) {
    static const dosegate_protocol_tools kTools{sizeof kTools, 0, diff, schedule, describe};
    tools = static_cast<const dosegate_protocol_tools*>(known);
    return &kTools;
  }
  if (std::strcmp(id, DOSEGATE_EXT_GAMMA) == 0) {
    static const dosegate_gamma kGamma{sizeof kGamma, 0, compute, case_set_measurement};
    gamma_table = static_cast<const dosegate_gamma*>(known);
    return &kGamma;
  }
  if (std::strcmp(id, DOSEGATE_EXT_STATISTICS) == 0) {
    static const dosegate_statistics kStatistics{sizeof kStatistics, 0, clopper_pearson, sample_size};
    statistics = static_cast<const dosegate_statistics*>(known);
    return &kStatistics;
  }
  return known;
}

dosegate_status negotiate(const dosegate_negotiate_in* in, dosegate_api* out) {
  const char* const library = std::getenv("DOSEGATE_RECORDED_LIBRARY");
  const char* const path = std::getenv("DOSEGATE_RECORD_FILE");
  if (library == nullptr || path == nullptr) fail("DOSEGATE_RECORDED_LIBRARY and DOSEGATE_RECORD_FILE have to be set");
  void* const loaded = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (loaded == nullptr) fail(dlerror());
  const auto entry = reinterpret_cast<dosegate_negotiate_fn>(dlsym(loaded, DOSEGATE_ENTRY_POINT));
  if (entry == nullptr) fail("the library has no dosegate_negotiate");
  real.struct_size = sizeof real;
  if (const dosegate_status s = entry(in, &real); s != DOSEGATE_OK) return s;
  if (real.struct_size != sizeof real || out->struct_size < sizeof real) fail("is of another version");
  if (file == nullptr) {
    file = std::fopen(path, "wb");
    if (file == nullptr || std::fputs(RECORD_MAGIC, file) < 0) fail("the record cannot be written");
  }
  *out = real;
  out->protocol_list = protocol_list;
  out->protocol_builtin = protocol_builtin;
  out->protocol_load = protocol_load;
  out->protocol_lint = protocol_lint;
  out->case_create = case_create;
  out->case_set_plan = of_text<RECORD_SET_PLAN, &dosegate_api::case_set_plan>;
  out->case_set_options = of_text<RECORD_SET_OPTIONS, &dosegate_api::case_set_options>;
  out->case_set_record = of_text<RECORD_SET_RECORD, &dosegate_api::case_set_record>;
  out->case_set_structure = case_set_structure;
  out->case_set_slices = case_set_slices;
  out->case_set_dose = case_set_dose;
  out->case_set_dose_planes = set_dose_planes;
  out->case_remove_structure = remove_structure;
  out->case_remove_plan = remove<&dosegate_api::case_remove_plan>;
  out->case_remove_structure_set = remove<&dosegate_api::case_remove_structure_set>;
  out->case_remove_structure_of_set = remove_of_set;
  out->case_remove_dose = remove<&dosegate_api::case_remove_dose>;
  out->check = check;
  out->dvh = dvh;
  out->get_extension = get_extension;
  return DOSEGATE_OK;
}

}  // namespace
}  // namespace recorder

extern "C" __attribute__((visibility("default"))) dosegate_status dosegate_negotiate(const dosegate_negotiate_in* in,
                                                                                     dosegate_api* out) {
  return recorder::negotiate(in, out);
}
