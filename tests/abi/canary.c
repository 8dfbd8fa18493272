/* A shared object that shows that it was loaded: its constructor sets DOSEGATE_CANARY in the environment to its
 * number and, when DOSEGATE_CANARY_TOUCH names a file, changes that file's times. It never agrees on a version. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "dosegate/dosegate.h"

__attribute__((constructor)) static void sing(void) {
  const char* file = getenv("DOSEGATE_CANARY_TOUCH");
  const struct timespec times[2] = {{1, 0}, {1, 0}};
  setenv("DOSEGATE_CANARY", CANARY, 1);
  if (file != NULL) utimensat(AT_FDCWD, file, times, 0);
}

__attribute__((visibility("default"))) dosegate_status dosegate_negotiate(const dosegate_negotiate_in* in,
                                                                          dosegate_api* out);
dosegate_status dosegate_negotiate(const dosegate_negotiate_in* in, dosegate_api* out) {
  (void)in;
  (void)out;
  return DOSEGATE_INCOMPATIBLE;
}
