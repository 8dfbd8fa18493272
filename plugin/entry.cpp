// The one exported function, and the functions of the table that it hands out. Each does the same four
// things: clears its outputs, checks its arguments, calls the engine in the default floating-point
// environment, and turns whatever went wrong into a status and an error object. No exception leaves here.
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "core/checker.h"
#include "core/json/writer.h"
#include "core/protocols/lint.h"
#include "core/protocols/load.h"
#include "plugin/arguments.h"
#include "plugin/call.h"
#include "plugin/case_call.h"
#include "plugin/case_content.h"
#include "plugin/engine_host.h"
#include "plugin/float_environment.h"
#include "plugin/gamma.h"
#include "plugin/handles.h"
#include "plugin/memory.h"
#include "plugin/protocol_tools.h"
#include "plugin/statistics.h"

namespace dosegate::plugin {
namespace {

Status give_protocol(Protocol value, dosegate_protocol** out) {
  auto protocol = std::make_unique<dosegate_protocol>();
  protocol->value = std::move(value);
  return give(std::move(protocol), out);
}

// --- errors and documents

dosegate_status error_status(const dosegate_error* e) {
  return is_handle(e) ? e->status : static_cast<dosegate_status>(DOSEGATE_OK);
}
dosegate_text error_path(const dosegate_error* e) { return is_handle(e) ? e->path : no_text(); }
dosegate_text error_message(const dosegate_error* e) { return is_handle(e) ? e->message : no_text(); }

dosegate_text document_json(const dosegate_document* d) { return is_handle(d) ? view(d->json) : no_text(); }
void document_release(dosegate_document* d) { release_handle(d); }

// --- protocols

dosegate_status protocol_list(dosegate_document** out, dosegate_error** error) {
  if (out != nullptr) *out = nullptr;
  return guarded(error, [&](FloatEnvironment&) -> Status {
    if (out == nullptr) return null_argument("out");
    JsonWriter json;
    json.begin_object();
    json.key("protocols");
    json.begin_array();
    bool is_default = true;
    for (const BuiltinProtocol& builtin : builtin_protocols()) {
      const Result<Protocol> protocol = load_protocol(builtin.json);
      if (!protocol) return protocol.error();
      json.begin_object();
      json.field("id", protocol->id);
      json.field("version", protocol->version);
      json.field("title", protocol->title);
      json.field("isDefault", std::exchange(is_default, false));
      json.end_object();
    }
    json.end_array();
    json.end_object();
    return give_document(json.take(), out);
  });
}

dosegate_status protocol_builtin(const char* id, dosegate_protocol** out, dosegate_error** error) {
  if (out != nullptr) *out = nullptr;
  return guarded(error, [&](FloatEnvironment&) -> Status {
    if (out == nullptr) return null_argument("out");
    std::string known;
    for (const BuiltinProtocol& builtin : builtin_protocols()) {
      if (id == nullptr || builtin.id == id) {
        Result<Protocol> protocol = load_protocol(builtin.json);
        if (!protocol) return protocol.error();
        return give_protocol(*std::move(protocol), out);
      }
      known.append(known.empty() ? "" : ", ").append(builtin.id);
    }
    return Error{ErrorCode::kNotFound, "id", "No protocol of this id is built in. There is: " + known + "."};
  });
}

dosegate_status protocol_load(dosegate_text json, dosegate_protocol** out, dosegate_error** error) {
  if (out != nullptr) *out = nullptr;
  return guarded(error, [&](FloatEnvironment&) -> Status {
    if (out == nullptr) return null_argument("out");
    const Result<std::string_view> text = read_text(json, kMaxProtocolBytes, "json");
    if (!text) return text.error();
    Result<Protocol> protocol = load_protocol(*text);
    if (!protocol) return protocol.error();
    return give_protocol(*std::move(protocol), out);
  });
}

const char* severity_name(LintEntry::Severity severity) {
  switch (severity) {
    case LintEntry::Severity::kError:
      return "ERROR";
    case LintEntry::Severity::kWarning:
      return "WARNING";
    case LintEntry::Severity::kNote:
      return "NOTE";
  }
  return "SEVERITY_UNSPECIFIED";
}

dosegate_status protocol_lint(dosegate_text json, dosegate_document** out, dosegate_error** error) {
  if (out != nullptr) *out = nullptr;
  return guarded(error, [&](FloatEnvironment&) -> Status {
    if (out == nullptr) return null_argument("out");
    const Result<std::string_view> text = read_text(json, kMaxProtocolBytes, "json");
    if (!text) return text.error();
    JsonWriter report;
    report.begin_object();
    report.key("entries");
    report.begin_array();
    for (const LintEntry& entry : lint_protocol(*text)) {
      report.begin_object();
      report.field("severity", severity_name(entry.severity));
      report.field("path", entry.path);
      report.field("message", entry.message);
      report.field_if_set("mend", entry.mend);
      report.end_object();
    }
    report.end_array();
    report.end_object();
    return give_document(report.take(), out);
  });
}

dosegate_text protocol_json(const dosegate_protocol* p) { return is_handle(p) ? view(p->value.json) : no_text(); }
void protocol_release(dosegate_protocol* p) { release_handle(p); }

// --- cases

dosegate_status case_create(const dosegate_host* host, dosegate_case** out, dosegate_error** error) {
  if (out != nullptr) *out = nullptr;
  return guarded(error, [&](FloatEnvironment&) -> Status {
    if (out == nullptr) return null_argument("out");
    auto c = std::make_unique<dosegate_case>();
    if (host != nullptr) {
      if (const Status status = check_struct(host, "host"); !status) return status.error();
      if (host->threads > kMaxThreads) {
        return Error{ErrorCode::kInvalidArgument, "host.threads",
                     "is " + std::to_string(host->threads) + "; a call may use 256 threads."};
      }
      c->host = *host;
    }
    return give(std::move(c), out);
  });
}

// --- answers

dosegate_status check_case(dosegate_case* c, const dosegate_protocol* p, dosegate_report** out,
                           dosegate_error** error) {
  if (out != nullptr) *out = nullptr;
  return guarded_case(c, error, [&](FloatEnvironment& environment) -> Status {
    if (!is_handle(p)) return bad_handle("protocol");
    if (out == nullptr) return null_argument("out");
    const Host host = engine_host(c->host, environment);
    // Asked once here, so that a case too small to be asked about is cancelled as surely as a large one.
    if (host.cancelled()) return cancelled();
    return with_kept(c, [&]() -> Status {
      auto report = std::make_unique<dosegate_report>();
      const Identity& content = c->content.identity();
      const std::string& protocol = p->value.json;
      if (const ReportStore::Finished* same = c->reports.find(content, protocol)) {
        report->json = same->json;
        report->verdict = same->verdict;
        if (host.progress) host.progress(1.0);
      } else {
        const Result<Report> result = check(c->content.value(), p->value, host, &c->kept);
        if (!result) return result.error();
        report->json = to_json(*result);
        report->verdict = static_cast<dosegate_verdict>(result->verdict);
        c->reports.keep(content, protocol, report->verdict, report->json);
      }
      hand_over(report.get());
      hand_over(report->json);
      return give(std::move(report), out);
    });
  });
}

dosegate_status case_expect_dose(dosegate_case* c, const dosegate_protocol* p, const dosegate_dose* grid,
                                 dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment& environment) -> Status {
    if (!is_handle(p)) return bad_handle("protocol");
    const Result<DoseDescription> description = read_dose(grid, DoseUse::kExpected);
    if (!description) return description.error();
    const Host host = engine_host(c->host, environment);
    const Result<DoseGrid> expected = DoseGrid::make(*description, host, DoseUse::kExpected);
    if (!expected) return Error{expected.error().code, "dose." + expected.error().path, expected.error().message};
    if (host.cancelled()) return cancelled();
    return with_kept(c, [&] { return prepare(c->content.value(), p->value, *expected, host, c->kept); });
  });
}

dosegate_status dvh(dosegate_case* c, dosegate_text json, dosegate_document** out, dosegate_error** error) {
  if (out != nullptr) *out = nullptr;
  return guarded_case(c, error, [&](FloatEnvironment& environment) -> Status {
    if (out == nullptr) return null_argument("out");
    const Result<std::string_view> text = read_text(json, kMaxRequestBytes, "json");
    if (!text) return text.error();
    const Result<DvhRequest> request = load_dvh_request(*text);
    if (!request) return request.error();
    const Host host = engine_host(c->host, environment);
    if (host.cancelled()) return cancelled();
    return with_kept(c, [&]() -> Status {
      Result<std::string> answer = dvh_json(c->content.value(), *request, host, &c->kept);
      if (!answer) return answer.error();
      return give_document(*std::move(answer), out);
    });
  });
}

dosegate_verdict report_verdict(const dosegate_report* r) {
  return is_handle(r) ? r->verdict : static_cast<dosegate_verdict>(DOSEGATE_VERDICT_UNSPECIFIED);
}
dosegate_text report_json(const dosegate_report* r) { return is_handle(r) ? view(r->json) : no_text(); }
void report_release(dosegate_report* r) { release_handle(r); }

const void* get_extension(const char* id) {
  if (id == nullptr) return nullptr;
  if (std::string_view(id) == DOSEGATE_EXT_PROTOCOL_TOOLS) return &kProtocolTools;
  if (std::string_view(id) == DOSEGATE_EXT_STATISTICS) return &kStatistics;
  if (std::string_view(id) == DOSEGATE_EXT_GAMMA) return &kGamma;
  if (std::string_view(id) == DOSEGATE_EXT_MEMORY) return memory_extension();
  return nullptr;
}

static_assert(static_cast<int>(Verdict::kPass) == DOSEGATE_VERDICT_PASS &&
              static_cast<int>(Verdict::kFail) == DOSEGATE_VERDICT_FAIL &&
              static_cast<int>(Verdict::kIncomplete) == DOSEGATE_VERDICT_INCOMPLETE);
static_assert(static_cast<int>(ContourType::kClosedPlanarXor) == DOSEGATE_CONTOUR_CLOSEDPLANAR_XOR &&
              static_cast<int>(DoseValueType::kUint32) == DOSEGATE_VALUES_UINT32 &&
              static_cast<int>(DoseUnits::kRelative) == DOSEGATE_UNITS_RELATIVE &&
              static_cast<int>(DoseType::kError) == DOSEGATE_DOSE_ERROR &&
              static_cast<int>(DoseSummation::kOther) == DOSEGATE_SUMMATION_OTHER);

constexpr dosegate_api kApi = {sizeof(dosegate_api),
                               DOSEGATE_ABI_VERSION,
                               kEngineVersion,
                               error_status,
                               error_path,
                               error_message,
                               release_error,
                               document_json,
                               document_release,
                               protocol_list,
                               protocol_builtin,
                               protocol_load,
                               protocol_lint,
                               protocol_json,
                               protocol_release,
                               case_create,
                               case_set_plan,
                               case_set_options,
                               case_set_structure,
                               case_remove_structure,
                               case_set_dose,
                               case_set_dose_planes,
                               release_case,
                               check_case,
                               dvh,
                               report_verdict,
                               report_json,
                               report_release,
                               get_extension,
                               case_set_record,
                               case_set_slices,
                               case_remove_plan,
                               case_remove_structure_of_set,
                               case_remove_structure_set,
                               case_remove_dose,
                               case_expect_dose};

// What a host of the first ABI 1 header has room for.
constexpr std::uint32_t kFirstTable = offsetof(dosegate_api, case_set_record);

dosegate_status negotiate(const dosegate_negotiate_in* in, dosegate_api* out) {
  if (!check_struct(in, "in")) return DOSEGATE_INVALID_ARGUMENT;
  if (in->reserved != 0 || in->abi_min == 0 || in->abi_min > in->abi_max) return DOSEGATE_INVALID_ARGUMENT;
  // *out is written, not read: what stands in it beyond the fields we know is the host's business.
  if (out == nullptr || out->struct_size < kFirstTable) return DOSEGATE_INVALID_ARGUMENT;
  if (in->abi_min > DOSEGATE_ABI_VERSION || in->abi_max < DOSEGATE_ABI_VERSION) return DOSEGATE_INCOMPATIBLE;
  const std::uint32_t size = std::min<std::uint32_t>(out->struct_size, sizeof(dosegate_api));
  std::memcpy(out, &kApi, size);
  out->struct_size = size;
  return DOSEGATE_OK;
}

}  // namespace
}  // namespace dosegate::plugin

extern "C" dosegate_status dosegate_negotiate(const dosegate_negotiate_in* in, dosegate_api* out) {
  try {
    return dosegate::plugin::negotiate(in, out);
  } catch (...) {
    // Only the text of an error that nobody gets can fail here.
    return DOSEGATE_INVALID_ARGUMENT;
  }
}
