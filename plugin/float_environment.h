// The floating-point environment of a call: the engine always computes under the default one (round to
// nearest, no traps, no flush to zero), and the host finds its own again, status flags included.
#pragma once

#include <cfenv>

namespace dosegate::plugin {

class FloatEnvironment {
 public:
  FloatEnvironment() {
    std::fegetenv(&host_);
    std::fesetenv(FE_DFL_ENV);
  }
  ~FloatEnvironment() { std::fesetenv(&host_); }
  FloatEnvironment(const FloatEnvironment&) = delete;
  FloatEnvironment& operator=(const FloatEnvironment&) = delete;

  // Runs a callback of the host in the host's environment, and keeps what it changed there.
  template <typename F>
  auto as_host(F&& callback) {
    std::fesetenv(&host_);
    struct Back {
      FloatEnvironment& self;
      ~Back() {
        std::fegetenv(&self.host_);
        std::fesetenv(FE_DFL_ENV);
      }
    } back{*this};
    return callback();
  }

 private:
  std::fenv_t host_{};
};

}  // namespace dosegate::plugin
