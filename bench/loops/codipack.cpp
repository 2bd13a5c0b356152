// The programs by CoDiPack: a tape that is recorded and evaluated in each run. The benchmark fetches CoDiPack; without
// it there are no such ways.
#include "programs.hpp"

#ifdef GRADTAPE_CODIPACK
#include <codi.hpp>
#endif

namespace bench::loops {

#ifdef GRADTAPE_CODIPACK
namespace {

using Real = codi::RealReverse;

// The value and the gradient by the first n inputs.
template <class F>
Way recorded(std::size_t n, F f) {
  return {"CoDiPack", [n, f, x = std::vector<Real>(n)](const double* in, double* out) mutable {
            Real::Tape& tape = Real::getTape();
            tape.setActive();
            for (std::size_t i = 0; i < n; ++i) {
              x[i] = in[i];
              tape.registerInput(x[i]);
            }
            Real y = f(x.data(), in);
            tape.registerOutput(y);
            tape.setPassive();
            y.setGradient(1);
            tape.evaluate();
            out[0] = y.getValue();
            for (std::size_t i = 0; i < n; ++i) out[1 + i] = x[i].getGradient();
            tape.reset();
          }};
}

}  // namespace

std::vector<Way> by_codipack(const Case& c) {
  const long size = c.size;
  if (c.program.starts_with("lotka_volterra"))
    return {recorded(kOde, [size](const Real* x, const double*) { return lotka_volterra(x, size); })};
  if (c.program == "lstm")
    return {recorded(kWeights, [size](const Real* x, const double* in) { return lstm(x, in + kWeights, size); })};
  if (c.program == "minors_unrolled")
    return {recorded(static_cast<std::size_t>(size * size),
                     [size](const Real* x, const double*) { return minors(x, size, 0, (1u << size) - 1); })};
  return {};
}
#else
std::vector<Way> by_codipack(const Case&) { return {}; }
#endif

}  // namespace bench::loops
