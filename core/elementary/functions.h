// Elementary functions by a fixed order of additions, multiplications, divisions and square roots, so that they are the
// same to the last bit wherever the engine is compiled: C libraries differ there, one from the other and by processor.
// The library uses them in place of its C library's (plugin/runtime/own_libm.cpp).
#pragma once

namespace dosegate {

// Within 2 units in the last place; of what is not in the domain NaN, as C has it.
double exp_of(double x);
double log_of(double x);
double log1p_of(double x);
double asin_of(double x);
double acos_of(double x);
// x to the power of y, within 3 + 1.5 |y log x| units in the last place.
double pow_of(double x, double y);
// Within 4e-16 where |x| is at most a million; NaN beyond.
double sin_of(double x);
double cos_of(double x);

}  // namespace dosegate
