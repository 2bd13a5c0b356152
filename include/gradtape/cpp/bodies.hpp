// Lambdas of tensors: the numbers of tensors they take, and their results as a list.
#pragma once

#include <array>
#include <functional>
#include <tuple>

#include "tensor.hpp"

namespace gradtape {

/// The dtype and shape of an input or an output; for a Function's input a size of -1 stands for any.
struct Spec {
  Dtype dtype;
  Shape shape;
};

using Forward = std::function<std::vector<Tensor>(const std::vector<Tensor>& inputs)>;

namespace detail {
inline constexpr std::size_t kMostArguments = 12;  // of a lambda of tensors; a lambda of a vector has any number

template <class F, class Is>
struct takes_impl;
template <class F, std::size_t... I>
struct takes_impl<F, std::index_sequence<I...>> {
  template <std::size_t>
  using Argument = const Tensor&;
  static constexpr bool value = std::is_invocable_v<F&, Argument<I>...>;
  template <class G>
  static decltype(auto) call(G& f, const std::vector<Tensor>& in) {
    return f(in[I]...);
  }
};
template <class F, std::size_t N>
using takes = takes_impl<F, std::make_index_sequence<N>>;
// The least number of tensors (at least 1) that the lambda takes, 0: none.
template <class F, std::size_t N = 1>
constexpr std::size_t least_arguments() {
  if constexpr (N > kMostArguments)
    return 0;
  else if constexpr (takes<F, N>::value)
    return N;
  else
    return least_arguments<F, N + 1>();
}

// Results in a row: a Tensor, a vector of them, or a pair, tuple or array of results.
inline std::vector<Tensor> as_list(Tensor result) {
  std::vector<Tensor> list;
  list.push_back(std::move(result));
  return list;
}
inline std::vector<Tensor> as_list(std::vector<Tensor> results) { return results; }
template <class T, std::size_t N>
std::vector<Tensor> as_list(const std::array<T, N>& results);
template <class... T>
std::vector<Tensor> as_list(const std::tuple<T...>& results);
template <class A, class B>
std::vector<Tensor> as_list(const std::pair<A, B>& results);
template <class... T>
std::vector<Tensor> joined(const T&... results) {
  std::vector<Tensor> list;
  const auto append = [&list](std::vector<Tensor> more) {
    for (Tensor& t : more) list.push_back(std::move(t));
  };
  (append(as_list(results)), ...);
  return list;
}
template <class T, std::size_t N>
std::vector<Tensor> as_list(const std::array<T, N>& results) {
  return std::apply([](const auto&... t) { return joined(t...); }, results);
}
template <class... T>
std::vector<Tensor> as_list(const std::tuple<T...>& results) {
  return std::apply([](const auto&... t) { return joined(t...); }, results);
}
template <class A, class B>
std::vector<Tensor> as_list(const std::pair<A, B>& results) {
  return joined(results.first, results.second);
}
// Calls f and makes a list of its results; nothing is an empty list.
template <class F>
std::vector<Tensor> list_from(F&& f) {
  if constexpr (std::is_void_v<decltype(f())>) {
    f();
    return {};
  } else {
    return as_list(f());
  }
}

[[noreturn]] inline void wrong_count(const char* what, std::size_t given, const std::string& wanted) {
  throw Error(GT_INVALID_ARGUMENT, std::string(what) + ": got " + std::to_string(given) + " tensor(s), " + wanted);
}

// The number of tensors in results of a type; kMany: the vectors in it tell when they are there.
inline constexpr std::size_t kMany = static_cast<std::size_t>(-1);
constexpr std::size_t plus(std::size_t a, std::size_t b) { return a == kMany || b == kMany ? kMany : a + b; }
constexpr std::size_t times(std::size_t n, std::size_t a) { return a == kMany ? kMany : n * a; }
template <class R>
inline constexpr std::size_t count_of = std::is_base_of_v<std::vector<Tensor>, R> ? kMany : 1;
template <>
inline constexpr std::size_t count_of<void> = 0;
template <class T, std::size_t N>
inline constexpr std::size_t count_of<std::array<T, N>> = times(N, count_of<T>);
template <class A, class B>
inline constexpr std::size_t count_of<std::pair<A, B>> = plus(count_of<A>, count_of<B>);
template <class... T>
inline constexpr std::size_t count_of<std::tuple<T...>> = 0;
template <class T, class... More>
inline constexpr std::size_t count_of<std::tuple<T, More...>> = plus(count_of<T>, count_of<std::tuple<More...>>);

// The reverse of as_list. A type of a known number of tensors takes them one after the other.
template <class R>
struct from_list;
template <class R>
struct from_known_list {
  static R make(std::vector<Tensor> list) {
    if (list.size() < count_of<R>)
      wrong_count("results of a function", list.size(), "and its type has " + std::to_string(count_of<R>));
    Tensor* next = list.data();
    return from_list<R>::take(next);
  }
};
template <>
struct from_list<Tensor> : from_known_list<Tensor> {
  static Tensor take(Tensor*& next) { return std::move(*next++); }
};
template <>
struct from_list<Variable> : from_list<Tensor> {};
template <>
struct from_list<std::vector<Tensor>> {
  static std::vector<Tensor> make(std::vector<Tensor> list) { return list; }
};
template <>
struct from_list<void> {
  static void make(const std::vector<Tensor>&) {}
};
template <class T, std::size_t N>
struct from_list<std::array<T, N>> : from_known_list<std::array<T, N>> {
  static std::array<T, N> take(Tensor*& next) {
    std::array<T, N> result;
    for (T& part : result) part = from_list<T>::take(next);
    return result;
  }
};
template <class... T>
struct from_list<std::tuple<T...>> : from_known_list<std::tuple<T...>> {
  static std::tuple<T...> take([[maybe_unused]] Tensor*& next) { return std::tuple<T...>{from_list<T>::take(next)...}; }
};
template <class A, class B>
struct from_list<std::pair<A, B>> : from_known_list<std::pair<A, B>> {
  static std::pair<A, B> take(Tensor*& next) {
    A first = from_list<A>::take(next);
    return {std::move(first), from_list<B>::take(next)};
  }
};

// N tensors: one, an array of them, or a vector where the number is not known.
template <std::size_t N>
using Grouped =
    std::conditional_t<N == 1, Tensor, std::conditional_t<N == kMany, std::vector<Tensor>, std::array<Tensor, N>>>;

// A type in which all tensors are Tensors.
template <class T>
struct plain {
  using type = Tensor;
};
template <>
struct plain<std::vector<Tensor>> {
  using type = std::vector<Tensor>;
};
template <std::size_t N>
struct plain<std::array<Tensor, N>> {
  using type = std::array<Tensor, N>;
};
template <class... T>
struct plain<std::tuple<T...>> {
  using type = std::tuple<typename plain<T>::type...>;
};
template <class A, class B>
struct plain<std::pair<A, B>> {
  using type = std::pair<typename plain<A>::type, typename plain<B>::type>;
};
template <class T>
using Form = typename plain<T>::type;

template <std::size_t N, std::size_t... I>
std::array<Tensor, N> array_of(const Tensor (&braced)[N], std::index_sequence<I...>) {
  return {braced[I]...};
}
template <std::size_t N>
std::array<Tensor, N> array_of(const Tensor (&braced)[N]) {
  return array_of(braced, std::make_index_sequence<N>());
}

template <class F, std::size_t N = 1>
std::vector<Tensor> call_with(F& f, const std::vector<Tensor>& in, const char* what) {
  if constexpr (N > kMostArguments) {
    wrong_count(what, in.size(), "which the function does not take");
  } else {
    if constexpr (takes<F, N>::value)
      if (in.size() == N) return list_from([&]() -> decltype(auto) { return takes<F, N>::call(f, in); });
    return call_with<F, N + 1>(f, in, what);
  }
}
// The type that the function returns for tensors.
template <class F, std::size_t N, bool OfVector>
struct result_impl {
  using type = decltype(takes<F, N>::call(std::declval<F&>(), std::declval<const std::vector<Tensor>&>()));
};
template <class F>
struct result_impl<F, 0, true> {
  using type = std::invoke_result_t<F&, const std::vector<Tensor>&>;
};
template <class F>
struct result_impl<F, 0, false> {
  using type = std::invoke_result_t<F&>;
};
template <class F>
constexpr bool takes_vector() {
  if constexpr (least_arguments<F>() > 0)  // a generic lambda takes Tensors: with a vector it may not compile
    return false;
  else
    return std::is_invocable_v<F&, const std::vector<Tensor>&>;
}
template <class F>
using result_of = std::decay_t<typename result_impl<F, least_arguments<F>(), takes_vector<F>()>::type>;
// The same for N tensors, given one by one or in a vector.
template <class F, std::size_t N>
inline constexpr bool fits = takes<F, N>::value || takes_vector<F>();
template <class F, std::size_t N>
using result_for = std::decay_t<typename result_impl<F, takes<F, N>::value ? N : 0, !takes<F, N>::value>::type>;

// A lambda of tensors, or of a vector of tensors, as one of a vector.
template <class F>
Forward body_of(F f, const char* what) {
  if constexpr (least_arguments<F>() > 0) {
    return [f = std::move(f), what](const std::vector<Tensor>& in) mutable { return call_with(f, in, what); };
  } else if constexpr (takes_vector<F>()) {
    return [f = std::move(f)](const std::vector<Tensor>& in) mutable {
      return list_from([&]() -> decltype(auto) { return f(in); });
    };
  } else {
    static_assert(std::is_invocable_v<F&>, "a function of Tensors, or of one const std::vector<Tensor>&, is needed");
    return [f = std::move(f), what](const std::vector<Tensor>& in) mutable {
      if (!in.empty()) wrong_count(what, in.size(), "which the function does not take");
      return list_from([&]() -> decltype(auto) { return f(); });
    };
  }
}
}  // namespace detail

}  // namespace gradtape
