// Changes a JSON document so that it mostly stays one: libFuzzer's own changes to bytes hardly ever get past the
// parser. Works on documents that have each member on a line of its own, as protobuf prints them.
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

class Mutation {
 public:
  Mutation(std::string text, unsigned seed) : text_(std::move(text)), random_(seed) {}
  std::string run() {
    switch (below(4)) {
      case 0:
        change_digit();
        break;
      case 1:
        remove_line();
        break;
      case 2:
        repeat_object();
        break;
      default:
        exchange_string();
        break;
    }
    return text_;
  }

 private:
  struct Span {
    std::size_t from, size;
  };
  std::size_t below(std::size_t n) { return n == 0 ? 0 : random_() % n; }

  void change_digit() {
    std::vector<std::size_t> digits;
    for (std::size_t i = 0; i < text_.size(); ++i) {
      if (std::isdigit(static_cast<unsigned char>(text_[i])) != 0) digits.push_back(i);
    }
    if (!digits.empty()) text_[digits[below(digits.size())]] = static_cast<char>('0' + below(10));
  }

  // A member that is not the last of its object.
  void remove_line() {
    std::vector<Span> lines;
    for (std::size_t from = 0; from < text_.size();) {
      const std::size_t end = std::min(text_.find('\n', from), text_.size() - 1) + 1;
      if (end - from >= 2 && text_[end - 2] == ',' && text_.find(':', from) < end) lines.push_back({from, end - from});
      from = end;
    }
    if (lines.empty()) return;
    const Span line = lines[below(lines.size())];
    text_.erase(line.from, line.size);
  }

  // An element of a list, once more in front of it.
  void repeat_object() {
    std::vector<std::size_t> open;
    std::vector<Span> elements;
    for (std::size_t i = 0; i < text_.size(); ++i) {
      if (text_[i] == '{') open.push_back(i);
      if (text_[i] == '}' && !open.empty()) {
        const std::size_t from = open.back();
        open.pop_back();
        const std::size_t before = from == 0 ? std::string::npos : text_.find_last_not_of(" \n", from - 1);
        if (before != std::string::npos && (text_[before] == '[' || text_[before] == ',')) {
          elements.push_back({from, i + 1 - from});
        }
      }
    }
    if (elements.empty()) return;
    const Span element = elements[below(elements.size())];
    text_.insert(element.from, text_.substr(element.from, element.size) + ",\n");
  }

  // One quoted text becomes another one of the document.
  void exchange_string() {
    std::vector<Span> strings;
    for (std::size_t from = text_.find('"'); from != std::string::npos;) {
      const std::size_t end = text_.find('"', from + 1);
      if (end == std::string::npos) break;
      const bool is_name = end + 1 < text_.size() && text_[end + 1] == ':';
      if (!is_name) strings.push_back({from, end + 1 - from});
      from = text_.find('"', end + 1);
    }
    if (strings.empty()) return;
    const Span old = strings[below(strings.size())], with = strings[below(strings.size())];
    text_.replace(old.from, old.size, text_.substr(with.from, with.size));
  }

  std::string text_;
  std::minstd_rand random_;
};

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  if (size == 0 || seed % 8 == 0) return LLVMFuzzerMutate(data, size, most);
  const std::string text = Mutation({reinterpret_cast<const char*>(data), size}, seed).run();
  if (text.empty() || text.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::memcpy(data, text.data(), text.size());
  return text.size();
}
