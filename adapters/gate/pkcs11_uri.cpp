#include "adapters/gate/pkcs11_uri.h"

#include "adapters/gate/document.h"

namespace dosegate::gate {
namespace {

int digit_of(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

std::string decoded(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      bytes += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? digit_of(text[i + 1]) : -1,
              low = i + 2 < text.size() ? digit_of(text[i + 2]) : -1;
    if (high < 0 || low < 0) throw Refused("pkcs11: a % in the key's URI is not followed by two hex digits");
    bytes += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return bytes;
}

template <typename F>
void each_attribute(std::string_view text, char divider, F f) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(divider), text.size());
    const std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = one.find('=');
    if (equals == std::string_view::npos) throw Refused("pkcs11: the key's URI has a part without a value");
    f(one.substr(0, equals), decoded(one.substr(equals + 1)));
  }
}

void set_once(std::optional<std::string>& to, std::string value, std::string_view name) {
  if (to) throw Refused("pkcs11: the key's URI has " + std::string(name) + " twice");
  to = std::move(value);
}

std::string file_of(std::string value) {
  if (value.starts_with("file:")) value.erase(0, 5);
  if (value.starts_with("//")) value.erase(0, 2);
  if (value.empty() || value.front() == '|') throw Refused("pkcs11: pin-source= has to name a file");
  return value;
}

}  // namespace

std::string Pkcs11Uri::name() const {
  const auto shown = [](const char* what, const std::optional<std::string>& value) {
    return value ? std::string(what) + *value + ", " : std::string();
  };
  std::string text = shown("token ", token) + shown("serial number ", serial) + shown("key ", object);
  if (id) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += "id ";
    for (const char c : *id) {
      text += kDigits[static_cast<unsigned char>(c) >> 4U];
      text += kDigits[static_cast<unsigned char>(c) & 15U];
    }
    text += ", ";
  }
  return "pkcs11 (" + text.substr(0, text.size() < 2 ? 0 : text.size() - 2) + ")";
}

Pkcs11Uri parse_pkcs11_uri(std::string_view uri) {
  constexpr std::string_view kScheme = "pkcs11:";
  if (!uri.starts_with(kScheme)) throw Refused("pkcs11: the key's URI does not begin with pkcs11:");
  uri.remove_prefix(kScheme.size());
  const std::size_t question = std::min(uri.find('?'), uri.size());
  Pkcs11Uri made;
  std::optional<std::string> module, pin_file, type;
  each_attribute(uri.substr(0, question), ';', [&](std::string_view name, std::string value) {
    if (name == "token") return set_once(made.token, std::move(value), name);
    if (name == "manufacturer") return set_once(made.manufacturer, std::move(value), name);
    if (name == "model") return set_once(made.model, std::move(value), name);
    if (name == "serial") return set_once(made.serial, std::move(value), name);
    if (name == "object") return set_once(made.object, std::move(value), name);
    if (name == "id") return set_once(made.id, std::move(value), name);
    if (name == "type" && value == "private") return set_once(type, std::move(value), name);
    throw Refused(
        "pkcs11: the key's URI may have token, serial, manufacturer, model, object, id and type=private, not " +
        std::string(name));
  });
  each_attribute(
      question < uri.size() ? uri.substr(question + 1) : "", '&', [&](std::string_view name, std::string value) {
        if (name == "module-path") return set_once(module, std::move(value), name);
        if (name == "pin-source") return set_once(pin_file, file_of(std::move(value)), name);
        if (name == "pin-value") {
          throw Refused(
              "pkcs11: everybody on this machine can read a PIN on a command line. Write it to a file of your own, "
              "pin-source=FILE, or into the environment variable DOSEGATE_PKCS11_PIN");
        }
        throw Refused("pkcs11: after its ? the key's URI may have module-path and pin-source, not " +
                      std::string(name));
      });
  if (!made.object && !made.id) throw Refused("pkcs11: the key's URI names no key: object=LABEL or id=%01");
  made.module = module.value_or("");
  made.pin_file = pin_file.value_or("");
  return made;
}

}  // namespace dosegate::gate
