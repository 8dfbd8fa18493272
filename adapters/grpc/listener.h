// Where the server listens: a Unix socket that only its owner can reach.
#pragma once

#include <string>

namespace dosegate::rpc {

// Whether `address` is unix:PATH.
bool is_socket(const std::string& address);

// Makes ready for binding: the socket's folder is made (0700) where there is none, and refused where others may enter
// it; a socket that a dead server left is removed, one that a server answers on is not. What is wrong and how to mend
// it, or empty. `address`: unix:PATH.
std::string prepare_socket(const std::string& address);

// Removes the socket, after the server has ended.
void remove_socket(const std::string& address);

}  // namespace dosegate::rpc
