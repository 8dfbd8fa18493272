#include "adapters/grpc/follow_more.h"

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <set>
#include <utility>

#include "adapters/grpc/reactors.h"

namespace dosegate::rpc {
namespace {

using Parts = v1::FollowSessionsResponse;

// An optimiser's doses come quickly: curves are worth their time when none comes for so long.
constexpr std::chrono::milliseconds kQuiet{100};

std::shared_ptr<const Parts::Curves> curves_of(HostedCase& hosted, const Parts::Checked& checked) {
  auto curves = std::make_shared<Parts::Curves>();
  curves->set_revision(checked.revision());
  v1::DvhRequest request;
  request.set_curve(true);
  request.add_metrics("Mean[Gy]");  // none would mean all the usual ones
  std::set<std::string> asked;
  for (const v1::StructureMatch& match : checked.report().structures()) {
    if (match.has_roi() && asked.insert(match.roi()).second) request.add_rois(match.roi());
  }
  if (asked.empty()) return curves;
  try {
    *curves->mutable_dvh() = std::move(*hosted.dvh(request).mutable_report());
  } catch (const PluginError& e) {
    if (e.status == DOSEGATE_CANCELLED) return nullptr;
    curves->set_problem(e.message);
  }
  return curves;
}

void prepare(Engine& engine, Session& session) {
  const Followed::Seen seen = session.followed.seen();
  const auto is_over = [&] { return session.followed.is_stale(); };
  // The case on its line is what was checked, or else there will be another revision.
  if (!seen.checked || seen.checked->event() != session.last_event || is_over()) return session.followed.abandon_more();
  HostedCase& hosted = *session.hosted;
  const std::uint64_t revision = seen.checked->revision();
  const Followers::Wants wants = engine.followers().wants_of(hosted.client()->name);
  Followed::Seen more;
  if (wants.pictures) {
    more.contours = hosted.contours();
    more.dose = hosted.kept_dose(revision);
  }
  if (wants.curves) {
    hosted.set_cancelled(is_over);
    (void)guarded("", [&] { return more.curves = curves_of(hosted, *seen.checked), grpc::Status::OK; });
    hosted.set_cancelled(nullptr);
  }
  const bool is_whole = !wants.curves || more.curves;
  session.followed.set_more(revision, std::move(more));
  if (!is_whole) session.followed.abandon_more();
  engine.followers().wake(hosted.client()->name);
}

}  // namespace

void prepare_more(Engine& engine, const std::shared_ptr<Session>& session) {
  const Followed::Seen seen = session->followed.seen();
  if (!seen.checked || session->followed.is_stale()) return;
  if (!session->followed.begin_more(seen.checked->revision())) return;
  const auto timer = std::make_shared<boost::asio::steady_timer>(engine.timers().io(), kQuiet);
  timer->async_wait([&engine, timer, weak = std::weak_ptr<Session>(session)](const boost::system::error_code&) {
    const auto kept = weak.lock();
    if (kept) kept->hosted->line().post([&engine, kept] { prepare(engine, *kept); });
  });
}

}  // namespace dosegate::rpc
