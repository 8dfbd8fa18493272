// The one exported function: what it refuses, and that it writes no byte beyond the table it knows.
#include <dlfcn.h>

#include "tests/abi/library.h"

TEST_CASE("negotiate refuses what breaks its rules and leaves the table untouched") {
  void* so = dlopen((std::string(DOSEGATE_BIN) + "/dosegate.so").c_str(), RTLD_NOW | RTLD_LOCAL);
  REQUIRE(so != nullptr);
  const auto negotiate = reinterpret_cast<dosegate_negotiate_fn>(dlsym(so, DOSEGATE_ENTRY_POINT));
  REQUIRE(negotiate != nullptr);

  const dosegate_negotiate_in good{sizeof good, 1, 1, 0};
  dosegate_api table;
  std::memset(&table, 0x5a, sizeof table);
  table.struct_size = sizeof table;
  dosegate_api before;
  std::memcpy(&before, &table, sizeof table);
  const auto answer = [&](dosegate_negotiate_in in) {
    const dosegate_status status = negotiate(&in, &table);
    CHECK(std::memcmp(&before, &table, sizeof table) == 0);
    return status;
  };
  CHECK(negotiate(nullptr, &table) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(negotiate(&good, nullptr) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(answer({0, 1, 1, 0}) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(answer({sizeof good - 1, 1, 1, 0}) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(answer({0xffffffff, 1, 1, 0}) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(answer({sizeof good, 0, 1, 0}) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(answer({sizeof good, 2, 1, 0}) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(answer({sizeof good, 1, 1, 7}) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(answer({sizeof good, 2, 9, 0}) == DOSEGATE_INCOMPATIBLE);
  table.struct_size = before.struct_size = sizeof(dosegate_api) - 1;
  CHECK(answer(good) == DOSEGATE_INVALID_ARGUMENT);
  table.struct_size = before.struct_size = 0;
  CHECK(answer(good) == DOSEGATE_INVALID_ARGUMENT);

  SECTION("a host with a newer header and a wider range gets version 1, and no byte beyond our table") {
    struct {
      dosegate_negotiate_in in;
      std::uint32_t more;
    } newer{{sizeof newer, 1, 3, 0}, 0};
    struct {
      dosegate_api api;
      unsigned char more[32];
    } larger;
    std::memset(&larger, 0x5a, sizeof larger);
    larger.api.struct_size = sizeof larger;
    REQUIRE(negotiate(&newer.in, &larger.api) == DOSEGATE_OK);
    CHECK(larger.api.struct_size == sizeof(dosegate_api));
    CHECK(larger.api.abi_version == 1);
    for (const unsigned char byte : larger.more) CHECK(byte == 0x5a);
    newer.more = 1;
    CHECK(negotiate(&newer.in, &larger.api) == DOSEGATE_INVALID_ARGUMENT);
  }
  dlclose(so);
}
