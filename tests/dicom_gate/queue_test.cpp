// The queue on disk.
#include "adapters/dicom_gate/queue.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "adapters/dicom_gate/disk.h"
#include "adapters/dicom_gate/facts_file.h"
#include "adapters/gate/document.h"
#include "adapters/gate/ledger.h"

using namespace dosegate::dicom_gate;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "dosegate-queue-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
};

Facts facts_with(const std::string& uid, const std::string& sha256, Role role = Role::kPlan) {
  Facts facts;
  facts.role = role;
  facts.uid = uid;
  facts.sha256 = sha256;
  facts.bytes = 5;
  if (role == Role::kPlan) facts.plan.emplace();
  return facts;
}

Answer offer(Queue& queue, const Facts& facts) {
  const fs::path part = queue.new_part();
  std::ofstream(part) << "bytes";
  return queue.offer(part, facts);
}

const std::string kA(64, 'a'), kB(64, 'b');

}  // namespace

TEST_CASE("dicom gate: the same object is taken once, and other bytes under its UID never", "[dicom-gate]") {
  const Folder folder;
  Queue queue(folder.path / "queue", {});
  Answer answer = offer(queue, facts_with("1.2", kA));
  CHECK((answer.status == kSuccess && answer.is_new));
  answer = offer(queue, facts_with("1.2", kA));
  CHECK((answer.status == kSuccess && !answer.is_new));
  answer = offer(queue, facts_with("1.2", kB));
  CHECK(answer.status == kOtherBytes);
  CHECK(answer.comment.size() <= 64);
  CHECK(fs::exists(queue.object("1.2")));
}

TEST_CASE("dicom gate: a queue that is full refuses, by number and by bytes", "[dicom-gate]") {
  const Folder folder;
  Queue few(folder.path / "few", {1, 1000, 1000});
  CHECK_FALSE(few.full());
  CHECK(offer(few, facts_with("1.2", kA)).status == kSuccess);
  CHECK(few.full()->status == kNoResources);
  CHECK(offer(few, facts_with("1.3", kA)).status == kNoResources);
  Queue small(folder.path / "small", {10, 8, 1000});
  CHECK(offer(small, facts_with("1.2", kA)).status == kSuccess);
  CHECK(offer(small, facts_with("1.3", kA)).status == kNoResources);
}

TEST_CASE("dicom gate: a queue has one gate", "[dicom-gate]") {
  const Folder folder;
  const Queue queue(folder.path / "queue", {});
  CHECK_THROWS_WITH(Queue(folder.path / "queue", {}), Catch::Contains("another dicom-gate"));
}

TEST_CASE("dicom gate: a plan is decided on with all that there is at that moment, and what comes then is refused",
          "[dicom-gate]") {
  const Folder folder;
  Queue queue(folder.path / "queue", {});
  Facts plan = facts_with("1.2", kA), dose = facts_with("1.4", kA, Role::kDose);
  plan.structure_uids = {"1.3"};
  dose.plan_uids = {"1.2"};
  for (const Facts& one : {plan, dose, facts_with("1.3", kA, Role::kStructures)}) CHECK(offer(queue, one).is_new);
  REQUIRE(queue.standings().size() == 1);
  CHECK(queue.standings().front().group.is_complete());
  // While the gate decides on other plans of the same round.
  dose.uid = "1.5";
  CHECK(offer(queue, dose).is_new);
  CHECK(queue.begin("1.2", Attempt::kNew));
  const CaseFile begun = queue.case_file(State::kDeciding, "1.2");
  CHECK(begun.objects.size() == 4);
  dose.uid = "1.6";
  CHECK(offer(queue, dose).status == kNoResources);
  // Again under the same name, unless something came while it was held.
  queue.hold("1.2", begun.objects, {Hold::Kind::kFailed, dosegate::gate::now(), "", {"Because."}});
  CHECK(queue.begin("1.2", Attempt::kAsWritten));
  CHECK(queue.case_file(State::kDeciding, "1.2").attempt == begun.attempt);
  queue.hold("1.2", begun.objects, {Hold::Kind::kFailed, dosegate::gate::now(), "", {"Because."}});
  CHECK(offer(queue, dose).is_new);
  CHECK(queue.begin("1.2", Attempt::kAsWritten));
  CHECK(queue.case_file(State::kDeciding, "1.2").attempt != begun.attempt);
  CHECK(queue.case_file(State::kDeciding, "1.2").objects.size() == 5);
  CHECK_FALSE(queue.begin("1.9", Attempt::kNew));
}

TEST_CASE("dicom gate: a file that came into the queue without an answer gives way to the object that is answered",
          "[dicom-gate]") {
  const Folder folder;
  Queue queue(folder.path / "queue", {});
  std::ofstream(queue.object("1.2")) << "moved there when the disk failed";
  CHECK(offer(queue, facts_with("1.2", kA)).is_new);
  std::ifstream in(queue.object("1.2"));
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == "bytes");
}

TEST_CASE("dicom gate: a folder that was being removed when the gate was killed does not keep it from starting",
          "[dicom-gate]") {
  const Folder folder;
  const fs::path root = folder.path / "queue";
  {
    Queue queue(root, {});
    CHECK(offer(queue, facts_with("1.3", kA, Role::kStructures)).is_new);
    queue.hold("1.3", {{"RTSTRUCT", "1.3", kA}}, {Hold::Kind::kIncomplete, dosegate::gate::now(), "", {"RTPLAN."}});
    // Its plan comes: the hold is no more.
    Facts plan = facts_with("1.2", kA);
    plan.structure_uids = {"1.3"};
    CHECK(offer(queue, plan).is_new);
    queue.tidy(dosegate::gate::now(), std::chrono::seconds(1));
    CHECK(fs::is_empty(root / "held"));
    fs::create_directory(root / "held" / ".gone-1.3");
    std::ofstream(root / "held" / ".gone-1.3" / "held.json") << "a part of it";
    for (const char* uid : {"1.2", "1.3"}) fs::remove(queue.object(uid));
  }
  const Queue queue(root, {});
  CHECK(fs::is_empty(root / "held"));
  CHECK(queue.state_of("1.3") == State::kNone);
}

TEST_CASE("dicom gate: what a killed process of the same number left does not keep files from being written",
          "[dicom-gate]") {
  const Folder folder;
  const fs::path root = folder.path / "queue";
  const auto left = [&](const fs::path& in) {
    for (int i = 1; i < 200; ++i) {
      std::ofstream(in / (".part-" + std::to_string(::getpid()) + "-" + std::to_string(i))) << "half";
    }
  };
  {
    Queue queue(root, {});
    left(root / "sent");
    disk::write(root / "sent" / "1.2", "whole");
    queue.hold("1.2", {{"RTPLAN", "1.2", kA}}, {Hold::Kind::kDecision, dosegate::gate::now(), "ab", {"Because."}});
    left(root / "held" / "1.2");
  }
  const Queue queue(root, {});
  const auto count = [](const fs::path& in) { return std::distance(fs::directory_iterator(in), {}); };
  CHECK(count(root / "sent") == 1);
  CHECK(count(root / "held" / "1.2") == 2);
}

TEST_CASE("dicom gate: a plan that is in two folders keeps the gate from starting", "[dicom-gate]") {
  const Folder folder;
  const fs::path root = folder.path / "queue";
  {
    Queue queue(root, {});
    queue.hold("1.2", {{"RTPLAN", "1.2", kA}}, {Hold::Kind::kDecision, dosegate::gate::now(), "ab", {"Because."}});
    fs::copy(root / "held" / "1.2", root / "approved" / "1.2");
  }
  CHECK_THROWS_WITH(Queue(root, {}), Catch::Contains("is in approved/, too"));
}

TEST_CASE("dicom gate: states survive a restart, and what was half made does not", "[dicom-gate]") {
  const Folder folder;
  const fs::path root = folder.path / "queue";
  const Hold hold{Hold::Kind::kDecision, dosegate::gate::now(), "ab", {"Because."}};
  {
    Queue queue(root, {});
    queue.hold("1.2", {{"RTPLAN", "1.2", kA}}, hold);
    queue.hold("1.3", {{"RTPLAN", "1.3", kB}}, hold);
    queue.move("1.3", State::kHeld, State::kRejected);
    std::ofstream(queue.new_part()) << "half";
    fs::create_directory(root / "deciding" / ".new-1.4");
  }
  Queue queue(root, {});
  CHECK(queue.state_of("1.2") == State::kHeld);
  CHECK(queue.hold_of("1.2")->reasons == hold.reasons);
  CHECK(queue.state_of("1.3") == State::kRejected);
  CHECK(fs::is_empty(root / "incoming"));
  CHECK(fs::is_empty(root / "deciding"));
  // A plan that was rejected is not taken in again, and no other bytes under its UID either.
  CHECK(offer(queue, facts_with("1.3", kB)).status == kDecided);
  CHECK(offer(queue, facts_with("1.3", kA)).status == kOtherBytes);
  Facts late = facts_with("1.9", kA, Role::kDose);
  late.plan_uids = {"1.3"};
  CHECK(offer(queue, late).status == kDecided);
}

TEST_CASE("dicom gate: an object that the disk has damaged keeps the gate from starting", "[dicom-gate]") {
  const Folder folder;
  const fs::path root = folder.path / "queue";
  {
    Queue queue(root, {});
    std::ofstream(queue.object("1.2")) << "no DICOM";
  }
  CHECK_THROWS_WITH(Queue(root, {}), Catch::Contains("1.2.dcm") && Catch::Contains("move it away"));
}

TEST_CASE("dicom gate: the documents of a plan's folder read back as they were written", "[dicom-gate]") {
  const CaseFile file{"1.2", dosegate::gate::new_id(), {{"RTPLAN", "1.2", kA}, {"RTDOSE", "1.3", kB}}, {kB}};
  const CaseFile read = CaseFile::read(file.write());
  CHECK(read.key == file.key);
  CHECK(read.attempt == file.attempt);
  CHECK(read.objects == file.objects);
  CHECK(read.waivers == file.waivers);
  CHECK(dosegate::gate::new_id() != file.attempt);
  for (const auto kind : {Hold::Kind::kIncomplete, Hold::Kind::kNoRecord, Hold::Kind::kFailed, Hold::Kind::kDecision}) {
    const Hold hold{kind, dosegate::gate::now(), "", {"One.", "Two."}};
    const Hold again = Hold::read(hold.write());
    CHECK(again.kind == kind);
    CHECK(again.at == hold.at);
    CHECK(again.reasons == hold.reasons);
  }
  const Hold odd{Hold::Kind::kFailed, dosegate::gate::now(), "", {"One.", "One.", "", "Two\xff."}};
  const Hold read_back = Hold::read(odd.write());
  REQUIRE(read_back.reasons.size() == 3);
  CHECK(read_back.reasons.front() == "One.");
  CHECK(read_back.reasons.back().starts_with("Two"));
  std::string text = file.write();
  text.replace(text.find("1.2"), 3, "../");
  CHECK_THROWS_AS(CaseFile::read(text), dosegate::gate::Refused);
}

TEST_CASE("dicom gate: what is kept of an object is believed of that file and this program alone", "[dicom-gate]") {
  const Folder folder;
  const fs::path object = folder.path / "1.2.dcm", kept = folder.path / "1.2.json";
  std::ofstream(object) << "bytes";
  Facts facts = facts_with("1.2", kA);
  facts.sop_class = "1.2.840.10008.5.1.4.1.1.481.5";
  facts.patient_id = "P-1";
  facts.structure_uids = {"1.3"};
  facts.plan->set_label("first");
  facts.beams = {{2, 1}, {std::nullopt, -4}};
  keep_facts(kept, object, facts);
  const auto read = kept_facts(kept, object);
  REQUIRE(read);
  CHECK(read->sha256 == kA);
  CHECK(read->sop_class == facts.sop_class);
  CHECK(read->patient_id == "P-1");
  CHECK(read->structure_uids == facts.structure_uids);
  CHECK(read->plan->label() == "first");
  REQUIRE(read->beams.size() == 2);
  CHECK(read->beams[0].fraction_group == 2);
  CHECK_FALSE(read->beams[1].fraction_group);
  CHECK(read->beams[1].beam == -4);
  CHECK(read->bytes == 5);

  std::ifstream in(kept);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const auto with = [&](const std::string& changed) {
    std::ofstream(kept, std::ios::trunc) << changed;
    return kept_facts(kept, object).has_value();
  };
  CHECK(with(text));
  for (std::size_t size = 0; size + 1 < text.size(); size += 7) CHECK_FALSE(with(text.substr(0, size)));
  CHECK_FALSE(with(std::string(text.size(), '\0')));
  std::string other = text;
  const std::size_t plan = other.find("\"plan\":\"") + 8;
  CHECK_FALSE(with(other.substr(0, plan) + other.substr(other.find('"', plan))));
  const std::size_t program = other.find("\"program\":\"") + 11;
  other[program] = other[program] == '0' ? '1' : '0';
  CHECK_FALSE(with(other));
  CHECK(with(text));
  fs::rename(object, folder.path / "1.9.dcm");
  CHECK_FALSE(kept_facts(kept, folder.path / "1.9.dcm"));
  std::ofstream(object) << "bytes";
  CHECK_FALSE(kept_facts(kept, object));  // another file of the same size
}

TEST_CASE("dicom gate: what is kept of objects goes with them", "[dicom-gate]") {
  const Folder folder;
  const fs::path root = folder.path / "queue";
  {
    Queue queue(root, {});
    CHECK(offer(queue, facts_with("1.2", kA)).is_new);
    CHECK(fs::exists(root / "facts" / "1.2.json"));
    queue.hold("1.2", {{"RTPLAN", "1.2", kA}}, {Hold::Kind::kDecision, dosegate::gate::now(), "ab", {"Because."}});
    queue.move("1.2", State::kHeld, State::kRejected);
    queue.tidy(dosegate::gate::now(), std::chrono::seconds(1));
    CHECK_FALSE(fs::exists(root / "facts" / "1.2.json"));
    std::ofstream(root / "facts" / "1.7.json") << "of what is gone";
  }
  const Queue queue(root, {});
  CHECK(fs::is_empty(root / "facts"));
}
