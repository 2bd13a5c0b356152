// Whether the library under test is instrumented by AddressSanitizer. The tests themselves are not.
#pragma once

extern "C" __attribute__((weak)) void __asan_init();

namespace test {
inline bool under_address_sanitizer() { return &__asan_init != nullptr; }
}  // namespace test
