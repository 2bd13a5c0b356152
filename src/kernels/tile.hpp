// Tile instructions: loops over a run of elements for an elementwise function given as a template argument.
#pragma once

#include <type_traits>

#include "graph/op.hpp"

namespace gradtape {

// The function may take the op's attributes after its operands.
template <auto F, class... X>
inline auto call_tile(const Attrs* attrs, X... x) {
  if constexpr (std::is_invocable_v<decltype(F), X..., const Attrs*>)
    return F(x..., attrs);
  else
    return F(x...);
}

template <auto F, class T>
void unary_tile(const Tile& t) {
  using R = decltype(call_tile<F>(t.attrs, T()));
  const T* x = static_cast<const T*>(t.in[0]);
  R* y = static_cast<R*>(t.out);
  if (t.fixed[0]) {
    const R value = call_tile<F>(t.attrs, *x);
    for (std::size_t i = 0; i < t.n; ++i) y[i] = value;
  } else {
    for (std::size_t i = 0; i < t.n; ++i) y[i] = call_tile<F>(t.attrs, x[i]);
  }
}

template <auto F, class T>
void binary_tile(const Tile& t) {
  using R = decltype(call_tile<F>(t.attrs, T(), T()));
  const T* a = static_cast<const T*>(t.in[0]);
  const T* b = static_cast<const T*>(t.in[1]);
  R* y = static_cast<R*>(t.out);
  const auto loop = [&](auto a_fixed, auto b_fixed) {
    const T a0 = *a, b0 = *b;
    for (std::size_t i = 0; i < t.n; ++i) y[i] = call_tile<F>(t.attrs, a_fixed ? a0 : a[i], b_fixed ? b0 : b[i]);
  };
  constexpr std::true_type fixed;
  constexpr std::false_type moving;
  if (t.fixed[0])
    t.fixed[1] ? loop(fixed, fixed) : loop(fixed, moving);
  else
    t.fixed[1] ? loop(moving, fixed) : loop(moving, moving);
}

template <auto F, DtypeSet Set, int Operands>
Elementwise tiles() {
  Elementwise e;
  const auto add = [&]<class T>(Type<T>) {
    if constexpr ((Set & bit(dtype_of<T>)) != 0) {
      if constexpr (Operands == 1)
        e.table[static_cast<int>(dtype_of<T>)] = unary_tile<F, T>;
      else
        e.table[static_cast<int>(dtype_of<T>)] = binary_tile<F, T>;
    }
  };
  add(Type<bool>{}), add(Type<int32_t>{}), add(Type<int64_t>{}), add(Type<float>{}), add(Type<double>{});
  return e;
}

}  // namespace gradtape
