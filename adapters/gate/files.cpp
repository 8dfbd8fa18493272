#include "adapters/gate/files.h"

#include <filesystem>
#include <system_error>
#include <variant>

#include "adapters/cli/documents.h"
#include "adapters/cli/input.h"

namespace dosegate::gate {

void require_none_is(const std::string& output, const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) {
    std::error_code ignored;
    if (output.empty() || input.empty()) continue;
    if (output != input && !std::filesystem::equivalent(output, input, ignored)) continue;
    throw Refused(output + ": is also an input. Choose another name for -o");
  }
}

std::string read_file(const std::string& path, std::size_t limit) {
  auto text = cli::read_text_file(path, limit);
  if (const auto* problem = std::get_if<cli::Problem>(&text)) throw Refused(problem->text());
  return std::get<std::string>(std::move(text));
}

Policy load_policy(const std::string& path) {
  auto policy = read_policy(read_file(path, kMostPolicyBytes));
  if (const auto* problems = std::get_if<Problems>(&policy)) {
    const std::string more = problems->size() == 1 ? ""
                                                   : " (and " + std::to_string(problems->size() - 1) +
                                                         " more: dosegate policy lint " + path + ")";
    throw Refused(path + ": is no policy: " + problems->front() + more);
  }
  return std::get<Policy>(std::move(policy));
}

std::vector<PublicKey> load_keys(const std::vector<std::string>& paths) {
  std::vector<PublicKey> keys;
  for (const std::string& path : paths) keys.push_back(PublicKey::from_file(path));
  return keys;
}

Revocations load_revocations(const std::string& path) {
  if (path.empty()) return {};
  constexpr std::size_t kMost = std::size_t{1} << 20;
  try {
    return Revocations::read(read_file(path, kMost));
  } catch (const Refused& e) {
    const std::string what = e.what();
    throw Refused(what.starts_with(path) ? what : path + ": " + what);
  }
}

v1::Report parse_report(std::string_view json, const std::string& source) {
  v1::Report report;
  const std::string problem = cli::read_document(json, report);
  if (!problem.empty()) {
    throw Refused(source + ": is no report of this version: " + problem +
                  ". Make one: dosegate check PATH --format json -o FILE");
  }
  return report;
}

}  // namespace dosegate::gate
