// What was computed for one case and is still true: stacks until their structure, the frame of the dose grid or the
// layout among the other structures changes; cells until the grid's lattice does, too; cells' doses until the dose
// does. Whoever changes the case says so here.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/dvh/dvh.h"
#include "core/geometry/plane_layout.h"
#include "core/geometry/planes.h"
#include "core/geometry/structure.h"
#include "core/kept/margin_store.h"

namespace dosegate {

// Planes [first, end) of the dose that what was made of it does not know yet: at first none of them.
struct StalePlanes {
  static constexpr std::size_t kAll = static_cast<std::size_t>(-1);
  std::size_t first = 0, end = kAll;

  bool any() const { return first < end; }
  void add(std::size_t from, std::size_t to) {
    const bool none = !any();
    first = none ? from : std::min(first, from);
    end = none ? to : std::max(end, to);
  }
};

class DvhStore {
 public:
  // The ROI numbers that a structure is made of, and how: what tells one entry from another.
  struct Key {
    std::vector<std::int32_t> rois;
    std::string operation;

    friend auto operator<=>(const Key&, const Key&) = default;
  };

  void structure_changed(std::int32_t roi_number);
  void dose_changed();
  // Only planes [first, end) of the grid, counted along patient z.
  void dose_planes_changed(std::size_t first, std::size_t end);

  // The planes that a structure is drawn on, or why there are none, for a dose grid of that frame; found once, until
  // the structure or the frame changes. What was made of it for another frame is forgotten.
  std::shared_ptr<const Result<DrawnPlanes>> planes(const Structure& structure, const Orientation& grid,
                                                    Workers* workers);
  // How its planes lie among those of the case, which other structures and images change as well. Where it was
  // otherwise when things were made of the structure, they are forgotten. To be said before any question that the
  // structure is part of.
  void lay_out(std::int32_t roi_number, const PlaneLayout& layout);

  // Answers on margins, which depend on contours alone.
  MarginStore& margins() { return margins_; }

  // What will be asked for: so much of one key.
  struct Wanted {
    enum class Depth { kStack, kCut, kMean, kDoses };
    Key key;
    std::function<Result<SlabStack>()> make;
    Depth depth;
    std::optional<Key> like = {};  // that some of its slabs are of, which is not asked for at the same time
  };
  // Makes them all ready, in parallel; what cannot be made is left for the functions below to say why. `grid` may be
  // null: then no further than stacks. False: the host cancelled.
  bool prepare(const std::vector<Wanted>& wanted, const std::shared_ptr<const DoseGrid>& grid, const Host& host);

  // The stack kept under `key`; made and kept on first use, unless there is an error.
  Result<std::shared_ptr<const SlabStack>> stack(const Key& key, const std::function<Result<SlabStack>()>& make);
  // Null: none is kept.
  std::shared_ptr<const SlabStack> kept_stack(const Key& key) const;
  // Its volume, of the polygons. Precondition: stack(key, ...) gave one. Errors: those of volume_of().
  Result<Volume> volume(const Key& key, Workers* workers);
  // The stack cut into the cells of a grid. Precondition: stack(key, ...) gave one. Errors: those of cut_into_cells().
  Result<std::shared_ptr<const StructureCells>> cut(const Key& key, const DoseGrid& grid, const Host& host);
  // Its mean on the present dose, where nothing else is asked; `scale` as of dvh(). Precondition: stack(key, ...) gave
  // one. Errors: those of cut_into_cells().
  Result<Dose> mean(const Key& key, const DoseGrid& grid, double scale, const Host& host);
  // Its DVH on the present dose. Precondition: stack(key, ...) gave one. Errors: those of Dvh::make.
  Result<Dvh> dvh(const Key& key, const std::shared_ptr<const DoseGrid>& grid, double scale, const Host& host);

 private:
  struct Entry {
    std::shared_ptr<const SlabStack> stack;
    std::optional<Result<Volume>> volume;
    std::shared_ptr<const StructureCells> cut;
    std::shared_ptr<CellDoses> cells;
    std::shared_ptr<AnswerCache> answers;
    std::vector<double> integrals;  // of sheets (mean_dose.h)
    StalePlanes of_cells, of_integrals;
  };
  struct Drawn {
    std::shared_ptr<const Result<DrawnPlanes>> planes;
    Orientation grid;  // that they were found for
    std::optional<PlaneLayout> layout;
  };

  // What is made of the ROI, alone or with others.
  void forget(std::int32_t roi_number);

  // Whether the entry has an up-to-date cut and, filled from `grid`, its doses. An error is what cut() said.
  // `before`: may be null.
  static Status update_cut(Entry& entry, const DoseGrid& grid, const Host& host, const CellsBefore* before);
  static Status update_doses(Entry& entry, const DoseGrid& grid, const Host& host);
  static Status update_integrals(Entry& entry, const DoseGrid& grid, const Host& host);
  // The layers of cells that stale planes bound, where `some` is made of the others already. All of them are stale from
  // here on: what is half filled is nobody's, and the next call begins anew, however this one ends early.
  static StalePlanes take_layers(StalePlanes& stale, const Entry& entry, bool some);
  const CellsBefore* before(const Key& key) const;
  // What is kept of another stack, some of whose slabs are the same. Null: none, or not cut.
  std::shared_ptr<const CellsBefore> like(const std::optional<Key>& key) const;
  // Forgets what was before, then the cuts of others, until all of them take less than a set amount of memory.
  void make_room(const std::set<Key>& keep);

  std::map<Key, Entry> entries_;
  // Of what was forgotten: most of its sections are mostly those of what comes in its place.
  std::map<Key, CellsBefore> before_;
  std::map<std::int32_t, Drawn> drawn_;
  MarginStore margins_;
};

}  // namespace dosegate
