// The choice of the instruction set for this process.
#include "base/isa.hpp"

#include <cstdlib>
#include <string_view>

namespace gradtape::core {

namespace {
Isa best() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  if (!avx2) return Isa::baseline;
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  return avx512 ? Isa::avx512 : Isa::avx2;
#else
  return Isa::baseline;
#endif
}

Isa choose() {
  const Isa most = best();
  const char* asked = std::getenv("GRADTAPE_ISA");
  for (Isa i : {Isa::baseline, Isa::avx2})
    if (asked && std::string_view(asked) == name_of(i)) return i < most ? i : most;
  return most;
}
}  // namespace

Isa processor_isa() {
  static const Isa chosen = choose();
  return chosen;
}
Isa isa() {
#ifdef GRADTAPE_BASELINE_ONLY
  return Isa::baseline;
#else
  return processor_isa();
#endif
}

const char* name_of(Isa isa) { return isa == Isa::avx512 ? "avx512" : isa == Isa::avx2 ? "avx2" : "baseline"; }

}  // namespace gradtape::core
