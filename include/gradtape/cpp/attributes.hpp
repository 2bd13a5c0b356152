// The types of attributes in C++: what is written as a number, a list in braces or a name.
#pragma once

#include <array>
#include <initializer_list>
#include <optional>

#include "base.hpp"

namespace gradtape {

namespace detail {
template <class T>
using if_integer = std::enable_if_t<std::is_integral_v<T> && !std::is_same_v<T, bool>, int>;

// An integer or a list of such, in braces: {1, 0}, {{1, 1}, {2, 2}}.
struct NestedInts {
  Ints list;
  template <class I, if_integer<I> = 0>
  NestedInts(I value) : list(1, static_cast<std::int64_t>(value)) {}  // NOLINT: stands for either
  NestedInts(std::initializer_list<NestedInts> lists) { append(lists); }
  void append(std::initializer_list<NestedInts> lists) {
    for (const NestedInts& l : lists) list.insert(list.end(), l.list.begin(), l.list.end());
  }
};
}  // namespace detail

/// Axes, sizes or amounts: reduce_sum(x, 1), reduce_sum(x, {0, 1}), pad(x, {{1, 1}, {0, 0}}), a vector or an array.
/// {} leaves an optional attribute out (for axes: all of them), and is the empty list where one is required; Ints{} is
/// always the empty list.
class Axes {
 public:
  Axes() = default;
  Axes(std::nullopt_t) {}                                             // NOLINT: stands for any of these
  Axes(Ints list) : given_(true), list_(std::move(list)) {}           // NOLINT
  Axes(const std::optional<Ints>& list) : given_(list.has_value()) {  // NOLINT
    if (list) list_ = *list;
  }
  template <class I, detail::if_integer<I> = 0>
  Axes(I one) : given_(true), single_(true), list_(1, static_cast<std::int64_t>(one)) {}  // NOLINT
  Axes(std::initializer_list<detail::NestedInts> lists) : given_(true) {
    for (const detail::NestedInts& l : lists) list_.insert(list_.end(), l.list.begin(), l.list.end());
  }
  template <class I, std::size_t N, detail::if_integer<I> = 0>
  Axes(const std::array<I, N>& list) : given_(true), list_(list.begin(), list.end()) {}  // NOLINT
  template <class I, detail::if_integer<I> = 0, std::enable_if_t<!std::is_same_v<I, std::int64_t>, int> = 0>
  Axes(const std::vector<I>& list) : given_(true), list_(list.begin(), list.end()) {}  // NOLINT

  bool given() const noexcept { return given_; }
  bool single() const noexcept { return single_; }  ///< one integer, not a list of one
  const Ints& list() const noexcept { return list_; }

 private:
  bool given_ = false, single_ = false;
  Ints list_;
};

/// A name or a list of integers: padding is "SAME", "VALID" or amounts before and after each axis.
struct NameOrInts {
  std::string name;  ///< empty: the list counts
  Ints list;
  NameOrInts(const char* text) : name(text) {}                 // NOLINT: stands for either
  NameOrInts(std::string text) : name(std::move(text)) {}      // NOLINT
  NameOrInts(Ints integers) : list(std::move(integers)) {}     // NOLINT
  NameOrInts(std::initializer_list<detail::NestedInts> lists)  // NOLINT
      : list(Axes(lists).list()) {}
};

/// An integer or a floating number, which some ops tell apart: range(ctx, 5) counts in integers, range(ctx, 5.0) not.
struct Number {
  bool integer = true;
  std::int64_t whole = 0;
  double value = 0;
  Number() = default;  ///< 0
  template <class T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
  Number(T number) : integer(std::is_integral_v<T>), value(static_cast<double>(number)) {  // NOLINT
    if constexpr (std::is_integral_v<T>) whole = static_cast<std::int64_t>(number);
  }
};

/// A name or a number: the order of a norm is "euclidean", "inf", 1, 2.5.
struct NameOrNumber {
  std::string name;  ///< empty: the number counts
  Number number = 0;
  NameOrNumber(const char* text) : name(text) {}             // NOLINT: stands for either
  NameOrNumber(std::string text) : name(std::move(text)) {}  // NOLINT
  template <class T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
  NameOrNumber(T value) : number(value) {}  // NOLINT
};

}  // namespace gradtape
