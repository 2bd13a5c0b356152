// Whether loops can become native code in this process, by what the library promises.
#pragma once

#include <cstdlib>
#include <string_view>

namespace test {

inline bool is_set_to(const char* variable, std::string_view value) {
  const char* given = std::getenv(variable);
  return given && given == value;
}

// But for GRADTAPE_JIT.
inline bool can_have_native_code() {
#if defined(GRADTAPE_JIT) && defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  return avx2 && !is_set_to("GRADTAPE_ISA", "baseline");
#else
  return false;
#endif
}
inline bool has_native_code() { return can_have_native_code() && !is_set_to("GRADTAPE_JIT", "0"); }
// Whether every loop is compiled when its plan is made.
inline bool compiles_always() { return has_native_code() && is_set_to("GRADTAPE_JIT", "always"); }

}  // namespace test
