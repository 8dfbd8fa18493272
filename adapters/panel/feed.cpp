#include "adapters/panel/feed.h"

#include <utility>

namespace dosegate::panel {

Feed::Reader::Reader(Feed& feed, std::function<void()> called) : feed_(feed), called_(std::move(called)) {
  const std::lock_guard lock(feed_.mutex_);
  feed_.readers_.insert(this);
}

Feed::Reader::~Reader() {
  const std::lock_guard lock(feed_.mutex_);
  feed_.readers_.erase(this);
}

// The oldest change first.
Feed::Text Feed::Reader::next() {
  const std::lock_guard lock(feed_.mutex_);
  std::erase_if(had_, [&](const auto& had) { return feed_.topics_.count(had.first) == 0; });
  const std::pair<const std::string, Entry>* oldest = nullptr;
  for (const auto& topic : feed_.topics_) {
    const auto had = had_.find(topic.first);
    if (had != had_.end() && had->second == topic.second.version) continue;
    if (oldest == nullptr || topic.second.version < oldest->second.version) oldest = &topic;
  }
  if (oldest == nullptr) return nullptr;
  had_[oldest->first] = oldest->second.version;
  return oldest->second.text;
}

void Feed::set(const std::string& topic, const std::string& kind, const std::string& json) {
  auto text = std::make_shared<const std::string>("event: " + kind + "\ndata: " + json + "\n\n");
  const std::lock_guard lock(mutex_);
  topics_[topic] = {++version_, std::move(text)};
  call();
}

void Feed::remove(const std::string& topic) {
  const std::lock_guard lock(mutex_);
  topics_.erase(topic);
}

std::size_t Feed::readers() const {
  const std::lock_guard lock(mutex_);
  return readers_.size();
}

void Feed::call() const {
  for (const Reader* reader : readers_) reader->called_();
}

}  // namespace dosegate::panel
