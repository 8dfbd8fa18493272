#include <sys/stat.h>

#include <algorithm>
#include <thread>

#include "adapters/cli/program.h"
#include "adapters/dicom_gate/commands.h"
#include "adapters/dicom_gate/disk.h"
#include "adapters/gate/files.h"
#include "adapters/gate/key.h"
#include "adapters/gate/waiver.h"

namespace dosegate::dicom_gate {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20;

// A plan's folder, as it is found; the gate may move it meanwhile.
struct Entry {
  std::string key;
  State state = State::kNone;
  CaseFile file;
  std::optional<Hold> hold;
  std::string problem;  // of forwarding; empty: none
  gate::Instant since;  // when it came there, or was held
};

std::optional<std::string> text_if(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return std::nullopt;
  return gate::read_file(path.string(), kMostBytes);
}

gate::Instant changed_at(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return gate::now();
  return gate::Instant(std::chrono::seconds(info.st_mtim.tv_sec));
}

Entry read_entry(State state, const fs::path& folder) {
  Entry entry;
  entry.key = folder.filename().string();
  entry.state = state;
  entry.file = CaseFile::read(gate::read_file((folder / "case.json").string(), kMostBytes));
  entry.since = changed_at(folder);
  if (state == State::kHeld) {
    if (const auto text = text_if(folder / "held.json")) entry.hold = Hold::read(*text);
    if (entry.hold) entry.since = entry.hold->at;
  }
  if (state == State::kApproved) {
    if (const auto text = text_if(folder / "forward.json")) {
      const detail::JsonValue document = gate::parse_json(*text);
      const detail::JsonValue* problem = document.find("problem");
      entry.problem = problem == nullptr ? "" : problem->text;
    }
  }
  return entry;
}

std::vector<Entry> entries_of(const fs::path& queue, bool all) {
  if (!fs::is_directory(queue / "held")) throw gate::Refused(queue.string() + ": is no queue of a dicom-gate");
  std::vector<Entry> entries;
  for (const State state : kStates) {
    if (!all && state != State::kHeld) continue;
    for (const auto& at : fs::directory_iterator(queue / folder_of(state))) {
      if (at.path().filename().string().starts_with(".")) continue;
      try {
        entries.push_back(read_entry(state, at.path()));
      } catch (const gate::Refused&) {
        if (fs::exists(at.path())) throw;  // else the gate has moved it meanwhile
      }
    }
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return std::tie(a.since, a.key) < std::tie(b.since, b.key); });
  return entries;
}

std::string age_of(gate::Instant since) {
  const auto age = std::max(gate::now() - since, std::chrono::seconds(0));
  const auto seconds = age.count();
  if (seconds < 120) return std::to_string(seconds) + " s";
  if (seconds < 7200) return std::to_string(seconds / 60) + " min";
  if (seconds < 172'800) return std::to_string(seconds / 3600) + " h";
  return std::to_string(seconds / 86'400) + " days";
}

std::string state_name(State state) {
  std::string name(folder_of(state));
  std::transform(name.begin(), name.end(), name.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  return name;
}

std::string write_entry(const Entry& entry) {
  gate::ObjectWriter writer;
  writer.text("plan", entry.key)
      .text("attempt", entry.file.attempt)
      .text("state", state_name(entry.state))
      .text("since", gate::to_text(entry.since));
  if (entry.hold) writer.text("kind", name_of(entry.hold->kind)).texts("reasons", entry.hold->reasons);
  writer.text_if("forwardProblem", entry.problem);
  std::vector<std::string> objects;
  for (const CaseObject& object : entry.file.objects) {
    objects.push_back(
        gate::ObjectWriter().text("role", object.role).text("uid", object.uid).text("sha256", object.sha256).end());
  }
  return writer.list("objects", objects).texts("waivers", entry.file.waivers).end();
}

Entry find_entry(const fs::path& queue, const std::string& plan) {
  for (Entry& entry : entries_of(queue, true)) {
    if (entry.key == plan) return std::move(entry);
  }
  throw gate::Refused(plan + ": is in no folder of " + queue.string() + ". See 'dosegate gate list --all'");
}

}  // namespace

cli::Exit run_list(const ListArguments& args) {
  const std::vector<Entry> entries = entries_of(args.queue, args.all);
  if (args.json) {
    std::string lines;
    for (const Entry& entry : entries) lines += write_entry(entry) + "\n";
    cli::answer("", lines);
    return cli::Exit::kPass;
  }
  cli::Page page(cli::style_for(""));
  cli::Table table({{"State"}, {"Age", cli::Table::Align::kRight}, {"Plan"}});
  for (const Entry& entry : entries) {
    std::vector<std::string> reasons;
    if (entry.hold) reasons = entry.hold->reasons;
    if (!entry.problem.empty()) reasons.push_back(entry.problem);
    table.add({state_name(entry.state), age_of(entry.since), entry.key}, reasons);
  }
  if (table.empty()) {
    page.paragraph(args.all ? "No plan is in the queue." : "No plan is held.");
  } else {
    page.table(table, 0);
  }
  cli::answer("", page.text());
  return cli::Exit::kPass;
}

cli::Exit run_show(const ShowArguments& args) {
  const Entry entry = find_entry(args.queue, args.plan);
  if (args.json) {
    cli::answer("", write_entry(entry) + "\n");
    return cli::Exit::kPass;
  }
  const fs::path folder = args.queue / folder_of(entry.state) / entry.key;
  cli::Page page(cli::style_for(""));
  page.marked(state_name(entry.state), entry.state == State::kHeld ? cli::Tone::kCaution : cli::Tone::kPlain,
              "Plan " + entry.key + ", since " + gate::to_text(entry.since) + " (" + age_of(entry.since) + ")");
  if (entry.hold) {
    page.blank();
    page.heading("Held because");
    for (const std::string& reason : entry.hold->reasons) page.paragraph(reason, 2, 4);
  }
  if (!entry.problem.empty()) {
    page.blank();
    page.heading("Not forwarded yet because");
    page.paragraph(entry.problem, 2, 4);
  }
  page.blank();
  page.heading("Objects");
  for (const CaseObject& object : entry.file.objects) {
    page.paragraph(object.role + " " + object.uid + " SHA-256 " + object.sha256, 2, 4);
  }
  page.blank();
  page.heading("Files");
  std::vector<std::string> files;
  for (const auto& at : fs::directory_iterator(folder)) files.push_back(at.path().string());
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) page.paragraph(file, 2, 4);
  if (entry.hold && entry.hold->kind == Hold::Kind::kDecision) {
    page.blank();
    page.heading("To go on");
    page.paragraph("Waive what the policy lets be waived, by the report above: dosegate waive --report " +
                       (folder / "report-1.json").string() + " --rule ... -o waiver.json",
                   2, 4);
    page.paragraph("Then: dosegate gate release " + entry.key + " --queue " + args.queue.string() +
                       " --waiver waiver.json --person ... --role ... --reason ... --key ...",
                   2, 4);
    page.paragraph("Or: dosegate gate reject " + entry.key + " --queue " + args.queue.string() +
                       " --person ... --role ... --reason ... --key ...",
                   2, 4);
  }
  cli::answer("", page.text());
  return cli::Exit::kPass;
}

cli::Exit run_ask(const AskArguments& args) {
  const std::unique_ptr<gate::Signer> signer = gate::open_signer(args.key);
  const Entry entry = find_entry(args.queue, args.plan);
  if (entry.state != State::kHeld) {
    throw gate::Refused(args.plan + ": is not held, but " + std::string(folder_of(entry.state)));
  }
  if (!args.attempt.empty() && args.attempt != entry.file.attempt) {
    throw gate::Refused(args.plan + ": was decided on again since it was looked at. Look at it again");
  }
  Request request;
  request.action = args.action;
  request.plan = args.plan;
  request.attempt = entry.file.attempt;
  request.person = args.person;
  request.role = args.role;
  request.reason = args.reason;
  request.at = gate::now();
  Posted posted;
  for (const std::string& path : args.waivers) {
    posted.waivers.push_back(gate::read_file(path, gate::kMostWaiverBytes));
    request.waivers.push_back(gate::read_signed_waiver(posted.waivers.back(), path).sha256);
  }
  posted.envelope = gate::sign(kRequestType, request.write(), *signer);
  const std::string text = posted.write();
  if (text.size() > kMostRequestBytes) throw gate::Refused("so many waivers do not fit into one request; give fewer");
  const std::string name = gate::sha256(text);
  const fs::path replied = args.queue / "requests" / (name + ".reply");
  disk::write(args.queue / "requests" / (name + ".json"), text);
  for (const auto end = std::chrono::steady_clock::now() + args.wait; std::chrono::steady_clock::now() < end;) {
    if (const auto answered = text_if(replied)) {
      const Reply reply = Reply::read(*answered);
      disk::remove(replied);
      cli::answer("", reply.text + "\n");
      return reply.is_done ? cli::Exit::kPass : cli::Exit::kIncomplete;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  throw gate::Refused("the gate has not answered within " + std::to_string(args.wait.count()) +
                      " s; it takes the request up when it runs. See 'dosegate gate list'");
}

}  // namespace dosegate::dicom_gate
