// Loops, branches, checkpoints, maps over samples and roots, from lambdas.
//
// A lambda takes Tensors, or one vector of them, and returns a Tensor, a pair, a tuple, an array or a vector. It is
// recorded during the call and never called afterwards. Tensors that it uses from outside have derivatives too.
//
// Values that a loop carries come back in the form in which they were given. A Tensor gives a Tensor, {a, b} an array, a
// tuple a tuple, and a vector a vector.
#pragma once

#include "transforms.hpp"

namespace gradtape {

namespace detail {
// The lambdas behind a call, on its stack: the library calls none of them afterwards.
struct Bodies {
  Forward first, second;
};
template <Forward Bodies::*body>
gt_status call_body(gt_context ctx, void* user, const gt_tensor* inputs, std::size_t n, gt_tensor* outputs,
                    std::size_t capacity, std::size_t* n_outputs) {
  return protect(ctx, [&] {
    std::vector<Tensor> results = (static_cast<Bodies*>(user)->*body)(borrow(ctx, inputs, n));
    give(results, outputs, capacity, n_outputs);
  });
}
inline constexpr auto call_first = call_body<&Bodies::first>;
inline constexpr auto call_second = call_body<&Bodies::second>;

// The outputs of call(ctx, out, capacity, n), in the context of the first tensor.
template <class F>
std::vector<Tensor> outputs_of(const char* what, const std::vector<Tensor>& inputs, F&& call) {
  const gt_context ctx = context_of(inputs);
  if (!ctx) throw Error(GT_INVALID_ARGUMENT, std::string(what) + ": one Tensor at least must be given");
  constexpr std::size_t most = 256;
  gt_tensor out[most];
  std::size_t n = 0;
  check(ctx, call(ctx, &out[0], most, &n));
  return wrap_all(ctx, out, n);
}

// Lambdas that take carried values and rows apart, as two vectors.
template <class F>
constexpr bool takes_two_vectors() {
  if constexpr (least_arguments<F>() > 0 || takes_vector<F>())
    return false;
  else
    return std::is_invocable_v<F&, const std::vector<Tensor>&, const std::vector<Tensor>&>;
}
template <class F>
Forward step_of(F& body, std::size_t carried) {
  if constexpr (takes_two_vectors<F>())
    return [&body, carried](const std::vector<Tensor>& in) {
      const auto first_row = in.begin() + static_cast<std::ptrdiff_t>(carried);
      return as_list(body(std::vector<Tensor>(in.begin(), first_row), std::vector<Tensor>(first_row, in.end())));
    };
  else
    return body_of(std::ref(body), "scan: body");
}
// The number of tensors that a lambda gives for N tensors.
template <class F, std::size_t N>
constexpr std::size_t count_given() {
  if constexpr (takes_two_vectors<F>()) {
    return kMany;
  } else if constexpr (N == kMany) {
    return count_of<result_of<F>>;
  } else {
    static_assert(fits<F, N>, "the function does not take so many tensors");
    return count_of<result_for<F, N>>;
  }
}
// The number of tensors behind the first `n` of `all`; so many must be there.
template <std::size_t all, std::size_t n>
constexpr std::size_t behind() {
  if constexpr (all == kMany || n == kMany) {
    return kMany;
  } else {
    static_assert(all >= n, "the function must return a tensor for each value that it is given to change");
    return all - n;
  }
}
template <class First, class Second>
std::pair<First, Second> parted(std::vector<Tensor> all, std::size_t n) {
  const auto second = std::make_move_iterator(all.begin() + static_cast<std::ptrdiff_t>(n));
  std::vector<Tensor> rest(second, std::make_move_iterator(all.end()));
  all.resize(n);
  return {from_list<First>::make(std::move(all)), from_list<Second>::make(std::move(rest))};
}
}  // namespace detail

// ---- Loops

/// See gt_scan_options.
struct ScanOptions {
  std::int64_t length = -1;         ///< steps; -1: as many as the sequences have rows
  bool reverse = false;             ///< from the last row to the first
  std::uint64_t memory_budget = 0;  ///< bytes of carried values that reverse mode keeps; 0: all are kept
};
/// auto [carried, results] = scan(...).
template <class Carried, class Stacked>
struct Scanned {
  Carried carried;  ///< after the last step, in the form of the initial ones
  Stacked results;  ///< [steps, ...]: a Tensor for one result of a step, else an array; a vector for vectors
};
/// A loop of known length. body takes the carried values, then a row of each sequence: body(h, x), or
/// body(std::vector carried, std::vector rows). It returns the new carried values, then rows of results: a Tensor,
/// std::tuple(h, y), or std::pair(vector, vector). Without sequences: scan(body, initial, {}, options). See gt_scan.
template <class F, class Initial, class Sequences = std::vector<Tensor>>
auto scan(F body, const Initial& initial, const Sequences& sequences = {}, const ScanOptions& options = {}) {
  using detail::count_of;
  constexpr std::size_t carried = count_of<Initial>;
  constexpr std::size_t given = detail::count_given<F, detail::plus(carried, count_of<Sequences>)>();
  using Carried = detail::Form<Initial>;
  using Stacked = detail::Grouped<detail::behind<given, carried>()>;
  const std::vector<Tensor> first = detail::as_list(initial), rows = detail::as_list(sequences);
  const auto values = detail::handles(first), of_rows = detail::handles(rows);
  const gt_scan_options o{sizeof o, options.length, options.reverse, 0, options.memory_budget};
  detail::Bodies bodies{detail::step_of(body, first.size()), nullptr};
  auto all = detail::outputs_of("scan", detail::joined(first, rows), [&](gt_context ctx, auto... out) {
    return gt_scan(ctx, detail::call_first, &bodies, nullptr, values.data(), values.size(), of_rows.data(),
                   of_rows.size(), &o, out...);
  });
  auto parts = detail::parted<Carried, Stacked>(std::move(all), first.size());
  return Scanned<Carried, Stacked>{std::move(parts.first), std::move(parts.second)};
}
template <class F, std::size_t N, class Sequences = std::vector<Tensor>>
auto scan(F body, const Tensor (&initial)[N], const Sequences& sequences = {}, const ScanOptions& options = {}) {
  return scan(std::move(body), detail::array_of(initial), sequences, options);
}

/// See gt_while_options.
struct WhileOptions {
  std::int64_t max_steps = 0;       ///< the loop ends after so many steps; 0: any number
  std::uint64_t memory_budget = 0;  ///< bytes of carried values that reverse mode keeps
};
/// A loop as long as condition(values...), a bool without axes, is true: body(values...) returns the new values.
/// Reverse mode needs max_steps or memory_budget. See gt_while.
template <class Condition, class F, class Initial>
auto while_loop(Condition condition, F body, const Initial& initial, const WhileOptions& options = {}) {
  const std::vector<Tensor> first = detail::as_list(initial);
  const auto values = detail::handles(first);
  const gt_while_options o{sizeof o, options.max_steps, options.memory_budget};
  detail::Bodies bodies{detail::body_of(std::ref(condition), "while_loop: condition"),
                        detail::body_of(std::ref(body), "while_loop: body")};
  return detail::from_list<detail::Form<Initial>>::make(
      detail::outputs_of("while_loop", first, [&](gt_context ctx, auto... out) {
        return gt_while(ctx, detail::call_first, detail::call_second, &bodies, nullptr, values.data(), values.size(),
                        &o, out...);
      }));
}
template <class Condition, class F, std::size_t N>
auto while_loop(Condition condition, F body, const Tensor (&initial)[N], const WhileOptions& options = {}) {
  return while_loop(std::move(condition), std::move(body), detail::array_of(initial), options);
}

// ---- Branches

namespace detail {
template <class R, class Yes, class No>
auto branch(const Tensor& predicate, Yes& yes, No& no, const std::vector<Tensor>& inputs) {
  const auto in = handles(inputs);
  Bodies bodies{body_of(std::ref(yes), "cond: yes"), body_of(std::ref(no), "cond: no")};
  return from_list<R>::make(outputs_of("cond", {predicate}, [&](gt_context ctx, auto... out) {
    return gt_cond(ctx, predicate.get(), call_first, call_second, &bodies, nullptr, in.data(), in.size(), out...);
  }));
}
}  // namespace detail

/// yes(inputs...) if the predicate, a bool without axes, is true, else no(inputs...). The chosen one alone runs. Returns
/// what yes returns. See gt_cond.
template <class Yes, class No, class... X>
auto cond(const Tensor& predicate, Yes yes, No no, const X&... inputs) {
  static_assert(detail::fits<Yes, sizeof...(X)> && detail::fits<No, sizeof...(X)>,
                "both functions must take the inputs");
  return detail::branch<detail::result_for<Yes, sizeof...(X)>>(predicate, yes, no, std::vector<Tensor>{inputs...});
}
template <class Yes, class No>
auto cond(const Tensor& predicate, Yes yes, No no, const std::vector<Tensor>& inputs) {
  return detail::branch<detail::result_of<Yes>>(predicate, yes, no, inputs);
}

// ---- Functions around functions

namespace detail {
// A function that takes and returns what F does: call(body, inputs) records it.
template <class F, class Call>
class Around {
 public:
  Around(F f, Call call) : f_(std::move(f)), call_(std::move(call)) {}
  template <class... X, std::enable_if_t<are_tensors<X...> && takes<F, sizeof...(X)>::value, int> = 0>
  auto operator()(const X&... inputs) const {
    return from_list<result_for<F, sizeof...(X)>>::make(call_(f_, std::vector<Tensor>{inputs...}));
  }
  auto operator()(const std::vector<Tensor>& inputs) const { return from_list<result_of<F>>::make(call_(f_, inputs)); }

 private:
  mutable F f_;  // it may be a mutable lambda, as for a loop
  Call call_;
};
}  // namespace detail

/// A function that computes what body does, and of whose values inputs and outputs alone are kept: reverse mode computes
/// the inside again. See gt_checkpoint.
template <class F>
auto checkpoint(F body) {
  return detail::Around(std::move(body), [](auto& f, const std::vector<Tensor>& inputs) {
    const auto in = detail::handles(inputs);
    detail::Bodies bodies{detail::body_of(std::ref(f), "checkpoint: body"), nullptr};
    return detail::outputs_of("checkpoint", inputs, [&](gt_context ctx, auto... out) {
      return gt_checkpoint(ctx, detail::call_first, &bodies, nullptr, in.data(), in.size(), nullptr, out...);
    });
  });
}
/// The same, called at once.
template <class F, class... X>
auto checkpoint(F body, const Tensor& input, const X&... more) {
  return checkpoint(std::move(body))(input, more...);
}
template <class F>
auto checkpoint(F body, const std::vector<Tensor>& inputs) {
  return checkpoint(std::move(body))(inputs);
}

/// See gt_vmap and gt_vmap_options.
struct VmapOptions {
  std::vector<std::int32_t> in_axes = {};   ///< for each input the axis of the samples, -1: given whole; {}: all 0
  std::vector<std::int32_t> out_axes = {};  ///< for each output the place of the samples' axis; {}: all 0
  std::int64_t size = -1;                   ///< samples; -1: as many as the mapped inputs have
  bool shared_draws = false;                ///< all samples draw the same random numbers
};
namespace detail {
inline void need_axes(const char* name, std::size_t axes, std::size_t tensors, const char* of) {
  if (axes != 0 && axes != tensors)
    throw Error(GT_INVALID_ARGUMENT, std::string("vmap: ") + name + " has " + std::to_string(axes) + " axes for " +
                                         std::to_string(tensors) + " " + of + "; give one for each, or none");
}
template <class F>
std::vector<Tensor> on_samples(F& f, const std::vector<Tensor>& inputs, const VmapOptions& options) {
  need_axes("in_axes", options.in_axes.size(), inputs.size(), "inputs");
  const std::int32_t* const in_axes = options.in_axes.empty() ? nullptr : options.in_axes.data();
  const std::int32_t* const out_axes = options.out_axes.empty() ? nullptr : options.out_axes.data();
  const auto in = handles(inputs);
  const gt_vmap_options o{sizeof o, options.size, options.shared_draws, 0};
  const Forward body = body_of(std::ref(f), "vmap: body");
  const auto checked = [&](const std::vector<Tensor>& of_sample) {
    std::vector<Tensor> results = body(of_sample);
    need_axes("out_axes", options.out_axes.size(), results.size(), "outputs");
    return results;
  };
  Bodies bodies{checked, nullptr};
  return outputs_of("vmap", inputs, [&](gt_context ctx, auto... out) {
    return gt_vmap(ctx, call_first, &bodies, nullptr, in.data(), in.size(), in_axes, out_axes, &o, out...);
  });
}
}  // namespace detail

/// A function that applies body to each sample of a batch, to all at once: vmap(f)(x) has row i f(x[i]). With grad(f)
/// for body it gives per-example gradients.
template <class F>
auto vmap(F body, const VmapOptions& options = {}) {
  return detail::Around(std::move(body), [options](auto& f, const std::vector<Tensor>& inputs) {
    return detail::on_samples(f, inputs, options);
  });
}

// ---- Roots

/// A function that finds unknowns from guesses, in place of Newton's method: a lambda of Tensors, or of a vector of them.
class Solver {
 public:
  Solver() = default;
  template <class F, std::enable_if_t<!std::is_same_v<F, Solver>, int> = 0>
  Solver(F f) : call_(detail::body_of(std::move(f), "root: solver")) {}  // NOLINT: stands for it
  const Forward& call() const noexcept { return call_; }

 private:
  Forward call_;
};
enum class RootMethod { newton = GT_ROOT_NEWTON, anderson = GT_ROOT_ANDERSON };
/// How linear systems with the Jacobian are solved; see GT_ROOT_DENSE.
enum class RootLinear {
  dense = GT_ROOT_DENSE,
  banded = GT_ROOT_BANDED,
  sparse = GT_ROOT_SPARSE,
  cg = GT_ROOT_CG,
  gmres = GT_ROOT_GMRES
};
/// See gt_root_options.
struct RootOptions {
  double tolerance = 0;        ///< the largest residual of a root; 0: 1e-10, or 1e-5 of float32
  std::int64_t max_steps = 0;  ///< of Newton's method; 0: 100
  Solver solver = {};
  RootLinear linear = RootLinear::dense;
  double linear_tolerance = 0;        ///< of cg and gmres, relative; 0: 1e-10, or 1e-5 of float32
  std::int64_t linear_max_steps = 0;  ///< of cg and gmres; 0: 10 for each unknown, and 10000 at most
  std::int64_t linear_restart = 0;    ///< of gmres: vectors kept; 0: 30
};
/// The same of a fixed point: by default no matrix is made.
struct FixedPointOptions {
  double tolerance = 0;        ///< the largest change of a fixed point; 0: 1e-10, or 1e-5 of float32
  std::int64_t max_steps = 0;  ///< 0: 1000 of Anderson's method, 100 of Newton's
  Solver solver = {};
  RootLinear linear = RootLinear::gmres;
  double linear_tolerance = 0;
  std::int64_t linear_max_steps = 0;
  std::int64_t linear_restart = 0;
  RootMethod method = RootMethod::anderson;
  std::int32_t history = 0;  ///< of Anderson's method: steps that are combined; 0: 5
  double damping = 0;        ///< of Anderson's method: the part of a step that is made; 0: 1
};
/// auto [unknowns, auxiliary] = root(...), where the residual has auxiliary results.
template <class Unknowns, class Auxiliary>
struct Solved {
  Unknowns unknowns;    ///< in the form of the guess
  Auxiliary auxiliary;  ///< at the root: a Tensor, or an array of several
};

namespace detail {
template <class Options>
gt_root_options root_options(const Options& given) {
  gt_root_options o{};
  o.struct_size = sizeof o;
  o.tolerance = given.tolerance;
  o.max_steps = given.max_steps;
  o.linear = static_cast<std::int32_t>(given.linear);
  o.linear_tolerance = given.linear_tolerance;
  o.linear_max_steps = given.linear_max_steps;
  o.linear_restart = given.linear_restart;
  return o;
}
// o.solver is the options' one, if there is one.
template <class F, class Guess>
auto root(const char* what, F& function, const Guess& guess, const Solver& solver, gt_root_options o) {
  constexpr std::size_t unknowns = count_of<Guess>;
  constexpr std::size_t auxiliary = behind<count_given<F, unknowns>(), unknowns>();
  const std::vector<Tensor> first = as_list(guess);
  const auto values = handles(first);
  Bodies bodies{body_of(std::ref(function), what), solver.call()};
  if (bodies.second) o.solver = call_second;
  auto all = outputs_of("root", first, [&](gt_context ctx, auto... out) {
    return gt_root(ctx, call_first, &bodies, nullptr, values.data(), values.size(), &o, out...);
  });
  if constexpr (auxiliary == kMany) {
    return all;
  } else if constexpr (auxiliary == 0) {
    return from_list<Form<Guess>>::make(std::move(all));
  } else {
    auto parts = parted<Form<Guess>, Grouped<auxiliary>>(std::move(all), unknowns);
    return Solved<Form<Guess>, Grouped<auxiliary>>{std::move(parts.first), std::move(parts.second)};
  }
}
}  // namespace detail

/// The unknowns at which residual(unknowns...) is 0, in the form of the guess, by Newton's method from there. If the
/// residual returns more tensors than there are unknowns, the result is a Solved, or a vector of all. See gt_root.
template <class F, class Guess>
auto root(F residual, const Guess& guess, const RootOptions& options = {}) {
  return detail::root("root: residual", residual, guess, options.solver, detail::root_options(options));
}
template <class F, std::size_t N>
auto root(F residual, const Tensor (&guess)[N], const RootOptions& options = {}) {
  return root(std::move(residual), detail::array_of(guess), options);
}

/// The unknowns that function(unknowns...) gives back unchanged, in the form of the guess. They are found by Anderson's
/// method from there, and differentiated by GMRES. Auxiliary results are those of root.
template <class F, class Guess>
auto fixed_point(F function, const Guess& guess, const FixedPointOptions& options = {}) {
  gt_root_options o = detail::root_options(options);
  o.fixed_point = 1;
  o.method = static_cast<std::int32_t>(options.method);
  o.history = options.history;
  o.damping = options.damping;
  return detail::root("fixed_point: function", function, guess, options.solver, o);
}
template <class F, std::size_t N>
auto fixed_point(F function, const Tensor (&guess)[N], const FixedPointOptions& options = {}) {
  return fixed_point(std::move(function), detail::array_of(guess), options);
}

}  // namespace gradtape
