// Which drawn names look like target volumes, and which are everyday helpers.
#include "core/protocol/target_name.h"

#include <catch2/catch.hpp>
#include <string>

namespace dosegate {

TEST_CASE("Names of target volumes tell their kind", "[target-name][VO-1]") {
  for (const char* name : {"GTV", "GTVn", "GTVp", "gtv_2", "GTV-N", "GTV-1", "GTV 45", "iGTV", "PVTT", "Tumor thrombus",
                           "IVCTT", "门静脉癌栓", "Tumour 2", "GTV+PVTT"}) {
    INFO(name);
    CHECK(target_kind_of(name, "") == TargetKind::kGtv);
  }
  for (const char* name : {"CTV", "CTV_low", "CTVn"}) CHECK(target_kind_of(name, "ORGAN") == TargetKind::kCtv);
  for (const char* name : {"PTV", "PTV_Total", "PTV5400", "PTV_High", "PTV boost", "PTV2"}) {
    INFO(name);
    CHECK(target_kind_of(name, "") == TargetKind::kPtv);
  }
  CHECK(target_kind_of("ITV", "") == TargetKind::kItv);
}

TEST_CASE("The interpreted type tells the kind where the name does not", "[target-name][VO-1]") {
  CHECK(target_kind_of("Lesion seg. 5", "GTV") == TargetKind::kGtv);
  CHECK(target_kind_of("Boost", "PTV") == TargetKind::kPtv);
  CHECK(target_kind_of("Boost", "") == TargetKind::kNone);
  CHECK(target_kind_of("Liver", "ORGAN") == TargetKind::kNone);
  CHECK(target_kind_of("CTV 2", "PTV") == TargetKind::kCtv);  // what is written by hand goes first
}

TEST_CASE("What is taken from a target, or a part of it, is one by its name: where it lies tells whether it matters",
          "[target-name][VO-1]") {
  for (const char* name : {"PTV-Liver", "PTV - Stomach", "PTV-05", "PTV in lung", "PTV-boost", "PTV_cold"}) {
    INFO(name);
    CHECK(target_kind_of(name, "") == TargetKind::kPtv);
  }
  for (const char* name :
       {"GTV-PVTT", "GTV-thrombus", "GTV_hot", "PV thrombosis", "MVI", "HCC2", "Lesion2", "Nodule 2"}) {
    INFO(name);
    CHECK(target_kind_of(name, "") == TargetKind::kGtv);
  }
}

TEST_CASE("What is drawn for planning is no target, whatever its type", "[target-name][VO-1]") {
  for (const char* name : {"zPTV",     "z_PTV",   "zPTV_high", "PTV_eval",   "PTVeval",     "PTV_opt", "PTVopt1",
                           "optPTV",   "PTV Opt", "Ring_PTV",  "PTV_ring2",  "PTV_3mm",     "PTV+5mm", "PTV 1cm",
                           "PTV^crop", "PTV!",    "Liver-PTV", "xPTV",       "_PTV",        "PTV_old", "PTV_shell",
                           "GTV_50%",  "GTV_MIP", "GTV ph30",  "GTV_inhale", "Dose 45 PTV", "PTV_PRV", "TumorBed"}) {
    INFO(name);
    CHECK(target_kind_of(name, "") == TargetKind::kNone);
  }
  CHECK(target_kind_of("PTV_help", "PTV") == TargetKind::kNone);
  CHECK(target_kind_of("PTV avoidance", "AVOIDANCE") == TargetKind::kNone);
  CHECK(target_kind_of("GTV marker", "MARKER") == TargetKind::kNone);
  CHECK(target_kind_of("", "") == TargetKind::kNone);
}

}  // namespace dosegate
