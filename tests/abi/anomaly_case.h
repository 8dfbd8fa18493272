/* A small patient for tests/abi/anomaly.c, and a host's work on it, call by call. */
#ifndef DOSEGATE_TESTS_ANOMALY_CASE_H_
#define DOSEGATE_TESTS_ANOMALY_CASE_H_

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "dosegate/extensions/protocol_tools.h"
#include "tests/abi/abi_case.h"

enum { kCorners = 8, kSlices = 5, kNodes = 14, kStructures = 4, kPool = 2 };

/* What the host has in its hands, and what it has been told. */
typedef struct world {
  dosegate_api api;
  dosegate_host host;
  long questions, cancel_at; /* should_cancel: how often it was asked; yes from this one on, 0 for never */
  dosegate_protocol* protocol;
  dosegate_case* the_case;
  const char* answer; /* of the last call that gave a text; owned by one of the below */
  dosegate_report* report;
  dosegate_document* document;
} world;

static dosegate_text text_of(const char* s) { return (dosegate_text){s, strlen(s)}; }

static int32_t should_cancel(void* user) {
  world* w = user;
  w->questions++;
  return w->cancel_at != 0 && w->questions >= w->cancel_at;
}
static void progress(void* user, double fraction) { (void)user, (void)fraction; }
static void log_line(void* user, int32_t severity, const char* line) { (void)user, (void)severity, (void)line; }

/* A pool of two threads, or as many as there are to be had. */
typedef struct pool {
  void (*task)(void*, uint64_t);
  void* context;
  uint64_t next, count;
  pthread_mutex_t mutex;
} pool;
static void* work_off(void* user) {
  pool* p = user;
  for (;;) {
    pthread_mutex_lock(&p->mutex);
    const uint64_t i = p->next++;
    pthread_mutex_unlock(&p->mutex);
    if (i >= p->count) return NULL;
    p->task(p->context, i);
  }
}
static void run_tasks(void* user, uint64_t count, void (*task)(void*, uint64_t), void* context) {
  (void)user;
  pool p = {task, context, 0, count, PTHREAD_MUTEX_INITIALIZER};
  pthread_t threads[kPool];
  int n = 0;
  while (n < kPool && pthread_create(&threads[n], NULL, work_off, &p) == 0) n++;
  work_off(&p);
  while (n > 0) pthread_join(threads[--n], NULL);
}

static dosegate_status set_structure(world* w, int n, dosegate_error** error) {
  static const struct {
    const char *name, *type;
    double x, radius;
  } of[kStructures] = {
      {"GTV", "GTV", 0, 12}, {"PTV", "PTV", 0, 20}, {"Liver", "ORGAN", 5, 35}, {"SpinalCord", "ORGAN", 45, 6}};
  double points[kSlices][kCorners][3];
  dosegate_contour contours[kSlices];
  for (int s = 0; s < kSlices; s++) {
    for (int k = 0; k < kCorners; k++) {
      points[s][k][0] = of[n].x + of[n].radius * cos(0.3 + k * 2 * 3.14159265358979 / kCorners);
      points[s][k][1] = of[n].radius * sin(0.3 + k * 2 * 3.14159265358979 / kCorners);
      points[s][k][2] = 5.0 * s - 10;
    }
    contours[s] = (dosegate_contour){points[s][0], kCorners, DOSEGATE_CONTOUR_CLOSED_PLANAR, 0};
  }
  const dosegate_structure structure = {.struct_size = sizeof structure,
                                        .roi_number = n + 1,
                                        .name = of[n].name,
                                        .interpreted_type = of[n].type,
                                        .frame_of_reference_uid = ABI_FRAME,
                                        .contours = contours,
                                        .contour_count = kSlices};
  return w->api.case_set_structure(w->the_case, &structure, error);
}

static void dose_values(float* values, double hottest) {
  for (int p = 0; p < kNodes; p++)
    for (int r = 0; r < kNodes; r++)
      for (int c = 0; c < kNodes; c++) {
        const double x = 10 * c - 65, y = 10 * r - 65, beyond = sqrt(x * x + y * y) - 25;
        values[(p * kNodes + r) * kNodes + c] = (float)(hottest - (beyond > 0 ? 0.6 * beyond : 0.001 * p));
      }
}

/* --- the calls, in their order */

static dosegate_status give(world* w, dosegate_status s) {
  w->answer = s == DOSEGATE_OK ? w->api.document_json(w->document).data : NULL;
  return s;
}
static void drop_document(world* w) {
  w->api.document_release(w->document);
  w->document = NULL;
}

static dosegate_status list_protocols(world* w, dosegate_error** e) {
  drop_document(w);
  return give(w, w->api.protocol_list(&w->document, e));
}
static dosegate_status load_protocol(world* w, dosegate_error** e) {
  return w->api.protocol_builtin(NULL, &w->protocol, e);
}
static dosegate_status lint_protocol(world* w, dosegate_error** e) {
  drop_document(w);
  return give(w, w->api.protocol_lint(text_of("{\"id\": \"x\", \"roles\": [{\"id\": \"Liver\"}], \"unknown\": 1}"),
                                      &w->document, e));
}
static dosegate_status schedule(world* w, dosegate_error** e) {
  const dosegate_protocol_tools* tools = w->api.get_extension(DOSEGATE_EXT_PROTOCOL_TOOLS);
  drop_document(w);
  return give(w, tools->schedule(w->protocol, text_of("{\"firstInfusion\": \"2026-11-22\"}"), &w->document, e));
}
static dosegate_status create(world* w, dosegate_error** e) { return w->api.case_create(&w->host, &w->the_case, e); }
static dosegate_status set_plan(world* w, dosegate_error** e) {
  return w->api.case_set_plan(w->the_case, text_of(kAbiPlan), e);
}
static dosegate_status set_options(world* w, dosegate_error** e) {
  return w->api.case_set_options(w->the_case, text_of("{\"structureMap\": {\"Stomach\": \"Magen\"}}"), e);
}
static dosegate_status set_record(world* w, dosegate_error** e) {
  return w->api.case_set_record(
      w->the_case,
      text_of("{\"infusions\": [{\"date\": \"2024-01-07\", \"drug\": \"tislelizumab\", \"doseMg\": 200}]}"), e);
}
static dosegate_status set_gtv(world* w, dosegate_error** e) { return set_structure(w, 0, e); }
static dosegate_status set_ptv(world* w, dosegate_error** e) { return set_structure(w, 1, e); }
static dosegate_status set_liver(world* w, dosegate_error** e) { return set_structure(w, 2, e); }
static dosegate_status set_cord(world* w, dosegate_error** e) { return set_structure(w, 3, e); }
static dosegate_status set_slices(world* w, dosegate_error** e) {
  const double at[] = {-15, -10, -5, 0, 5, 10, 15};
  const dosegate_slices slices = {sizeof slices, 2, ABI_FRAME, at, sizeof at / sizeof at[0]};
  return w->api.case_set_slices(w->the_case, &slices, e);
}
/* Expected: its values are not there yet. */
static dosegate_status give_dose(world* w, int is_expected, dosegate_error** e) {
  float values[kNodes * kNodes * kNodes];
  double offsets[kNodes];
  dose_values(values, 46);
  for (int p = 0; p < kNodes; p++) offsets[p] = 5.0 * p;
  const dosegate_dose dose = {.struct_size = sizeof dose,
                              .value_type = DOSEGATE_VALUES_FLOAT32,
                              .values = is_expected ? NULL : values,
                              .value_count = is_expected ? 0 : kNodes * kNodes * kNodes,
                              .scaling = 1,
                              .units = DOSEGATE_UNITS_GY,
                              .dose_type = DOSEGATE_DOSE_PHYSICAL,
                              .summation = DOSEGATE_SUMMATION_PLAN,
                              .columns = kNodes,
                              .rows = kNodes,
                              .planes = kNodes,
                              .position_mm = {-65, -65, -32},
                              .row_cosines = {1, 0, 0},
                              .column_cosines = {0, 1, 0},
                              .row_spacing_mm = 10,
                              .column_spacing_mm = 10,
                              .plane_offsets_mm = offsets,
                              .frame_of_reference_uid = ABI_FRAME};
  w->questions = 0;
  return is_expected ? w->api.case_expect_dose(w->the_case, w->protocol, &dose, e)
                     : w->api.case_set_dose(w->the_case, &dose, e);
}
static dosegate_status expect_dose(world* w, dosegate_error** e) { return give_dose(w, 1, e); }
static dosegate_status set_dose(world* w, dosegate_error** e) { return give_dose(w, 0, e); }
static dosegate_status set_planes(world* w, dosegate_error** e) {
  float values[kNodes * kNodes * kNodes];
  dose_values(values, 44.5);
  const dosegate_dose_planes planes = {sizeof planes, DOSEGATE_VALUES_FLOAT32, values, 3 * kNodes * kNodes, 4, 3, NULL};
  return w->api.case_set_dose_planes(w->the_case, &planes, e);
}
static dosegate_status check(world* w, dosegate_error** e) {
  w->questions = 0;
  w->api.report_release(w->report);
  const dosegate_status s = w->api.check(w->the_case, w->protocol, &w->report, e);
  w->answer = s == DOSEGATE_OK ? w->api.report_json(w->report).data : NULL;
  return s;
}
static dosegate_status dvh(world* w, dosegate_error** e) {
  w->questions = 0;
  drop_document(w);
  return give(
      w,
      w->api.dvh(
          w->the_case,
          text_of(
              "{\"rois\": [\"SpinalCord\"], \"curve\": true, \"metrics\": [\"D95%[Gy]\", \"V20Gy[%]\", \"Max[Gy]\"]}"),
          &w->document, e));
}
/* A second plan and a second dose: listed, refused, removed. */
static dosegate_status set_further_plan(world* w, dosegate_error** e) {
  char json[4096];
  snprintf(json, sizeof json, "{\"nameInCase\": \"boost\", \"structureSet\": \"CT1\", %s", kAbiPlan + 1);
  return w->api.case_set_plan(w->the_case, text_of(json), e);
}
static dosegate_status remove_further_plan(world* w, dosegate_error** e) {
  return w->api.case_remove_plan(w->the_case, "boost", e);
}
static dosegate_status set_further_dose(world* w, dosegate_error** e) {
  const char* const plans[] = {"boost"};
  const dosegate_dose dose = {.struct_size = sizeof dose,
                              .value_type = DOSEGATE_VALUES_FLOAT32,
                              .name_in_case = "boost",
                              .plans = plans,
                              .plan_count = 1,
                              .units = DOSEGATE_UNITS_GY,
                              .dose_type = DOSEGATE_DOSE_PHYSICAL,
                              .summation = DOSEGATE_SUMMATION_PLAN,
                              .frame_of_reference_uid = ABI_FRAME,
                              .defect = "It is still being calculated."};
  return w->api.case_set_dose(w->the_case, &dose, e);
}
static dosegate_status remove_further_dose(world* w, dosegate_error** e) {
  return w->api.case_remove_dose(w->the_case, "boost", e);
}
static dosegate_status check_again(world* w, dosegate_error** e) { return check(w, e); }
static dosegate_status remove_cord(world* w, dosegate_error** e) {
  return w->api.case_remove_structure(w->the_case, 4, e);
}

/* cancels: the call asks the host, and one that says yes at once gets CANCELLED. */
static const struct call {
  const char* name;
  dosegate_status (*run)(world*, dosegate_error**);
  int cancels;
} kCalls[] = {{"protocol_list", list_protocols, 0},
              {"protocol_builtin", load_protocol, 0},
              {"protocol_lint", lint_protocol, 0},
              {"schedule", schedule, 0},
              {"case_create", create, 0},
              {"case_set_plan", set_plan, 0},
              {"case_set_options", set_options, 0},
              {"case_set_record", set_record, 0},
              {"case_set_structure", set_gtv, 0},
              {"case_set_structure", set_ptv, 0},
              {"case_set_structure", set_liver, 0},
              {"case_set_structure", set_cord, 0},
              {"case_set_slices", set_slices, 0},
              {"case_expect_dose", expect_dose, 1},
              {"case_set_dose", set_dose, 0},
              {"check", check, 1},
              {"dvh", dvh, 1},
              {"case_set_dose_planes", set_planes, 0},
              {"check again", check_again, 1},
              {"case_set_structure", set_gtv, 0},
              {"check again", check_again, 1},
              {"case_remove_structure", remove_cord, 0},
              {"check again", check_again, 1},
              {"case_set_plan", set_further_plan, 0},
              {"case_set_dose", set_further_dose, 0},
              {"check again", check_again, 1},
              {"case_remove_plan", remove_further_plan, 0},
              {"case_remove_dose", remove_further_dose, 0},
              {"check again", check_again, 1}};
enum { kCallCount = sizeof kCalls / sizeof kCalls[0] };

#endif
