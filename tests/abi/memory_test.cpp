// What a case says that it holds, the limit that a host sets, and what is given back.
#include "dosegate/extensions/memory.h"

#include <malloc.h>

#include <random>

#include "tests/abi/small_patient.h"

using namespace dosegate::abi_test;

namespace {

// None with a sanitizer.
const dosegate_memory* memory() {
  return static_cast<const dosegate_memory*>(api().get_extension(DOSEGATE_EXT_MEMORY));
}

dosegate_case_memory memory_of(dosegate_case* c) {
  dosegate_case_memory m{};
  m.struct_size = sizeof m;
  REQUIRE(memory()->case_memory(c, &m, nullptr) == DOSEGATE_OK);
  return m;
}

// In use, of every heap of the process, with malloc's own book-keeping.
double in_use() {
  const struct mallinfo2 m = mallinfo2();
  return static_cast<double>(m.uordblks) + static_cast<double>(m.hblkhd);
}

constexpr double kQuantum = 65536.0;

}  // namespace

TEST_CASE("a case says what it holds and what of it is kept results", "[rule-28]") {
  if (memory() == nullptr) return;
  const CaseHandle c = make_case();
  const dosegate_case_memory empty = memory_of(c.get());
  CHECK(empty.bytes < 65536);
  CHECK(empty.kept == 0);
  REQUIRE(abi_fill_case(&api(), c.get(), 90.0, nullptr) == DOSEGATE_OK);
  const dosegate_case_memory filled = memory_of(c.get());
  const double voxels = 61.0 * 45.0 * 33.0 * sizeof(float);
  CHECK(static_cast<double>(filled.bytes) > voxels);
  CHECK(static_cast<double>(filled.bytes) < 4 * voxels);
  CHECK(filled.kept == 0);
  CHECK(filled.most >= filled.bytes);

  const ProtocolHandle protocol = builtin();
  const std::string report = report_of(c.get(), protocol.get());
  const dosegate_case_memory checked = memory_of(c.get());
  CHECK(checked.kept > 65536);
  CHECK(std::abs(static_cast<double>(checked.bytes - checked.kept) - static_cast<double>(filled.bytes)) < kQuantum);
  CHECK(checked.most >= checked.bytes);

  REQUIRE(memory()->case_give_back(c.get(), nullptr) == DOSEGATE_OK);
  const dosegate_case_memory given = memory_of(c.get());
  CHECK(given.kept < 4096);
  CHECK(std::abs(static_cast<double>(given.bytes) - static_cast<double>(filled.bytes)) < 4096.0);
  CHECK(report_of(c.get(), protocol.get()) == report);
}

TEST_CASE("what a case says that it holds is what malloc has given over random work", "[rule-28]") {
  if (memory() == nullptr) return;
  const ProtocolHandle protocol = builtin();
  for (const unsigned threads : {1U, 4U}) {
    dosegate_host host{};
    host.struct_size = sizeof host;
    host.threads = threads;
    const double before = in_use();
    const CaseHandle c = make_case(&host);
    std::mt19937 random(threads);
    for (int step = 0; step < 60; ++step) {
      const auto n = static_cast<std::int32_t>(random() % 4);
      switch (random() % 6) {
        case 0:
          REQUIRE(Dose(random() % 2 == 0 ? Planes::kUpwards : Planes::kCoronal, 2.5, 7).set(c.get()) == DOSEGATE_OK);
          break;
        case 1:
          api().case_remove_structure(c.get(), n, nullptr);  // or there was none
          break;
        case 2:
          report_of(c.get(), protocol.get());
          break;
        default:
          Oval{n == 0 ? "PTV" : n == 1 ? "GTV" : n == 2 ? "Liver" : "Stomach", 0, 0, 0, 20.0 + n, 8}.set(c.get(), n);
      }
      const double says = static_cast<double>(memory_of(c.get()).bytes), is = in_use() - before;
      INFO(threads << " threads, step " << step << ": says " << says << ", malloc has given " << is);
      // A block has 8 to 24 bytes of book-keeping, and each thread keeps some that were freed.
      CHECK(says < is + kQuantum);
      CHECK(is < 1.25 * says + 1048576.0);
    }
  }
}

TEST_CASE("a case stays within the limit of its host and answers right when it may have more", "[rule-28]") {
  if (memory() == nullptr) return;
  const ProtocolHandle protocol = builtin();
  std::mt19937 random(3);
  int refused = 0, answered = 0;
  for (std::uint32_t turn = 0; turn < 24; ++turn) {
    dosegate_host host{};
    host.struct_size = sizeof host;
    host.threads = 1 + turn % 3;
    const CaseHandle c = make_full_case(&host), same = make_full_case();
    const std::string report = report_of(same.get(), protocol.get());
    const auto bytes = static_cast<double>(memory_of(c.get()).bytes);
    const double limit = bytes + static_cast<double>(random() % 3'000'000);
    REQUIRE(memory()->case_set_limit(c.get(), static_cast<std::uint64_t>(limit), nullptr) == DOSEGATE_OK);
    memory_of(c.get());  // `most` begins here
    dosegate_report* answer = nullptr;
    Failure error;
    const dosegate_status status = api().check(c.get(), protocol.get(), &answer, error.out());
    const ReportHandle owned(answer, api().report_release);
    INFO("limit " << limit << ", status " << status << ": " << error.message());
    REQUIRE((status == DOSEGATE_OK || status == DOSEGATE_OUT_OF_MEMORY));
    (status == DOSEGATE_OK ? answered : refused)++;
    if (status == DOSEGATE_OK) CHECK(string(api().report_json(answer)) == report);
    CHECK(static_cast<double>(memory_of(c.get()).most) < limit + (host.threads + 1) * kQuantum);
    REQUIRE(memory()->case_set_limit(c.get(), 0, nullptr) == DOSEGATE_OK);
    CHECK(report_of(c.get(), protocol.get()) == report);
  }
  CHECK(refused > 3);
  CHECK(answered > 3);
}

TEST_CASE("kept results make way for a check that needs the memory", "[rule-28]") {
  if (memory() == nullptr) return;
  const ProtocolHandle protocol = builtin();
  const CaseHandle c = make_full_case(), fresh = make_full_case();
  memory_of(fresh.get());
  report_of(fresh.get(), protocol.get());
  const auto needed = memory_of(fresh.get()).most;
  report_of(c.get(), protocol.get());
  REQUIRE(abi_set_cord(&api(), c.get(), 20.0, nullptr) == DOSEGATE_OK);
  REQUIRE(abi_set_cord(&api(), fresh.get(), 20.0, nullptr) == DOSEGATE_OK);
  const std::string report = report_of(fresh.get(), protocol.get());
  REQUIRE(memory()->case_set_limit(c.get(), needed + 131072, nullptr) == DOSEGATE_OK);
  CHECK(report_of(c.get(), protocol.get()) == report);
  CHECK(memory_of(c.get()).bytes <= needed + 196608);
}

TEST_CASE("calls that fail leave nothing in a case's account", "[rule-28]") {
  if (memory() == nullptr) return;
  const CaseHandle c = make_case();
  const std::uint64_t before = memory_of(c.get()).bytes;
  for (int i = 0; i < 1000; ++i) {
    Failure error;
    REQUIRE(api().case_set_options(c.get(), text(R"({"unknownOptionOfALongName": 1})"), error.out()) ==
            DOSEGATE_INVALID_DATA);
    dosegate_document* document = nullptr;
    REQUIRE(api().dvh(c.get(), text(R"({"rois": ["no structure of this rather long name"]})"), &document,
                      error.out()) == DOSEGATE_NOT_FOUND);
  }
  CHECK(memory_of(c.get()).bytes == before);
}

TEST_CASE("the memory extension answers misuse as every table does", "[rule-4]") {
  if (memory() == nullptr) return;
  const CaseHandle c = make_case();
  dosegate_case_memory m{};
  m.struct_size = sizeof m;
  Failure error;
  CHECK(memory()->case_memory(nullptr, &m, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "case");
  CHECK(memory()->case_memory(c.get(), nullptr, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "out");
  m.struct_size = 8;
  CHECK(memory()->case_memory(c.get(), &m, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  m.struct_size = sizeof m;
  m.reserved = 1;
  CHECK(memory()->case_memory(c.get(), &m, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(error.path() == "out.reserved");
  CHECK(memory()->case_give_back(nullptr, error.out()) == DOSEGATE_INVALID_ARGUMENT);
  CHECK(memory()->case_set_limit(nullptr, 1, error.out()) == DOSEGATE_INVALID_ARGUMENT);
}
