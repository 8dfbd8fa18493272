// One DICOM object out of its bytes: where its data set starts, how it is encoded, and what its structure is.
#pragma once

#include <string>

#include "adapters/dicom/wire/encoding.h"
#include "adapters/dicom/wire/limits.h"
#include "adapters/dicom/wire/scan.h"
#include "adapters/dicom/wire/shared_bytes.h"

namespace dosegate::dicom {

class DataSet {
 public:
  DataSet() = default;
  // `raw`: a whole file, with or without preamble and meta group (PS3.10 chapter 7). `name`: what errors call it.
  // Nothing of it is copied; a deflated object is inflated. Throws ReadError at the first thing that does not hold.
  DataSet(const SharedBytes& raw, std::string name, const Limits& limits);

  const std::string& name() const { return name_; }
  const Encoding& encoding() const { return start_.encoding; }
  // Whether the meta group says something else; then encoding() is what was found.
  bool is_encoded_otherwise() const { return start_.encoded_otherwise; }
  const Layout& layout() const { return layout_; }
  const SharedBytes& bytes() const { return bytes_; }  // what layout() refers to

  // Gives the bytes back: neither attributes nor pixels can be read any more.
  void release() { bytes_ = {}; }

 private:
  std::string name_;
  Start start_;
  SharedBytes bytes_;
  Layout layout_;
};

}  // namespace dosegate::dicom
