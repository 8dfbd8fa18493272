// What `dosegate check` and `dosegate cohort` ask of the gate: the protocol deviations of the reports that are written
// to its standard input. A report, and an answer, is its size in decimal digits, a line feed, and so many bytes. The
// answer is a Report that holds protocol_deviations alone, or after a "!" why there is none; then it ends.
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <memory>

#include "adapters/cli/documents.h"
#include "adapters/gate/commands.h"
#include "adapters/gate/deviations.h"
#include "adapters/gate/files.h"
#include "adapters/gate/ledger.h"

namespace dosegate::gate {
namespace {

constexpr std::size_t kMostDigits = 8;

// False: the other side has closed before the first byte.
bool read_all(char* to, std::size_t size) {
  for (std::size_t at = 0; at < size;) {
    const ssize_t got = ::read(STDIN_FILENO, to + at, size - at);
    if (got < 0 && errno == EINTR) continue;
    if (got == 0 && at == 0) return false;
    if (got <= 0) throw Refused("the report that was to be read ended early");
    at += static_cast<std::size_t>(got);
  }
  return true;
}

void write_all(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t sent = ::write(STDOUT_FILENO, text.data() + at, text.size() - at);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) throw Refused("nobody reads the answer");
    at += static_cast<std::size_t>(sent);
  }
}

void answer_with(const char* begin, const std::string& text) {
  write_all(begin + std::to_string(text.size()) + "\n" + text);
}

bool read_question(std::string& text) {
  std::string digits;
  for (char c = 0;;) {
    if (!read_all(&c, 1)) {
      if (digits.empty()) return false;
      throw Refused("the report that was to be read ended early");
    }
    if (c == '\n') break;
    digits += c;
    if (c < '0' || c > '9' || digits.size() > kMostDigits) throw Refused("is no size of a report");
  }
  std::size_t size = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), size);
  if (size == 0 || size > kMostReportBytes) throw Refused("is no size of a report");
  text.resize(size);
  if (!read_all(text.data(), size)) throw Refused("the report that was to be read ended early");
  return true;
}

const std::string& plan_of(const v1::Report& report) {
  static const std::string none;
  for (const v1::Input& input : report.inputs()) {
    if (input.role() == "RTPLAN") return input.sop_instance_uid();
  }
  return none;
}

// Those that were given, and those of the plan in the ledger.
std::vector<DatedWaiver> waivers_for(const v1::Report& report, const std::vector<DatedWaiver>& given,
                                     LedgerStore* store, const DeviationArguments& args) {
  std::vector<DatedWaiver> all = given;
  if (store == nullptr || plan_of(report).empty()) return all;
  const Instant asked_at = now();
  store->each_row(Mention{"PLAN", plan_of(report)}, [&](const Row& row) {
    if (row.kind != "WAIVER") return;
    const std::string source = args.ledger.substr(args.ledger.rfind('/') + 1) + ", row " + std::to_string(row.sequence);
    if (row.hash != hash_of(row)) throw Refused(source + ": was altered. Ask: dosegate ledger verify");
    SignedWaiver waiver = read_signed_waiver(row.body, source);
    if (waiver.waiver.protocol != report.protocol().id()) return;
    const auto at = parse_instant(row.at);
    if (!at) throw Refused(source + ": has no time. Ask: dosegate ledger verify");
    all.push_back({std::move(waiver), args.at_decision ? *at : asked_at});
  });
  return all;
}

void serve(const DeviationArguments& args) {
  const Policy policy = load_policy(args.policy);
  std::vector<DatedWaiver> given;
  for (const std::string& path : args.waivers) {
    given.push_back({read_signed_waiver(read_file(path, kMostWaiverBytes), path), now()});
    if (given.back().waiver.waiver.kind == Waiver::Kind::kWaiver) continue;
    throw Refused(path + ": is an attestation, not a waiver; leave it out, and hand it to 'dosegate approve'");
  }
  const std::unique_ptr<LedgerStore> store = args.ledger.empty() ? nullptr : open_store(args.ledger, OpenAs::kReader);
  std::string text;
  while (read_question(text)) {
    const v1::Report report = parse_report(text, "the report");
    v1::Report answer;
    for (v1::ProtocolDeviation& d : deviations_of(report, waivers_for(report, given, store.get(), args), policy)) {
      *answer.add_protocol_deviations() = std::move(d);
    }
    answer_with("", cli::to_json(answer));
  }
}

}  // namespace

cli::Exit run_deviations(const DeviationArguments& args) {
  try {
    serve(args);
    return cli::Exit::kPass;
  } catch (const Refused& e) {
    answer_with("!", e.what());
  } catch (const cli::Problem& e) {
    answer_with("!", e.text());
  }
  return cli::Exit::kUnusable;
}

}  // namespace dosegate::gate
