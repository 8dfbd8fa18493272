#include "adapters/cli/deviations.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <vector>

#include "adapters/cli/documents.h"
#include "adapters/cli/program.h"
#include "adapters/cli/report_file.h"
#include "dosegate/detail/loader.hpp"

extern char** environ;  // NOLINT: POSIX

namespace dosegate::cli {
namespace {

constexpr std::string_view kMember = ",\"protocolDeviations\":";

struct Ends {
  support::Descriptor out, in;
};

Ends pipe_ends() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) stop(std::string("no pipe can be made: ") + std::strerror(errno));
  return {support::Descriptor(ends[0]), support::Descriptor(ends[1])};
}

std::vector<std::string> command_line(const DeviationArguments& args, bool at_decision) {
  std::vector<std::string> line = {dosegate::detail::program_folder() + "/dosegate-gate", "deviations", "--policy",
                                   args.policy};
  for (const std::string& waiver : args.waivers) line.insert(line.end(), {"--waiver", waiver});
  if (!args.ledger.empty()) line.insert(line.end(), {"--ledger", args.ledger});
  if (at_decision) line.emplace_back("--at-decision");
  return line;
}

}  // namespace

DeviationSource::DeviationSource(const DeviationArguments& args, When when) {
  Ends question = pipe_ends(), answer = pipe_ends();
  std::vector<std::string> line = command_line(args, when == When::kAtDecision);
  std::vector<char*> argv;
  for (std::string& text : line) argv.push_back(text.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  if (::posix_spawn_file_actions_init(&actions) != 0) stop("out of memory");
  ::posix_spawn_file_actions_adddup2(&actions, question.out.get(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, answer.in.get(), STDOUT_FILENO);
  // In a process group of its own: Ctrl-C is for us, who may have more to ask before we end.
  posix_spawnattr_t attributes;
  if (::posix_spawnattr_init(&attributes) != 0) stop("out of memory");
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  const int error = ::posix_spawn(&pid_, line[0].c_str(), &actions, &attributes, argv.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    pid_ = -1;
    stop(line[0] + ": cannot be run (" + std::strerror(error) + "). Build it: scripts/install brings what it needs");
  }
  in_ = std::move(question.in);
  out_ = std::move(answer.out);
}

DeviationSource::~DeviationSource() {
  in_ = support::Descriptor();  // its input ends, and with it the program
  out_ = support::Descriptor();
  while (pid_ > 0 && ::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void DeviationSource::fail() const { stop("dosegate-gate ended while it was asked for protocol deviations"); }

std::string DeviationSource::ask(std::string_view question) {
  std::string sent = std::to_string(question.size()) + "\n";
  sent += question;
  for (std::size_t at = 0; at < sent.size();) {
    const ssize_t n = ::write(in_.get(), sent.data() + at, sent.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;  // it may have said why
    at += static_cast<std::size_t>(n);
  }
  const auto read_one = [&](char* to, std::size_t size) {
    for (std::size_t at = 0; at < size;) {
      const ssize_t n = ::read(out_.get(), to + at, size - at);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) fail();
      at += static_cast<std::size_t>(n);
    }
  };
  constexpr std::size_t kMostDigits = 9;
  std::string digits;
  for (char c = 0;;) {
    read_one(&c, 1);
    if (c == '\n') break;
    digits += c;
    if (digits.size() > kMostDigits) fail();
  }
  const bool is_problem = digits.starts_with('!');
  std::size_t size = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data() + (is_problem ? 1 : 0), end, size);
  if (error != std::errc() || stopped != end || size > kMostReportBytes) fail();
  std::string answer(size, '\0');
  read_one(answer.data(), size);
  if (is_problem) stop(answer);
  return answer;
}

std::string DeviationSource::of(std::string_view report_json) { return ask(report_json); }

void DeviationSource::add_to(v1::Report& report) {
  report.clear_protocol_deviations();
  const auto found = parse_document<v1::Report>(ask(to_json(report)));
  *report.mutable_protocol_deviations() = found.protocol_deviations();
}

std::unique_ptr<DeviationSource> deviation_source(const DeviationArguments& args, DeviationSource::When when) {
  return args.policy.empty() ? nullptr : std::make_unique<DeviationSource>(args, when);
}

std::string with_deviations(std::string_view report_json, std::string_view deviations_json) {
  std::string text(report_json);
  const std::size_t first = deviations_json.find('[');
  if (first == std::string_view::npos) return text;
  const std::size_t end = text.rfind('}');
  if (end == std::string::npos) stop("the report is no JSON object");
  // The list, and the answer's closing brace.
  return text.replace(end, 1, std::string(kMember) + std::string(deviations_json.substr(first)));
}

std::string without_deviations(std::string_view report_json) {
  std::string text(report_json);
  // No string holds the quotes of the member's name as they stand here, and nothing else of a report has the name.
  const std::size_t begin = text.rfind(kMember), end = text.rfind('}');
  if (begin == std::string::npos || end < begin) return text;
  return text.erase(begin, end - begin);
}

}  // namespace dosegate::cli
