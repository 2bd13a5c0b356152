// Instruction sets: loops are compiled once for each, and the best one that the processor has is chosen at run time.
#pragma once

#include <type_traits>

namespace gradtape::core {

enum class Isa { baseline, avx2, avx512 };

// The best one here, or the one that the environment variable GRADTAPE_ISA names, where the processor has it.
Isa isa();
// The same for code that is made at run time: also where loops are compiled for the baseline alone.
Isa processor_isa();
const char* name_of(Isa isa);

// Body, a function object without state, compiled for an instruction set. Everything it calls is compiled into it.
template <auto Body, class... A>
void for_baseline(A... args) {
  Body(args...);
}
#if defined(__x86_64__) && !defined(GRADTAPE_BASELINE_ONLY)
template <auto Body, class... A>
[[gnu::target("avx2,fma,bmi,bmi2"), gnu::flatten]] void for_avx2(A... args) {
  Body(args...);
}
template <auto Body, class... A>
[[gnu::target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,bmi,bmi2,prefer-vector-width=512"), gnu::flatten]] void
for_avx512(A... args) {
  Body(args...);
}
#endif

// The version of Body for this processor. The argument's type gives the types of Body's arguments. Body itself is not
// passed: gcc would keep a copy of it beside those that are inlined.
template <auto Body, class... A>
auto version_for_this_machine(std::type_identity<void (*)(A...)>) -> void (*)(A...) {
#if defined(__x86_64__) && !defined(GRADTAPE_BASELINE_ONLY)
  if (isa() == Isa::avx512) return for_avx512<Body, A...>;
  if (isa() == Isa::avx2) return for_avx2<Body, A...>;
#endif
  return for_baseline<Body, A...>;
}
template <auto Body>
auto compiled_for_this_machine() {
  return version_for_this_machine<Body>(std::type_identity<decltype(+Body)>{});
}

}  // namespace gradtape::core
