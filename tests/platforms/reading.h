/* A record of calls (record_format.h), read by a host that makes them again. What is read for a call lives until
 * end_of_call. A record that ends early, or is none, ends the program. */
#ifndef DOSEGATE_TESTS_PLATFORMS_READING_H_
#define DOSEGATE_TESTS_PLATFORMS_READING_H_

#include "dosegate/extensions/gamma.h"
#include "tests/platforms/library_of_host.h"
#include "tests/platforms/record_format.h"

typedef struct blob {
  const void* data; /* aligned, with a NUL after it; or NULL */
  uint64_t size;
} blob;

typedef struct reading {
  unsigned char* all;
  const unsigned char *at, *end;
  void** kept;
  size_t kept_count, kept_room;
} reading;

static inline void* reading_keep(reading* r, uint64_t size) {
  if (r->kept_count == r->kept_room) {
    r->kept_room = r->kept_room * 2 + 64;
    r->kept = (void**)realloc(r->kept, r->kept_room * sizeof *r->kept);
    REQUIRE(r->kept != NULL);
  }
  void* const memory = calloc(1, (size_t)size + 1);
  REQUIRE(memory != NULL);
  r->kept[r->kept_count++] = memory;
  return memory;
}

static inline void reading_end_of_call(reading* r) {
  while (r->kept_count > 0) free(r->kept[--r->kept_count]);
}

static inline void reading_take(reading* r, void* out, size_t size) {
  REQUIRE(size <= (size_t)(r->end - r->at));
  memcpy(out, r->at, size);
  r->at += size;
}

#define READING_NUMBER(type, name)                \
  static inline type reading_##name(reading* r) { \
    type value;                                   \
    reading_take(r, &value, sizeof value);        \
    return value;                                 \
  }
READING_NUMBER(uint32_t, u32)
READING_NUMBER(int32_t, i32)
READING_NUMBER(uint64_t, u64)
READING_NUMBER(double, f64)

static inline blob reading_blob(reading* r) {
  blob b = {NULL, reading_u64(r)};
  if (b.size == RECORD_NULL) {
    b.size = 0;
    return b;
  }
  REQUIRE(b.size <= (uint64_t)(r->end - r->at));
  void* const memory = reading_keep(r, b.size);
  reading_take(r, memory, (size_t)b.size);
  b.data = memory;
  return b;
}
static inline const char* reading_c_text(reading* r) { return (const char*)reading_blob(r).data; }
static inline dosegate_text reading_text(reading* r) {
  const blob b = reading_blob(r);
  const dosegate_text t = {(const char*)b.data, (size_t)b.size};
  return t;
}

static inline void reading_structure(reading* r, dosegate_structure* s) {
  memset(s, 0, sizeof *s);
  s->struct_size = sizeof *s;
  s->roi_number = reading_i32(r);
  s->name = reading_c_text(r);
  s->interpreted_type = reading_c_text(r);
  s->frame_of_reference_uid = reading_c_text(r);
  s->contour_count = reading_u64(r);
  REQUIRE(s->contour_count <= (uint64_t)(r->end - r->at)); /* each takes more than a byte */
  dosegate_contour* const contours = (dosegate_contour*)reading_keep(r, s->contour_count * sizeof *contours);
  for (uint64_t i = 0; i < s->contour_count; ++i) {
    const blob points = reading_blob(r);
    contours[i].points_mm = (const double*)points.data;
    contours[i].point_count = points.size / (3 * sizeof(double));
    contours[i].geometric_type = reading_i32(r);
    contours[i].reserved = reading_u32(r);
  }
  s->contours = contours;
  s->defect = reading_c_text(r);
  s->slab_thickness_mm = reading_f64(r);
  s->structure_set = reading_c_text(r);
}

static inline void reading_slices(reading* r, dosegate_slices* s) {
  memset(s, 0, sizeof *s);
  s->struct_size = sizeof *s;
  s->axis = reading_i32(r);
  s->frame_of_reference_uid = reading_c_text(r);
  const blob at = reading_blob(r);
  s->at_mm = (const double*)at.data;
  s->count = at.size / sizeof(double);
}

static inline void reading_dose(reading* r, dosegate_dose* d) {
  memset(d, 0, sizeof *d);
  d->struct_size = sizeof *d;
  d->value_type = reading_i32(r);
  d->values = reading_blob(r).data;
  d->value_count = reading_u64(r);
  d->scaling = reading_f64(r);
  d->units = reading_i32(r);
  d->dose_type = reading_i32(r);
  d->summation = reading_i32(r);
  d->columns = reading_u32(r);
  d->rows = reading_u32(r);
  d->planes = reading_u32(r);
  for (int i = 0; i < 3; ++i) d->position_mm[i] = reading_f64(r);
  for (int i = 0; i < 3; ++i) d->row_cosines[i] = reading_f64(r);
  for (int i = 0; i < 3; ++i) d->column_cosines[i] = reading_f64(r);
  d->row_spacing_mm = reading_f64(r);
  d->column_spacing_mm = reading_f64(r);
  d->plane_offsets_mm = (const double*)reading_blob(r).data;
  d->frame_of_reference_uid = reading_c_text(r);
  d->defect = reading_c_text(r);
  d->name_in_case = reading_c_text(r);
  d->plan_count = reading_u64(r);
  REQUIRE(d->plan_count <= (uint64_t)(r->end - r->at));
  const char** const plans = (const char**)reading_keep(r, d->plan_count * sizeof *plans);
  for (uint64_t i = 0; i < d->plan_count; ++i) plans[i] = reading_c_text(r);
  if (d->plan_count > 0) d->plans = plans;
  d->structure_set = reading_c_text(r);
}

static inline void reading_points(reading* r, dosegate_dose_points* p) {
  memset(p, 0, sizeof *p);
  p->struct_size = sizeof *p;
  p->points_mm = (const double*)reading_blob(r).data;
  p->gy = (const double*)reading_blob(r).data;
  p->count = reading_u64(r);
  p->frame_of_reference_uid = reading_c_text(r);
}

static inline void reading_open(reading* r, const char* path) {
  memset(r, 0, sizeof *r);
  FILE* const file = fopen(path, "rb");
  size_t size = 0, room = 1 << 20, got = 0;
  if (file == NULL) perror(path);
  REQUIRE(file != NULL);
  do {
    if (r->all == NULL || size == room) {
      room *= r->all == NULL ? 1 : 2;
      r->all = (unsigned char*)realloc(r->all, room);
      REQUIRE(r->all != NULL);
    }
    got = fread(r->all + size, 1, room - size, file);
    size += got;
  } while (got > 0);
  REQUIRE(!ferror(file));
  fclose(file);
  r->at = r->all;
  r->end = r->all + size;
  char magic[sizeof RECORD_MAGIC - 1];
  reading_take(r, magic, sizeof magic);
  REQUIRE(memcmp(magic, RECORD_MAGIC, sizeof magic) == 0);
}

static inline void reading_close(reading* r) {
  reading_end_of_call(r);
  free(r->kept);
  free(r->all);
}

#endif
