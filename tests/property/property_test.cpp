// Properties of every op of the registry, on the samples of its definition. Derivatives stand against finite differences
// and against each other, and batched calls against calls row by row. An op without samples fails.
#include "support/each_op.hpp"
#include "support/samples.hpp"

namespace test {
namespace {

Values random_values(std::size_t n, std::mt19937_64& random) {
  std::uniform_real_distribution<double> spread(-1, 1);
  Values v(n);
  for (double& x : v) x = spread(random);
  return v;
}
Values plus(const Values& a, double s, const Values& b) {
  Values r = a;
  for (std::size_t i = 0; i < r.size(); ++i) r[i] += s * b[i];
  return r;
}
double dot(const std::vector<Values>& a, const std::vector<Values>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t k = 0; k < a[i].size(); ++k) sum += a[i][k] * b[i][k];
  return sum;
}

class OpSample {
 public:
  OpSample(std::string op, const json& sample)
      : op_(std::move(op)), attrs_(sample["attrs"]), random_(std::hash<std::string>{}(op_)) {
    inputs_ = parse_inputs(sample["inputs"], random_);
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      if (inputs_[i].is_float()) floats_.push_back(i);
    for (std::size_t i : floats_) {
      point_.push_back(inputs_[i].values);
      direction_.push_back(random_values(inputs_[i].values.size(), random_));
    }
  }

  // One evaluation: everything recorded at the given point.
  struct Run {
    Ctx ctx;
    gt_tape inner, outer, outermost;
    std::vector<gt_tensor> sources, outputs, targets;  // targets: floating outputs
  };
  std::unique_ptr<Run> run(const std::vector<Values>& point, bool single = false) {
    auto r = std::make_unique<Run>();
    std::vector<gt_tensor> inputs;
    std::size_t k = 0;
    for (const Input& in : inputs_) {
      const Values& v = in.is_float() ? point[k++] : in.values;
      if (in.kind == 'i')
        inputs.push_back(tensor<int32_t>(r->ctx, in.shape, std::vector<int32_t>(v.begin(), v.end())));
      else if (in.kind == 'b')
        inputs.push_back(tensor<uint8_t>(r->ctx, in.shape, std::vector<uint8_t>(v.begin(), v.end())));
      else
        inputs.push_back(single ? tensor<float>(r->ctx, in.shape, std::vector<float>(v.begin(), v.end()))
                                : tensor<double>(r->ctx, in.shape, v));
      if (in.is_float()) r->sources.push_back(inputs.back());
    }
    r->outermost = gt_tape_begin(r->ctx, GT_TAPE_PERSISTENT);
    r->outer = gt_tape_begin(r->ctx, GT_TAPE_PERSISTENT);
    r->inner = gt_tape_begin(r->ctx, GT_TAPE_PERSISTENT);
    for (gt_tensor s : r->sources) {
      EXPECT_EQ(gt_tape_watch(r->ctx, r->inner, s), GT_OK);
      EXPECT_EQ(gt_tape_watch(r->ctx, r->outer, s), GT_OK);
      EXPECT_EQ(gt_tape_watch(r->ctx, r->outermost, s), GT_OK);
    }
    r->outputs = apply(r->ctx, op_, inputs, attrs_);
    EXPECT_FALSE(r->outputs.empty()) << r->ctx.message();
    EXPECT_EQ(gt_tape_end(r->ctx, r->inner), GT_OK);
    for (gt_tensor out : r->outputs)
      if (gt_dtype d = dtype_of(r->ctx, out); d == GT_FLOAT32 || d == GT_FLOAT64) r->targets.push_back(out);
    return r;
  }

  std::vector<Values> cotangents(Run& r) {
    std::vector<Values> result;
    for (gt_tensor t : r.targets) result.push_back(random_values(count(shape_of(r.ctx, t)), random_));
    return result;
  }
  std::vector<gt_tensor> vjp_tensors(Run& r, const std::vector<Values>& ct) {
    std::vector<gt_tensor> weights, g(r.sources.size());
    for (std::size_t i = 0; i < ct.size(); ++i)
      weights.push_back(tensor<double>(r.ctx, shape_of(r.ctx, r.targets[i]), ct[i]));
    EXPECT_EQ(gt_tape_gradient(r.ctx, r.inner, r.targets.data(), r.targets.size(), r.sources.data(), r.sources.size(),
                               weights.data(), GT_UNCONNECTED_ZERO, g.data()),
              GT_OK)
        << r.ctx.message();
    return g;
  }
  std::vector<Values> vjp(Run& r, const std::vector<Values>& ct) {
    std::vector<Values> result;
    for (gt_tensor g : vjp_tensors(r, ct)) result.push_back(read<double>(r.ctx, g));
    return result;
  }
  std::vector<Values> jvp(Run& r, const std::vector<Values>& t) {
    std::vector<gt_tensor> tangents, out(r.targets.size());
    for (std::size_t i = 0; i < t.size(); ++i)
      tangents.push_back(tensor<double>(r.ctx, shape_of(r.ctx, r.sources[i]), t[i]));
    EXPECT_EQ(gt_tape_jvp(r.ctx, r.inner, r.targets.data(), r.targets.size(), r.sources.data(), r.sources.size(),
                          tangents.data(), GT_UNCONNECTED_ZERO, out.data()),
              GT_OK)
        << r.ctx.message();
    std::vector<Values> result;
    for (gt_tensor j : out) result.push_back(read<double>(r.ctx, j));
    return result;
  }
  std::vector<Values> outputs(const std::vector<Values>& point) {
    auto r = run(point);
    std::vector<Values> result;
    for (gt_tensor t : r->targets) result.push_back(read<double>(r->ctx, t));
    return result;
  }
  std::vector<Values> moved(double h) const {
    std::vector<Values> p;
    for (std::size_t i = 0; i < point_.size(); ++i) p.push_back(plus(point_[i], h, direction_[i]));
    return p;
  }

  void check_first_order() {
    auto r = run(point_);
    if (r->targets.empty()) return;
    const auto ct = cotangents(*r), backward = vjp(*r, ct), forward = jvp(*r, direction_);
    constexpr double h = 1e-6;
    const auto up = outputs(moved(h)), down = outputs(moved(-h));
    std::vector<Values> difference;
    for (std::size_t i = 0; i < up.size(); ++i) {
      difference.push_back(plus(up[i], -1, down[i]));
      for (double& d : difference.back()) d /= 2 * h;
      if (differentiable_) expect_close(forward[i], difference[i], {1e-6, 1e-7}, "tangent against differences");
    }
    const double pulled = dot(backward, direction_), pushed = dot(forward, ct);
    EXPECT_NEAR(pulled, pushed, 1e-10 * (1 + std::abs(pulled))) << "reverse against forward";
  }

  void check_linearity() {
    auto r = run(point_);
    if (r->targets.empty() || floats_.empty()) return;
    const auto a = cotangents(*r), b = cotangents(*r);
    std::vector<Values> sum;
    for (std::size_t i = 0; i < a.size(); ++i) sum.push_back(plus(a[i], 2.5, b[i]));
    const auto of_a = vjp(*r, a), of_b = vjp(*r, b), of_sum = vjp(*r, sum);
    for (std::size_t i = 0; i < of_a.size(); ++i)
      expect_close(of_sum[i], plus(of_a[i], 2.5, of_b[i]), {1e-11, 1e-12}, "linear in the cotangent");
  }

  // Both modes of the Jacobian, whole and in chunks of one row, against one gradient for each row.
  void check_jacobian() {
    auto r = run(point_);
    for (gt_tensor target : r->targets) {
      if (r->sources.empty()) return;
      const auto shape = shape_of(r->ctx, target);
      std::vector<Values> rows(r->sources.size());
      for (std::size_t k = 0; k < count(shape); ++k) {
        Values hot(count(shape), 0.0);
        hot[k] = 1;
        gt_tensor weight = tensor<double>(r->ctx, shape, hot);
        std::vector<gt_tensor> g(r->sources.size());
        ASSERT_EQ(gt_tape_gradient(r->ctx, r->inner, &target, 1, r->sources.data(), r->sources.size(), &weight,
                                   GT_UNCONNECTED_ZERO, g.data()),
                  GT_OK);
        for (std::size_t i = 0; i < g.size(); ++i) {
          const Values v = read<double>(r->ctx, g[i]);
          rows[i].insert(rows[i].end(), v.begin(), v.end());
        }
      }
      for (int32_t mode : {GT_MODE_REVERSE, GT_MODE_FORWARD})
        for (uint64_t budget : {uint64_t{0}, uint64_t{1}}) {
          gt_jacobian_options o{};
          o.struct_size = sizeof o;
          o.mode = mode;
          o.memory_budget = budget;
          o.unconnected = GT_UNCONNECTED_ZERO;
          std::vector<gt_tensor> j(r->sources.size());
          ASSERT_EQ(gt_tape_jacobian(r->ctx, r->inner, target, r->sources.data(), r->sources.size(), &o, j.data()),
                    GT_OK)
              << r->ctx.message();
          for (std::size_t i = 0; i < j.size(); ++i)
            expect_close(read<double>(r->ctx, j[i]), rows[i], {1e-12, 1e-13},
                         mode == GT_MODE_FORWARD ? "by columns" : "by rows");
        }
    }
  }

  // Reverse over reverse and forward over reverse, against differences of the gradient.
  void check_second_order() {
    auto r = run(point_);
    if (r->targets.empty() || floats_.empty() || !differentiable_) return;
    const auto ct = cotangents(*r);
    const auto gradients = vjp_tensors(*r, ct);
    constexpr double h = 1e-5;
    auto up = run(moved(h)), down = run(moved(-h));
    const auto g_up = vjp(*up, ct), g_down = vjp(*down, ct);
    std::vector<Values> difference;
    for (std::size_t i = 0; i < g_up.size(); ++i) {
      difference.push_back(plus(g_up[i], -1, g_down[i]));
      for (double& d : difference.back()) d /= 2 * h;
    }
    std::vector<gt_tensor> tangents, second(gradients.size());
    for (std::size_t i = 0; i < direction_.size(); ++i)
      tangents.push_back(tensor<double>(r->ctx, shape_of(r->ctx, r->sources[i]), direction_[i]));
    ASSERT_EQ(gt_tape_jvp(r->ctx, r->outer, gradients.data(), gradients.size(), r->sources.data(), r->sources.size(),
                          tangents.data(), GT_UNCONNECTED_ZERO, second.data()),
              GT_OK)
        << r->ctx.message();
    std::vector<Values> forward;
    for (std::size_t i = 0; i < second.size(); ++i) {
      forward.push_back(read<double>(r->ctx, second[i]));
      expect_close(forward[i], difference[i], {1e-5, 1e-6}, "second order against differences");
    }
    std::vector<Values> weights;
    std::vector<gt_tensor> weight_tensors, back(r->sources.size());
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      weights.push_back(random_values(point_[i].size(), random_));
      weight_tensors.push_back(tensor<double>(r->ctx, shape_of(r->ctx, r->sources[i]), weights[i]));
    }
    ASSERT_EQ(gt_tape_gradient(r->ctx, r->outer, gradients.data(), gradients.size(), r->sources.data(),
                               r->sources.size(), weight_tensors.data(), GT_UNCONNECTED_ZERO, back.data()),
              GT_OK);
    std::vector<Values> reverse;
    for (gt_tensor b : back) reverse.push_back(read<double>(r->ctx, b));
    const double a = dot(reverse, direction_), b = dot(forward, weights);
    EXPECT_NEAR(a, b, 1e-9 * (1 + std::abs(a))) << "reverse over reverse against forward over reverse";
  }

  // One more derivative of each tensor of a list, in reverse (weighted: one result for each source) or forward mode.
  using Handles = std::vector<gt_tensor>;
  Handles pull(Run& r, gt_tape tape, const Handles& of, const std::vector<Values>& weights) {
    Handles weight_tensors, g(r.sources.size());
    for (std::size_t i = 0; i < of.size(); ++i)
      weight_tensors.push_back(tensor<double>(r.ctx, shape_of(r.ctx, of[i]), weights[i]));
    EXPECT_EQ(gt_tape_gradient(r.ctx, tape, of.data(), of.size(), r.sources.data(), r.sources.size(),
                               weight_tensors.data(), GT_UNCONNECTED_ZERO, g.data()),
              GT_OK)
        << r.ctx.message();
    return g;
  }
  Handles push(Run& r, gt_tape tape, const Handles& of, const std::vector<Values>& direction) {
    Handles tangents, out(of.size());
    for (std::size_t i = 0; i < direction.size(); ++i)
      tangents.push_back(tensor<double>(r.ctx, shape_of(r.ctx, r.sources[i]), direction[i]));
    EXPECT_EQ(gt_tape_jvp(r.ctx, tape, of.data(), of.size(), r.sources.data(), r.sources.size(), tangents.data(),
                          GT_UNCONNECTED_ZERO, out.data()),
              GT_OK)
        << r.ctx.message();
    return out;
  }
  std::vector<Values> values(Run& r, const Handles& handles) {
    std::vector<Values> result;
    for (gt_tensor t : handles) result.push_back(read<double>(r.ctx, t));
    return result;
  }
  std::vector<Values> random_direction() {
    std::vector<Values> result;
    for (const Values& v : point_) result.push_back(random_values(v.size(), random_));
    return result;
  }

  // The third derivative of <ct, outputs> in three directions, through every order of the modes, and by differences of
  // the second.
  void check_third_order() {
    auto r = run(point_);
    if (r->targets.empty() || floats_.empty() || !differentiable_) return;
    const auto ct = cotangents(*r);
    const auto u = direction_, v = random_direction(), w = random_direction();
    const auto second = [&](Run& at) { return pull(at, at.outer, pull(at, at.inner, at.targets, ct), v); };
    const Handles gradient = pull(*r, r->inner, r->targets, ct), along = push(*r, r->inner, r->targets, v);
    const Handles rr = pull(*r, r->outer, gradient, v), fr = push(*r, r->outer, gradient, v),
                  ff = push(*r, r->outer, along, w), rf = pull(*r, r->outer, along, ct);
    const auto by_reverse = [&](const Handles& h, const std::vector<Values>& weights) {
      return dot(values(*r, pull(*r, r->outermost, h, weights)), u);
    };
    const auto by_forward = [&](const Handles& h, const std::vector<Values>& weights) {
      return dot(values(*r, push(*r, r->outermost, h, u)), weights);
    };
    const double all[] = {by_reverse(rr, w), by_forward(rr, w), by_reverse(fr, w),  by_forward(fr, w),
                          by_reverse(rf, w), by_forward(rf, w), by_reverse(ff, ct), by_forward(ff, ct)};
    const char* modes[] = {"rrr", "frr", "rfr", "ffr", "rrf", "frf", "rff", "fff"};
    for (std::size_t i = 1; i < std::size(all); ++i)
      EXPECT_NEAR(all[i], all[0], 1e-8 * (1 + std::abs(all[0]))) << modes[i] << " against rrr";
    constexpr double h = 1e-5;
    auto up = run(moved(h)), down = run(moved(-h));
    const auto h_up = values(*up, second(*up)), h_down = values(*down, second(*down));
    double difference = 0, scale = 1;
    for (std::size_t i = 0; i < w.size(); ++i)
      for (std::size_t k = 0; k < w[i].size(); ++k) {
        difference += w[i][k] * (h_up[i][k] - h_down[i][k]) / (2 * h);
        scale += std::abs(w[i][k] * h_up[i][k]);
      }
    EXPECT_NEAR(all[0], difference, 1e-5 * (scale + std::abs(difference))) << "against differences of the second order";
  }

  void check_precisions() {
    auto wide = run(point_), narrow = run(point_, true);
    for (std::size_t i = 0; i < wide->outputs.size(); ++i)
      expect_close(numbers(narrow->ctx, narrow->outputs[i]), numbers(wide->ctx, wide->outputs[i]), {2e-5, 2e-6},
                   "float32 against float64");
  }

  void set_differentiable(bool differentiable) { differentiable_ = differentiable; }

 private:
  std::string op_;
  json attrs_;
  std::mt19937_64 random_;
  std::vector<Input> inputs_;
  std::vector<std::size_t> floats_;
  std::vector<Values> point_, direction_;  // of the floating inputs
  bool differentiable_ = true;
};

using Check = void (OpSample::*)();

class Property : public testing::Test {
 public:
  Property(std::string op, Check check) : op_(std::move(op)), check_(check) {}
  void TestBody() override {
    const json description = describe_op(op_);
    ASSERT_FALSE(description["samples"].empty()) << op_ << " is defined without a sample";
    for (const json& sample : description["samples"]) {
      SCOPED_TRACE(sample.dump());
      OpSample s(op_, sample);
      // An op that is cut off from its input, or jumps, differs from its differences on purpose.
      s.set_differentiable(description["derivative"] != "none" && op_ != "ones_like" && op_ != "zeros_like");
      (s.*check_)();
    }
  }

 private:
  std::string op_;
  Check check_;
};

void register_properties() {
  constexpr std::pair<const char*, Check> checks[] = {
      {"FirstOrder", &OpSample::check_first_order}, {"Linearity", &OpSample::check_linearity},
      {"Jacobian", &OpSample::check_jacobian},      {"SecondOrder", &OpSample::check_second_order},
      {"ThirdOrder", &OpSample::check_third_order}, {"Precisions", &OpSample::check_precisions}};
  for (auto [name, check] : checks) register_each_op<Property>(name, check);
}

}  // namespace
}  // namespace test

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  test::register_properties();
  return RUN_ALL_TESTS();
}
