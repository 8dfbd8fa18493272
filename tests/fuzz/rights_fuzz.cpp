// The file of --rights on any bytes: rights, or one line that names the file. Rights that were taken are the same when
// they are written down and read again: nothing was merged or guessed.
#include <google/protobuf/util/json_util.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "adapters/grpc/rights_file.h"

using namespace dosegate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  rpc::Rights rights;
  try {
    rights = rpc::parse_rights(text, "FILE");
  } catch (const std::runtime_error& e) {
    if (std::string(e.what()).rfind("FILE: ", 0) != 0) std::abort();
    return 0;
  }
  v1::AccessRights written;
  for (const auto& [name, own] : rights) {
    if (name.empty()) std::abort();
    v1::ClientRights& client = *written.add_clients();
    client.set_name(name);
    for (const auto right : own) client.add_rights(right);
  }
  v1::AccessRights as_read;
  if (!google::protobuf::util::JsonStringToMessage(text, &as_read).ok()) std::abort();
  // Not one client, not one right less than the text has.
  if (as_read.clients_size() != written.clients_size()) std::abort();
  int more = 0;
  for (const auto& client : as_read.clients()) more += client.rights_size();
  for (const auto& client : written.clients()) more -= client.rights_size();
  if (more != 0) std::abort();
  std::string json;
  google::protobuf::util::JsonPrintOptions all;
  all.always_print_primitive_fields = true;  // empty lists, too
  if (!google::protobuf::util::MessageToJsonString(written, &json, all).ok()) std::abort();
  if (rpc::parse_rights(json, "FILE") != rights) std::abort();
  return 0;
}
