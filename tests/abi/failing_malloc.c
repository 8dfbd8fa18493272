#include "tests/abi/failing_malloc.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stddef.h>

extern void* __libc_malloc(size_t);
extern void* __libc_calloc(size_t, size_t);
extern void* __libc_realloc(void*, size_t);
extern void* __libc_memalign(size_t, size_t);

#pragma GCC visibility push(default) /* the library is to find these */

static atomic_long count, first_to_fail = LONG_MAX, last_to_fail, failed;

void fail_allocations(long first, long last) {
  failed = 0;
  count = 0;
  last_to_fail = last;
  first_to_fail = first;
}

long stop_failing(void) {
  first_to_fail = LONG_MAX;
  return failed;
}

long allocations(void) { return count; }

static int fails(void) {
  const long n = atomic_fetch_add(&count, 1) + 1;
  if (n < first_to_fail || n > last_to_fail) return 0;
  atomic_fetch_add(&failed, 1);
  errno = ENOMEM;
  return 1;
}

void* malloc(size_t n) { return fails() ? NULL : __libc_malloc(n); }
void* calloc(size_t n, size_t of) { return fails() ? NULL : __libc_calloc(n, of); }
void* realloc(void* p, size_t n) { return fails() ? NULL : __libc_realloc(p, n); }
void* memalign(size_t alignment, size_t n) { return fails() ? NULL : __libc_memalign(alignment, n); }
void* aligned_alloc(size_t alignment, size_t n) { return fails() ? NULL : __libc_memalign(alignment, n); }
int posix_memalign(void** p, size_t alignment, size_t n) {
  if (fails()) return ENOMEM;
  *p = __libc_memalign(alignment, n);
  return *p == NULL ? ENOMEM : 0;
}
