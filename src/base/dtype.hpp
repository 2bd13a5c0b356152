// Element types: their numbers in the C interface, sizes, names, and dispatch from a number to a C++ type.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.hpp"

namespace gradtape::core {

enum class Dtype : int32_t { boolean = 1, int32 = 2, int64 = 3, float32 = 4, float64 = 5 };
inline constexpr int kDtypeSlots = 6;  // size of a table indexed by Dtype

constexpr bool is_known(Dtype d) { return d >= Dtype::boolean && d <= Dtype::float64; }
constexpr bool is_floating(Dtype d) { return d == Dtype::float32 || d == Dtype::float64; }
constexpr bool is_integer(Dtype d) { return d == Dtype::int32 || d == Dtype::int64; }
constexpr std::size_t size_of(Dtype d) {
  return d == Dtype::boolean ? 1 : d == Dtype::int32 || d == Dtype::float32 ? 4 : 8;
}
constexpr std::string_view name_of(Dtype d) {
  constexpr std::string_view names[kDtypeSlots] = {"?", "bool", "int32", "int64", "float32", "float64"};
  return is_known(d) ? names[static_cast<int>(d)] : names[0];
}
inline std::optional<Dtype> dtype_named(std::string_view name) {
  for (int i = 1; i < kDtypeSlots; ++i)
    if (name_of(static_cast<Dtype>(i)) == name) return static_cast<Dtype>(i);
  return std::nullopt;
}

using DtypeSet = uint32_t;  // bit d: Dtype d
constexpr DtypeSet bit(Dtype d) { return 1u << static_cast<int>(d); }
inline constexpr DtypeSet kFloating = bit(Dtype::float32) | bit(Dtype::float64);
inline constexpr DtypeSet kInteger = bit(Dtype::int32) | bit(Dtype::int64);
inline constexpr DtypeSet kNumeric = kFloating | kInteger;
inline constexpr DtypeSet kBoolean = bit(Dtype::boolean);
inline constexpr DtypeSet kAllDtypes = kNumeric | kBoolean;

template <class T>
inline constexpr Dtype dtype_of = Dtype::boolean;
template <>
inline constexpr Dtype dtype_of<int32_t> = Dtype::int32;
template <>
inline constexpr Dtype dtype_of<int64_t> = Dtype::int64;
template <>
inline constexpr Dtype dtype_of<float> = Dtype::float32;
template <>
inline constexpr Dtype dtype_of<double> = Dtype::float64;

template <class T>
struct Type {
  using type = T;
};

// Calls f(Type<T>{}) with the C++ type of d. bool is one byte, 0 or 1.
template <class F>
decltype(auto) dispatch(Dtype d, F&& f) {
  switch (d) {
    case Dtype::boolean: return f(Type<bool>{});
    case Dtype::int32: return f(Type<int32_t>{});
    case Dtype::int64: return f(Type<int64_t>{});
    case Dtype::float32: return f(Type<float>{});
    case Dtype::float64: return f(Type<double>{});
  }
  fail(Status::internal, "dtype number {} has no C++ type", static_cast<int>(d));
}

// For an op that bool is no dtype of: its loops are not compiled for bool.
template <class F>
decltype(auto) dispatch_numeric(Dtype d, F&& f) {
  switch (d) {
    case Dtype::int32: return f(Type<int32_t>{});
    case Dtype::int64: return f(Type<int64_t>{});
    case Dtype::float32: return f(Type<float>{});
    case Dtype::float64: return f(Type<double>{});
    case Dtype::boolean: break;
  }
  fail(Status::internal, "{} is no numeric dtype", name_of(d));
}

template <class F>
decltype(auto) dispatch_floating(Dtype d, F&& f) {
  if (d == Dtype::float32) return f(Type<float>{});
  if (d == Dtype::float64) return f(Type<double>{});
  fail(Status::internal, "{} is no floating dtype", name_of(d));
}

// Calls f with a type of the element's size: moving elements does not depend on what they mean.
template <class F>
decltype(auto) dispatch_size(std::size_t element_size, F&& f) {
  switch (element_size) {
    case 1: return f(Type<uint8_t>{});
    case 4: return f(Type<uint32_t>{});
    default: return f(Type<uint64_t>{});
  }
}

}  // namespace gradtape::core
