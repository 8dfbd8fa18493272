// Ed25519 keys that never leave a token, through the token's own library (PKCS #11 3.0, CKM_EDDSA). Not through
// OpenSSL's engine for it, which has no Ed25519 (github.com/OpenSC/libp11, issues 287 and 427).
#include <dlfcn.h>
#include <openssl/crypto.h>
#include <p11-kit/pkcs11.h>

#include <cstdlib>
#include <vector>

#include "adapters/gate/files.h"
#include "adapters/gate/key.h"
#include "adapters/gate/pkcs11_uri.h"

namespace dosegate::gate {
namespace {

constexpr std::size_t kRawKey = 32, kEdSignature = 64;
constexpr std::size_t kMostPin = 256;

const char* meaning_of(CK_RV code) {
  switch (code) {
    case CKR_PIN_INCORRECT:
    case CKR_PIN_LEN_RANGE:
    case CKR_PIN_INVALID:
      return "the PIN is wrong. Set it right before trying again: most tokens lock after a few wrong ones";
    case CKR_PIN_LOCKED:
      return "the PIN is locked after too many wrong ones. The token's security officer sets a new one";
    case CKR_PIN_EXPIRED:
      return "the PIN has expired. Set a new one";
    case CKR_USER_PIN_NOT_INITIALIZED:
      return "the token has no PIN yet. Initialise it";
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_DEVICE_REMOVED:
    case CKR_DEVICE_ERROR:
    case CKR_SESSION_HANDLE_INVALID:
      return "the token does not answer any longer. Put it back, and start again";
    case CKR_KEY_FUNCTION_NOT_PERMITTED:
      return "the key may not sign (CKA_SIGN)";
    case CKR_MECHANISM_INVALID:
    case CKR_MECHANISM_PARAM_INVALID:
      return "the token does not sign with Ed25519 (CKM_EDDSA)";
    default:
      return nullptr;
  }
}

// A module, as long as something of it is in use.
class Module {
 public:
  explicit Module(const std::string& path)
      : path_(path), library_(::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL), &::dlclose) {
    if (!library_) {
      const char* why = ::dlerror();
      throw Refused(path + ": is no library of a PKCS #11 token" + (why == nullptr ? "" : std::string(": ") + why));
    }
    // POSIX has functions as what dlsym answers.
    const auto list = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library_.get(), "C_GetFunctionList"));
    if (list == nullptr || list(&functions_) != CKR_OK || functions_ == nullptr)
      throw Refused(path + ": is no library of a PKCS #11 token: it has no C_GetFunctionList");
    CK_C_INITIALIZE_ARGS args{};
    args.flags = CKF_OS_LOCKING_OK;
    const CK_RV code = functions_->C_Initialize(&args);
    if (code != CKR_OK && code != CKR_CRYPTOKI_ALREADY_INITIALIZED) check(code, path + ": C_Initialize");
    is_ours_ = code == CKR_OK;
  }
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  ~Module() {
    if (is_ours_) functions_->C_Finalize(nullptr);
  }

  CK_FUNCTION_LIST* operator->() const { return functions_; }
  const std::string& path() const { return path_; }

  static void check(CK_RV code, const std::string& what) {
    if (code == CKR_OK) return;
    const char* const meaning = meaning_of(code);
    constexpr int kHexDigits = 16;
    std::string number(kHexDigits, '\0');
    number.resize(static_cast<std::size_t>(std::snprintf(number.data(), number.size(), "0x%lx", code)));
    throw Refused(what +
                  (meaning == nullptr ? " failed with the token's code " + number : std::string(": ") + meaning));
  }

 private:
  std::string path_;
  std::unique_ptr<void, int (*)(void*)> library_;
  CK_FUNCTION_LIST* functions_ = nullptr;
  bool is_ours_ = false;
};

// PKCS #11 fills texts up with spaces.
template <std::size_t N>
bool is_padded(const unsigned char (&field)[N], const std::optional<std::string>& wanted) {
  if (!wanted) return true;
  if (wanted->size() > N) return false;
  for (std::size_t i = 0; i < N; ++i) {
    const auto expected =
        i < wanted->size() ? static_cast<unsigned char>((*wanted)[i]) : static_cast<unsigned char>(' ');
    if (field[i] != expected) return false;
  }
  return true;
}

CK_SLOT_ID slot_of(const Module& module, const Pkcs11Uri& uri) {
  CK_ULONG count = 0;
  Module::check(module->C_GetSlotList(CK_TRUE, nullptr, &count), module.path() + ": C_GetSlotList");
  constexpr CK_ULONG kMostSlots = 4096;
  if (count > kMostSlots) throw Refused(module.path() + ": has more tokens than can be");
  std::vector<CK_SLOT_ID> slots(count);
  Module::check(module->C_GetSlotList(CK_TRUE, slots.data(), &count), module.path() + ": C_GetSlotList");
  slots.resize(std::min<std::size_t>(count, slots.size()));
  std::vector<CK_SLOT_ID> found;
  for (const CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO info{};
    if (module->C_GetTokenInfo(slot, &info) != CKR_OK || (info.flags & CKF_TOKEN_INITIALIZED) == 0) continue;
    if (is_padded(info.label, uri.token) && is_padded(info.manufacturerID, uri.manufacturer) &&
        is_padded(info.model, uri.model) && is_padded(info.serialNumber, uri.serial)) {
      found.push_back(slot);
    }
  }
  if (found.empty()) {
    throw Refused(uri.name() + ": there is no such token (" + std::to_string(slots.size()) + " with " + module.path() +
                  "). Put it in, or name it right: token=LABEL");
  }
  if (found.size() > 1) throw Refused(uri.name() + ": two tokens fit. Name one of them: serial=NUMBER");
  return found.front();
}

std::string read_pin(const Pkcs11Uri& uri) {
  std::string pin;
  if (!uri.pin_file.empty()) {
    require_private(uri.pin_file, "PIN");
    pin = read_file(uri.pin_file, kMostPin);
    while (!pin.empty() && (pin.back() == '\n' || pin.back() == '\r')) pin.pop_back();
  } else if (const char* given = std::getenv("DOSEGATE_PKCS11_PIN"); given != nullptr) {
    pin = given;
  }
  if (pin.empty()) {
    throw Refused(
        uri.name() +
        ": there is no PIN. Write it to a file of your own, pin-source=FILE, or into the environment variable "
        "DOSEGATE_PKCS11_PIN");
  }
  return pin;
}

class TokenSigner final : public Signer {
 public:
  TokenSigner(const std::string& module, const Pkcs11Uri& uri) : module_(module), name_(uri.name()) {
    const CK_SLOT_ID slot = slot_of(module_, uri);
    CK_MECHANISM_INFO mechanism{};
    if (module_->C_GetMechanismInfo(slot, CKM_EDDSA, &mechanism) != CKR_OK || (mechanism.flags & CKF_SIGN) == 0)
      throw Refused(name_ + ": " + meaning_of(CKR_MECHANISM_INVALID));
    check(module_->C_OpenSession(slot, CKF_SERIAL_SESSION, nullptr, nullptr, &session_), "C_OpenSession");
    log_in(uri);
    key_ = find(CKO_PRIVATE_KEY, uri.object, uri.id);
    // Two keys of one label differ in their id, and the public one has that of the private one.
    public_key_ = PublicKey::from_raw(point_of(find(CKO_PUBLIC_KEY, std::nullopt, bytes_of(key_, CKA_ID))));
    sign("dosegate");  // that the two belong together is known before anything is decided
  }
  ~TokenSigner() override {
    if (session_ != CK_INVALID_HANDLE) module_->C_CloseSession(session_);
  }
  TokenSigner(const TokenSigner&) = delete;
  TokenSigner& operator=(const TokenSigner&) = delete;

  const PublicKey& public_key() const override { return *public_key_; }

  std::string sign(std::string_view message) override {
    CK_MECHANISM mechanism{CKM_EDDSA, nullptr, 0};
    check(module_->C_SignInit(session_, &mechanism, key_), "C_SignInit");
    std::string signature(kEdSignature, '\0');
    CK_ULONG size = signature.size();
    std::string copy(message);  // the interface takes what it may write to
    check(module_->C_Sign(session_, reinterpret_cast<CK_BYTE*>(copy.data()), copy.size(),
                          reinterpret_cast<CK_BYTE*>(signature.data()), &size),
          "C_Sign");
    if (size != kEdSignature || !public_key_->verifies(message, signature)) {
      throw Refused(name_ + ": what the token signed is not verified by the public key beside the private one");
    }
    return signature;
  }

 private:
  void check(CK_RV code, const char* call) const { Module::check(code, name_ + ": " + call); }

  void log_in(const Pkcs11Uri& uri) {
    std::string pin = read_pin(uri);
    const CK_RV code = module_->C_Login(session_, CKU_USER, reinterpret_cast<CK_UTF8CHAR*>(pin.data()), pin.size());
    OPENSSL_cleanse(pin.data(), pin.size());
    if (code != CKR_USER_ALREADY_LOGGED_IN) check(code, "C_Login");
  }

  CK_OBJECT_HANDLE find(CK_OBJECT_CLASS kind, std::optional<std::string> label, std::optional<std::string> id) {
    CK_KEY_TYPE type = CKK_EC_EDWARDS;
    std::vector<CK_ATTRIBUTE> wanted = {{CKA_CLASS, &kind, sizeof kind}, {CKA_KEY_TYPE, &type, sizeof type}};
    if (label) wanted.push_back({CKA_LABEL, label->data(), label->size()});
    if (id) wanted.push_back({CKA_ID, id->data(), id->size()});
    check(module_->C_FindObjectsInit(session_, wanted.data(), wanted.size()), "C_FindObjectsInit");
    CK_OBJECT_HANDLE found[2] = {};
    CK_ULONG count = 0;
    const CK_RV code = module_->C_FindObjects(session_, found, 2, &count);
    module_->C_FindObjectsFinal(session_);
    check(code, "C_FindObjects");
    const std::string what = kind == CKO_PRIVATE_KEY ? "private" : "public";
    if (count == 0) {
      throw Refused(name_ + ": the token holds no " + what + " key of Ed25519 by that name" +
                    (kind == CKO_PUBLIC_KEY ? " (id of the private one)" : "") + ". Make one, or name it right");
    }
    if (count > 1) throw Refused(name_ + ": the token holds two " + what + " keys by that name. Name one: id=%01");
    return found[0];
  }

  std::string bytes_of(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) {
    CK_ATTRIBUTE attribute{type, nullptr, 0};
    check(module_->C_GetAttributeValue(session_, object, &attribute, 1), "C_GetAttributeValue");
    constexpr CK_ULONG kMost = 4096;
    if (attribute.ulValueLen > kMost) throw Refused(name_ + ": the token tells of a key that is larger than any");
    std::string bytes(attribute.ulValueLen, '\0');
    attribute.pValue = bytes.data();
    check(module_->C_GetAttributeValue(session_, object, &attribute, 1), "C_GetAttributeValue");
    bytes.resize(std::min<std::size_t>(bytes.size(), attribute.ulValueLen));
    return bytes;
  }

  // Tokens differ: the 32 bytes themselves, or these in a DER OCTET STRING or BIT STRING.
  std::string point_of(CK_OBJECT_HANDLE key) {
    std::string point = bytes_of(key, CKA_EC_POINT);
    for (const std::string_view begin : {std::string_view("\x04\x20", 2), std::string_view("\x03\x21\x00", 3)}) {
      if (point.size() == begin.size() + kRawKey && point.starts_with(begin)) point.erase(0, begin.size());
    }
    if (point.size() != kRawKey) throw Refused(name_ + ": the public key beside it is none of Ed25519");
    return point;
  }

  Module module_;
  std::string name_;
  CK_SESSION_HANDLE session_ = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE key_ = CK_INVALID_HANDLE;
  std::optional<PublicKey> public_key_;
};

}  // namespace

std::unique_ptr<Signer> open_token_signer(const std::string& source) {
  const Pkcs11Uri uri = parse_pkcs11_uri(source);
  std::string module = uri.module;
  if (const char* given = std::getenv("DOSEGATE_PKCS11_MODULE"); module.empty() && given != nullptr) module = given;
  if (module.empty() || module.front() != '/') {
    throw Refused(
        uri.name() +
        ": the path of the token's library is not known. Name it in the URI, ?module-path=/usr/lib/..., or in "
        "the environment variable DOSEGATE_PKCS11_MODULE");
  }
  return std::make_unique<TokenSigner>(module, uri);
}

}  // namespace dosegate::gate
