#include "adapters/pdf/pdf.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "adapters/pdf/child.h"
#include "adapters/pdf/kept_signals.h"
#include "adapters/support/error.h"
#include "adapters/support/temporary_folder.h"

namespace dosegate::pdf {
namespace fs = std::filesystem;
namespace {

using support::Error;
using support::TemporaryFolder;

constexpr std::uintmax_t kMostPdfBytes = std::uintmax_t{256} << 20;

bool is_program(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

std::string find_chromium() {
  if (const char* const named = std::getenv(kChromiumVariable); named != nullptr && *named != '\0') {
    if (is_program(named)) return named;
    throw Error(kChromiumVariable, "", "'" + std::string(named) + "' is no program that can be run",
                "Name Chromium's, for example /usr/bin/chromium");
  }
  const char* const path = std::getenv("PATH");
  const std::string folders = path != nullptr ? path : "/usr/bin:/bin";
  for (const char* const name : {"chromium", "chromium-browser", "google-chrome"}) {
    for (std::size_t from = 0; from <= folders.size();) {
      const std::size_t colon = std::min(folders.find(':', from), folders.size());
      const std::string candidate = folders.substr(from, colon - from) + "/" + name;
      if (candidate.front() == '/' && colon != from && is_program(candidate)) return candidate;
      from = colon + 1;
    }
  }
  throw Error(
      "--format pdf: Chromium, which prints the page, is not installed. Install it ('apt-get install chromium'), name "
      "it in " +
      std::string(kChromiumVariable) + ", or write --format html and print that");
}

// The last line that it said of an error, without its place in Chromium's sources.
std::string last_complaint(const std::string& said) {
  std::string line;
  for (std::size_t from = 0; from < said.size();) {
    const std::size_t end = std::min(said.find('\n', from), said.size());
    const std::string one = said.substr(from, end - from);
    // It looks for a desktop's bus, and does without.
    if (!one.empty() && one.find("dbus") == std::string::npos) line = one;
    from = end + 1;
  }
  constexpr std::size_t kEnough = 300;
  return line.size() > kEnough ? line.substr(0, kEnough) + "..." : line;
}

std::string failure(const Ended& ended, std::chrono::milliseconds limit) {
  const std::string line = last_complaint(ended.said);
  const std::string said = line.empty() ? "" : ". It said: " + line;
  switch (ended.how) {
    case Ended::How::kTooLong:
      return "did not print the page within " + std::to_string(limit.count() / 1000) +
             " s. Free the machine's processors and memory and run again, or write --format html and print that" + said;
    case Ended::How::kStopped:
      return "was stopped by a signal";
    case Ended::How::kNotStarted:
      return "cannot be started: " + std::string(std::strerror(ended.code));
    case Ended::How::kRootAlone:
      return "is not run as root, and this system gives no user namespace to run it as another. Run dosegate as an "
             "ordinary user, or write --format html and print that";
    case Ended::How::kKilled:
      return "was ended by signal " + std::to_string(ended.code) + said;
    case Ended::How::kExited:
      break;
  }
  return "printed no page (exit code " + std::to_string(ended.code) +
         "). Try it by itself: 'chromium --headless --print-to-pdf=test.pdf about:blank', or write --format html and "
         "print that" +
         said;
}

std::string read_pdf(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (error || size == 0 || size > kMostPdfBytes) return {};
  std::ifstream file(path, std::ios::binary);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  const bool is_whole =
      file.gcount() == static_cast<std::streamsize>(bytes.size()) && bytes.starts_with("%PDF-") &&
      bytes.find("%%EOF", bytes.size() - std::min<std::size_t>(bytes.size(), 32)) != std::string::npos;
  return is_whole ? bytes : std::string();
}

Program chromium(const TemporaryFolder& folder) {
  Program program;
  program.path = find_chromium();
  program.folder = folder.path().string();
  program.arguments = {"--headless",
                       "--disable-gpu",
                       "--disable-dev-shm-usage",
                       "--disable-extensions",
                       "--disable-background-networking",
                       "--disable-component-update",
                       "--disable-breakpad",
                       "--no-first-run",
                       "--no-default-browser-check",
                       "--host-resolver-rules=MAP * ~NOTFOUND",
                       "--proxy-server=127.0.0.1:9",
                       "--force-color-profile=srgb",
                       "--font-render-hinting=none",
                       "--lang=en",
                       "--user-data-dir=" + folder / "profile",
                       "--no-pdf-header-footer",
                       "--generate-pdf-document-outline",
                       "--print-to-pdf=" + folder / "page.pdf",
                       "file://" + folder / "page.html"};
  const char* const path = std::getenv("PATH");
  program.environment = {"HOME=" + folder / "home", "TMPDIR=" + folder / "home", "LANG=C.UTF-8", "TZ=UTC",
                         "PATH=" + std::string(path != nullptr ? path : "/usr/bin:/bin")};
  return program;
}

}  // namespace

std::string without_dates(std::string pdf) {
  // Of the document information, which Chromium writes first and in the clear: both are optional (ISO 32000-1, 14.3.3).
  for (const std::string_view key : {std::string_view("/CreationDate (D:"), std::string_view("/ModDate (D:")}) {
    for (std::size_t at = pdf.find(key); at != std::string::npos; at = pdf.find(key, at)) {
      const std::size_t end = pdf.find(')', at);
      if (end == std::string::npos || end - at > key.size() + 32) break;
      std::fill(pdf.begin() + static_cast<std::ptrdiff_t>(at), pdf.begin() + static_cast<std::ptrdiff_t>(end) + 1, ' ');
    }
  }
  return pdf;
}

struct Printer::Parts {
  TemporaryFolder folder{TemporaryFolder::usual_parent(),
                         "Free space, or set TMPDIR to a folder that can be written to"};
  Program program = chromium(folder);
  Child child{program};  // before the folder goes, it does
};

Printer::Printer() : parts_(std::make_unique<Parts>()) {}
Printer::~Printer() = default;

const fs::path& Printer::folder() const { return parts_->folder.path(); }

std::string Printer::print(std::string_view html, std::chrono::milliseconds limit) {
  const KeptSignals signals;  // before the parts, so that it outlives the folder
  const std::unique_ptr<Parts> parts = std::move(parts_);
  const TemporaryFolder& folder = parts->folder;
  fs::create_directory(folder / "home");
  std::ofstream page(folder / "page.html", std::ios::binary);
  page.write(html.data(), static_cast<std::streamsize>(html.size()));
  page.close();
  if (!page) throw Error(folder / "page.html", "", "cannot be written", "Free space below TMPDIR");
  const Ended ended = parts->child.run(limit, signals.descriptor());
  std::string bytes = ended.how == Ended::How::kExited && ended.code == 0 ? read_pdf(folder / "page.pdf") : "";
  if (bytes.empty()) throw Error(parts->program.path, "", failure(ended, limit), "");
  return without_dates(std::move(bytes));
}

}  // namespace dosegate::pdf
