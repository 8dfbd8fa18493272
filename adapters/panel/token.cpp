#include "adapters/panel/token.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace dosegate::panel {

std::string make_token() {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::array<unsigned char, 43> random{};  // of each 6 bits are used
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
    throw std::system_error(errno, std::generic_category(), "no random numbers");
  }
  std::string token;
  for (const unsigned char byte : random) token += kLetters[byte % kLetters.size()];
  return token;
}

bool is_same(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    different |= static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  }
  return different == 0;
}

}  // namespace dosegate::panel
