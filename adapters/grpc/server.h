// The server, from its arguments to its end.
#pragma once

namespace dosegate::rpc {

// What `main` does: takes over the process's signals, standard output and new-handler. Returns the exit code.
int run_server(int argc, char** argv);

}  // namespace dosegate::rpc
