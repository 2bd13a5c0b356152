// Compositions of ops: what holds for each op alone must hold for several that meet in one plan.
#include <functional>

#include "catalogue.hpp"
#include "checks.hpp"

namespace test {
namespace {

using Body = std::function<gt_tensor(gt_context, gt_tensor)>;

gt_tensor one(gt_context c, const std::string& op, const std::vector<gt_tensor>& in,
              const json& attrs = json::object()) {
  const std::vector<gt_tensor> out = apply(c, op, in, attrs);
  EXPECT_EQ(out.size(), 1u) << op;
  return out.empty() ? 0 : out[0];
}

constexpr int32_t kModes[] = {GT_MODE_REVERSE, GT_MODE_FORWARD, GT_MODE_AUTO};

// The Jacobian and the Hessian of a scalar, by all modes.
void expect_derivatives(const std::vector<int64_t>& shape, const Values& at, const Body& f, const Values& gradient,
                        const Values& hessian) {
  for (int32_t first : kModes)
    for (int32_t second : kModes) {
      Ctx c;
      gt_tensor x = tensor<double>(c, shape, at);
      gt_tape outer = gt_tape_begin(c, 0);
      EXPECT_EQ(gt_tape_watch(c, outer, x), GT_OK);
      gt_tape inner = gt_tape_begin(c, 0);
      EXPECT_EQ(gt_tape_watch(c, inner, x), GT_OK);
      const gt_tensor y = f(c, x);
      EXPECT_EQ(gt_tape_end(c, inner), GT_OK);
      const gt_tensor g = jacobian(c, inner, y, x, first);
      EXPECT_EQ(gt_tape_end(c, outer), GT_OK);
      const gt_tensor h = jacobian(c, outer, g, x, second);
      expect_close(numbers(c, g), gradient, {1e-12, 1e-12}, "gradient");
      if (!hessian.empty()) expect_close(numbers(c, h), hessian, {1e-12, 1e-12}, "Hessian");
    }
}

// Rows of a loop may have axes of size 1 besides: [n] and [n, 1] are the same rows.
TEST(RowsWithAxesOfSizeOne, SumsOfASliceAndOfAll) {
  const double e2 = std::exp(2.0);
  const auto f = [](const char* joined) {
    return [=](gt_context c, gt_tensor x) {
      const gt_tensor part = one(c, "exp", {one(c, "slice", {x}, {{"begin", {1}}, {"size", {1}}})});
      return one(c, joined, {one(c, "reduce_sum", {one(c, "square", {x})}), one(c, "reduce_sum", {part})});
    };
  };
  expect_derivatives({2}, {1, 2}, f("add"), {2, 4 + e2}, {2, 0, 0, 2 + e2});
  expect_derivatives({2}, {1, 2}, f("subtract"), {2, 4 - e2}, {2, 0, 0, 2 - e2});
}
TEST(RowsWithAxesOfSizeOne, SquareOfNormsOfRows) {
  const auto f = [](gt_context c, gt_tensor x) {
    return one(c, "reduce_sum", {one(c, "square", {one(c, "norm", {x}, {{"axis", {1}}})})});
  };
  expect_derivatives({2, 2}, {3, 4, 6, 8}, f, {6, 8, 12, 16}, {2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2});
}
// The same operand [n, 1] runs along the first axis of rows [n, n], and along the second of rows [n, n, 1].
TEST(RowsWithAxesOfSizeOne, OperandSeenFromBoth) {
  const std::vector<int64_t> space{2, 2, 3};
  Ctx c;
  const gt_tensor t = tensor<double>(c, space, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  const gt_tensor x = tensor<double>(c, {2, 1}, {1, 100});
  const gt_tensor flat = one(c, "multiply", {one(c, "reduce_sum", {t}, {{"axis", {2}}}), x});
  const gt_tensor kept =
      one(c, "multiply", {one(c, "reduce_sum", {one(c, "exp", {t})}, {{"axis", {2}}, {"keepdims", true}}), x});
  const gt_tensor by_flat = one(c, "divide", {t, one(c, "reshape", {flat}, {{"shape", {2, 2, 1}}})});
  const gt_tensor both = one(c, "add", {by_flat, one(c, "divide", {t, kept})});
  const Values got = numbers(c, both);
  for (std::size_t k = 0; k < got.size(); ++k) {
    const std::size_t row = k / 3;
    double sum = 0, exps = 0;
    for (std::size_t m = 3 * row; m < 3 * row + 3; ++m) sum += double(m) + 1, exps += std::exp(double(m) + 1);
    const double value = double(k) + 1;
    EXPECT_NEAR(got[k], value / (sum * (row / 2 ? 100 : 1)) + value / (exps * (row % 2 ? 100 : 1)), 1e-12) << k;
  }
}

// ---- each op of the registry between others

// Compositions of one sample: f of the op's inputs, each output behind, before and beside others. Sources have rows of
// different magnitudes.
class OpCompositions {
 public:
  explicit OpCompositions(const SampleOf& sample) : s_(sample) {}

  std::vector<Program> all() {
    std::vector<Program> programs;
    find_outputs();
    for (std::size_t k = 0; k < outputs_.size(); ++k) {
      if (!outputs_[k]) continue;
      const Dims shape = *outputs_[k];
      const bool narrow = entries() > 24;
      for (std::size_t axis = 0; axis < std::max<std::size_t>(shape.size(), 1); ++axis) {
        if (narrow && axis > 0) break;
        for (int variant = 0; variant < 4; ++variant) {
          Program p = start(variant == 1);
          const Ref y = f(p, k), x{p.sources()[0], 0};
          const bool keepdims = (axis + static_cast<std::size_t>(variant)) % 2 != 0;
          Ref result = y;
          if (variant == 0) result = p.apply("sin", {y});
          if (variant == 1) result = p.apply("square", {y});
          if (variant == 2)
            result = p.apply("multiply", {p.apply("sin", {y}), summed(p, p.apply("square", {y}), shape, axis)});
          if (variant == 3) result = p.apply("multiply", {y, p.apply("exp", {corner(p, x)})});
          result = rest_summed(p, result, shape, axis, keepdims, narrow);
          if (variant == 3) result = p.apply("add", {result, p.apply("reduce_sum", {p.apply("exp", {corner(p, x)})})});
          p.target = result;
          programs.push_back(p);
        }
      }
    }
    return programs;
  }

 private:
  std::size_t entries() const {
    std::size_t n = 0;
    for (const Input& in : s_.inputs)
      if (in.is_float()) n += in.values.size();
    return n;
  }
  // The inputs as leaves; behind = true: what the op takes is a function of the sources.
  Program start(bool behind) {
    Program p;
    in_.clear();
    for (const Input& input : s_.inputs) {
      Values v = input.values;
      const std::size_t row =
          input.shape.empty() ? 1 : static_cast<std::size_t>(std::max<int64_t>(1, input.shape.back()));
      if (input.kind == 'f')
        for (std::size_t i = 0; i < v.size(); ++i) v[i] *= 0.7 + 0.45 * static_cast<double>(i / row % 3);
      in_.push_back(p.leaf(input.is_float() ? 's' : input.kind, input.shape, v));
    }
    for (std::size_t i = 0; behind && i < in_.size(); ++i) {
      const Input& input = s_.inputs[i];
      if (input.kind == 'f') in_[i] = p.apply("sinh", {in_[i]});
      if (input.is_float()) in_[i] = into_domain(p, in_[i], input.kind, input.shape);
    }
    return p;
  }
  Ref f(Program& p, std::size_t output) const { return {p.apply(s_.op, in_, s_.attrs).node, output}; }
  void find_outputs() {
    Ctx c;
    const Program p = [&] {
      Program alone = start(false);
      alone.target = f(alone, 0);
      return alone;
    }();
    std::vector<gt_tensor> sources;
    for (std::size_t node : p.sources()) sources.push_back(leaf_tensor(c, p.nodes[node]));
    const auto made = build(c, p, sources);
    for (gt_tensor t : made.back())
      outputs_.push_back(dtype_of(c, t) == GT_FLOAT64 ? std::optional(shape_of(c, t)) : std::nullopt);
  }
  static Ref summed(Program& p, Ref y, const Dims& shape, std::size_t axis) {
    if (shape.empty()) return y;
    return p.apply("reduce_sum", {y}, {{"axis", Dims{static_cast<int64_t>(axis)}}, {"keepdims", true}});
  }
  // Over all axes but one, whose rows stay apart.
  static Ref rest_summed(Program& p, Ref y, const Dims& shape, std::size_t axis, bool keepdims, bool all) {
    Dims axes;
    for (std::size_t i = 0; i < shape.size(); ++i)
      if (i != axis || all || shape[i] > 4) axes.push_back(static_cast<int64_t>(i));
    return axes.empty() ? y : p.apply("reduce_sum", {y}, {{"axis", axes}, {"keepdims", keepdims}});
  }
  // The last element of x, with axes of size 1 as x has axes; as a number where that would widen others.
  static Ref corner(Program& p, Ref x) {
    const Dims shape = p.nodes[x.node].shape;
    Dims begin, size(shape.size(), 1);
    for (int64_t d : shape) begin.push_back(d - 1);
    const Ref part = p.apply("slice", {x}, {{"begin", begin}, {"size", size}});
    return shape.size() <= 1 ? part : p.apply("reshape", {part}, {{"shape", Dims{1}}});
  }

  const SampleOf& s_;
  std::vector<Ref> in_;
  std::vector<std::optional<Dims>> outputs_;
};

class OfOp : public testing::Test {
 public:
  explicit OfOp(std::string op) : op_(std::move(op)) {}
  void TestBody() override {
    for (const SampleOf& sample : catalogue()) {
      if (sample.op != op_) continue;
      for (const Program& p : OpCompositions(sample).all()) {
        const std::string found = inconsistency(p);
        EXPECT_EQ(found, "") << p.text();
      }
    }
  }

 private:
  std::string op_;
};

void register_ops() {
  std::string last;
  for (const SampleOf& sample : catalogue())
    if (std::exchange(last, sample.op) != sample.op)
      testing::RegisterTest("OfOp", sample.op.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                            [op = sample.op]() -> testing::Test* { return new OfOp(op); });
}

}  // namespace
}  // namespace test

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  test::register_ops();
  return RUN_ALL_TESTS();
}
