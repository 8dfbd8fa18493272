/* Dosegate: the C interface of dosegate.so. ABI version 1.
 *
 * A host (a planning system, a gate, our own programs) loads the library, calls the one exported
 * function, dosegate_negotiate, and from then on uses the function table it filled. C11 and C++.
 *
 * Rules that hold for everything here (numbered, with what a breach answers, in plugin/ABI.md):
 *  - Text is UTF-8. Text passed in is NUL-terminated, or a dosegate_text with its length.
 *    A NULL optional text means "not stated".
 *  - Lengths are mm in the DICOM patient coordinate system (LPS). Doses are Gy unless a field says so.
 *  - Input memory belongs to the host and is copied before the call returns.
 *  - Every handle has its release function; releasing NULL does nothing. A text borrowed from a
 *    handle lives until that handle is released.
 *  - A function that can fail returns a dosegate_status. When that is not DOSEGATE_OK and `error` is
 *    not NULL, *error is an object that the host releases; outputs are then NULL and nothing changed.
 *    `error` may be NULL.
 *  - A deviation from the protocol is no error: it is in the report. What could not be evaluated is
 *    no error either: it is a finding with status NOT_EVALUABLE.
 *  - Each function carries a tag and its place in the order of calls. [thread-safe]: from any thread at any time.
 * [case]: one thread at a time for one case; different cases in parallel. [calling thread]: a callback of the host's,
 * which comes only on the thread that called, only during the call. "Order: after A, before B": A has to have answered
 *    DOSEGATE_OK, and B must not have been called, for the handle in question.
 *  - A case holds plans, structure sets and doses, each by a name that the host chooses: at most 64 bytes of UTF-8
 *    without control characters, an SOP Instance UID or a label. NULL is the name "", the short form: who has one of
 * each names nothing. What is set under a name replaces what had that name. A name is never guessed: what says that it
 *    belongs to something which the case does not hold, and each of several plans, structure sets or doses, is listed
 * in the report and refused by name in every rule that needs it, and the verdict is then no pass.
 *  - A case keeps what it computed: a check after one changed structure or dose costs what that change
 *    touches, also where it changes the slices of the set, and by them how other structures are read. The answer is the
 *    one that a new case with the same content gives, byte for byte.
 *  - The library never prints, exits, aborts, throws across this edge, changes the locale or the
 *    floating-point state, or leaves a thread behind.
 *  - Structs start with struct_size = sizeof(the struct) as the host was compiled; they only grow at
 *    the end. A size smaller than ABI version 1's is refused.
 */
#ifndef DOSEGATE_DOSEGATE_H_
#define DOSEGATE_DOSEGATE_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DOSEGATE_ABI_VERSION 1u
#define DOSEGATE_ENTRY_POINT "dosegate_negotiate"

typedef int32_t dosegate_status;
enum {
  DOSEGATE_OK = 0,
  DOSEGATE_INVALID_ARGUMENT = 1, /* the call breaks a rule of this header: a NULL, a size, an enum */
  DOSEGATE_INVALID_DATA = 2,     /* the data cannot be used: malformed JSON, NaN coordinate, size of a grid */
  DOSEGATE_NOT_FOUND = 3,        /* no such protocol, structure, extension */
  DOSEGATE_INCOMPATIBLE = 4,     /* no ABI version in common */
  DOSEGATE_CANCELLED = 5,        /* the host's should_cancel answered yes */
  DOSEGATE_LIMIT_EXCEEDED = 6,   /* input larger than the library accepts; the message names the limit */
  DOSEGATE_OUT_OF_MEMORY = 7,
  DOSEGATE_INTERNAL = 8 /* a defect in Dosegate; the call had no effect */
};

/* The verdict on a case. Zero is no verdict and never means pass. */
typedef int32_t dosegate_verdict;
enum {
  DOSEGATE_VERDICT_UNSPECIFIED = 0,
  DOSEGATE_VERDICT_PASS = 1,      /* every mandatory rule is PASS or WARNING */
  DOSEGATE_VERDICT_FAIL = 2,      /* at least one mandatory rule is a DEVIATION */
  DOSEGATE_VERDICT_INCOMPLETE = 3 /* no deviation, but a mandatory rule could not be decided */
};

typedef struct dosegate_text {
  const char* data; /* UTF-8. What the library returns also ends in a NUL that size does not count. */
  size_t size;
} dosegate_text;

typedef struct dosegate_error dosegate_error;
typedef struct dosegate_document dosegate_document; /* an owned JSON text */
typedef struct dosegate_protocol dosegate_protocol; /* immutable once loaded; may be shared by threads */
typedef struct dosegate_case dosegate_case;         /* one patient's plans, structures and doses */
typedef struct dosegate_report dosegate_report;     /* immutable */

/* What the host offers. Every callback may be NULL. */
typedef struct dosegate_host {
  uint32_t struct_size;
  /* How many threads a call on the case may keep busy, the calling one included; at most 256. 0 and 1: the calling
   * one alone. Answers do not depend on it. */
  uint32_t threads;
  void* user;
  /* [calling thread] Order: during a call on the case. `message` is valid until it returns. */
  void (*log)(void* user, int32_t severity /* 0 debug .. 3 error */, const char* message);
  /* [calling thread] Order: during check. */
  void (*progress)(void* user, double fraction /* 0..1 */);
  /* Asked every few milliseconds; not 0 cancels.
   * [calling thread] Order: during a call on the case; not again in that call once it answered not 0. */
  int32_t (*should_cancel)(void* user);
  /* The host's own thread pool, used when threads is 2 or more: calls task(context, i) once for each i below count, on
   * any threads, and returns when all have returned. task does not throw. NULL: a call starts threads of its own and
   * ends them before it returns. [calling thread] Order: during a call on the case; its tasks before it returns. */
  void (*run_tasks)(void* user, uint64_t count, void (*task)(void* context, uint64_t index), void* context);
} dosegate_host;

/* (3006,0042) Contour Geometric Type */
enum {
  DOSEGATE_CONTOUR_CLOSED_PLANAR = 1,
  DOSEGATE_CONTOUR_POINT = 2,
  DOSEGATE_CONTOUR_OPEN_PLANAR = 3,
  DOSEGATE_CONTOUR_OPEN_NONPLANAR = 4,
  DOSEGATE_CONTOUR_CLOSEDPLANAR_XOR = 5 /* combined by even-odd, like CLOSED_PLANAR */
};

typedef struct dosegate_contour {
  const double* points_mm; /* x, y, z of each point, 3 * point_count values */
  uint64_t point_count;    /* the last point joins the first; repeating it is allowed */
  int32_t geometric_type;
  uint32_t reserved; /* 0 */
} dosegate_contour;

typedef struct dosegate_structure {
  uint32_t struct_size;
  int32_t roi_number;                 /* (3006,0022), the key within its structure set */
  const char* name;                   /* (3006,0026); several structures may carry one name */
  const char* interpreted_type;       /* (3006,00A4) or NULL */
  const char* frame_of_reference_uid; /* (3006,0024) or NULL: then no dose can be matched to it */
  const dosegate_contour* contours;   /* may be NULL when contour_count is 0: an ROI without contours */
  uint64_t contour_count;
  /* Not NULL: the host knows that this structure cannot be relied on. The text, a sentence for the
   * user, becomes the reason of every NOT_EVALUABLE finding that needs it. */
  const char* defect;
  /* The rest is later than the first struct of ABI version 1; absent when struct_size ends before it.
   * (3006,0044) Contour Slab Thickness, of all contours; 0: not stated. Used where nothing else tells how thick a slice
   * is: a structure on a single plane, alone. */
  double slab_thickness_mm;
  const char* structure_set; /* the name in the case of the set that it is of; NULL: "" */
} dosegate_structure;

/* The slices of the images that structures were drawn on: what tells a slice that was forgotten, or is missing in the
 * set, from the space between two pieces, and how thick a structure on one slice is. Of one frame of reference and one
 * axis; every structure of the case in that frame, on planes normal to that axis, adds the planes that it is drawn on.
 * Images that lie oblique in the patient are not stated: structures drawn along them are judged by what is drawn. */
typedef struct dosegate_slices {
  uint32_t struct_size;
  int32_t axis;                       /* the patient axis that the images are normal to: 0 x, 1 y, 2 z */
  const char* frame_of_reference_uid; /* (0020,0052) or NULL: of structures that state none */
  const double* at_mm;                /* where each image lies along the axis, in any order */
  uint64_t count;                     /* 0: none is known from now on */
} dosegate_slices;

enum {
  DOSEGATE_VALUES_FLOAT32 = 1,
  DOSEGATE_VALUES_FLOAT64 = 2,
  DOSEGATE_VALUES_UINT16 = 3,
  DOSEGATE_VALUES_UINT32 = 4
};
enum { DOSEGATE_UNITS_GY = 1, DOSEGATE_UNITS_CGY = 2, DOSEGATE_UNITS_RELATIVE = 3 };
enum { DOSEGATE_DOSE_PHYSICAL = 1, DOSEGATE_DOSE_EFFECTIVE = 2, DOSEGATE_DOSE_ERROR = 3 };
/* (3004,000A) Dose Summation Type as it reaches the library. */
enum {
  DOSEGATE_SUMMATION_PLAN = 1,             /* the whole plan, all fraction groups */
  DOSEGATE_SUMMATION_FRACTION = 2,         /* the whole of one fraction group (PS3.3 C.8.8.3) */
  DOSEGATE_SUMMATION_FRACTION_SESSION = 3, /* one session of one fraction group */
  DOSEGATE_SUMMATION_BEAMS = 4,            /* the sum of every beam of the plan, whole course */
  DOSEGATE_SUMMATION_MULTI_PLAN = 5,       /* several plans: never evaluated against one plan's protocol */
  DOSEGATE_SUMMATION_OTHER = 6             /* BRACHY, CONTROL_POINT, RECORD, ...: never evaluated */
};

/* A dose grid, by the attributes of RT Dose. Value [p][r][c] lies at
 *   position + c*column_spacing*row_cosines + r*row_spacing*column_cosines + plane_offsets[p]*normal,
 * normal = row_cosines x column_cosines, and is scaling * stored value in `units`. The cosines may have any direction
 * in the patient; they are unit vectors at right angles, to 0.01 mm over the grid. Structures are evaluated where they
 * are drawn along the grid's axes, on planes normal to any of them (GRID.md).
 * At least 2 columns, 2 rows; one plane or more. No NaN, no infinity, no negative dose. */
typedef struct dosegate_dose {
  uint32_t struct_size;
  int32_t value_type;
  const void* values;   /* planes * rows * columns, contiguous, the machine's byte order */
  uint64_t value_count; /* must equal planes * rows * columns */
  double scaling;       /* (3004,000E) Dose Grid Scaling; 1 for float values */
  int32_t units;
  int32_t dose_type;
  int32_t summation;
  uint32_t columns, rows, planes;
  double position_mm[3];          /* (0020,0032): centre of the first voxel */
  double row_cosines[3];          /* (0020,0037) values 1-3: direction in which the column index grows */
  double column_cosines[3];       /* (0020,0037) values 4-6: direction in which the row index grows */
  double row_spacing_mm;          /* (0028,0030) value 1: between rows */
  double column_spacing_mm;       /* (0028,0030) value 2: between columns */
  const double* plane_offsets_mm; /* `planes` values, relative to position_mm, strictly monotone */
  const char* frame_of_reference_uid;
  /* Not NULL: the host could not make the dose whole (a beam's dose is missing, ...). A sentence for
   * the user; every dose rule is then NOT_EVALUABLE with it. `values` may be NULL in that case. */
  const char* defect;
  /* The rest is later than the first struct of ABI version 1; absent when struct_size ends before it. */
  const char* name_in_case;  /* the key: setting it again replaces the dose; NULL: "" */
  const char* const* plans;  /* the names in the case of the plans that it sums; each states one, none is "" */
  uint64_t plan_count;       /* at most 64; 0: which plan it is of is not stated */
  const char* structure_set; /* the name in the case of the set that it was calculated on; NULL: not stated */
} dosegate_dose;

/* New values for planes of a dose that the case holds: its grid, scaling, units and meaning stay. */
typedef struct dosegate_dose_planes {
  uint32_t struct_size;
  int32_t value_type;
  const void* values;   /* plane_count * rows * columns, contiguous, ordered as in dosegate_dose */
  uint64_t value_count; /* must equal plane_count * rows * columns */
  uint32_t first_plane; /* counted from 0 in the order of dosegate_dose */
  uint32_t plane_count;
  const char* name_in_case; /* of the dose; NULL: "". Later than the first struct, as in dosegate_dose */
} dosegate_dose_planes;

/* The function table. `error` arguments: see the head of this file. */
typedef struct dosegate_api {
  uint32_t struct_size;       /* set by the library: bytes of the table that are valid */
  uint32_t abi_version;       /* the version agreed on */
  const char* engine_version; /* "1.2.3" */

  /* Errors. Of NULL: DOSEGATE_OK, and empty texts. */
  /* [thread-safe] Order: after a call that failed, before error_release. */
  dosegate_status (*error_status)(const dosegate_error*);
  /* JSON path or field that is at fault; may be empty. [thread-safe] Order: as error_status. */
  dosegate_text (*error_path)(const dosegate_error*);
  /* What, and how to mend it. [thread-safe] Order: as error_status. */
  dosegate_text (*error_message)(const dosegate_error*);
  /* [thread-safe] Order: once, last of the error. */
  void (*error_release)(dosegate_error*);

  /* JSON documents that the library made. */
  /* [thread-safe] Order: after the call that made it, before document_release. */
  dosegate_text (*document_json)(const dosegate_document*);
  /* [thread-safe] Order: once, last of the document. */
  void (*document_release)(dosegate_document*);

  /* Protocols (dosegate.v1.Protocol). */
  /* ProtocolList: the built-in ones. [thread-safe] Order: after dosegate_negotiate. */
  dosegate_status (*protocol_list)(dosegate_document** out, dosegate_error** error);
  /* [thread-safe] Order: after dosegate_negotiate; makes a protocol. */
  dosegate_status (*protocol_builtin)(const char* id /* NULL: the default */, dosegate_protocol** out,
                                      dosegate_error** error);
  /* [thread-safe] Order: after dosegate_negotiate; makes a protocol. */
  dosegate_status (*protocol_load)(dosegate_text json, dosegate_protocol** out, dosegate_error** error);
  /* LintReport: what protocol_load would refuse, and what it takes but is odd.
   * [thread-safe] Order: after dosegate_negotiate. */
  dosegate_status (*protocol_lint)(dosegate_text json, dosegate_document** out, dosegate_error** error);
  /* As it was loaded, byte for byte.
   * [thread-safe] Order: after protocol_builtin or protocol_load, before protocol_release. */
  dosegate_text (*protocol_json)(const dosegate_protocol*);
  /* [thread-safe] Order: once, last of the protocol; after every check by it has returned. */
  void (*protocol_release)(dosegate_protocol*);

  /* Cases. What is set under a name in the case is removed by functions further down. */
  /* `host` may be NULL and is copied. [thread-safe] Order: after dosegate_negotiate; makes a case. */
  dosegate_status (*case_create)(const dosegate_host* host, dosegate_case** out, dosegate_error** error);
  /* The plan's nameInCase is its name. [case] Order: after case_create, before case_release; again at any time. */
  dosegate_status (*case_set_plan)(dosegate_case*, dosegate_text json /* Plan */, dosegate_error** error);
  /* [case] Order: after case_create, before case_release; again at any time. */
  dosegate_status (*case_set_options)(dosegate_case*, dosegate_text json /* CaseOptions */, dosegate_error** error);
  /* A structure set is there from its first structure to its last.
   * [case] Order: after case_create, before case_release; again at any time. */
  dosegate_status (*case_set_structure)(dosegate_case*, const dosegate_structure*, dosegate_error** error);
  /* Of the structure set without a name. [case] Order: after case_set_structure, before case_release. */
  dosegate_status (*case_remove_structure)(dosegate_case*, int32_t roi_number, dosegate_error** error);
  /* [case] Order: after case_create, before case_release; again at any time. */
  dosegate_status (*case_set_dose)(dosegate_case*, const dosegate_dose*, dosegate_error** error);
  /* DOSEGATE_NOT_FOUND without a dose of that name that could be evaluated. Costs what the changed planes cost.
   * [case] Order: after case_set_dose, before case_release. */
  dosegate_status (*case_set_dose_planes)(dosegate_case*, const dosegate_dose_planes*, dosegate_error** error);
  /* From any thread; while a call on the case runs, the case goes when that returns.
   * [thread-safe] Order: once, last of the case. */
  void (*case_release)(dosegate_case*);

  /* Answers. */
  /* Of an empty case, too: everything is then NOT_EVALUABLE. Makes a report.
   * [case] Order: after case_create and protocol_builtin or protocol_load, before case_release and protocol_release. */
  dosegate_status (*check)(dosegate_case*, const dosegate_protocol*, dosegate_report** out, dosegate_error** error);
  /* [case] Order: after case_create, before case_release; makes a document. */
  dosegate_status (*dvh)(dosegate_case*, dosegate_text json /* DvhRequest */, dosegate_document** out /* DvhReport */,
                         dosegate_error** error);

  /* Reports. They outlive their case and protocol. */
  /* Of NULL: DOSEGATE_VERDICT_UNSPECIFIED. [thread-safe] Order: after check, before report_release. */
  dosegate_verdict (*report_verdict)(const dosegate_report*);
  /* dosegate.v1.Report, canonical: same case, same bytes. [thread-safe] Order: after check, before report_release. */
  dosegate_text (*report_json)(const dosegate_report*);
  /* [thread-safe] Order: once, last of the report. */
  void (*report_release)(dosegate_report*);

  /* Optional parts, by id; NULL when this build has none of that name. The table stays valid as long as the library is
   * loaded. [thread-safe] Order: after dosegate_negotiate. */
  const void* (*get_extension)(const char* id);

  /* The rest is later than the first table of ABI version 1: look at struct_size before the use. */
  /* The clinical record; replaces the one before. Empty text (size 0): the case has none from now on.
   * [case] Order: after case_create, before case_release; again at any time. */
  dosegate_status (*case_set_record)(dosegate_case*, dosegate_text json /* ClinicalRecord */, dosegate_error** error);
  /* Where images lie; replaces what was said before of that frame of reference and axis.
   * [case] Order: after case_create, before case_release; again at any time. */
  dosegate_status (*case_set_slices)(dosegate_case*, const dosegate_slices*, dosegate_error** error);

  /* What a case holds goes by its name in the case: NULL is "". What is not held is DOSEGATE_NOT_FOUND; what said that
   * it belongs to what was removed stays, and is refused until that is set again. */
  /* [case] Order: after case_set_plan, before case_release. */
  dosegate_status (*case_remove_plan)(dosegate_case*, const char* name_in_case, dosegate_error** error);
  /* [case] Order: after case_set_structure, before case_release. */
  dosegate_status (*case_remove_structure_of_set)(dosegate_case*, const char* structure_set, int32_t roi_number,
                                                  dosegate_error** error);
  /* With all its structures. [case] Order: after case_set_structure, before case_release. */
  dosegate_status (*case_remove_structure_set)(dosegate_case*, const char* structure_set, dosegate_error** error);
  /* [case] Order: after case_set_dose, before case_release. */
  dosegate_status (*case_remove_dose)(dosegate_case*, const char* name_in_case, dosegate_error** error);

  /* For a host that knows the grid before the dose is computed: what a check by the protocol needs of the contours on
   * that grid is made now, and the check of the first dose takes as long as that of any later one. values and
   * value_count are not looked at. The case holds what it held, and no answer is another one for it. [case] Order:
   * after case_create and protocol_builtin or protocol_load, before case_release and protocol_release. */
  dosegate_status (*case_expect_dose)(dosegate_case*, const dosegate_protocol*, const dosegate_dose* grid,
                                      dosegate_error** error);
} dosegate_api;

typedef struct dosegate_negotiate_in {
  uint32_t struct_size;
  uint32_t abi_min; /* the oldest and the newest ABI version that the host can use */
  uint32_t abi_max;
  uint32_t reserved; /* 0 */
} dosegate_negotiate_in;

/* The one exported function. The host sets out->struct_size = sizeof *out first; the library fills no
 * more than that. Answers DOSEGATE_OK, DOSEGATE_INVALID_ARGUMENT or DOSEGATE_INCOMPATIBLE; unless OK,
 * *out is untouched. [thread-safe] Order: first, after the library was loaded; again at any time. */
typedef dosegate_status (*dosegate_negotiate_fn)(const dosegate_negotiate_in* in, dosegate_api* out);
#if defined(DOSEGATE_BUILDING) && defined(_WIN32)
__attribute__((dllexport)) dosegate_status dosegate_negotiate(const dosegate_negotiate_in* in, dosegate_api* out);
#elif defined(DOSEGATE_BUILDING)
__attribute__((visibility("default"))) dosegate_status dosegate_negotiate(const dosegate_negotiate_in* in,
                                                                          dosegate_api* out);
#endif

#ifdef __cplusplus
}
#endif
#endif
