#include <algorithm>
#include <optional>

#include "adapters/cli/program.h"
#include "adapters/gate/commands.h"
#include "adapters/gate/files.h"
#include "adapters/gate/ledger.h"
#include "adapters/gate/statement.h"
#include "adapters/gate/waiver.h"

namespace dosegate::gate {
namespace {

constexpr std::size_t kMostWitnessBytes = std::size_t{256} << 20;

// A decision, or lines of heads.
std::vector<Witness> read_witnesses(const std::vector<std::string>& paths, std::span<const PublicKey> keys) {
  std::vector<Witness> witnesses;
  for (const std::string& path : paths) {
    const std::string text = read_file(path, kMostWitnessBytes);
    int line = 0;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
      const std::string source = ++line == 1 && end == text.size() ? path : path + ":" + std::to_string(line);
      witnesses.push_back(read_witness(std::string_view(text).substr(at, end - at), source, keys));
      at = end;
    }
    if (text.empty()) throw Refused(path + ": is empty, so it is no witness");
  }
  return witnesses;
}

std::string line_of(const Row& row) {
  std::vector<std::string> mentions;
  for (const Mention& mention : row.mentions) {
    mentions.push_back(ObjectWriter().text("kind", mention.kind).text("value", mention.value).end());
  }
  return ObjectWriter()
             .whole("sequence", row.sequence)
             .text("at", row.at)
             .text("kind", row.kind)
             .text("body", row.body)
             .list("mentions", mentions)
             .text("previous", row.previous)
             .text("hash", row.hash)
             .end() +
         "\n";
}

std::string mentioned(const Row& row, const std::string& kind) {
  std::string text;
  for (const Mention& mention : row.mentions) {
    if (mention.kind == kind) text += (text.empty() ? "" : ", ") + mention.value;
  }
  return text;
}

// What a row says, for a reader.
std::string summary(const Row& row) {
  try {
    if (row.kind == "DECISION") {
      const bool is_signed = row.body.find("\"payloadType\"") != std::string::npos;
      const Statement s = read_statement(is_signed ? Envelope::read(row.body).payload : row.body);
      return s.outcome + ", policy " + s.policy_id + " version " + s.policy_version + (is_signed ? "" : ", not signed");
    }
    if (row.kind == "WAIVER") {
      const Waiver w = Waiver::read(Envelope::read(row.body).payload);
      return w.person + ", " + w.role + ", " + (w.rule.empty() ? w.item : w.protocol + " " + w.rule) + ": " + w.reason;
    }
    if (row.kind == "CHECK") {
      const detail::JsonValue check = parse_json(row.body);
      const detail::JsonValue* verdict = check.find("verdict");
      return mentioned(row, "PROTOCOL") + (verdict == nullptr ? "" : ": " + verdict->text);
    }
    if (row.kind == "HOLD") {
      const detail::JsonValue hold = parse_json(row.body);
      const detail::JsonValue* reasons = hold.find("reasons");
      return reasons == nullptr || reasons->elements.empty() ? "" : reasons->elements.front().text;
    }
    return mentioned(row, "PERSON");  // RELEASE, REJECTION
  } catch (const Refused& e) {
    return std::string("cannot be read: ") + e.what();
  }
}

cli::Exit run_verify(const LedgerArguments& args) {
  const std::vector<PublicKey> keys = load_keys(args.keys);
  const Revocations revocations = load_revocations(args.revoked);
  const std::vector<Witness> witnesses = read_witnesses(args.witnesses, keys);
  Audit result;
  try {
    const std::unique_ptr<LedgerStore> store = open_store(args.ledger, OpenAs::kReader);
    result = audit(*store, keys, revocations, witnesses);
  } catch (const StoreCorrupt& e) {
    result.problems.emplace_back(e.what());
  }
  cli::Page page(cli::style_for(""));
  for (const std::string& problem : result.problems) page.marked("BROKEN", cli::Tone::kBad, problem);
  if (result.problems.empty()) {
    page.marked("WHOLE", cli::Tone::kGood,
                std::to_string(result.rows) + " rows, signed up to row " + std::to_string(result.signed_rows) +
                    (keys.empty() ? " by keys that were not looked at (give --key)" : "") + ", ledger " +
                    result.ledger);
    if (witnesses.empty()) page.paragraph("Without --witness nothing shows whether its end was cut off.", 2, 4);
  }
  cli::answer("", page.text());
  return result.problems.empty() ? cli::Exit::kPass : cli::Exit::kFail;
}

std::vector<Mention> conditions(const LedgerArguments& args) {
  std::vector<Mention> all;
  for (const auto& [kind, value] :
       {std::pair{"PLAN", args.plan}, {"SUBJECT", args.subject}, {"RULE", args.rule}, {"PERSON", args.person}}) {
    if (!value.empty()) all.push_back({kind, value});
  }
  return all;
}

cli::Exit run_query(LedgerStore& store, const LedgerArguments& args) {
  const std::vector<Mention> wanted = conditions(args);
  if (wanted.empty()) cli::stop("name what to look for: --plan, --subject, --rule or --person");
  std::string lines;
  cli::Table table({{"Row", cli::Table::Align::kRight}, {"Time"}, {"Kind"}, {"What"}});
  store.each_row(wanted.front(), [&](const Row& row) {
    const bool has_all = std::all_of(wanted.begin(), wanted.end(), [&](const Mention& mention) {
      return std::find(row.mentions.begin(), row.mentions.end(), mention) != row.mentions.end();
    });
    if (!has_all) return;
    if (args.json) {
      lines += line_of(row);
    } else {
      table.add({std::to_string(row.sequence), row.at, row.kind, summary(row)});
    }
  });
  if (args.json) {
    cli::answer("", lines);
    return cli::Exit::kPass;
  }
  cli::Page page(cli::style_for(""));
  if (table.empty()) {
    page.paragraph("No row has that.");
  } else {
    page.table(table, 0);
  }
  cli::answer("", page.text());
  return cli::Exit::kPass;
}

}  // namespace

cli::Exit run_ledger(const LedgerArguments& args) {
  if (args.action == LedgerArguments::Action::kVerify) return run_verify(args);
  require_none_is(args.output, {args.ledger});
  const std::unique_ptr<LedgerStore> store = open_store(args.ledger, OpenAs::kReader);
  store->begin_reading();
  if (args.action == LedgerArguments::Action::kQuery) return run_query(*store, args);
  std::string text;
  if (args.action == LedgerArguments::Action::kExport) {
    store->each_row([&](const Row& row) { text += line_of(row); });
  } else {
    store->each_head([&](const Head& head) { text = head.envelope; });
    if (text.empty()) cli::stop(args.ledger + ": has no signed head. Name a --key when plans are approved");
  }
  cli::answer(args.output, text);
  return cli::Exit::kPass;
}

}  // namespace dosegate::gate
