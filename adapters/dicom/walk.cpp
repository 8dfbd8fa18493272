#include "adapters/dicom/walk.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

namespace dosegate::dicom {
namespace fs = std::filesystem;
namespace {

class Walker {
 public:
  Walker(std::size_t most, const std::function<void(const WalkEntry&)>& visit) : most_(most), visit_(visit) {}

  bool run(const fs::path& folder) {
    folders_.push_back(folder);
    while (!folders_.empty() || !links_.empty()) {
      const bool is_link = folders_.empty();
      std::deque<fs::path>& from = is_link ? links_ : folders_;
      const fs::path next = std::move(from.front());
      from.pop_front();
      if (is_link) {
        follow(next);
      } else if (!list(next)) {
        return false;
      }
    }
    return true;
  }

 private:
  void follow(const fs::path& link) {
    struct stat info {};
    if (::stat(link.c_str(), &info) != 0) {
      const bool is_dead = errno == ENOENT;
      visit_({WalkEntry::Type::kOther, link,
              is_dead ? "is a link to something that is not there"
                      : "is a link that cannot be followed: " + std::generic_category().message(errno)});
    } else if (S_ISDIR(info.st_mode)) {
      folders_.push_back(link);
    } else {
      take(link, S_ISREG(info.st_mode));
    }
  }

  void take(const fs::path& path, bool is_regular) {
    if (is_regular) return visit_({WalkEntry::Type::kFile, path, ""});
    visit_({WalkEntry::Type::kOther, path, "is no regular file but a pipe, a socket or a device"});
  }

  bool list(const fs::path& folder) {
    struct stat info {};
    std::error_code error;
    if (::stat(folder.c_str(), &info) != 0) {
      error.assign(errno, std::generic_category());
    } else if (!entered_.insert({info.st_dev, info.st_ino}).second) {
      return true;
    }
    std::vector<fs::directory_entry> entries;
    if (!error) {
      fs::directory_iterator at(folder, error);
      for (; !error && at != fs::directory_iterator(); at.increment(error)) {
        if (++seen_ > most_) return false;
        entries.push_back(*at);
      }
    }
    if (error) visit_({WalkEntry::Type::kFolder, folder, "cannot be listed: " + error.message()});
    std::sort(entries.begin(), entries.end(),
              [](const fs::directory_entry& a, const fs::directory_entry& b) { return a.path() < b.path(); });
    for (const fs::directory_entry& entry : entries) {
      std::error_code ignored;  // the type is then none of these
      const fs::file_type type = entry.symlink_status(ignored).type();
      if (type == fs::file_type::symlink) {
        links_.push_back(entry.path());
      } else if (type == fs::file_type::directory) {
        folders_.push_back(entry.path());
      } else {
        take(entry.path(), type == fs::file_type::regular);
      }
    }
    return true;
  }

  const std::size_t most_;
  const std::function<void(const WalkEntry&)>& visit_;
  std::size_t seen_ = 0;
  std::set<std::pair<dev_t, ino_t>> entered_;
  std::deque<fs::path> folders_, links_;
};

}  // namespace

bool walk(const fs::path& folder, std::size_t most, const std::function<void(const WalkEntry&)>& visit) {
  return Walker(most, visit).run(folder);
}

}  // namespace dosegate::dicom
