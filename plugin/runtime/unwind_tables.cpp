// Where the unwinder finds the tables of a function that an exception passes through.
//
// GCC's unwinder asks _dl_find_object, which the C library has since 2.35, and nothing else. This one, by the same
// name, answers for the library from its own ELF header, and for others as unwinders did before: it goes through what
// is loaded.
#include <dlfcn.h>
#include <link.h>

#include <cstddef>
#include <cstdint>

extern "C" __attribute__((visibility("hidden")))
const ElfW(Ehdr) __ehdr_start;  // by the linker: the library's first byte

namespace {

#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 35)
using Found = dl_find_object;
#else
// As <dlfcn.h> of the C library has it since 2.35. The unwinder reads the last field named here.
struct Found {
  unsigned long long dlfo_flags;
  void *dlfo_map_start, *dlfo_map_end;
  link_map* dlfo_link_map;
  void* dlfo_eh_frame;
};
#endif

struct Search {
  std::uintptr_t at;
  Found* found;
};

// Whether an object holds the address, and says where its tables are.
bool look_in(std::uintptr_t base, const ElfW(Phdr) * headers, std::size_t count, const Search& search) {
  std::uintptr_t begin = 0, end = 0, tables = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uintptr_t at = base + headers[i].p_vaddr;
    if (headers[i].p_type == PT_GNU_EH_FRAME) tables = at;
    if (headers[i].p_type != PT_LOAD || search.at < at || search.at - at >= headers[i].p_memsz) continue;
    begin = at;
    end = at + headers[i].p_memsz;
  }
  if (end == 0 || tables == 0) return false;
  search.found->dlfo_map_start = reinterpret_cast<void*>(begin);
  search.found->dlfo_map_end = reinterpret_cast<void*>(end);
  search.found->dlfo_link_map = nullptr;
  search.found->dlfo_eh_frame = reinterpret_cast<void*>(tables);
  return true;
}

int look_in_loaded(dl_phdr_info* info, std::size_t, void* search) {
  return look_in(info->dlpi_addr, info->dlpi_phdr, info->dlpi_phnum, *static_cast<const Search*>(search)) ? 1 : 0;
}

}  // namespace

extern "C" int _dl_find_object(void* address, Found* found) noexcept {
  const Search search{reinterpret_cast<std::uintptr_t>(address), found};
  // The library is linked for address 0.
  const auto base = reinterpret_cast<std::uintptr_t>(&__ehdr_start);
  const auto* const headers = reinterpret_cast<const ElfW(Phdr)*>(base + __ehdr_start.e_phoff);
  if (look_in(base, headers, __ehdr_start.e_phnum, search)) return 0;
  return dl_iterate_phdr(look_in_loaded, const_cast<Search*>(&search)) == 1 ? 0 : -1;
}
