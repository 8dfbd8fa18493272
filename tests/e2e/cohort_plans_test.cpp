// `dosegate cohort --plans`: long work that ends in good order and goes on from there.
#include <google/protobuf/util/json_util.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <map>

#include "dosegate/v1/cohort.pb.h"
#include "tests/e2e/phantom_report.h"

using namespace dosegate::e2e;
namespace v1 = dosegate::v1;
namespace fs = std::filesystem;

namespace {

v1::CohortReport parsed(const Outcome& o) {
  INFO(o.err);
  v1::CohortReport out;
  REQUIRE(google::protobuf::util::JsonStringToMessage(o.out, &out).ok());
  return out;
}

struct Cohort {
  Cohort() {
    fs::create_directory(plans());
    for (const char* name : {"pass", "hot-cord", "missing-stomach"}) {
      const Outcome o = run({"phantom", (plans() / name).string(), "--case", name});
      REQUIRE(o.exit_code == 0);
    }
  }
  fs::path plans() const { return folder / "plans"; }
  fs::path kept() const { return folder / "kept"; }
  std::vector<std::string> command() const {
    return {"cohort", plans().string(), "--plans", "--resume", kept().string(), "--format", "json"};
  }
  // Which file each kept report is: made anew it would be another.
  std::map<std::string, ino_t> files() const {
    std::map<std::string, ino_t> all;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(kept(), ignored)) {
      struct stat info {};
      REQUIRE(::stat(entry.path().c_str(), &info) == 0);
      all[entry.path().filename().string()] = info.st_ino;
    }
    return all;
  }

  TemporaryFolder folder;
};

}  // namespace

TEST_CASE("cohort: each folder is checked with its record, as check does", "[e2e][cohort]") {
  const Cohort c;
  const Outcome o = run({"cohort", c.plans().string(), "--plans", "--format", "json"});
  CHECK(o.exit_code == 0);
  const v1::CohortReport report = parsed(o);
  REQUIRE(report.groups_size() == 1);
  CHECK(report.groups(0).plans() == 3);
  CHECK(report.groups(0).passed() == 1);
  CHECK(report.groups(0).failed() == 1);
  CHECK(report.groups(0).incomplete() == 1);
}

TEST_CASE("cohort: what was kept is taken again whatever the folders are called, and made anew for another question",
          "[e2e][cohort]") {
  const Cohort c;
  const Outcome first = run(c.command());
  CHECK(first.exit_code == 0);
  const auto kept = c.files();
  CHECK(kept.size() == 3);
  fs::rename(c.plans() / "pass", c.plans() / "renamed");
  const Outcome second = run(c.command());
  CHECK(c.files() == kept);
  CHECK(second.out == first.out);
  auto other = c.command();
  other.push_back("--plan-only");
  CHECK(run(other).exit_code == 0);
  CHECK(c.files().size() == 6);
  // A report that was damaged, or is of something else, is made anew.
  const fs::path one = c.kept() / kept.begin()->first;
  write_file(one, read_file(one).substr(0, 200));
  write_file(c.kept() / kept.rbegin()->first, read_file(c.kept() / std::next(kept.begin())->first));
  CHECK(run(c.command()).out == first.out);
}

TEST_CASE("cohort: any edit of a kept report makes it be computed anew, with a word on stderr", "[e2e][cohort]") {
  const Cohort c;
  const Outcome first = run(c.command());
  CHECK(first.err.empty());
  const auto kept = c.files();
  for (const auto& [name, file] : kept) {
    const std::string text = read_file(c.kept() / name);
    // One that no rule about reports could tell.
    std::string edited = text;
    edited.replace(edited.find("\"message\":\"") + 11, 1, "#");
    REQUIRE(edited != text);
    write_file(c.kept() / name, edited);
    const Outcome again = run(c.command());
    CHECK(again.out == first.out);
    CHECK(again.err.find(name + ": is not the report that was kept here") != std::string::npos);
    CHECK(read_file(c.kept() / name) == text);
  }
  CHECK(run(c.command()).err.empty());
}

TEST_CASE("cohort: reports are not kept among the plans' own folders", "[e2e][cohort]") {
  const Cohort c;
  const auto refused = [&](const fs::path& kept, const std::string& part) {
    check_refused({"cohort", c.plans().string(), "--plans", "--resume", kept.string()}, part);
  };
  refused(c.plans() / "pass", "is one of the plans");
  refused(c.plans() / "pass" / "kept", "lies inside");
  refused(c.plans() / "pass" / ".." / "hot-cord", "is one of the plans");
  refused(c.plans(), "is the folder of the plans itself");
  CHECK_FALSE(fs::exists(c.plans() / "pass" / "kept"));
  // A folder of its own beside them is no plan, the second time either.
  const std::vector<std::string> beside = {"cohort", c.plans().string(), "--plans", "--resume",
                                           (c.plans() / "kept").string()};
  CHECK(run(beside).exit_code == 0);
  CHECK(run(beside).exit_code == 0);
}

TEST_CASE("cohort: Ctrl-C before the first plan is done names all that was not looked at", "[e2e][cohort]") {
  const Cohort c;
  for (int i = 0; i < 5; ++i) fs::create_directory_symlink(c.plans() / "pass", c.plans() / ("z" + std::to_string(i)));
  std::string script = "'" + built_program(DOSEGATE_PROGRAM) + "'";
  for (const std::string& word : c.command()) script += " '" + word + "'";
  // The folder for the reports is made after signals are kept, and before the first plan is read.
  script += " & until test -d '" + c.kept().string() + "'; do :; done; kill -INT $!; wait $!";
  const Outcome o = run({"-c", script}, {}, "/bin/sh");
  INFO(o.err);
  CHECK(o.exit_code == 2);
  CHECK(o.err.find("interrupted") != std::string::npos);
  CHECK(o.err.find("The same command goes on from there") != std::string::npos);
  const v1::CohortReport part = parsed(o);
  CHECK(part.left_size() + (part.groups_size() == 0 ? 0 : part.groups(0).plans()) == 8);
  CHECK(part.left_size() > 0);
  CHECK(parsed(run(c.command())).groups(0).plans() == 3);
}

TEST_CASE("cohort: Ctrl-C keeps what is done, names what is not, and the same command goes on", "[e2e][cohort]") {
  const Cohort c;
  for (int i = 0; i < 60; ++i) fs::create_directory_symlink(c.plans() / "pass", c.plans() / ("z" + std::to_string(i)));
  // SIGINT as soon as the first report is kept.
  std::string script = "'" + built_program(DOSEGATE_PROGRAM) + "'";
  for (const std::string& word : c.command()) script += " '" + word + "'";
  script +=
      " & until ls '" + c.kept().string() + "'/*.json >/dev/null 2>&1; do sleep 0.01; done; kill -INT $!; wait $!";
  const Outcome o = run({"-c", script}, {}, "/bin/sh");
  CHECK(o.exit_code == 2);
  CHECK(o.signal == 0);
  CHECK(o.err.find("interrupted") != std::string::npos);
  CHECK(o.err.find("goes on from there") != std::string::npos);
  const v1::CohortReport part = parsed(o);
  REQUIRE(part.left_size() > 0);
  CHECK(part.left(part.left_size() - 1).reason() == "was not looked at: the work was interrupted before");
  const auto kept = c.files();
  REQUIRE_FALSE(kept.empty());
  const Outcome rest = run(c.command());
  CHECK(parsed(rest).groups(0).plans() == 3);
  for (const auto& [name, file] : kept) CHECK(c.files().at(name) == file);
}

TEST_CASE("cohort: what cannot be checked is named, and the others are counted", "[e2e][cohort]") {
  const Cohort c;
  fs::create_directory(c.plans() / "empty");
  write_file(c.plans() / "notes.txt", "x");
  const Outcome o = run(c.command());
  CHECK(o.exit_code == 2);
  const v1::CohortReport report = parsed(o);
  CHECK(report.groups(0).plans() == 3);
  REQUIRE(report.left_size() == 2);
  CHECK(report.left(0).file() == "empty");
  CHECK(report.left(1).reason().find("is no folder") == 0);
}

TEST_CASE("cohort: options for plans without --plans, no folder and a file to keep reports in are refused",
          "[e2e][cohort]") {
  const TemporaryFolder folder;
  check_refused({"cohort", folder.path().string(), "--resume", "kept"}, "go with --plans");
  check_refused({"cohort", folder.path().string(), "--plan-only"}, "go with --plans");
  check_refused({"cohort", (folder / "none").string(), "--plans"}, "cannot be listed");
  check_refused({"cohort", folder.path().string(), "--plans"}, "no plan in it could be checked");
  write_file(folder / "file", "x");
  check_refused({"cohort", folder.path().string(), "--plans", "--resume", (folder / "file").string()}, "--resume");
}
