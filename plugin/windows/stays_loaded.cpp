// Once loaded, the library stays until the process ends, as dosegate.so does by its link option nodelete: a thread of
// the host that called it has thread-local state of the C++ runtime, which is given back by code of the library when
// that thread ends.
#include <windows.h>

namespace {

[[maybe_unused]] const bool stays = [] {
  HMODULE self = nullptr;
  return GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                            reinterpret_cast<const wchar_t*>(&stays), &self) != 0;
}();

}  // namespace
