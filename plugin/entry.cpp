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

// Every set function makes the new value whole before it replaces the old one by a move that cannot fail.
dosegate_status case_set_plan(dosegate_case* c, dosegate_text json, dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment&) -> Status {
    const Result<std::string_view> text = read_text(json, kMaxPlanBytes, "json");
    if (!text) return text.error();
    Result<Plan> plan = load_plan(*text);
    if (!plan) return plan.error();
    c->value.plan = *std::move(plan);
    return ok();
  });
}

dosegate_status case_set_options(dosegate_case* c, dosegate_text json, dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment&) -> Status {
    const Result<std::string_view> text = read_text(json, kMaxOptionsBytes, "json");
    if (!text) return text.error();
    Result<CaseOptions> options = load_case_options(*text);
    if (!options) return options.error();
    c->value.options = *std::move(options);
    return ok();
  });
}

dosegate_status case_set_record(dosegate_case* c, dosegate_text json, dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment&) -> Status {
    if (json.size == 0) {
      c->value.record.reset();
      return ok();
    }
    const Result<std::string_view> text = read_text(json, kMaxRecordBytes, "json");
    if (!text) return text.error();
    Result<Record> record = load_record(*text);
    if (!record) return record.error();
    c->value.record = *std::move(record);
    return ok();
  });
}

dosegate_status case_set_structure(dosegate_case* c, const dosegate_structure* s, dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment&) -> Status {
    Result<Structure> structure = read_structure(s);
    if (!structure) return structure.error();
    auto& structures = c->value.structures;
    const auto old = structures.find(structure->roi_number);
    const std::uint64_t others = c->points - (old == structures.end() ? 0 : point_count(old->second));
    const std::uint64_t points = point_count(*structure);
    if (old == structures.end() && structures.size() >= kMaxStructures) {
      return Error{ErrorCode::kLimitExceeded, "structure", "A case may have 4096 structures."};
    }
    if (others + points > kMaxCasePoints) {
      return Error{ErrorCode::kLimitExceeded, "structure.contours",
                   "A case may have 50000000 contour points; with ROI '" + structure->name + "' it has " +
                       std::to_string(others + points) + "."};
    }
    kept_scope(c, [&] { c->kept.structure_changed(structure->roi_number); });
    structures.insert_or_assign(structure->roi_number, *std::move(structure));
    c->points = others + points;
    return ok();
  });
}

dosegate_status case_remove_structure(dosegate_case* c, std::int32_t roi_number, dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment&) -> Status {
    const auto found = c->value.structures.find(roi_number);
    if (found == c->value.structures.end()) {
      return Error{ErrorCode::kNotFound, "roi_number",
                   "The case has no structure with ROI number " + std::to_string(roi_number) + "."};
    }
    kept_scope(c, [&] { c->kept.structure_changed(roi_number); });
    c->points -= point_count(found->second);
    c->value.structures.erase(found);
    return ok();
  });
}

// What was kept is told by the next question how structures lie then.
dosegate_status case_set_slices(dosegate_case* c, const dosegate_slices* s, dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment&) -> Status {
    Result<StatedSlices> slices = read_slices(s);
    if (!slices) return slices.error();
    auto& all = c->value.slices;
    if (slices->at.empty()) {
      all.erase(slices->series);
      return ok();
    }
    if (all.count(slices->series) == 0 && all.size() >= kMaxSliceSeries) {
      return Error{ErrorCode::kLimitExceeded, "slices", "A case may have the slices of 256 series of images."};
    }
    all.insert_or_assign(std::move(slices->series), std::move(slices->at));
    return ok();
  });
}

dosegate_status case_set_dose(dosegate_case* c, const dosegate_dose* d, dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment& environment) -> Status {
    Result<DoseDescription> description = read_dose(d);
    if (!description) return description.error();
    Result<DoseGrid> dose = DoseGrid::make(*description, engine_host(c->host, environment));
    if (!dose) return Error{dose.error().code, "dose." + dose.error().path, dose.error().message};
    c->value.dose = *std::move(dose);
    c->kept.dose_changed();
    return ok();
  });
}

dosegate_status case_set_dose_planes(dosegate_case* c, const dosegate_dose_planes* p, dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment& environment) -> Status {
    if (const Status status = check_dose_planes(p); !status) return status.error();
    if (!c->value.dose || !c->value.dose->problem().empty()) {
      return Error{ErrorCode::kNotFound, "case",
                   "The case has no dose whose planes could be changed. Set a whole dose first."};
    }
    Result<DoseGrid> dose =
        c->value.dose->with_planes(p->first_plane, p->plane_count, static_cast<DoseValueType>(p->value_type), p->values,
                                   p->value_count, engine_host(c->host, environment));
    if (!dose) return Error{dose.error().code, "dose_planes." + dose.error().path, dose.error().message};
    const auto [begin, end] = dose->z_range(p->first_plane, p->plane_count);
    c->value.dose = *std::move(dose);
    c->kept.dose_planes_changed(begin, end);
    return ok();
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
      const Result<Report> result = check(c->value, p->value, host, &c->kept);
      if (!result) return result.error();
      auto report = std::make_unique<dosegate_report>();
      report->json = to_json(*result);
      report->verdict = static_cast<dosegate_verdict>(result->verdict);
      hand_over(report.get());
      hand_over(report->json);
      return give(std::move(report), out);
    });
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
      Result<std::string> answer = dvh_json(c->value, *request, host, &c->kept);
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

constexpr dosegate_api kApi = {
    sizeof(dosegate_api), DOSEGATE_ABI_VERSION, kEngineVersion,   error_status,       error_path,
    error_message,        release_error,        document_json,    document_release,   protocol_list,
    protocol_builtin,     protocol_load,        protocol_lint,    protocol_json,      protocol_release,
    case_create,          case_set_plan,        case_set_options, case_set_structure, case_remove_structure,
    case_set_dose,        case_set_dose_planes, release_case,     check_case,         dvh,
    report_verdict,       report_json,          report_release,   get_extension,      case_set_record,
    case_set_slices};

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
