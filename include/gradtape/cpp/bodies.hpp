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

inline std::vector<Tensor> as_list(Tensor result) {
  std::vector<Tensor> list;
  list.push_back(std::move(result));
  return list;
}
inline std::vector<Tensor> as_list(std::vector<Tensor> results) { return results; }
template <std::size_t N>
std::vector<Tensor> as_list(std::array<Tensor, N> results) {
  return std::vector<Tensor>(results.begin(), results.end());
}
template <class... T>
std::vector<Tensor> as_list(const std::tuple<T...>& results) {
  return std::apply([](const auto&... t) { return std::vector<Tensor>{t...}; }, results);
}
template <class A, class B>
std::vector<Tensor> as_list(const std::pair<A, B>& results) {
  return {results.first, results.second};
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

// The reverse of as_list.
template <class R>
struct from_list;
template <>
struct from_list<Tensor> {
  static Tensor make(std::vector<Tensor> list) { return std::move(list.at(0)); }
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
template <std::size_t N>
struct from_list<std::array<Tensor, N>> {
  static std::array<Tensor, N> make(std::vector<Tensor> list) {
    std::array<Tensor, N> result;
    for (std::size_t i = 0; i < N; ++i) result[i] = std::move(list.at(i));
    return result;
  }
};
template <class... T>
struct from_list<std::tuple<T...>> {
  template <std::size_t... I>
  static std::tuple<T...> make(std::vector<Tensor>& list, std::index_sequence<I...>) {
    return std::tuple<T...>(std::move(list.at(I))...);
  }
  static std::tuple<T...> make(std::vector<Tensor> list) { return make(list, std::index_sequence_for<T...>{}); }
};
template <class A, class B>
struct from_list<std::pair<A, B>> {
  static std::pair<A, B> make(std::vector<Tensor> list) { return {std::move(list.at(0)), std::move(list.at(1))}; }
};

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
