// Random programs, run twice over the same inputs: with all loops interpreted, and with all that can be compiled.
// Results must be the same to the bit, but for what a nan holds.
//
//     gradtape_random_loops [PROGRAMS [FIRST SEED]]
#include <cstdlib>
#include <iostream>
#include <set>
#include <string>

#include "capi/context.hpp"
#include "gradtape/gradtape.h"
#include "jit/compile.hpp"
#include "native.hpp"
#include "running.hpp"

namespace gradtape::core::jit {
namespace {

using Sizes = std::vector<int64_t>;

struct Value {
  gt_tensor tensor;
  gt_dtype dtype;
  Sizes shape;
};

// Records a program over spaces of rows by columns. Its values have all of these, or one row, or one column, or one
// element.
class RandomLoops {
 public:
  RandomLoops(gt_context c, uint64_t seed) : c_(c), random_(seed) {
    choose_space();
    const bool derivatives = below(3) == 0;
    if (derivatives) outer_ = gt_tape_begin(c_, 0), inner_ = gt_tape_begin(c_, 0);
    for (gt_dtype dtype : {GT_FLOAT32, GT_FLOAT64, GT_INT32, GT_INT64, GT_BOOL})
      if (dtype == GT_FLOAT32 || below(2) == 0)
        for (std::size_t k = 1 + below(4); k-- > 0;) add_leaf(dtype);
    const std::size_t most = below(8) > 0 ? 20 : rows_ * columns_ == 1 ? 400 : 60;
    for (std::size_t k = 3 + below(most); k-- > 0;) add_step();
    targets_.push_back(pool_.back().tensor);
    for (std::size_t k = below(4); k-- > 0;) targets_.push_back(any().tensor);
    if (derivatives) differentiate();
  }
  const std::vector<gt_tensor>& targets() const { return targets_; }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }
  template <class T, std::size_t N>
  T one_of(const T (&list)[N]) {
    return list[below(N)];
  }
  void choose_space() {
    constexpr int64_t kFew[] = {1, 1, 2, 3, 5, 10}, kMany[] = {64, 100, 511, 512, 513, 700, 1300, 5000};
    rows_ = one_of(kFew), columns_ = one_of(kFew);
    if (below(3) > 0) (below(2) ? rows_ : columns_) = one_of(kMany);
    if (below(40) == 0) rows_ = 40, columns_ = 513;
    if (below(8) == 0) rows_ = columns_ = 1;
  }

  // ---- values

  double draw() {
    constexpr double kSpecial[] = {0, -0.0, 1, -1, 1e-310, 1e300, 3e38, HUGE_VAL, -HUGE_VAL, NAN, 6, 2147483648.0};
    if (below(50) == 0) return one_of(kSpecial);
    if (below(4) == 0) return static_cast<double>(below(9)) - 4;
    return std::uniform_real_distribution<double>(-2, 2)(random_);
  }
  gt_tensor tensor(gt_dtype dtype, const Sizes& shape) {
    std::size_t n = 1;
    for (int64_t size : shape) n *= static_cast<std::size_t>(size);
    return dispatch(static_cast<Dtype>(dtype), [&]<class T>(Type<T>) {
      std::vector<std::conditional_t<std::is_same_v<T, bool>, uint8_t, T>> values(n);
      for (auto& v : values) v = math::convert<T>(draw());
      return gt_tensor_create(c_, dtype, shape.data(), shape.size(), values.data(), n * sizeof(T));
    });
  }
  Sizes any_shape() {
    switch (below(6)) {
      case 0: return {rows_, 1};
      case 1: return {1, columns_};
      case 2: return {1, 1};
      default: return {rows_, columns_};
    }
  }
  // As it lies, or seen transposed, reversed, or as a part of a larger one.
  void add_leaf(gt_dtype dtype) {
    const Sizes shape = any_shape();
    const std::size_t how = below(8);
    gt_tensor x = tensor(dtype, how == 0   ? Sizes{shape[1], shape[0]}
                                : how == 1 ? Sizes{shape[0] + 2, 2 * shape[1] + 1}
                                           : shape);
    if (inner_ && (dtype == GT_FLOAT32 || dtype == GT_FLOAT64)) {
      gt_tape_watch(c_, inner_, x), gt_tape_watch(c_, outer_, x);
      sources_.push_back({x, dtype, shape});
    }
    const int64_t begin[] = {1, static_cast<int64_t>(below(static_cast<std::size_t>(shape[1] + 1)))},
                  axis = static_cast<int64_t>(below(2));
    if (how == 0) x = gt_transpose(c_, x, nullptr, 0);
    if (how == 1) x = gt_slice(c_, x, begin, 2, shape.data(), 2);
    if (how == 2) x = gt_reverse(c_, x, &axis, 1);
    add({x, dtype, shape});
  }
  void add(Value v) {
    if (v.tensor)
      pool_.push_back(std::move(v));
    else
      gt_take_error(c_, nullptr, 0, nullptr);
  }
  const Value& any() {
    return pool_[pool_.size() - 1 - below(below(2) ? std::min<std::size_t>(4, pool_.size()) : pool_.size())];
  }
  // A value of the dtype, where need be by a cast.
  Value of(gt_dtype dtype) {
    for (int attempt = 0; attempt < 6; ++attempt)
      if (const Value& v = any(); v.dtype == dtype) return v;
    const Value& v = any();
    return {gt_cast(c_, v.tensor, dtype), dtype, v.shape};
  }
  static Sizes joined(const Sizes& a, const Sizes& b) { return {std::max(a[0], b[0]), std::max(a[1], b[1])}; }

  // ---- steps

  gt_dtype any_dtype() {
    constexpr gt_dtype kOften[] = {GT_FLOAT32, GT_FLOAT32, GT_FLOAT32, GT_FLOAT64,
                                   GT_FLOAT64, GT_INT32,   GT_INT64,   GT_BOOL};
    return below(3) ? any().dtype : one_of(kOften);
  }
  void add_step() {
    const gt_dtype dtype = any_dtype();
    switch (below(13)) {
      case 12: return pairs();
      case 0: return reduce();
      case 1: return neighbours();
      case 2: return choose(dtype);
      case 3: return compare(dtype);
      case 4: return add(cast(of(dtype)));
      default: return add(below(3) ? binary(of(dtype), of(dtype)) : unary(of(dtype)));
    }
  }
  Value cast(const Value& x) {
    const gt_dtype dtype = any_dtype();
    return {gt_cast(c_, x.tensor, dtype), dtype, x.shape};
  }
  Value binary(const Value& x, const Value& y) {
    using Op = gt_tensor (*)(gt_context, gt_tensor, gt_tensor);
    constexpr Op kAny[] = {gt_add, gt_subtract, gt_multiply, gt_maximum, gt_minimum, gt_squared_difference},
                 kFloats[] = {gt_add,     gt_subtract,      gt_multiply,        gt_divide, gt_maximum,
                              gt_minimum, gt_divide_no_nan, gt_multiply_no_nan, gt_atan2,  gt_squared_difference,
                              gt_hypot},
                 kBools[] = {gt_logical_and, gt_logical_or, gt_logical_xor};
    const Op op = x.dtype == GT_BOOL ? one_of(kBools) : is_float(x.dtype) ? one_of(kFloats) : one_of(kAny);
    return {op(c_, x.tensor, y.tensor), x.dtype, joined(x.shape, y.shape)};
  }
  Value unary(const Value& x) {
    using Op = gt_tensor (*)(gt_context, gt_tensor);
    constexpr Op kAny[] = {gt_negative, gt_abs, gt_square, gt_sign, gt_relu, gt_relu6},
                 kFloats[] = {gt_negative, gt_abs,        gt_square,   gt_sign,  gt_relu,    gt_sqrt,
                              gt_rsqrt,    gt_reciprocal, gt_softsign, gt_exp,   gt_tanh,    gt_sin,
                              gt_floor,    gt_ceil,       gt_round,    gt_trunc, gt_sigmoid, gt_log1p};
    if (x.dtype == GT_BOOL) return {gt_logical_not(c_, x.tensor), x.dtype, x.shape};
    if (is_float(x.dtype) && below(8) == 0) return {gt_leaky_relu(c_, x.tensor, draw()), x.dtype, x.shape};
    return {(is_float(x.dtype) ? one_of(kFloats) : one_of(kAny))(c_, x.tensor), x.dtype, x.shape};
  }
  void compare(gt_dtype dtype) {
    using Op = gt_tensor (*)(gt_context, gt_tensor, gt_tensor);
    constexpr Op kOps[] = {gt_equal, gt_not_equal, gt_less, gt_less_equal, gt_greater, gt_greater_equal};
    const Value x = of(dtype), y = of(dtype);
    add({one_of(kOps)(c_, x.tensor, y.tensor), GT_BOOL, joined(x.shape, y.shape)});
  }
  void choose(gt_dtype dtype) {
    const Value condition = of(GT_BOOL), x = of(dtype), y = of(dtype);
    add({gt_where(c_, condition.tensor, x.tensor, y.tensor), dtype, joined(condition.shape, joined(x.shape, y.shape))});
  }
  void reduce() {
    const Value& x = any();
    const std::size_t direction = below(4);
    const int64_t axes[] = {0, 1}, *axis = direction == 0 ? axes : axes + 1;
    const std::size_t n = direction == 3 ? 0 : 1;
    const Sizes shape{direction == 0 || n == 0 ? 1 : x.shape[0], direction != 0 || n == 0 ? 1 : x.shape[1]};
    const auto apply = [&](auto op, gt_dtype dtype) {
      add({op(c_, x.tensor, n ? axis : nullptr, n, 1), dtype, shape});
    };
    if (x.dtype == GT_BOOL) return below(2) ? apply(gt_reduce_any, GT_BOOL) : apply(gt_reduce_all, GT_BOOL);
    switch (below(5)) {
      case 0: return apply(gt_reduce_max, x.dtype);
      case 1: return apply(gt_reduce_min, x.dtype);
      case 2: return is_float(x.dtype) ? apply(gt_reduce_mean, x.dtype) : apply(gt_reduce_sum, x.dtype);
      default: return apply(gt_reduce_sum, x.dtype);
    }
  }
  // A reduction of a function of all pairs of rows: loops in batches.
  void pairs() {
    const Value x = any(), y = of(x.dtype);
    const int64_t rows = x.shape[0], columns = x.shape[1], elements = rows * rows * columns;
    if (x.dtype == GT_BOOL || y.shape != x.shape || elements < 4096 || elements > 300'000)
      return add(below(2) ? unary(x) : binary(x, x));
    Value z =
        binary({gt_expand_dims(c_, x.tensor, 1), x.dtype, {1, 1}}, {gt_expand_dims(c_, y.tensor, 0), x.dtype, {1, 1}});
    for (std::size_t k = 1 + below(2); k-- > 0;) z = below(2) ? unary(z) : binary(z, z);
    const int64_t axis = static_cast<int64_t>(below(3)), last = 1;
    const auto reduced = [&](gt_tensor t, int64_t along, bool keep) {
      const std::size_t how = below(5);
      return (how == 0   ? gt_reduce_max
              : how == 1 ? gt_reduce_min
              : how == 2 ? gt_reduce_prod
                         : gt_reduce_sum)(c_, t, &along, 1, keep);
    };
    gt_tensor t = reduced(z.tensor, axis, false);
    if (axis == 2) t = reduced(t, last, true);
    add({t, x.dtype, {rows, axis == 2 ? 1 : columns}});
  }
  // Functions of neighbours along an axis, with zeros around them: halos.
  void neighbours() {
    const Value& x = any();
    const std::size_t axis = below(2);
    const int64_t n = x.shape[axis], part = n - 1 - static_cast<int64_t>(below(2));
    if (part < 1 || x.dtype == GT_BOOL) return;
    const auto at = [&](int64_t first) {
      int64_t begin[] = {0, 0};
      Value v{nullptr, x.dtype, x.shape};
      v.shape[axis] = part, begin[axis] = first;
      v.tensor = gt_slice(c_, x.tensor, begin, 2, v.shape.data(), 2);
      return v;
    };
    Value y = binary(at(0), at(n - part));
    for (std::size_t k = below(3); k-- > 0;)
      y = below(2) ? unary(y) : binary(y, at(static_cast<int64_t>(below(2)) * (n - part)));
    const Sizes full = x.shape;
    const gt_dtype dtype = x.dtype;
    for (std::size_t k = 1 + below(2); k-- > 0;) {
      int64_t zeros[] = {0, 0, 0, 0};
      zeros[2 * axis] = static_cast<int64_t>(below(static_cast<std::size_t>(n - part + 1)));
      zeros[2 * axis + 1] = n - part - zeros[2 * axis];
      add({gt_pad(c_, y.tensor, zeros, 4, "CONSTANT", 0), dtype, full});
    }
  }

  // ---- derivatives

  static bool is_float(gt_dtype d) { return d == GT_FLOAT32 || d == GT_FLOAT64; }
  void differentiate() {
    std::vector<gt_tensor> of, by, gradients(sources_.size());
    for (gt_tensor t : targets_) {
      gt_dtype dtype;
      if (gt_tensor_dtype(c_, t, &dtype) == GT_OK && is_float(dtype)) of.push_back(t);
    }
    for (const Value& v : sources_) by.push_back(v.tensor);
    if (of.empty() || by.empty()) return;
    if (gt_tape_gradient(c_, inner_, of.data(), of.size(), by.data(), by.size(), nullptr, GT_UNCONNECTED_ZERO,
                         gradients.data()) != GT_OK)
      return void(gt_take_error(c_, nullptr, 0, nullptr));
    targets_.insert(targets_.end(), gradients.begin(), gradients.end());
    if (below(3) > 0) return;
    std::vector<gt_tensor> products(gradients.size());
    if (gt_tape_jvp(c_, outer_, gradients.data(), gradients.size(), by.data(), by.size(), by.data(),
                    GT_UNCONNECTED_ZERO, products.data()) != GT_OK)
      return void(gt_take_error(c_, nullptr, 0, nullptr));
    targets_.insert(targets_.end(), products.begin(), products.end());
  }

  gt_context c_;
  std::mt19937_64 random_;
  int64_t rows_ = 1, columns_ = 1;
  gt_tape outer_ = nullptr, inner_ = nullptr;
  std::vector<Value> pool_, sources_;
  std::vector<gt_tensor> targets_;
};

struct Counts {
  int programs = 0, compiled = 0, units = 0, straight = 0, of_rows = 0, shifted = 0, shifts = 0, many_addresses = 0,
      strips = 0, failures = 0;
  std::set<std::string> ops;  // in units

  void add(const Plan& plan) {
    const int before = units;
    for (const Step& step : plan.steps) {
      if (step.unit) ++units, ++straight;
      for (const Loop::Instruction& i : step.body ? step.body->instructions : std::vector<Loop::Instruction>()) {
        if (i.kind != Loop::Instruction::native) continue;
        const Loop::NativeUnit& unit = step.body->units[i.unit];
        ++units;
        of_rows += i.level == Loop::Level::row, shifted += i.level == Loop::Level::shifted;
        shifts += !unit.shifts.empty(), many_addresses += unit.addresses.size() > 8;
        strips += unit.strip != nullptr;
        for (const Op* op : unit.ops) ops.insert(op->name);
      }
    }
    compiled += units > before;
  }
  // Whether programs as many as these have met all kinds of units.
  bool reached_all() const {
    return programs < 5000 || (compiled > programs / 2 && ops.size() > 35 &&
                               std::min({straight, of_rows, shifted, shifts, many_addresses, strips}) > 20);
  }
};

void compare(capi::Context& c, const std::vector<gt_tensor>& handles, uint64_t seed, Counts& counts) {
  Tensors targets;
  for (gt_tensor t : handles) targets.push_back(c.read(t, "target"));
  Recorder& recorder = c.recorder();
  const Recorder::Computing computing(recorder);
  const Schedule s = seed % 4 == 0 ? schedule(recorder, targets) : schedule_of_function(recorder, targets);
  const PlanPtr plan = make_plan(make_program(s), recorder.memory());
  const Workers workers(seed % 8 == 1 ? 2 : 1);
  std::vector<void*> leaves;
  for (const Tensor& leaf : s.leaves) leaves.push_back(leaf.value() ? leaf.value()->data() : nullptr);
  const Results interpreted = run(*plan, recorder, leaves, workers, 0xFF);
  const std::string text = plan_as_text(*plan);
  compile_loops(*plan, kEveryLoop);
  counts.add(*plan);
  const Results compiled = run(*plan, recorder, leaves, workers, 0x3C);
  for (std::size_t k = 0; k < compiled.size(); ++k) {
    const Spec& spec = plan->slots[plan->result_slots[k]];
    const auto n = static_cast<std::size_t>(spec.shape.elements());
    const std::size_t at = first_difference(spec.dtype, interpreted[k].data(), compiled[k].data(), n);
    if (at == n) continue;
    ++counts.failures;
    std::cout << "seed " << seed << ": result " << k << ", element " << at << " of " << n << " differs; plan\n"
              << text << "compiled\n"
              << plan_as_text(*plan);
    return;
  }
}

int run_all(uint64_t programs, uint64_t first) {
  if (!is_available()) {
    std::cout << "no native code here\n";
    return 0;
  }
  Counts counts;
  for (uint64_t seed = first; seed < first + programs; ++seed) {
    gt_context c = nullptr;
    if (gt_context_create(&c) != GT_OK) return 1;
    const RandomLoops program(c, seed);
    char message[1000] = "";
    if (capi::guarded(c, [&](capi::Context& context) { compare(context, program.targets(), seed, counts); }) != GT_OK) {
      ++counts.failures;
      gt_take_error(c, message, sizeof message, nullptr);
      std::cout << "seed " << seed << ": " << message << '\n';
    }
    ++counts.programs;
    if (gt_context_destroy(c) != GT_OK) return 1;
  }
  std::cout << counts.programs << " programs, " << counts.compiled << " with native units: " << counts.units << " of "
            << counts.ops.size() << " ops, " << counts.straight << " straight, " << counts.of_rows << " of rows, "
            << counts.shifted << " shifted, " << counts.shifts << " that read shifted, " << counts.many_addresses
            << " of many addresses, " << counts.strips << " strips; " << counts.failures << " programs differ\n";
  if (code_bytes() > 0) std::cout << code_bytes() << " bytes of code are left\n";
  return counts.failures == 0 && counts.reached_all() && code_bytes() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace gradtape::core::jit

int main(int argc, char** argv) {
  const auto number = [&](int i, uint64_t otherwise) { return argc > i ? std::stoull(argv[i]) : otherwise; };
  return gradtape::core::jit::run_all(number(1, 1000), number(2, 1));
}
