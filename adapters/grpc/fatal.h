// The end of a process that cannot go on: one line, and an exit code that says so.
#pragma once

namespace dosegate::rpc {

// Ended for want of memory, threads or descriptors: whoever runs the server starts it again.
inline constexpr int kExhausted = 4;

// From now on an allocation or a thread that is not to be had, where nobody can refuse the call it was for, ends the
// process with a line on standard error and kExhausted. A crash while there is memory stays a crash, with its core.
void end_cleanly_when_exhausted();

// Within these seconds forgive() is called, or the process ends with a line and kExhausted: what threads it lacks a
// library may wait for without end. The text lives as long as the process.
void expect_within(unsigned seconds, const char* otherwise);
void forgive();

}  // namespace dosegate::rpc
