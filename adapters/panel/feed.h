// What pages are told, as server-sent events. Of each topic there is one text, the newest: a page that reads slowly
// misses what is old, and nothing waits for it.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace dosegate::panel {

// [thread-safe]
class Feed {
 public:
  using Text = std::shared_ptr<const std::string>;

  // A page. It is called on whatever thread, and returns at once.
  class Reader {
   public:
    Reader(Feed& feed, std::function<void()> called);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    // The next event that this page has not had, as it is sent; null: it has had all.
    Text next();

   private:
    friend class Feed;
    Feed& feed_;
    const std::function<void()> called_;
    std::map<std::string, std::size_t> had_;  // by topic, its version
  };

  // `kind`: the event's name. `json`: one line.
  void set(const std::string& topic, const std::string& kind, const std::string& json);
  void remove(const std::string& topic);
  std::size_t readers() const;

 private:
  struct Entry {
    std::size_t version = 0;
    Text text;
  };
  void call() const;

  mutable std::mutex mutex_;
  std::size_t version_ = 0;
  std::map<std::string, Entry> topics_;
  std::set<Reader*> readers_;
};

}  // namespace dosegate::panel
