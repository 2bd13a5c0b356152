// Tile instructions: loops over a run of elements for an elementwise function given as a template argument, compiled
// for each instruction set.
#pragma once

#include <cmath>
#include <type_traits>

#include "base/isa.hpp"
#include "graph/kernel_call.hpp"
#include "math/lane.hpp"
#include "math/scalar.hpp"

namespace gradtape::core {

// The numbers among the op's attributes, in order, fetched before the loop.
struct Numbers {
  double value[2] = {};
  int64_t integer[2] = {};  // the same, but for large integers, which a double does not hold
  explicit Numbers(const Attrs* attrs) {
    for (std::size_t i = 0; attrs && i < attrs->values.size() && i < 2; ++i)
      if (const double* number = std::get_if<double>(&attrs->values[i])) {
        value[i] = *number;
        integer[i] = math::convert<int64_t>(*number);
      } else if (const int64_t* whole = std::get_if<int64_t>(&attrs->values[i])) {
        value[i] = static_cast<double>(*whole);
        integer[i] = *whole;
      }
  }
  template <class T>
  T as(std::size_t i) const {
    if constexpr (requires { typename T::Number; })  // a lane
      return as<typename T::Number>(i);
    else if constexpr (math::is_int<T>)
      return math::saturate<T>(integer[i]);
    else
      return math::convert<T>(value[i]);
  }
};

// The function may take the op's numbers after its operands.
template <auto F, class... X>
inline auto call_tile(const Numbers& numbers, X... x) {
  if constexpr (std::is_invocable_v<decltype(F), X..., const Numbers&>)
    return F(x..., numbers);
  else
    return F(x...);
}

// bool is read as a byte, so that comparing and selecting stay branch-free.
template <auto F, class... T>
void tile_loop(const Tile& t) {
  using R = decltype(call_tile<F>(std::declval<const Numbers&>(), T()...));
  const Numbers numbers(t.attrs);
  R* y = static_cast<R*>(t.out);
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    const auto operands = std::tuple(static_cast<const T*>(t.in[I])...);
#pragma GCC ivdep  // a result takes the place of an operand of the same element only
    for (std::size_t i = 0; i < t.n; ++i) y[i] = call_tile<F>(numbers, std::get<I>(operands)[i]...);
  }
  (std::index_sequence_for<T...>());
}

template <auto F, class... T>
TileFn tile() {
  return compiled_for_this_machine<[](const Tile& t) { tile_loop<F, T...>(t); }>();
}

// The same function for the compiler of loops.
template <auto F, class... T>
LaneFn lanes() {
  return [](math::LaneProgram& program, std::span<const int32_t> operands, const Attrs* attrs) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return call_tile<F>(Numbers(attrs), math::Lane<T>(program, operands[I])...).in(program);
    }
    (std::index_sequence_for<T...>());
  };
}

// Fast where all operands of the tile lie within the bound, else Exact.
template <auto Fast, auto Exact, class T>
void bounded_loop(const Tile& t, double bound) {
  const T* x = static_cast<const T*>(t.in[0]);
  const T most = static_cast<T>(bound);
  std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t> beyond = 0;  // as wide as an element: no vector is widened
  for (std::size_t i = 0; i < t.n; ++i) beyond |= std::abs(x[i]) <= most ? 0 : 1;
  if (beyond == 0)
    tile_loop<Fast, T>(t);
  else
    tile_loop<Exact, T>(t);
}
template <auto Fast, auto Exact, int Bound>
Elementwise bounded_tiles() {
  Elementwise e;
  e.table[static_cast<int>(Dtype::float32)] =
      compiled_for_this_machine<[](const Tile& t) { bounded_loop<Fast, Exact, float>(t, Bound); }>();
  e.table[static_cast<int>(Dtype::float64)] =
      compiled_for_this_machine<[](const Tile& t) { bounded_loop<Fast, Exact, double>(t, Bound); }>();
  return e;
}

// Calls f with the number and the type of each dtype of the set.
template <DtypeSet Set, class F>
void for_each_dtype(F&& f) {
  const auto call = [&]<class T>(Type<T> type) {
    if constexpr ((Set & bit(dtype_of<T>)) != 0) f(static_cast<int>(dtype_of<T>), type);
  };
  call(Type<bool>{});
  call(Type<int32_t>{});
  call(Type<int64_t>{});
  call(Type<float>{});
  call(Type<double>{});
}
template <auto F, DtypeSet Set, int Operands>
Elementwise tiles() {
  Elementwise e;
  for_each_dtype<Set>([&]<class T>(int number, Type<T>) {
    if constexpr (Operands == 1)
      e.table[number] = tile<F, T>();
    else
      e.table[number] = tile<F, T, T>();
  });
  return e;
}
template <auto F, DtypeSet Set, int Operands>
void add_lanes(Elementwise& e) {
  for_each_dtype<Set>([&]<class T>(int number, Type<T>) {
    if constexpr (Operands == 1)
      e.lanes[number] = lanes<F, T>();
    else
      e.lanes[number] = lanes<F, T, T>();
  });
}

}  // namespace gradtape::core
