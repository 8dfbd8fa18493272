#include "adapters/gate/registrar.h"

#include <algorithm>

#include "adapters/gate/witness.h"

namespace dosegate::gate {
namespace {

constexpr std::size_t kMostAtOnce = 64;  // so that nobody waits for the rows of too many others

struct JobFailed {};

}  // namespace

Issued Registrar::issue(const Policy& policy, Gathered& gathered, const std::string& subject) {
  Job job{policy, gathered, to_};
  job.to.subject = subject;
  std::unique_lock lock(mutex_);
  waiting_.push_back(&job);
  // Whoever finds nobody at work does what waits, and hands on.
  done_.wait(lock, [&] { return job.is_done || !is_busy_; });
  while (!job.is_done) {
    is_busy_ = true;
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), kMostAtOnce));
    const Jobs jobs(waiting_.begin(), end);
    waiting_.erase(waiting_.begin(), end);
    lock.unlock();
    run(jobs);
    lock.lock();
    for (Job* const done : jobs) done->is_done = true;
    is_busy_ = false;
    done_.notify_all();
  }
  lock.unlock();
  if (job.failed) std::rethrow_exception(job.failed);
  return std::move(job.issued);
}

// It is made at the first decision alone: one that is gone since, or is another, is not begun anew.
void Registrar::open() {
  Ledger opened = id_.empty() ? open_ledger(to_.ledger, to_.witness, to_.signer, clock_)
                              : Ledger(open_store(to_.ledger, OpenAs::kWriter), to_.signer, clock_, to_.witness);
  if (!id_.empty() && opened.id() != id_) {
    throw StoreCorrupt(to_.ledger + ": is ledger " + opened.id() + " now, and was " + id_ +
                       " before. Put that one back, or start anew with this one");
  }
  id_ = opened.id();
  ledger_.emplace(std::move(opened));
}

Registrar::Job* Registrar::record(const Jobs& jobs) {
  Job* bad = nullptr;
  try {
    if (!ledger_) open();
    const std::string head = ledger_->append(clock_, [&](const Ledger::Moment& moment) {
      for (Job* const job : jobs) {
        try {
          job->issued = issue_in(moment, ledger_->id(), job->policy, job->gathered, job->to);
        } catch (const StoreFailed&) {
          throw;
        } catch (const StoreCorrupt&) {
          throw;
        } catch (...) {  // its own fault: the others are recorded without it
          job->failed = std::current_exception();
          bad = job;
          throw JobFailed();
        }
      }
    });
    const std::string problem = to_.witness.empty() ? "" : append_witness(to_.witness, head);
    if (problem.empty()) return nullptr;
    for (Job* const job : jobs)
      job->issued = held_by_witness(std::move(job->issued), problem, job->policy, job->gathered, job->to);
  } catch (const JobFailed&) {
  } catch (const Refused& e) {
    ledger_.reset();
    for (Job* const job : jobs) job->issued = held_by_ledger(e.what(), job->policy, job->gathered, job->to);
  }
  return bad;
}

void Registrar::run(const Jobs& jobs) {
  Jobs left = jobs;
  const Instant now = clock_();
  for (Job* const job : left) {  // for what is said where the ledger cannot be opened
    job->gathered.evidence.now = now;
    job->gathered.evidence.has_key = to_.signer != nullptr;
    job->gathered.evidence.has_ledger = true;
  }
  try {
    while (!left.empty()) {
      Job* const bad = record(left);
      if (bad == nullptr) return;
      left.erase(std::find(left.begin(), left.end(), bad));
    }
  } catch (...) {  // as of a key that does not answer: nothing is known to be recorded
    ledger_.reset();
    for (Job* const job : left) job->failed = std::current_exception();
  }
}

}  // namespace dosegate::gate
