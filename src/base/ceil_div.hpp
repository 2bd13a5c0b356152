// Divisions of sizes that round up.
#pragma once

namespace gradtape::core {

// The number of parts of `part` elements, the last one perhaps shorter, that n elements make. n >= 0, part > 0.
template <class N, class Part>
constexpr auto ceil_div(N n, Part part) {
  return (n + part - 1) / part;
}

// The least multiple of `step` that is n or more.
template <class N, class Step>
constexpr auto round_up(N n, Step step) {
  return ceil_div(n, step) * step;
}

}  // namespace gradtape::core
