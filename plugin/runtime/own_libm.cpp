// The C library's names for the elementary functions that the library calls (Boost.Math does, for
// dosegate.statistics/1), and the engine's own functions behind them: the linker takes these, so that answers are the
// same bytes with every C library and on every processor.
#include "core/elementary/functions.h"

extern "C" {

double exp(double x) noexcept { return dosegate::exp_of(x); }
double log(double x) noexcept { return dosegate::log_of(x); }
double log1p(double x) noexcept { return dosegate::log1p_of(x); }
double pow(double x, double y) noexcept { return dosegate::pow_of(x, y); }
double sin(double x) noexcept { return dosegate::sin_of(x); }
double cos(double x) noexcept { return dosegate::cos_of(x); }
void sincos(double x, double* sine, double* cosine) noexcept {
  *sine = dosegate::sin_of(x);
  *cosine = dosegate::cos_of(x);
}
double asin(double x) noexcept { return dosegate::asin_of(x); }
double acos(double x) noexcept { return dosegate::acos_of(x); }

}  // extern "C"
