#include "adapters/cli/library_case.h"

#include <filesystem>
#include <system_error>

#include "adapters/cli/documents.h"
#include "adapters/cli/gamma_command.h"
#include "adapters/cli/interrupt.h"
#include "adapters/dicom/to_case.h"

namespace dosegate::cli {

Protocol load_protocol(const Library& library, const std::string& name) {
  if (!looks_like_file(name)) {
    try {
      return library.builtin_protocol(name);
    } catch (const PluginError& e) {
      std::error_code ignored;
      if (e.status != DOSEGATE_NOT_FOUND || !std::filesystem::exists(name, ignored)) {
        stop("protocol '" + name + "': " + e.message);
      }
    }
  }
  const std::string text = read_protocol_file(name);
  try {
    return library.load_protocol(text);
  } catch (const PluginError& e) {
    stop(name + ": " + e.what());
  }
}

std::future<Library> start_loading(const std::string& manifest) {
  constexpr auto kOnThisThreadIfNeeded = std::launch::async | std::launch::deferred;
  return std::async(kOnThisThreadIfNeeded, [manifest] { return Library::load(manifest); });
}

namespace {

// `options` name the objects of `rt` already.
Case case_with(const Library& library, const CaseArguments& args, dicom::RtCase& rt, const v1::CaseOptions& options) {
  return on_input(args, [&] {
    dosegate_host host{};
    host.struct_size = sizeof host;
    host.threads = thread_count();
    host.should_cancel = [](void*) -> std::int32_t { return is_interrupted() ? 1 : 0; };
    Case c = library.make_case(&host);
    dicom::hand_over(rt, c);
    c.set_options(to_json(options));
    return c;
  });
}

}  // namespace

Case make_case(const Library& library, const CaseArguments& args, dicom::RtCase& rt, v1::CaseOptions options) {
  dicom::add_to_options(rt, options);
  return case_with(library, args, rt, options);
}

Case make_check_case(const Library& library, const CheckArguments& args, dicom::RtCase& rt, v1::CaseOptions& options,
                     const std::string& record) {
  if (!args.measured.empty()) name_measurement(args.measured, options);
  dicom::add_to_options(rt, options);
  Case c = case_with(library, args.input, rt, options);
  if (!args.record.empty()) {
    try {
      c.set_record(record);
    } catch (const PluginError& e) {
      stop(args.record + ": " + e.what());
    }
  }
  if (!args.measured.empty()) set_measurement(c, args.measured);
  return c;
}

}  // namespace dosegate::cli
