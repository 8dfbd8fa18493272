// dosegate: checks a radiotherapy plan against a trial's protocol.
#include "adapters/cli/commands.h"

int main(int argc, char** argv) { return dosegate::cli::run(argc, argv); }
