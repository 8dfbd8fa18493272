#include "adapters/gate/statement.h"

#include <algorithm>

namespace dosegate::gate {
namespace {

// base64 and the envelope around it.
constexpr std::size_t kMostStatementBytes = kMostDecisionBytes / 4 * 3 - 4096;

std::string write_input(const InputRef& input) {
  return ObjectWriter()
      .text("role", input.role)
      .text_if("sopInstanceUid", input.sop_instance_uid)
      .text_if("sha256", input.sha256)
      .end();
}

std::string write_subject(const InputRef& input) {
  return ObjectWriter()
      .text("name", input.role + " " + input.sop_instance_uid)
      .json("digest", ObjectWriter().text("sha256", input.sha256).end())
      .end();
}

std::string write_report(const CheckedReport& c) {
  return ObjectWriter()
      .text("protocol", c.protocol_id)
      .text("protocolVersion", c.protocol_version)
      .text("protocolSha256", c.protocol_sha256)
      .text("reportSha256", c.sha256)
      .text("verdict", v1::Report::Verdict_Name(c.report.verdict()))
      .text("believedBecause", name_of(c.belief))
      .end();
}

std::string write_reason(const Reason& reason) {
  return ObjectWriter()
      .text("effect", name_of(reason.effect))
      .text("code", reason.code)
      .text_if("protocol", reason.protocol)
      .text_if("rule", reason.rule)
      .text("text", reason.text)
      .end();
}

std::string write_accepted(const Accepted& accepted) {
  return ObjectWriter()
      .text("person", accepted.person)
      .text("role", accepted.role)
      .text_if("protocol", accepted.protocol)
      .text_if("rule", accepted.rule)
      .text_if("item", accepted.item)
      .text("reason", accepted.reason)
      .text("expires", to_text(accepted.expires))
      .text("sha256", accepted.sha256)
      .end();
}

std::string write_place(const LedgerPlace& place) {
  return ObjectWriter()
      .text("id", place.ledger)
      .whole("sequence", place.sequence)
      .text("previous", place.previous)
      .end();
}

template <typename T, typename F>
std::vector<std::string> each(const std::vector<T>& list, F write) {
  std::vector<std::string> texts;
  for (const T& one : list) texts.push_back(write(one));
  return texts;
}

}  // namespace

std::string write_statement(const Decision& decision, const Policy& policy, const Evidence& evidence,
                            const DecisionContext& context) {
  std::vector<std::string> subjects;
  for (const InputRef& input : evidence.inputs) {
    if (input.role.starts_with("RT")) subjects.push_back(write_subject(input));
  }
  ObjectWriter predicate;
  predicate.text("decision", name_of(decision.outcome)).text("decidedAt", to_text(evidence.now));
  predicate.json("engine", ObjectWriter()
                               .text("version", evidence.engine.version)
                               .text("pluginSha256", evidence.engine.plugin_sha256)
                               .end());
  predicate.json(
      "policy",
      ObjectWriter().text("id", policy.id).text("version", policy.version).text("sha256", policy.sha256).end());
  predicate.text_if("subject", context.subject);
  predicate.list("inputs", each(evidence.inputs, write_input));
  predicate.json("options", context.options_json).texts("siteStatements", evidence.site_statements);
  predicate.list("reports", each(evidence.reports, write_report));
  predicate.list("reasons", each(decision.reasons, write_reason));
  predicate.list("accepted", each(decision.accepted, write_accepted));
  if (context.place) predicate.json("ledger", write_place(*context.place));
  std::string text = ObjectWriter()
                         .text("_type", kStatementType)
                         .list("subject", subjects)
                         .text("predicateType", kPredicateType)
                         .json("predicate", predicate.end())
                         .end();
  if (text.size() > kMostStatementBytes) {
    throw Refused("the decision has more reasons than a document may hold. Mend the plan first");
  }
  return text;
}

Statement read_statement(std::string_view json) {
  const detail::JsonValue document = parse_json(json);
  Problems problems;
  ObjectReader reader(document, "", problems);
  Statement s;
  reader.word("_type", {std::string(kStatementType)});
  reader.word("predicateType", {std::string(kPredicateType)});
  reader.each("subject", 0, [&](ObjectReader& subject) {
    const std::string name = subject.text("name");
    const std::size_t space = name.find(' ');
    if (space == std::string::npos) subject.complain("name", "\"" + name + "\" is no role and SOP Instance UID");
    InputRef input{name.substr(0, space), space == std::string::npos ? "" : name.substr(space + 1), {}};
    subject.object("digest", [&](ObjectReader& digest) { input.sha256 = digest.digest("sha256"); });
    s.subjects.push_back(std::move(input));
  });
  const detail::JsonValue* value = document.find("predicate");
  if (value == nullptr) throw Refused("/predicate: is missing");
  // Not all of the predicate is read here, so what is left is not complained about: it is signed as it stands.
  ObjectReader predicate(*value, "/predicate", problems);
  s.outcome = predicate.word("decision", {"APPROVED", "HELD", "REJECTED"});
  s.decided_at = read_instant(predicate, "decidedAt");
  predicate.object("policy", [&](ObjectReader& policy) {
    s.policy_id = policy.text("id");
    s.policy_version = policy.text("version");
    s.policy_sha256 = policy.digest("sha256");
  });
  if (predicate.has("ledger")) {
    predicate.object("ledger", [&](ObjectReader& place) {
      s.place = LedgerPlace{place.text("id"), 0, {}};
      s.place->sequence = place.whole("sequence", 1, INT64_MAX);
      s.place->previous = place.digest("previous");
    });
  }
  require_none(problems);
  std::sort(s.subjects.begin(), s.subjects.end());
  return s;
}

}  // namespace dosegate::gate
