// Empty operands: each op of the registry on its samples with axes of size 0, eager and in functions, forward and with
// gradient. Temporaries that live beside must keep their numbers, and everything comes out as it does alone.
#include <functional>
#include <random>

#include "support/each_op.hpp"

namespace test {
namespace {

using Values = std::vector<double>;
using Tensors = std::vector<gt_tensor>;

constexpr int64_t kLive = 40;  // elements of what lives beside

using Input = SampleInput;

gt_tensor make(gt_context c, const Input& in) {
  const std::size_t n = count(in.shape);
  Values v(n);
  const std::size_t columns = in.shape.empty() || in.shape.back() == 0 ? 1 : static_cast<std::size_t>(in.shape.back());
  for (std::size_t i = 0; i < n; ++i) {
    const double u = 0.1 + 0.8 * std::fmod(0.618 * static_cast<double>(i + 1), 1.0);
    const bool diagonal = i / columns % columns == i % columns;
    v[i] = in.kind == 'i'   ? static_cast<double>(static_cast<int64_t>(i) % std::max<int64_t>(1, in.limit))
           : in.kind == 'b' ? static_cast<double>(i % 2)
           : in.kind == 'g' ? 1 + u
           : in.kind == 's' ? u + (diagonal ? 3 : 0)
                            : u;
  }
  if (in.kind == 'i') return tensor<int32_t>(c, in.shape, std::vector<int32_t>(v.begin(), v.end()));
  if (in.kind == 'b') return tensor<uint8_t>(c, in.shape, std::vector<uint8_t>(v.begin(), v.end()));
  return tensor<double>(c, in.shape, v);
}

// An op with its inputs, some of them empty.
struct Case {
  std::string op;
  json attrs;
  std::vector<Input> inputs;
};

// Sorting leaves a temporary; matrices stay as they are, so that they can be factored.
gt_tensor as_temporary(gt_context c, const Input& in, gt_tensor x) {
  if (in.kind == 's' || in.kind == 'b' || in.shape.empty()) return x;
  return gt_sort(c, x, -1, 0);
}

// Results: the sum of each output, the gradient of all sums, and last a product of other live numbers. Some of these
// are made before the op, and some after it. Empty: the op takes no such inputs.
Tensors record(gt_context c, const Case& test, const Tensors& inputs, gt_tensor live) {
  Tensors results, sources, given;
  gt_tape tape = gt_tape_begin(c, 0);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (test.inputs[i].is_float()) {
      sources.push_back(inputs[i]);
      EXPECT_EQ(gt_tape_watch(c, tape, inputs[i]), GT_OK);
    }
    given.push_back(as_temporary(c, test.inputs[i], inputs[i]));
  }
  gt_tensor rising = gt_cumsum(c, live, 0, 0, 0), falling = gt_cumsum(c, live, 0, 0, 1);
  Tensors outputs = apply(c, test.op, given, test.attrs);
  if (outputs.empty()) return {};
  gt_tensor late = gt_cumsum(c, live, 0, 1, 0);
  gt_tensor total = nullptr;
  for (gt_tensor& out : outputs) {
    const bool is_float = dtype_of(c, out) == GT_FLOAT64;
    gt_tensor sum = gt_reduce_sum(c, is_float ? gt_sin(c, out) : gt_cast(c, out, GT_FLOAT64), nullptr, 0, 0);
    results.push_back(sum);
    if (is_float) total = total ? gt_add(c, total, sum) : sum;
  }
  if (total && !sources.empty()) {
    Tensors gradients(sources.size());
    if (gt_tape_gradient(c, tape, &total, 1, sources.data(), sources.size(), nullptr, GT_UNCONNECTED_ZERO,
                         gradients.data()) == GT_OK)
      results.insert(results.end(), gradients.begin(), gradients.end());
    else
      gt_take_error(c, nullptr, 0, nullptr);
  }
  results.push_back(gt_multiply(c, gt_multiply(c, rising, falling), late));
  return results;
}

struct Body {
  const Case& test;
  std::function<Tensors(gt_context, const Tensors&)> record;
};
gt_status run_body(gt_context c, void* data, const gt_tensor* in, size_t n, gt_tensor* out, size_t, size_t* n_out) {
  const Tensors results = static_cast<Body*>(data)->record(c, Tensors(in, in + n));
  std::copy(results.begin(), results.end(), out);
  *n_out = results.size();
  return results.empty() ? gt_take_error(c, nullptr, 0, nullptr) : GT_OK;
}

class EmptyOperands {
 public:
  explicit EmptyOperands(const Case& test) : test_(test) {
    Values v(kLive);
    double sum = 0;
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<double>(i + 1);
    for (std::size_t i = 0; i < v.size(); ++i) {
      sum += v[i];
      product_.push_back(sum * (820 - sum + v[i]) * (sum - v[i]));
    }
    live_ = tensor<double>(c_, {kLive}, v);
    for (const Input& in : test.inputs) inputs_.push_back(make(c_, in));
  }

  void check() {
    if (!record_alone()) return;
    const auto seeded = [&](gt_context c, const Tensors& in, gt_tensor live) {
      EXPECT_EQ(gt_random_seed(c, 7), GT_OK);
      return record(c, test_, in, live);
    };
    const Tensors together = seeded(c_, inputs_, live_);
    expect_same(gt_eval(c_, together.data(), together.size()), together, "all at once");
    Tensors in = inputs_;
    in.push_back(live_);
    check_function("in a function", in, [&](gt_context c, const Tensors& given) {
      return seeded(c, Tensors(given.begin(), given.end() - 1), given.back());
    });
    check_function("as a function's constants", {live_},
                   [&](gt_context c, const Tensors& given) { return seeded(c, inputs_, given[0]); });
  }

 private:
  // Each result by itself, which the others are held against. False: the op takes no such inputs.
  bool record_alone() {
    EXPECT_EQ(gt_random_seed(c_, 7), GT_OK);
    const Tensors alone = record(c_, test_, inputs_, live_);
    if (alone.empty()) gt_take_error(c_, nullptr, 0, nullptr);
    for (gt_tensor t : alone) {
      const gt_status status = gt_eval(c_, &t, 1);
      gt_take_error(c_, nullptr, 0, nullptr);
      status_ = status_ == GT_OK ? status : status_;
      want_.push_back(status == GT_OK ? numbers(c_, t) : Values{});
    }
    if (!alone.empty()) expect_close(want_.back(), product_, {0, 0}, "alone: what lives beside");
    return !alone.empty();
  }
  void expect_same(gt_status status, const Tensors& got, const char* how) {
    gt_take_error(c_, nullptr, 0, nullptr);
    EXPECT_EQ(status, status_) << how;
    if (status != GT_OK) return;
    ASSERT_EQ(got.size(), want_.size()) << how;
    for (std::size_t i = 0; i < got.size(); ++i)
      expect_close(numbers(c_, got[i]), want_[i], {1e-13, 1e-13}, how + std::string(", result ") + std::to_string(i));
  }
  void check_function(const char* how, const Tensors& inputs,
                      std::function<Tensors(gt_context, const Tensors&)> recorded) {
    std::vector<gt_spec> specs;
    for (gt_tensor t : inputs) {
      const auto dims = shape_of(c_, t);
      gt_spec s{dtype_of(c_, t), static_cast<int32_t>(dims.size()), {}};
      std::copy(dims.begin(), dims.end(), s.dims);
      specs.push_back(s);
    }
    Body body{test_, std::move(recorded)};
    gt_function f = gt_function_create(c_, run_body, &body, nullptr, specs.data(), specs.size());
    if (!f) {
      const gt_status status = gt_take_error(c_, nullptr, 0, nullptr);
      // A function cannot record an op whose output's size depends on values.
      EXPECT_TRUE(status == status_ || status == GT_FAILED_PRECONDITION) << how << ": " << gt_status_name(status);
      return;
    }
    for (int call = 0; call < 2; ++call) {
      EXPECT_EQ(gt_random_seed(c_, 7), GT_OK);
      Tensors out(64);
      std::size_t n = 0;
      const gt_status status = gt_function_call(c_, f, inputs.data(), inputs.size(), out.data(), out.size(), &n);
      out.resize(n);
      expect_same(status, out, how);
    }
  }

  Case test_;
  Ctx c_;
  gt_tensor live_;
  Tensors inputs_;
  Values product_;
  gt_status status_ = GT_OK;
  std::vector<Values> want_;
};

// Each axis of each input alone, all axes of one size together, and all axes.
std::vector<std::vector<Input>> emptied(const std::vector<Input>& inputs) {
  std::vector<std::vector<Input>> variants;
  std::vector<int64_t> sizes;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    for (std::size_t axis = 0; axis < inputs[i].shape.size(); ++axis) {
      sizes.push_back(inputs[i].shape[axis]);
      variants.push_back(inputs);
      variants.back()[i].shape[axis] = 0;
    }
  std::ranges::sort(sizes);
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  for (int64_t size : sizes) {
    variants.push_back(inputs);
    for (Input& in : variants.back()) std::ranges::replace(in.shape, size, 0);
  }
  variants.push_back(inputs);
  for (Input& in : variants.back()) std::ranges::fill(in.shape, 0);
  return variants;
}
std::string as_text(const Case& test) {
  std::string text = test.op + test.attrs.dump();
  for (const Input& in : test.inputs) text += std::string(" ") + in.kind + json(in.shape).dump();
  return text;
}

class Empty : public testing::Test {
 public:
  explicit Empty(std::string op) : op_(std::move(op)) {}
  void TestBody() override {
    const json description = describe_op(op_);
    for (const json& sample : description["samples"])
      for (std::vector<Input>& inputs : emptied(sample_inputs(sample["inputs"]))) {
        const Case test{op_, sample["attrs"], std::move(inputs)};
        SCOPED_TRACE(as_text(test));
        EmptyOperands(test).check();
      }
  }

 private:
  std::string op_;
};

}  // namespace
}  // namespace test

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  test::register_each_op<test::Empty>("Empty");
  return RUN_ALL_TESTS();
}
