#include "adapters/orthanc/child.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>

#include "adapters/orthanc/files.h"
#include "adapters/support/error.h"
#include "adapters/support/temporary_folder.h"

namespace dosegate::orthanc {
namespace {

ChildResult shell(const std::string& script, unsigned seconds = 30, bool stop = false) {
  const support::TemporaryFolder folder("/tmp", "");
  return run_child({"/bin/sh", "-c", script}, folder / "log", seconds, [stop] { return stop; });
}

TEST_CASE("a child's exit code, signal and last words are told") {
  const ChildResult exited = shell("echo said >&2; exit 3");
  CHECK(exited.exit_code == 3);
  CHECK(exited.signal == 0);
  CHECK(exited.error == "said");
  const ChildResult killed = shell("kill -SEGV $$");
  CHECK(killed.exit_code == -1);
  CHECK(killed.signal == SIGSEGV);
  const ChildResult loud = shell("head -c 100000 /dev/zero | tr '\\0' x >&2; echo end >&2");
  CHECK(loud.error.size() <= 4096);
  CHECK(loud.error.substr(loud.error.size() - 4) == "xend");
}

TEST_CASE("a child that takes too long is asked to end, then ended, and at once where the host stops") {
  const auto begun = std::chrono::steady_clock::now();
  const ChildResult asked = shell("exec sleep 100", 1);
  CHECK(asked.timed_out);
  CHECK(asked.signal == SIGTERM);
  const ChildResult deaf = shell("trap '' TERM; while :; do sleep 0.1; done", 1);
  CHECK(deaf.timed_out);
  CHECK(deaf.signal == SIGKILL);
  const ChildResult stopped = shell("trap '' TERM; sleep 100", 100, true);
  CHECK(stopped.stopped);
  CHECK(stopped.signal == SIGKILL);
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(60));
}

TEST_CASE("a child holds no descriptor and no blocked signal of its host") {
  const int held = ::open("/dev/null", O_RDONLY);  // not close-on-exec
  REQUIRE(held >= 3);
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, &before);
  const ChildResult descriptors = shell("exec ls /proc/self/fd >&2");
  const ChildResult signals = shell("exec grep SigBlk /proc/self/status >&2");
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::close(held);
  CHECK(descriptors.error == "0\n1\n2\n3");  // the last one is what ls reads
  CHECK(signals.error == "SigBlk:\t0000000000000000");
}

TEST_CASE("a program that is not there is named") {
  const support::TemporaryFolder folder("/tmp", "");
  CHECK_THROWS_WITH(run_child({"/nowhere/program"}, folder / "log", 1, [] { return false; }),
                    Catch::Contains("/nowhere/program: cannot be run"));
}

}  // namespace
}  // namespace dosegate::orthanc
