// Memory for native code: pages that are written first and executed afterwards, never both at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace gradtape::core::jit {

// Whether this process can have native code, found out once. The processor needs AVX2, which GRADTAPE_ISA=baseline
// denies; the settings must not turn it off; the system must let pages be executed that were written before.
bool is_available();

// A copy of the code in pages of its own, as an owner of these, at the address that it points to. Null where the system
// refuses, or where all code together would take more than kMostCodeBytes. Any thread may call it.
std::shared_ptr<const std::byte> publish(std::span<const uint8_t> code);

std::size_t pages_of(std::size_t bytes);  // the bytes that a publication of so many takes

inline constexpr std::size_t kMostCodeBytes = std::size_t{64} << 20;
std::size_t code_bytes();  // of all code that is published now

}  // namespace gradtape::core::jit
