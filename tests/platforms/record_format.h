/* The calls that a host made on the library, and what it was answered, in a file. C11 and C++.
 *
 * RECORD_MAGIC, then calls until the end of the file; numbers as the machine has them (both sides are x86-64).
 * A call: uint32 operation, blob of its input, int32 status, blob answer, blob error path, blob error message.
 * A blob: uint64 size, RECORD_NULL for a NULL pointer, then as many bytes.
 * Handles are numbers, counted from 0 among those of their kind in the order in which they were made. */
#ifndef DOSEGATE_TESTS_PLATFORMS_RECORD_FORMAT_H_
#define DOSEGATE_TESTS_PLATFORMS_RECORD_FORMAT_H_

#include <stdint.h>

#define RECORD_MAGIC "dosegate calls 1"
#define RECORD_NULL UINT64_MAX

enum {
  RECORD_PROTOCOL_BUILTIN = 1, /* blob id */
  RECORD_PROTOCOL_LOAD,        /* blob json */
  RECORD_PROTOCOL_LINT,        /* blob json */
  RECORD_PROTOCOL_LIST,        /* */
  RECORD_DIFF,                 /* two protocols */
  RECORD_SCHEDULE,             /* protocol, blob json */
  RECORD_DESCRIBE,             /* protocol */
  RECORD_CASE_CREATE,          /* uint32 threads */
  RECORD_SET_PLAN,             /* case, blob json; also the next two */
  RECORD_SET_OPTIONS,
  RECORD_SET_RECORD,
  RECORD_SET_STRUCTURE,   /* case, structure */
  RECORD_SET_SLICES,      /* case, slices */
  RECORD_SET_DOSE,        /* case, dose */
  RECORD_SET_MEASUREMENT, /* case, optional dose, optional points */
  RECORD_CHECK,           /* case, protocol; the answer is the report */
  RECORD_DVH,             /* case, blob json */
  RECORD_GAMMA,           /* case, gamma input, blob json; the answer is the report and the map */
  RECORD_INTERVAL,        /* two uint64, one double; the answer is two doubles */
  RECORD_UNKNOWN          /* a call that cannot be replayed */
};

/* An optional struct is uint32 0, or uint32 1 and the struct. The structs:
 *  structure  int32 roi_number; blobs name, interpreted_type, frame_of_reference_uid; uint64 contours; of each blob of
 * its points, int32 geometric_type, uint32 reserved; blob defect; double slab_thickness_mm; blob structure_set slices
 * int32 axis, blob frame_of_reference_uid, blob at_mm dose       int32 value_type, blob values, uint64 value_count,
 * double scaling, int32 units, dose_type, summation, uint32 columns, rows, planes; 11 doubles from position_mm to
 * column_spacing_mm; blobs plane_offsets_mm, frame_of_reference_uid, defect, name_in_case; uint64 plans; a blob for
 * each; blob structure_set points     blob points_mm, blob gy, uint64 count, blob frame_of_reference_uid gamma optional
 * dose, optional points, optional dose, uint64 map_count */

#endif
