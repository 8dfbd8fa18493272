// The ledger under the built program: at once, killed, full, held, and with a clock that was set back.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <random>
#include <thread>

#include "adapters/gate/ledger.h"
#include "tests/gate/site.h"

extern char** environ;  // NOLINT: POSIX

using namespace dosegate::gate_test;
using dosegate::e2e::Outcome;
using dosegate::e2e::read_file;
using dosegate::e2e::run;
using dosegate::e2e::write_file;
namespace gate = dosegate::gate;
namespace fs = std::filesystem;

namespace {

std::string shown(const Outcome& o) { return "exit " + std::to_string(o.exit_code) + "\n" + o.out + o.err; }

void check_held(const Outcome& o, const std::string& part) {
  INFO(shown(o) << "\nexpected: " << part);
  CHECK(o.exit_code == 2);
  CHECK(unwrapped(o.out).find(part) != std::string::npos);
}

// How often each decision stands in the ledger.
std::map<std::string, int> decisions_in(const std::string& ledger) {
  std::map<std::string, int> count;
  gate::open_store(ledger, gate::OpenAs::kReader)->each_row([&](const gate::Row& row) {
    if (row.kind == "DECISION") ++count[row.body];
  });
  return count;
}

// `dosegate approve`, not waited for.
pid_t start(Site& site, const std::string& plan, const std::string& policy, const std::string& name) {
  std::vector<std::string> arguments = {dosegate::e2e::built_program(DOSEGATE_PROGRAM),
                                        "approve",
                                        plan,
                                        "--record",
                                        plan + "/record.json",
                                        "--policy",
                                        policy,
                                        "--key",
                                        site.private_key(9),
                                        "--ledger",
                                        site.ledger(),
                                        "-o",
                                        site / name};
  std::vector<char*> argv;
  for (std::string& text : arguments) argv.push_back(text.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  REQUIRE(::posix_spawn_file_actions_init(&actions) == 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  REQUIRE(::posix_spawn(&pid, arguments[0].c_str(), &actions, nullptr, argv.data(), environ) == 0);
  ::posix_spawn_file_actions_destroy(&actions);
  return pid;
}

}  // namespace

TEST_CASE("gate: programs that decide at once on one ledger make one chain", "[gate][e2e]") {
  Site site;
  const std::string plan = site.phantom("pass"), policy = site.policy("policy");
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) children.push_back(start(site, plan, policy, "d" + std::to_string(i)));
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  }
  const Outcome o = site.verify_ledger({"--witness", site / "d0", "--witness", site / "d3"});
  INFO(shown(o));
  CHECK(o.exit_code == 0);
  auto decisions = decisions_in(site.ledger());
  for (int i = 0; i < 4; ++i) CHECK(decisions[read_file(site / ("d" + std::to_string(i)))] == 1);
}

TEST_CASE("gate: a program that is killed while it decides loses no decision that it answered", "[gate][e2e][kill]") {
  Site site;
  const std::string plan = site.phantom("pass"), policy = site.policy("policy");
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(site.approve(plan, policy, "first").exit_code == 0);
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
  std::mt19937 random(31);
  const int rounds = dosegate::e2e::are_sanitized() ? 4 : 12;
  for (int i = 0; i < rounds; ++i) {
    const pid_t child = start(site, plan, policy, "k" + std::to_string(i));
    std::this_thread::sleep_for(whole * (random() % 1300) / 1000);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
  REQUIRE(site.approve(plan, policy, "last").exit_code == 0);
  const Outcome o = site.verify_ledger({"--witness", site / "first", "--witness", site / "last"});
  INFO(shown(o));
  CHECK(o.exit_code == 0);
  auto decisions = decisions_in(site.ledger());
  for (int i = 0; i < rounds; ++i) {
    const std::string name = "k" + std::to_string(i);
    if (fs::exists(site / name)) CHECK(decisions[read_file(site / name)] == 1);
  }
}

TEST_CASE("gate: a ledger that cannot be written holds the plan with the reason", "[gate][e2e]") {
  Site site;
  const std::string plan = site.phantom("pass"), policy = site.policy("policy");
  const auto with = [&](const std::string& ledger) {
    return run({"approve", plan, "--record", plan + "/record.json", "--policy", policy, "--key", site.private_key(9),
                "--ledger", ledger, "-o", site / "decision"});
  };
  check_held(with("/proc/no-such/ledger"), "the ledger cannot be opened");
  write_file(site / "broken", std::string(4096, 'x'));
  check_held(with(site / "broken"), "the ledger cannot be used");
  const Outcome away = with("postgresql://user:secret@/db?host=/proc/no-such");
  check_held(away, "postgresql:");
  CHECK((away.out + away.err + read_file(site / "decision")).find("secret") == std::string::npos);
  // What was held so is signed, and says so.
  const Outcome o = site.verify("decision", {plan, "--approved"});
  INFO(shown(o));
  CHECK(o.exit_code == 1);
  CHECK(o.out.find("NOT APPROVED") != std::string::npos);
}

TEST_CASE("gate: a full disk holds the plan, and the ledger stays whole", "[gate][e2e]") {
  Site site;
  const std::string plan = site.phantom("pass"), policy = site.policy("policy");
  REQUIRE(site.approve(plan, policy, "first").exit_code == 0);
  const std::string script = "trap '' XFSZ; ulimit -f 16; exec \"$@\"";
  const Outcome o =
      run({"-c", script, "sh", dosegate::e2e::built_program(DOSEGATE_PROGRAM), "approve", plan, "--record",
           plan + "/record.json", "--policy", policy, "--key", site.private_key(9), "--ledger", site.ledger()},
          {}, "/bin/sh");
  check_held(o, "Check the disk's free space");
  CHECK(site.verify_ledger({"--witness", site / "first"}).exit_code == 0);
  CHECK(site.approve(plan, policy, "second").exit_code == 0);
}

TEST_CASE("gate: a clock that was set back holds the plan", "[gate][e2e]") {
  Site site;
  const std::string plan = site.phantom("pass"), policy = site.policy("policy");
  {
    const auto key = gate::open_signer(site.private_key(9));
    gate::Ledger ledger(gate::open_store(site.ledger(), gate::OpenAs::kWriterMaking), key.get(),
                        [] { return gate::now() + std::chrono::hours(1); });
  }
  check_held(site.approve(plan, policy, "decision"), "the ledger's last entry is of");
  CHECK(site.verify_ledger().exit_code == 0);
}

TEST_CASE("gate: the witness shows that the ledger's end was cut off", "[gate][e2e][tamper]") {
  Site site;
  const std::string plan = site.phantom("pass"), policy = site.policy("policy");
  REQUIRE(site.approve(plan, policy, "d1", {"--witness", site / "heads"}).exit_code == 0);
  fs::copy_file(site.ledger(), site / "older");
  REQUIRE(site.approve(plan, policy, "d2", {"--witness", site / "heads"}).exit_code == 0);
  CHECK(site.verify_ledger({"--witness", site / "heads"}).exit_code == 0);
  fs::copy_file(site / "older", site.ledger(), fs::copy_options::overwrite_existing);
  for (const char* end : {"-wal", "-shm"}) fs::remove(site.ledger() + end);
  CHECK(site.verify_ledger().exit_code == 0);  // nothing inside shows it
  for (const char* witness : {"heads", "d2"}) {
    const Outcome o = site.verify_ledger({"--witness", site / witness});
    INFO(shown(o));
    CHECK(o.exit_code == 1);
    CHECK(unwrapped(o.out).find("rows were cut off") != std::string::npos);
  }
  check_held(site.approve(plan, policy, "d3", {"--witness", site / "heads"}),
             "its end was cut off, or an older copy was put back");
  check_held(site.approve(plan, policy, "d4", {"--witness", "/proc/no-such/heads"}), "is not issued");
  site.take_ledger_away();
  check_held(site.approve(plan, policy, "d5", {"--witness", site / "heads"}), "there is no such ledger, and");
  CHECK_FALSE(fs::exists(site.ledger()));
}

TEST_CASE("gate: a line of the witness that was cut off spoils no other", "[gate][e2e]") {
  Site site;
  const std::string plan = site.phantom("pass"), policy = site.policy("policy"), heads = site / "heads";
  REQUIRE(site.approve(plan, policy, "d1", {"--witness", heads}).exit_code == 0);
  const std::string first = read_file(heads);
  write_file(heads, first + first.substr(0, first.size() / 2));
  REQUIRE(site.approve(plan, policy, "d2", {"--witness", heads}).exit_code == 0);
  const Outcome o = site.verify_ledger({"--witness", heads});
  INFO(shown(o));
  CHECK(o.exit_code == 3);
  CHECK(unwrapped(o.err).find("heads:2: ") != std::string::npos);
  const std::string all = read_file(heads);
  REQUIRE(all.starts_with(first + first.substr(0, first.size() / 2) + "\n"));
  write_file(heads, first + all.substr(first.size() + first.size() / 2 + 1));
  CHECK(site.verify_ledger({"--witness", heads}).exit_code == 0);
}
