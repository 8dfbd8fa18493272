// The floating-point environment of a call: the engine always computes under the default one (round to
// nearest, no traps, no flush to zero), and the host finds its own again, status flags included.
#pragma once

#include <cfenv>

namespace dosegate::plugin {

// mingw-w64's functions of <cfenv> keep and set the environment of the x87 unit alone; all numbers here are computed by
// the vector unit, which has a register of its own.
#if defined(_WIN32) && defined(__x86_64__)
struct Environment {
  std::fenv_t x87{};
  unsigned vector = 0;
};
inline void keep_environment(Environment& out) {
  std::fegetenv(&out.x87);
  out.vector = __builtin_ia32_stmxcsr();
}
inline void set_environment(const Environment& to) {
  std::fesetenv(&to.x87);
  __builtin_ia32_ldmxcsr(to.vector);
}
inline void set_default_environment() {
  constexpr unsigned kNearestNoTraps = 0x1F80;
  std::fesetenv(FE_DFL_ENV);
  __builtin_ia32_ldmxcsr(kNearestNoTraps);
}
#else
using Environment = std::fenv_t;
inline void keep_environment(Environment& out) { std::fegetenv(&out); }
inline void set_environment(const Environment& to) { std::fesetenv(&to); }
inline void set_default_environment() { std::fesetenv(FE_DFL_ENV); }
#endif

class FloatEnvironment {
 public:
  FloatEnvironment() {
    keep_environment(host_);
    set_default_environment();
  }
  ~FloatEnvironment() { set_environment(host_); }
  FloatEnvironment(const FloatEnvironment&) = delete;
  FloatEnvironment& operator=(const FloatEnvironment&) = delete;

  // Runs a callback of the host in the host's environment, and keeps what it changed there.
  template <typename F>
  auto as_host(F&& callback) {
    set_environment(host_);
    struct Back {
      FloatEnvironment& self;
      ~Back() {
        keep_environment(self.host_);
        set_default_environment();
      }
    } back{*this};
    return callback();
  }

 private:
  Environment host_{};
};

}  // namespace dosegate::plugin
