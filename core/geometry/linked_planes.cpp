#include "core/geometry/linked_planes.h"

#include <algorithm>

namespace dosegate {
namespace {

using enum LinkedPlane::Side;
using Side = LinkedPlane::Side;

// A hole in matter that ends, ends with it and not by itself.
PieceFlags pieces_that_end(const LinkedPlane& plane, Side side) {
  PieceFlags ends(plane.pieces.pieces.size(), 0);
  for (std::size_t k = 1; k < ends.size(); ++k) {
    const Lobe& piece = plane.pieces.pieces[k];
    const bool with_parent = !piece.matter && ends[piece.parent] != 0;
    ends[k] = plane.partners[side][k].empty() && !with_parent ? 1 : 0;
  }
  return ends;
}

void stop_if_cancelled(Workers* workers) {
  if (workers != nullptr && workers->cancelled()) throw Cancelled{};
}

}  // namespace

Status LinkedPlanes::find(const SlabStack& drawn, std::int64_t& budget, Workers* workers) {
  for (const auto& slab : drawn.slabs) {
    stop_if_cancelled(workers);
    Result<Lobes> pieces = find_pieces(*slab.include, budget, workers);
    if (!pieces) return pieces.error();
    LinkedPlane plane;
    plane.at = slab.at;
    plane.pieces = *std::move(pieces);
    largest_ = std::max(largest_, plane.pieces.area);
    for (auto& partners : plane.partners) partners.resize(plane.pieces.pieces.size());
    planes_.push_back(std::move(plane));
  }
  for (std::size_t i = 0; i + 1 < planes_.size(); ++i) {
    stop_if_cancelled(workers);
    const Result<Links> links = find_links(planes_[i].pieces, planes_[i + 1].pieces, budget, workers);
    if (!links) return links.error();
    bool apart = true;
    for (const auto& [a, b] : *links) {
      planes_[i].partners[kAbove][a].push_back(b);
      planes_[i + 1].partners[kBelow][b].push_back(a);
      apart = apart && !planes_[i].pieces.pieces[a].matter;
    }
    if (apart && apart_++ == 0) first_apart_ = {planes_[i].at, planes_[i + 1].at};
  }
  for (auto& plane : planes_) {
    for (const Side side : {kBelow, kAbove}) plane.ends[side] = pieces_that_end(plane, side);
  }
  return ok();
}

PieceFlags LinkedPlanes::of_kind(std::size_t i, PieceFlags chosen, bool matter) const {
  for (std::size_t k = 0; k < chosen.size(); ++k) {
    if (planes_[i].pieces.pieces[k].matter != matter) chosen[k] = 0;
  }
  return chosen;
}

PieceFlags LinkedPlanes::continued(std::size_t i, Side side, const PieceFlags& chosen) const {
  if (is_end(i, side)) return {};
  PieceFlags out(planes_[next(i, side)].pieces.pieces.size(), 0);
  for (std::size_t k = 1; k < chosen.size(); ++k) {
    if (chosen[k] == 0) continue;
    for (const std::size_t p : planes_[i].partners[side][k]) {
      if (p != 0) out[p] = 1;
    }
  }
  return out;
}

PieceFlags LinkedPlanes::begun_inside(std::size_t i, Side side, const PieceFlags& chosen) const {
  const auto& pieces = planes_[i].pieces.pieces;
  PieceFlags out(pieces.size(), 0);
  for (std::size_t k = 1; k < pieces.size(); ++k) {
    out[k] = chosen[k] == 0 && chosen[pieces[k].parent] != 0 && planes_[i].partners[side][k].empty() ? 1 : 0;
  }
  return out;
}

std::size_t LinkedPlanes::only_partner(std::size_t i, Side side, std::size_t k) const {
  const auto& there = planes_[i].partners[side][k];
  if (there.size() != 1 || there.front() == 0) return 0;
  return planes_[next(i, side)].partners[LinkedPlane::opposite(side)][there.front()].size() == 1 ? there.front() : 0;
}

bool LinkedPlanes::is_chain(std::size_t i, Side back, std::size_t k) const {
  if (is_end(i, back)) return false;
  const std::size_t before = only_partner(i, back, k);
  return before != 0 && !is_end(next(i, back), back) && only_partner(next(i, back), back, before) != 0;
}

}  // namespace dosegate
