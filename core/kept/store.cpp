#include "core/kept/store.h"

#include <algorithm>
#include <utility>

#include "core/dvh/mean_dose.h"
#include "core/geometry/trapezoids.h"

namespace dosegate {
namespace {

constexpr std::int64_t kVolumeBudget = 200'000'000;  // as to cut a structure (dvh/structure_cells.cpp)
constexpr std::size_t kMaxBytes = std::size_t{512} << 20;

std::size_t bytes_of(const StructureCells& cut) {
  return cut.pieces.size() * sizeof(Piece) + cut.parts.size() * sizeof(Part) + 2 * cut.runs.size() * sizeof(Run) +
         cut.slabs.size() * sizeof(KeptSlab) + cut.sheets.size() * sizeof(Sheet) +
         3 * sizeof(float) * (cut.full_cells + cut.partial_cells) + sizeof(CellDoses::Range) * cut.runs.size() +
         sizeof(CellDoses::Block) * (cut.partial_cells / CellDoses::kBlock + cut.sheets.size());
}

constexpr StalePlanes kAllKnown{0, 0};

Error cancelled() { return {ErrorCode::kCancelled, "", "The host cancelled the calculation."}; }

}  // namespace

void DvhStore::structure_changed(std::int32_t roi_number) {
  drawn_.erase(roi_number);
  forget(roi_number);
}

std::shared_ptr<const Result<DrawnPlanes>> DvhStore::planes(const Structure& structure, const Orientation& grid,
                                                            Workers* workers) {
  const auto kept = drawn_.find(structure.roi_number);
  if (kept != drawn_.end() && kept->second.planes && !(kept->second.grid == grid)) {
    structure_changed(structure.roi_number);
  }
  Drawn& drawn = drawn_[structure.roi_number];
  if (!drawn.planes) {
    drawn.grid = grid;
    drawn.planes = std::make_shared<const Result<DrawnPlanes>>(find_planes(structure, grid, workers));
  }
  return drawn.planes;
}

void DvhStore::lay_out(std::int32_t roi_number, const PlaneLayout& layout) {
  Drawn& drawn = drawn_[roi_number];
  if (drawn.layout == layout) return;
  if (drawn.layout) forget(roi_number);
  drawn.layout = layout;
}

void DvhStore::forget(std::int32_t roi_number) {
  const auto made_of_it = [&](const auto& entry) {
    const auto& rois = entry.first.rois;
    return std::find(rois.begin(), rois.end(), roi_number) != rois.end();
  };
  for (auto& entry : entries_) {
    auto& [key, kept] = entry;
    if (kept.cut && made_of_it(entry)) before_[key] = {kept.stack, kept.cut};
  }
  std::erase_if(entries_, made_of_it);
}

void DvhStore::dose_changed() { dose_planes_changed(0, StalePlanes::kAll); }

void DvhStore::dose_planes_changed(std::size_t first, std::size_t end) {
  for (auto& [key, entry] : entries_) {
    entry.of_cells.add(first, end);
    entry.of_integrals.add(first, end);
  }
}

Result<std::shared_ptr<const SlabStack>> DvhStore::stack(const Key& key,
                                                         const std::function<Result<SlabStack>()>& make) {
  // An entry without a stack is one whose call ended before it was made.
  if (const auto found = entries_.find(key); found != entries_.end() && found->second.stack) return found->second.stack;
  Result<SlabStack> made = make();
  if (!made) return made.error();
  auto stack = std::make_shared<const SlabStack>(*std::move(made));
  return entries_[key].stack = std::move(stack);
}

std::shared_ptr<const SlabStack> DvhStore::kept_stack(const Key& key) const {
  const auto found = entries_.find(key);
  return found != entries_.end() ? found->second.stack : nullptr;
}

bool DvhStore::prepare(const std::vector<Wanted>& wanted, const std::shared_ptr<const DoseGrid>& grid,
                       const Host& host) {
  // Entries stay where they are; from here on each task touches its own.
  std::vector<std::pair<const Wanted*, Entry*>> tasks;
  std::set<Key> keys;
  for (const Wanted& w : wanted) {
    if (keys.insert(w.key).second) tasks.emplace_back(&w, &entries_[w.key]);
  }
  // The largest first: what is left at the end is little.
  const auto cells = [](const Entry* entry) {
    return entry->cut ? entry->cut->full_cells + entry->cut->partial_cells : 0;
  };
  std::stable_sort(tasks.begin(), tasks.end(),
                   [&](const auto& a, const auto& b) { return cells(a.second) > cells(b.second); });
  const auto make = [&](std::size_t n) {
    const auto& [w, entry] = tasks[n];
    if (!entry->stack) {
      Result<SlabStack> made = w->make();
      if (!made) return;
      entry->stack = std::make_shared<const SlabStack>(*std::move(made));
    }
    if (w->depth == Wanted::Depth::kStack || !grid) return;
    const CellsBefore* of_itself = before(w->key);
    const auto of_another = of_itself == nullptr && !entry->cut ? like(w->like) : nullptr;
    if (!update_cut(*entry, *grid, host, of_itself != nullptr ? of_itself : of_another.get())) return;
    if (w->depth == Wanted::Depth::kMean) (void)update_integrals(*entry, *grid, host);
    if (w->depth == Wanted::Depth::kDoses) (void)update_doses(*entry, *grid, host);
  };
  const auto forget_unmade = [&] {
    for (const auto& [w, entry] : tasks) {
      if (entry->cut) before_.erase(w->key);
      if (!entry->stack) entries_.erase(w->key);
    }
    make_room(keys);
  };
  bool went_on = true;
  try {
    if (host.run) {  // parts run in parallel then, one after another: a host's pool is not asked from its own tasks
      for (std::size_t n = 0; went_on && n < tasks.size(); ++n) {
        make(n);
        went_on = !host.cancelled();
      }
    } else {
      went_on = parallel_for(host, tasks.size(), make);
    }
  } catch (...) {
    forget_unmade();
    throw;
  }
  forget_unmade();
  return went_on;
}

const CellsBefore* DvhStore::before(const Key& key) const {
  const auto found = before_.find(key);
  return found != before_.end() ? &found->second : nullptr;
}

std::shared_ptr<const CellsBefore> DvhStore::like(const std::optional<Key>& key) const {
  const auto found = key ? entries_.find(*key) : entries_.end();
  if (found == entries_.end() || !found->second.stack || !found->second.cut) return nullptr;
  return std::make_shared<const CellsBefore>(CellsBefore{found->second.stack, found->second.cut});
}

Status DvhStore::update_cut(Entry& entry, const DoseGrid& grid, const Host& host, const CellsBefore* before) {
  if (entry.cut && entry.cut->lattice == DoseLattice(grid, entry.stack->axis)) return ok();
  Result<StructureCells> made = cut_into_cells(*entry.stack, grid, host, before);
  if (!made) return made.error();
  entry.cut = std::make_shared<const StructureCells>(*std::move(made));
  entry.cells.reset();
  entry.integrals.clear();
  entry.of_cells = entry.of_integrals = {};
  return ok();
}

StalePlanes DvhStore::take_layers(StalePlanes& stale, const Entry& entry, bool some) {
  const StalePlanes planes = std::exchange(stale, {});
  if (!some || entry.stack->axis != Axis::kZ || planes.end == StalePlanes::kAll) return {};
  // A plane of voxels bounds the layer before it and the one after.
  return {planes.first, planes.end + 1};
}

Status DvhStore::update_doses(Entry& entry, const DoseGrid& grid, const Host& host) {
  if (!entry.of_cells.any()) return ok();
  entry.answers = std::make_shared<AnswerCache>();
  // A DVH that somebody still holds keeps the doses it was made of.
  std::shared_ptr<CellDoses> cells;
  if (entry.cells && entry.cells.use_count() > 1) {
    cells = std::make_shared<CellDoses>(*entry.cells);
    entry.cells.reset();
  } else {
    cells = std::move(entry.cells);
  }
  const auto [first, end] = take_layers(entry.of_cells, entry, cells != nullptr);
  if (!cells) cells = std::make_shared<CellDoses>();
  bool filled = false;
  try {
    filled = fill(*entry.cut, grid, first, end, host, *cells);
  } catch (const Cancelled&) {
  }
  if (!filled) return cancelled();
  entry.cells = std::move(cells);
  entry.of_cells = kAllKnown;
  return ok();
}

Status DvhStore::update_integrals(Entry& entry, const DoseGrid& grid, const Host& host) {
  if (!entry.of_integrals.any()) return ok();
  const auto [first, end] = take_layers(entry.of_integrals, entry, !entry.integrals.empty());
  bool made = false;
  try {
    made = integrate(*entry.cut, grid, first, end, host, entry.integrals);
  } catch (const Cancelled&) {
  }
  if (!made) return cancelled();
  entry.of_integrals = kAllKnown;
  return ok();
}

Result<Volume> DvhStore::volume(const Key& key, Workers* workers) {
  Entry& entry = entries_.at(key);
  if (!entry.volume) {
    std::int64_t budget = kVolumeBudget;
    entry.volume = volume_of(*entry.stack, budget, workers);
  }
  return *entry.volume;
}

Result<std::shared_ptr<const StructureCells>> DvhStore::cut(const Key& key, const DoseGrid& grid, const Host& host) {
  Entry& entry = entries_.at(key);
  const bool had = entry.cut != nullptr;
  if (const Status updated = update_cut(entry, grid, host, before(key)); !updated) return updated.error();
  before_.erase(key);
  if (!had) make_room({key});
  return entry.cut;
}

Result<Dvh> DvhStore::dvh(const Key& key, const std::shared_ptr<const DoseGrid>& grid, double scale, const Host& host) {
  if (const auto made = cut(key, *grid, host); !made) return made.error();
  Entry& entry = entries_.at(key);
  if (const Status updated = update_doses(entry, *grid, host); !updated) return updated.error();
  return Dvh(entry.cut, entry.cells, grid, scale, entry.answers, host.workers);
}

Result<Dose> DvhStore::mean(const Key& key, const DoseGrid& grid, double scale, const Host& host) {
  if (const auto made = cut(key, grid, host); !made) return made.error();
  Entry& entry = entries_.at(key);
  if (const Status updated = update_integrals(entry, grid, host); !updated) return updated.error();
  return scale * mean_dose(*entry.cut, entry.integrals);
}

void DvhStore::make_room(const std::set<Key>& keep) {
  std::size_t bytes = 0;
  for (const auto& [key, entry] : entries_) bytes += entry.cut ? bytes_of(*entry.cut) : 0;
  std::size_t bytes_before = 0;
  for (const auto& [key, before] : before_) bytes_before += bytes_of(*before.cut);
  if (bytes + bytes_before > kMaxBytes) before_.clear();
  for (auto& [key, entry] : entries_) {
    if (bytes <= kMaxBytes) return;
    if (keep.count(key) > 0 || !entry.cut) continue;
    bytes -= bytes_of(*entry.cut);
    entry.cut.reset();
    entry.cells.reset();
    entry.integrals.clear();
  }
}

}  // namespace dosegate
