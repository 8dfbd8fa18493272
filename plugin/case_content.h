// The functions of the table that change what a case holds.
#pragma once

#include <cstdint>

#include "plugin/include/dosegate/dosegate.h"

namespace dosegate::plugin {

dosegate_status case_set_plan(dosegate_case* c, dosegate_text json, dosegate_error** error);
dosegate_status case_remove_plan(dosegate_case* c, const char* name_in_case, dosegate_error** error);
dosegate_status case_set_structure(dosegate_case* c, const dosegate_structure* s, dosegate_error** error);
dosegate_status case_remove_structure(dosegate_case* c, const char* structure_set, std::int32_t roi_number,
                                      dosegate_error** error);
dosegate_status case_remove_structure_set(dosegate_case* c, const char* structure_set, dosegate_error** error);
dosegate_status case_set_dose(dosegate_case* c, const dosegate_dose* d, dosegate_error** error);
dosegate_status case_set_dose_planes(dosegate_case* c, const dosegate_dose_planes* p, dosegate_error** error);
dosegate_status case_remove_dose(dosegate_case* c, const char* name_in_case, dosegate_error** error);
dosegate_status case_set_options(dosegate_case* c, dosegate_text json, dosegate_error** error);
dosegate_status case_set_record(dosegate_case* c, dosegate_text json, dosegate_error** error);
dosegate_status case_set_slices(dosegate_case* c, const dosegate_slices* s, dosegate_error** error);

}  // namespace dosegate::plugin
