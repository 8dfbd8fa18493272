// verify_many PUBLIC_KEY: for each line of standard input, an envelope in base64, whether it is a genuine decision.
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "adapters/gate/verify.h"
#include "adapters/support/base64.h"

int main(int argc, char** argv) {
  using namespace dosegate::gate;
  if (argc != 2) return 3;
  const std::vector<PublicKey> keys = {PublicKey::from_file(argv[1])};
  for (std::string line; std::getline(std::cin, line);) {
    bool is_genuine = false;
    try {
      verify_decision(dosegate::support::from_base64(line).value_or(""), keys, Revocations());
      is_genuine = true;
    } catch (const NotGenuine&) {
    }
    std::puts(is_genuine ? "1" : "0");
  }
  return 0;
}
