// The C++ face of dosegate.h: loads dosegate.so by its manifest and owns its handles. Header-only, C++17,
// needs nothing but libc and libdl.
//
//   auto library = dosegate::Library::load();              // manifest.json next to this program
//   dosegate::Case c = library.make_case();
//   c.set_plan(json); c.set_structure(s); c.set_dose(d);
//   dosegate::Report report = c.check(library.builtin_protocol());
//   if (report.verdict() == DOSEGATE_VERDICT_PASS) ...
//
// Every failure is a PluginError (what it was, where, how to mend it); after one, nothing has changed. A
// protocol deviation is no failure. Units, frames, limits and thread rules are those of dosegate.h. All
// types move and do not copy (Library copies: it is shared); a moved-from one may only be destroyed or
// assigned to. Handles keep the library loaded; views returned live as long as the object they came from.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "dosegate/detail/error.hpp"
#include "dosegate/detail/loader.hpp"
#include "dosegate/detail/manifest.hpp"
#include "dosegate/dosegate.h"
#include "dosegate/extensions/gamma.h"
#include "dosegate/extensions/protocol_tools.h"
#include "dosegate/extensions/statistics.h"

namespace dosegate {

namespace detail {

inline std::string_view view(dosegate_text t) {
  return t.data == nullptr ? std::string_view() : std::string_view(t.data, t.size);
}
inline dosegate_text text(std::string_view v) { return dosegate_text{v.data() == nullptr ? "" : v.data(), v.size()}; }

// Throws what `error` says, and releases it, unless status is OK.
inline void require(const Loaded& library, dosegate_status status, dosegate_error* error) {
  if (status == DOSEGATE_OK) return;
  if (error == nullptr) throw PluginError(status, "", "Dosegate failed with status " + std::to_string(status));
  struct Release {
    const dosegate_api& api;
    dosegate_error* error;
    ~Release() { api.error_release(error); }
  } release{library.api, error};
  throw PluginError(status, std::string(view(library.api.error_path(error))),
                    std::string(view(library.api.error_message(error))));
}

// A handle and the library it came from.
template <typename T>
class Handle {
 public:
  using ReleaseMember = void (*dosegate_api::*)(T*);

  Handle(std::shared_ptr<const Loaded> library, T* raw, ReleaseMember release)
      : library_(std::move(library)), raw_(raw), release_(release) {}
  Handle(Handle&& other) noexcept
      : library_(std::move(other.library_)), raw_(std::exchange(other.raw_, nullptr)), release_(other.release_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(library_, other.library_);
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~Handle() {
    if (raw_ != nullptr) (library_->api.*release_)(raw_);
  }
  T* get() const { return raw_; }
  const dosegate_api& api() const { return library_->api; }
  const std::shared_ptr<const Loaded>& library() const { return library_; }

 private:
  std::shared_ptr<const Loaded> library_;
  T* raw_;
  ReleaseMember release_;
};

}  // namespace detail

// `text` as the structs of dosegate.h take it: NUL-terminated, NULL where it is empty; it lives as long as `text`. One
// that holds a NUL character would reach the library cut short and is a PluginError that names `field`.
inline const char* c_text(const std::string& text, const std::string& field) {
  if (text.find('\0') != std::string::npos) {
    throw PluginError(DOSEGATE_INVALID_DATA, field, "has a NUL character in it.");
  }
  return text.empty() ? nullptr : text.c_str();
}

// The engine has types of the same names. An inline namespace keeps a program that holds both well-formed.
inline namespace face {

// A JSON text that the library made.
class Document {
 public:
  Document(std::shared_ptr<const detail::Loaded> library, dosegate_document* raw)
      : handle_(std::move(library), raw, &dosegate_api::document_release) {}
  std::string_view json() const { return detail::view(handle_.api().document_json(handle_.get())); }

 private:
  detail::Handle<dosegate_document> handle_;
};

// Immutable; may be used by several threads.
class Protocol {
 public:
  Protocol(std::shared_ptr<const detail::Loaded> library, dosegate_protocol* raw)
      : handle_(std::move(library), raw, &dosegate_api::protocol_release) {}
  // dosegate.v1.Protocol as it was loaded, byte for byte.
  std::string_view json() const { return detail::view(handle_.api().protocol_json(handle_.get())); }
  const dosegate_protocol* raw() const { return handle_.get(); }

 private:
  detail::Handle<dosegate_protocol> handle_;
};

// Immutable; may be used by several threads.
class Report {
 public:
  Report(std::shared_ptr<const detail::Loaded> library, dosegate_report* raw)
      : handle_(std::move(library), raw, &dosegate_api::report_release) {}
  // Anything but DOSEGATE_VERDICT_PASS is no pass.
  dosegate_verdict verdict() const { return handle_.api().report_verdict(handle_.get()); }
  // dosegate.v1.Report, canonical.
  std::string_view json() const { return detail::view(handle_.api().report_json(handle_.get())); }

 private:
  detail::Handle<dosegate_report> handle_;
};

// One patient's plans, structures and doses, each by its name in the case; "" is the short form, one of each. One
// thread at a time.
class Case {
 public:
  Case(std::shared_ptr<const detail::Loaded> library, dosegate_case* raw)
      : handle_(std::move(library), raw, &dosegate_api::case_release) {}

  // dosegate.v1.Plan; replaces the plan of the same nameInCase.
  void set_plan(std::string_view json) {
    call([&](const dosegate_api& a, dosegate_error** e) {
      return a.case_set_plan(handle_.get(), detail::text(json), e);
    });
  }
  // DOSEGATE_NOT_FOUND when there is none of that name; so do the others that remove. DOSEGATE_INCOMPATIBLE where the
  // library is older than the call, here and below.
  void remove_plan(const std::string& name_in_case = "") {
    const char* const name = c_text(name_in_case, "name_in_case");
    require_call(&dosegate_api::case_remove_plan);
    call([&](const dosegate_api& a, dosegate_error** e) { return a.case_remove_plan(handle_.get(), name, e); });
  }
  // dosegate.v1.CaseOptions; replaces the options before.
  void set_options(std::string_view json) {
    call([&](const dosegate_api& a, dosegate_error** e) {
      return a.case_set_options(handle_.get(), detail::text(json), e);
    });
  }
  // dosegate.v1.ClinicalRecord; replaces the record before. Empty: the case has none from now on.
  void set_record(std::string_view json) {
    require_call(&dosegate_api::case_set_record);
    call([&](const dosegate_api& a, dosegate_error** e) {
      return a.case_set_record(handle_.get(), detail::text(json), e);
    });
  }
  // Fills in struct_size. A structure of the same ROI number in the same structure set is replaced.
  void set_structure(dosegate_structure structure) {
    structure.struct_size = sizeof structure;
    call([&](const dosegate_api& a, dosegate_error** e) { return a.case_set_structure(handle_.get(), &structure, e); });
  }
  void remove_structure(std::int32_t roi_number, const std::string& structure_set = "") {
    const char* const set = c_text(structure_set, "structure_set");
    if (set != nullptr) require_call(&dosegate_api::case_remove_structure_of_set);
    call([&](const dosegate_api& a, dosegate_error** e) {
      return set == nullptr ? a.case_remove_structure(handle_.get(), roi_number, e)
                            : a.case_remove_structure_of_set(handle_.get(), set, roi_number, e);
    });
  }
  void remove_structure_set(const std::string& structure_set = "") {
    const char* const set = c_text(structure_set, "structure_set");
    require_call(&dosegate_api::case_remove_structure_set);
    call([&](const dosegate_api& a, dosegate_error** e) { return a.case_remove_structure_set(handle_.get(), set, e); });
  }
  // Fills in struct_size. Where images lie; replaces what was said of that frame of reference and axis before.
  void set_slices(dosegate_slices slices) {
    slices.struct_size = sizeof slices;
    require_call(&dosegate_api::case_set_slices);
    call([&](const dosegate_api& a, dosegate_error** e) { return a.case_set_slices(handle_.get(), &slices, e); });
  }
  // Fills in struct_size. Replaces the dose of the same name.
  void set_dose(dosegate_dose dose) {
    dose.struct_size = sizeof dose;
    call([&](const dosegate_api& a, dosegate_error** e) { return a.case_set_dose(handle_.get(), &dose, e); });
  }
  // Fills in struct_size. DOSEGATE_NOT_FOUND when there is no dose of that name whose planes could be changed.
  void set_dose_planes(dosegate_dose_planes planes) {
    planes.struct_size = sizeof planes;
    call([&](const dosegate_api& a, dosegate_error** e) { return a.case_set_dose_planes(handle_.get(), &planes, e); });
  }
  void remove_dose(const std::string& name_in_case = "") {
    const char* const name = c_text(name_in_case, "name_in_case");
    require_call(&dosegate_api::case_remove_dose);
    call([&](const dosegate_api& a, dosegate_error** e) { return a.case_remove_dose(handle_.get(), name, e); });
  }

  // Fills in struct_size. The grid of a dose that is expected: its first check then takes as long as any later one.
  // values and value_count are not looked at.
  void expect_dose(const Protocol& protocol, dosegate_dose grid) {
    grid.struct_size = sizeof grid;
    require_call(&dosegate_api::case_expect_dose);
    call([&](const dosegate_api& a, dosegate_error** e) {
      return a.case_expect_dose(handle_.get(), protocol.raw(), &grid, e);
    });
  }

  Report check(const Protocol& protocol) {
    dosegate_report* raw = nullptr;
    call([&](const dosegate_api& a, dosegate_error** e) { return a.check(handle_.get(), protocol.raw(), &raw, e); });
    return Report(handle_.library(), raw);
  }
  // dosegate.v1.DvhRequest -> dosegate.v1.DvhReport
  Document dvh(std::string_view request_json) {
    dosegate_document* raw = nullptr;
    call([&](const dosegate_api& a, dosegate_error** e) {
      return a.dvh(handle_.get(), detail::text(request_json), &raw, e);
    });
    return Document(handle_.library(), raw);
  }
  // What was measured of the dose; one of the two, or neither: the case has none from now on. struct_size is the
  // caller's to set. DOSEGATE_NOT_FOUND in a library without that extension.
  void set_measurement(const dosegate_dose* dose, const dosegate_dose_points* points) {
    call([&](const dosegate_api& a, dosegate_error** e) -> dosegate_status {
      const auto* gamma = static_cast<const dosegate_gamma*>(a.get_extension(DOSEGATE_EXT_GAMMA));
      if (gamma == nullptr || gamma->struct_size <= offsetof(dosegate_gamma, case_set_measurement)) {
        throw PluginError(DOSEGATE_NOT_FOUND, DOSEGATE_EXT_GAMMA, "The library is too old to be told a measurement");
      }
      return gamma->case_set_measurement(handle_.get(), dose, points, e);
    });
  }
  // Fills in struct_size. dosegate.v1.GammaRequest -> dosegate.v1.GammaReport. DOSEGATE_NOT_FOUND in a library without
  // that extension, or where the case has not the ROI.
  Document gamma(dosegate_gamma_input input, std::string_view request_json) {
    input.struct_size = sizeof input;
    dosegate_document* raw = nullptr;
    call([&](const dosegate_api& a, dosegate_error** e) -> dosegate_status {
      const auto* gamma = static_cast<const dosegate_gamma*>(a.get_extension(DOSEGATE_EXT_GAMMA));
      if (gamma == nullptr) {
        throw PluginError(DOSEGATE_NOT_FOUND, DOSEGATE_EXT_GAMMA, "The library is too old to compare doses");
      }
      return gamma->compute(handle_.get(), &input, detail::text(request_json), &raw, e);
    });
    return Document(handle_.library(), raw);
  }

 private:
  // That the table of the loaded library reaches to this function.
  template <typename Function>
  void require_call(Function dosegate_api::*function) const {
    const dosegate_api& a = handle_.api();
    const auto* end = reinterpret_cast<const char*>(&(a.*function)) + sizeof(Function);
    if (a.struct_size < static_cast<std::size_t>(end - reinterpret_cast<const char*>(&a))) {
      throw PluginError(DOSEGATE_INCOMPATIBLE, "",
                        "This dosegate.so is too old for the call. Install a newer Dosegate.");
    }
  }
  template <typename F>
  void call(F&& f) {
    dosegate_error* error = nullptr;
    const dosegate_status status = f(handle_.api(), &error);
    detail::require(*handle_.library(), status, error);
  }

  detail::Handle<dosegate_case> handle_;
};

// A loaded dosegate.so. Copies share it; it is closed when the last copy and the last handle are gone.
class Library {
 public:
  static std::string default_manifest_path() { return detail::program_folder() + "/manifest.json"; }

  // What the manifest says, without loading anything.
  static Manifest read_manifest(const std::string& manifest_path) {
    return detail::ManifestReader::read(detail::read_manifest_text(manifest_path), manifest_path);
  }

  // Empty path: manifest.json next to this program. What is checked, and in which order: detail/loader.hpp.
  static Library load(const std::string& manifest_path = "") {
    auto loaded = std::make_shared<detail::Loaded>();
    detail::load_library(manifest_path.empty() ? default_manifest_path() : manifest_path, *loaded);
    return Library(std::move(loaded));
  }

  const Manifest& manifest() const { return loaded_->manifest; }
  const dosegate_api& api() const { return loaded_->api; }
  std::string_view engine_version() const { return loaded_->api.engine_version; }

  // dosegate.v1.ProtocolList
  Document list_protocols() const {
    dosegate_document* raw = nullptr;
    dosegate_error* error = nullptr;
    const dosegate_status status = api().protocol_list(&raw, &error);
    detail::require(*loaded_, status, error);
    return Document(loaded_, raw);
  }
  // Empty id: the default protocol. DOSEGATE_NOT_FOUND when none is built in under that id.
  Protocol builtin_protocol(const std::string& id = "") const {
    const char* const name = c_text(id, "id");
    dosegate_protocol* raw = nullptr;
    dosegate_error* error = nullptr;
    const dosegate_status status = api().protocol_builtin(name, &raw, &error);
    detail::require(*loaded_, status, error);
    return Protocol(loaded_, raw);
  }
  // dosegate.v1.Protocol
  Protocol load_protocol(std::string_view json) const {
    dosegate_protocol* raw = nullptr;
    dosegate_error* error = nullptr;
    const dosegate_status status = api().protocol_load(detail::text(json), &raw, &error);
    detail::require(*loaded_, status, error);
    return Protocol(loaded_, raw);
  }
  // dosegate.v1.LintReport on what load_protocol would refuse, and on what it would let pass but is odd.
  Document lint_protocol(std::string_view json) const {
    dosegate_document* raw = nullptr;
    dosegate_error* error = nullptr;
    const dosegate_status status = api().protocol_lint(detail::text(json), &raw, &error);
    detail::require(*loaded_, status, error);
    return Document(loaded_, raw);
  }
  // dosegate.v1.ProtocolDiff: what changed, in words. DOSEGATE_NOT_FOUND in a library without that extension.
  Document diff_protocols(const Protocol& before, const Protocol& after) const {
    const dosegate_protocol_tools& tools = protocol_tools(offsetof(dosegate_protocol_tools, diff), "compare protocols");
    dosegate_document* raw = nullptr;
    dosegate_error* error = nullptr;
    const dosegate_status status = tools.diff(before.raw(), after.raw(), &raw, &error);
    detail::require(*loaded_, status, error);
    return Document(loaded_, raw);
  }
  // dosegate.v1.ScheduleRequest -> dosegate.v1.ScheduleProposal. DOSEGATE_NOT_FOUND in a library without that function.
  Document schedule(const Protocol& protocol, std::string_view request_json) const {
    const dosegate_protocol_tools& tools = protocol_tools(offsetof(dosegate_protocol_tools, schedule), "propose dates");
    dosegate_document* raw = nullptr;
    dosegate_error* error = nullptr;
    const dosegate_status status = tools.schedule(protocol.raw(), detail::text(request_json), &raw, &error);
    detail::require(*loaded_, status, error);
    return Document(loaded_, raw);
  }
  // dosegate.v1.ProtocolDescription: what each rule asks for, in a few words. DOSEGATE_NOT_FOUND in a library without
  // that function.
  Document describe_protocol(const Protocol& protocol) const {
    const dosegate_protocol_tools& tools =
        protocol_tools(offsetof(dosegate_protocol_tools, describe), "describe protocols");
    dosegate_document* raw = nullptr;
    dosegate_error* error = nullptr;
    const dosegate_status status = tools.describe(protocol.raw(), &raw, &error);
    detail::require(*loaded_, status, error);
    return Document(loaded_, raw);
  }
  // Two-sided Clopper-Pearson interval of successes of n at `level`, as proportions. DOSEGATE_NOT_FOUND in a library
  // without that extension.
  std::pair<double, double> clopper_pearson(std::uint64_t successes, std::uint64_t n, double level) const {
    const auto* statistics = static_cast<const dosegate_statistics*>(api().get_extension(DOSEGATE_EXT_STATISTICS));
    if (statistics == nullptr) {
      throw PluginError(DOSEGATE_NOT_FOUND, DOSEGATE_EXT_STATISTICS, "The library is too old for intervals");
    }
    std::pair<double, double> out;
    dosegate_error* error = nullptr;
    const dosegate_status status = statistics->clopper_pearson(successes, n, level, &out.first, &out.second, &error);
    detail::require(*loaded_, status, error);
    return out;
  }
  // `host` is copied; its callbacks are called on the thread that calls check or dvh. They must not throw.
  Case make_case(const dosegate_host* host = nullptr) const {
    dosegate_case* raw = nullptr;
    dosegate_error* error = nullptr;
    const dosegate_status status = api().case_create(host, &raw, &error);
    detail::require(*loaded_, status, error);
    return Case(loaded_, raw);
  }

 private:
  explicit Library(std::shared_ptr<const detail::Loaded> loaded) : loaded_(std::move(loaded)) {}

  // The extension's table, in which the function at `offset` is there.
  const dosegate_protocol_tools& protocol_tools(std::size_t offset, const char* what) const {
    const auto* tools = static_cast<const dosegate_protocol_tools*>(api().get_extension(DOSEGATE_EXT_PROTOCOL_TOOLS));
    if (tools == nullptr || tools->struct_size <= offset) {
      throw PluginError(DOSEGATE_NOT_FOUND, DOSEGATE_EXT_PROTOCOL_TOOLS,
                        std::string("The library is too old to ") + what);
    }
    return *tools;
  }

  std::shared_ptr<const detail::Loaded> loaded_;
};

}  // namespace face
}  // namespace dosegate
