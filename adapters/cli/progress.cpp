#include "adapters/cli/progress.h"

#include <unistd.h>

namespace dosegate::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kBetweenLines{100};
constexpr std::size_t kLineWidth = 60;

void put(const std::string& text) {
  // Where this fails nobody is there to see it.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

std::string duration_text(milliseconds left) {
  constexpr std::int64_t kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute;
  const auto ms = static_cast<std::int64_t>(left.count());
  const auto up = [](std::int64_t a, std::int64_t b) { return (a + b - 1) / b; };
  if (ms < 90 * kSecond) return std::to_string(up(ms, kSecond)) + " s";
  if (ms < 90 * kMinute) return std::to_string(up(ms, kMinute)) + " min";
  return std::to_string(up(ms, kHour)) + " h";
}

}  // namespace

std::string progress_text(Done done, std::size_t total, milliseconds elapsed) {
  std::string text = std::to_string(done.all) + " of " + std::to_string(total);
  const std::size_t worked = done.all - done.before;
  if (worked == 0 || done.all >= total) return text;
  const double each = static_cast<double>(elapsed.count()) / static_cast<double>(worked);
  const milliseconds left(static_cast<std::int64_t>(each * static_cast<double>(total - done.all)));
  return text + ", about " + duration_text(left) + " left";
}

Progress::Progress(std::size_t total)
    : total_(total), is_terminal_(::isatty(STDERR_FILENO) == 1), start_(steady_clock::now()), shown_(start_) {
  show();
}

Progress::~Progress() {
  if (is_terminal_) put("\r" + std::string(kLineWidth, ' ') + "\r");
}

void Progress::step(bool before) {
  ++done_.all;
  if (before) ++done_.before;
  if (steady_clock::now() - shown_ >= kBetweenLines) show();
}

void Progress::show() {
  if (!is_terminal_) return;
  shown_ = steady_clock::now();
  std::string line = progress_text(done_, total_, std::chrono::duration_cast<milliseconds>(shown_ - start_));
  line.resize(kLineWidth, ' ');
  put("\r" + line);
}

}  // namespace dosegate::cli
