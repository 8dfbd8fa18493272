// The file of --rights: which client may do what.
#pragma once

#include <map>
#include <set>
#include <string>

#include "dosegate/v1/access.pb.h"

namespace dosegate::rpc {

// Names of hosts are the same in capitals.
std::string lower_name(std::string name);
// What keeps a text from being a client's name, as a sentence; empty: nothing. What the file of rights cannot say, no
// certificate says either.
std::string problem_of_name(const std::string& name);

// Who may do what, by name in small letters.
using Rights = std::map<std::string, std::set<v1::ClientRights::Right>>;
// Of a text of dosegate.v1.AccessRights, JSON, with all its members: a file that names no clients says so with an empty
// list. Throws support::Error that names `file` where it cannot be used, or where a key, a client or a right is there
// twice.
Rights parse_rights(const std::string& text, const std::string& file);

}  // namespace dosegate::rpc
