#include <algorithm>
#include <filesystem>
#include <system_error>

#include "adapters/cli/case_input.h"
#include "adapters/cli/program.h"
#include "adapters/gate/commands.h"
#include "adapters/gate/files.h"
#include "adapters/gate/verify.h"
#include "dosegate/detail/sha256.hpp"

namespace dosegate::gate {
namespace {

// The objects that `check` would use of these files. Whatever the files are ambiguous about is no match.
std::vector<InputRef> objects_in(const cli::CaseArguments& args) {
  dicom::ReadOptions options;
  options.need_structures = options.need_dose = options.need_plan = dicom::Need::kIfPresent;
  dicom::ReadResult result = cli::read(args, options);
  if (const auto* error = std::get_if<dicom::ReadError>(&result)) {
    throw NotGenuine("the files cannot be told to be those decided on: " + error->text());
  }
  std::vector<InputRef> objects;
  for (const v1::Input& input : std::get<dicom::RtCase>(result).inputs) {
    objects.push_back({input.role(), input.sop_instance_uid(), input.sha256()});
  }
  std::sort(objects.begin(), objects.end());
  return objects;
}

std::string text_of(const InputRef& input) {
  return input.role + " " + input.sop_instance_uid + " (SHA-256 " + input.sha256 + ")";
}

void compare(const Statement& statement, const cli::CaseArguments& files) {
  for (const std::string& path : files.paths) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) throw Refused(path + ": is not there");
  }
  const std::vector<InputRef> objects = objects_in(files);
  for (const InputRef& object : objects) {
    if (std::find(statement.subjects.begin(), statement.subjects.end(), object) == statement.subjects.end()) {
      throw NotGenuine("it is not about this " + text_of(object));
    }
  }
  for (const InputRef& subject : statement.subjects) {
    if (std::find(objects.begin(), objects.end(), subject) == objects.end()) {
      throw NotGenuine("it is about another " + text_of(subject));
    }
  }
}

}  // namespace

cli::Exit run_verify(const VerifyArguments& args) {
  const std::vector<PublicKey> keys = load_keys(args.keys);
  const Revocations revocations = load_revocations(args.revoked);
  const std::string text = read_file(args.decision, kMostDecisionBytes);
  const auto answer = [](std::string_view mark, cli::Tone tone, const std::string& what, const Statement* s) {
    cli::Page page(cli::style_for(""));
    page.marked(mark, tone, what);
    if (s != nullptr) {
      for (const InputRef& subject : s->subjects) page.paragraph(text_of(subject), 2, 4);
    }
    cli::answer("", page.text());
  };
  try {
    const Verified verified = verify_decision(text, keys, revocations);
    const Statement& s = verified.statement;
    if (args.files) compare(s, *args.files);
    const std::string what = s.outcome + " at " + to_text(s.decided_at) + ", policy " + s.policy_id + " version " +
                             s.policy_version + ", signed by the key " + verified.key_id;
    if (args.must_be_approved && s.outcome != "APPROVED") {
      answer("NOT APPROVED", cli::Tone::kCaution, "Genuine, but " + what, &s);
      return cli::Exit::kFail;
    }
    answer("GENUINE", cli::Tone::kGood, what + (args.files ? ". It is about these files:" : ". It is about:"), &s);
    return cli::Exit::kPass;
  } catch (const NotGenuine& e) {
    answer("NOT GENUINE", cli::Tone::kBad, args.decision + ": " + e.what(), nullptr);
    return cli::Exit::kFail;
  }
}

}  // namespace dosegate::gate
