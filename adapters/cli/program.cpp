#include "adapters/cli/program.h"

#include <google/protobuf/stubs/logging.h>

#include <exception>
#include <new>
#include <utility>

namespace dosegate::cli {

[[noreturn]] void stop(std::string message) { throw Problem(std::move(message)); }

void answer(const std::string& path, std::string_view text) {
  if (auto problem = write_answer(path, text)) throw *problem;
}

Style style_for(const std::string& output) { return output.empty() ? style_of_stdout() : Style{}; }

int run_guarded(const std::function<Exit()>& command) noexcept {
  Exit exit = Exit::kUnusable;
  try {
    prepare_process();
    google::protobuf::SetLogHandler(nullptr);  // what goes wrong is said once, by us
    exit = command();
  } catch (const std::bad_alloc&) {
    print_error("out of memory. Give it less data or a machine with more memory");
  } catch (const std::exception& e) {
    print_error(e.what());
  } catch (...) {
    print_error("failed for an unknown reason. Report this as a defect");
  }
  return static_cast<int>(exit);
}

int run_program(int argc, const char* const* argv,
                Exit (*command)(const Arguments&, const char* const* argv)) noexcept {
  return run_guarded([&] {
    return run_parsed(parse_arguments(argc, argv), [&](const Arguments& args) { return command(args, argv); });
  });
}

}  // namespace dosegate::cli
