// Dosegate's own parser against DCMTK's: the same values of every attribute that Dosegate reads, or both refuse, or the
// difference is in the table of differences.h, with its reason.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <regex>
#include <set>

#include "adapters/phantom/phantom.h"
#include "adapters/phantom/study.h"
#include "tests/dicom/builder.h"
#include "tests/dicom/wire/attributes_read.h"
#include "tests/dicom/wire/bases.h"
#include "tests/dicom/wire/differences.h"
#include "tests/dicom/wire/mutation.h"
#include "tests/dicom/wire/reading.h"

using namespace dicom_test;

namespace {

constexpr std::uint64_t kSeed = 20261130;
constexpr int kMutants = DOSEGATE_SANITIZED ? 1'000 : 20'000;
// DCMTK allocates what a length says, and a sanitizer marks all of it: seconds for one object. There every eleventh is
// compared.
constexpr int kComparedEvery = DOSEGATE_SANITIZED ? 11 : 1;
constexpr int kCompared = (kMutants + kComparedEvery - 1) / kComparedEvery;
// Both read, and what they read is the same: a third of all 20,000, but of a hundred one in four.
constexpr std::size_t kAlikeAtLeast = kCompared / (DOSEGATE_SANITIZED ? 8 : 4);

std::string text_of(const Bytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// Fails the test for each difference that the table does not explain.
void compare(const Parsers& parsers, const std::string& bytes, const std::string& story, Differences& table) {
  const Reading ours = parsers.by_dosegate(bytes), theirs = parsers.by_dcmtk(bytes);
  for (const std::string& unexplained : table.of(ours, theirs)) {
    FAIL_CHECK(story << ": " << unexplained);
  }
}

}  // namespace

TEST_CASE("The attributes that are compared are all that Dosegate reads", "[dicom][wire]") {
  std::set<std::uint32_t> compared = {0x7FE00010U};
  for (const AttributeRead& one : attributes_read()) compared.insert(one.tag);
  // Of the meta group, and the end of what is looked at of an image: no attributes of a data set that is read.
  const std::set<std::uint32_t> others = {0x00020002U, 0x00020010U, 0x00210000U};
  std::set<std::uint32_t> read;
  const std::regex number("= 0x([0-9A-F]{8})U");
  for (const auto& file : std::filesystem::recursive_directory_iterator(DOSEGATE_DICOM_SOURCES)) {
    const std::string name = file.path().filename().string();
    if (!file.is_regular_file() || name == "sequence_tags.cpp") continue;
    std::ifstream in(file.path());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    for (std::sregex_iterator at(text.begin(), text.end(), number), end; at != end; ++at) {
      const auto tag = static_cast<std::uint32_t>(std::stoul((*at)[1], nullptr, 16));
      if (tag >> 16U < 0xFFFEU && others.count(tag) == 0) read.insert(tag);
    }
  }
  CHECK(read.size() > 80);
  CHECK(read == compared);
}

TEST_CASE("Every file of the shared data is read as DCMTK reads it", "[dicom][wire]") {
  const std::string data = shared_data();
  if (data.empty()) return;
  const Parsers parsers;
  Differences table;
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data)) {
    if (!entry.is_regular_file()) continue;
    compare(parsers, text_of(file_bytes(entry.path())), entry.path().string(), table);
    ++files;
  }
  CHECK(files > 100);
}

TEST_CASE("Every object of every phantom is read as DCMTK reads it", "[dicom][wire]") {
  const Parsers parsers;
  Differences table;
  std::size_t number = 0;
  for (const dosegate::phantom::CaseInfo& info : dosegate::phantom::cases()) {
    if (DOSEGATE_SANITIZED && number++ % 4 != 0) continue;
    const dosegate::phantom::Study study(info.name);
    std::vector<dosegate::phantom::DicomFile> files = dosegate::phantom::make_doses(study);
    files.push_back(dosegate::phantom::make_plan(study));
    files.push_back(dosegate::phantom::make_structures(study));
    if (info.name == "pass") {
      for (auto& image : dosegate::phantom::make_images(study)) files.push_back(std::move(image));
    }
    for (const auto& file : files) {
      for (const E_TransferSyntax syntax : {EXS_LittleEndianExplicit, EXS_LittleEndianImplicit}) {
        compare(parsers, text_of(encode(*file.file->getDataset(), syntax)), info.name + "/" + file.name, table);
      }
    }
  }
}

TEST_CASE("What mutants are made of is read alike, in every encoding", "[dicom][wire]") {
  const Parsers parsers;
  Differences table;
  std::size_t count = 0;
  for (const Base& base : bases(shared_data())) {
    for (const Form form : {Form::kImplicit, Form::kExplicit, Form::kBigEndian, Form::kDeflated}) {
      const bool is_packed = base.name.find("packed") != std::string::npos;
      if (is_packed && form != Form::kExplicit) continue;
      const std::string syntax = is_packed ? "1.2.840.10008.1.2.5" : syntax_of(form);
      compare(parsers, encode_tree(base.tree, form, syntax).bytes, base.name + " as " + syntax, table);
      ++count;
    }
  }
  INFO(table.summary());
  // All but the big endian dose of 32 bits, that of pydicom, and the idle byte: see the table.
  CHECK(table.alike() + (shared_data().empty() ? 2 : 3) == count);
}

TEST_CASE("Twenty thousand damaged objects are read as DCMTK reads them, or the table says why not", "[dicom][wire]") {
  const std::string data = shared_data();
  const Parsers parsers;
  const std::vector<Base> all = bases(data);
  Differences table;
  Random random(kSeed);
  for (int i = 0; i < kMutants; ++i) {
    const Base& base = all[static_cast<std::size_t>(i) % all.size()];
    const Mutant mutant = mutated(base.tree, random);
    if (i % kComparedEvery != 0) {
      static_cast<void>(parsers.by_dosegate(mutant.bytes));
      continue;
    }
    compare(parsers, mutant.bytes, "mutant " + std::to_string(i) + " of " + base.name + ": " + mutant.story, table);
  }
  INFO(table.summary());
  CHECK(table.alike() > kAlikeAtLeast);
  // An entry that explains nothing is out of date.
  if (!DOSEGATE_SANITIZED && !data.empty()) CHECK(table.unused() == "");
}

// build/release/bin/dicom_tests "[.wire-summary]": how often each difference occurs.
TEST_CASE("Differences of the damaged objects, counted", "[.wire-summary]") {
  const Parsers parsers;
  const std::vector<Base> all = bases(shared_data());
  Differences table;
  const char* seed = std::getenv("DOSEGATE_SEED");  // another one, for others than those of the test
  Random random(seed == nullptr ? kSeed : std::strtoull(seed, nullptr, 10));
  std::map<std::string, std::pair<int, std::string>>
      unexplained;  // how often each, with numbers left out, and one of them
  for (int i = 0; i < 20'000; ++i) {
    const Base& base = all[static_cast<std::size_t>(i) % all.size()];
    const Mutant mutant = mutated(base.tree, random);
    const Reading ours = parsers.by_dosegate(mutant.bytes), theirs = parsers.by_dcmtk(mutant.bytes);
    for (const std::string& one : table.of(ours, theirs)) {
      auto& [count, example] = unexplained[std::regex_replace(
          one, std::regex("^[0-9A-F/\\[\\]]+: |[0-9]+|'[^']*'|\\(....,....\\)[^']*$"), "#")];
      if (++count == 1) example = std::to_string(i) + " of " + base.name + ": " + mutant.story + ": " + one;
    }
  }
  for (const auto& [kind, found] : unexplained) std::cout << found.first << " times: " << found.second << "\n";
  std::cout << table.summary();
}

// DOSEGATE_MUTANT=790 build/release/bin/dicom_tests "[.wire-mutant]" writes one of them to mutant-790.dcm.
TEST_CASE("One damaged object, written to a file", "[.wire-mutant]") {
  const char* asked = std::getenv("DOSEGATE_MUTANT");
  REQUIRE(asked != nullptr);
  const std::vector<Base> all = bases(shared_data());
  Random random(kSeed);
  Mutant mutant;
  for (int i = 0; i <= std::atoi(asked); ++i) {
    mutant = mutated(all[static_cast<std::size_t>(i) % all.size()].tree, random);
  }
  std::ofstream("mutant-" + std::string(asked) + ".dcm", std::ios::binary) << mutant.bytes;
  std::cout << mutant.story << "\n";
}

// build/release/bin/dicom_tests "[.wire-speed]": what our own parser is for.
TEST_CASE("Time of reading a structure set and a dose, by Dosegate and by DCMTK", "[.wire-speed]") {
  const std::string data = shared_data();
  if (data.empty()) return;
  const Parsers parsers;
  for (const char* name : {"/liverA/RS.dcm", "/liverA/RD.dcm", "/liverA/RP.dcm"}) {
    const std::string bytes = text_of(file_bytes(data + name));
    std::cout << name << ", " << bytes.size() << " bytes:";
    double sums[2] = {};
    for (const bool own : {true, false}) {
      double best = 1e9;
      for (int run = 0; run < 7; ++run) {
        const auto begin = std::chrono::steady_clock::now();
        sums[own ? 0 : 1] = own ? parsers.contours_by_dosegate(bytes) : parsers.contours_by_dcmtk(bytes);
        const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
        best = std::min(best, took.count());
      }
      std::cout << (own ? " Dosegate " : ", DCMTK ") << best << " ms";
    }
    std::cout << "\n";
    CHECK(sums[0] == Approx(sums[1]));
  }
}
