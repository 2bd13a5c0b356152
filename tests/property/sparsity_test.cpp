// Sparse derivatives of every op of the registry, on the samples of its definition. A pattern has all entries that are
// other than 0 at random points, and no other ones where it is exact. Values are the entries of the dense matrix.
#include <map>

#include "support/each_op.hpp"
#include "support/samples.hpp"
#include "support/sparse_support.hpp"

namespace test {
namespace {

constexpr int32_t kModes[] = {GT_MODE_AUTO, GT_MODE_FORWARD, GT_MODE_REVERSE, GT_MODE_BOTH};
constexpr std::size_t kPoints = 3, kMostPoints = 120;  // of values; until all entries of an exact pattern were not 0

// The ops whose patterns have entries that are 0 at every point, with the reason. First Jacobians, by a floating input.
const char kTriangle[] = "the second derivatives of products and sums up to a place are told by triangles alone",
           kFirst[] = "the first factor multiplies 0", kMatrices[] = "dense in the axes of the matrices",
           kMask[] = "the zeros of a mask are numbers", kKink[] = "its second derivative may be nan at 0",
           kFilter[] = "dense by the filter's spatial axes, and by its groups",
           kRamp[] = "ends by a ramp that is 0 there";
const std::map<std::string, const char*> kSoundJacobians = {
    {"cholesky 0", kMatrices},
    {"conv1d 1", kFilter},
    {"conv2d 1", kFilter},
    {"conv2d_transpose 1", kFilter},
    {"eigh 0", kMatrices},
    {"eigh_function 0", kMatrices},
    {"eigh_with_vectors 0", kMatrices},
    {"linear_scan 0", kFirst},
    {"linspace 0", kRamp},
    {"linspace 1", kRamp},
    {"qr 0", kMatrices},
    {"tensor_scatter_update 0", kMask},
    {"tensor_scatter_update 1", kMask},
    {"triangular_solve 0", kMatrices},
    {"triangular_solve 1", kMatrices},
    {"tril 0", kMask},
    {"triu 0", kMask},
};
// Then Hessians of the sum of weighted outputs, by all inputs.
const std::map<std::string, const char*> kSoundHessians = {
    {"abs", kKink},
    {"cholesky", kMatrices},
    {"conv1d", kFilter},
    {"conv2d", kFilter},
    {"conv2d_transpose", kFilter},
    {"cumprod", kTriangle},
    {"depthwise_conv2d", kFilter},
    {"det", kMatrices},
    {"eigh", kMatrices},
    {"eigh_function", kMatrices},
    {"eigh_with_vectors", kMatrices},
    {"linear_scan", kTriangle},
    {"logcumsumexp", kTriangle},
    {"norm", kKink},
    {"triangular_solve", kMatrices},
};

class Sample {
 public:
  Sample(std::string op, const json& sample)
      : op_(std::move(op)), text_(sample["inputs"]), attrs_(sample["attrs"]), random_(std::hash<std::string>{}(op_)) {
    first_ = parse_inputs(text_, random_);
  }
  bool has_sources() const { return std::ranges::any_of(first_, &Input::is_float); }
  // Other numbers, with the same indices. A mask is an operand as others are, unless it decides on the shape.
  std::vector<Input> another_point() {
    std::vector<Input> next = parse_inputs(text_, random_);
    for (std::size_t i = 0; i < next.size(); ++i)
      if (next[i].kind == 'i' || (next[i].kind == 'b' && op_ == "boolean_mask")) next[i].values = first_[i].values;
    return next;
  }

  struct Run {
    Ctx c;
    gt_tape tape;
    Handles sources, outputs, weighted;  // floating outputs, and times random weights
  };
  std::unique_ptr<Run> run(const std::vector<Input>& inputs, bool single = false) {
    auto r = std::make_unique<Run>();
    Handles in;
    for (const Input& input : inputs) {
      in.push_back(made(r->c, input.kind, input.shape, input.values, single));
      if (input.is_float()) r->sources.push_back(in.back());
    }
    r->tape = gt_tape_begin(r->c, GT_TAPE_PERSISTENT);
    for (gt_tensor s : r->sources) EXPECT_EQ(gt_tape_watch(r->c, r->tape, s), GT_OK);
    std::mt19937_64 weights(5);
    for (gt_tensor out : apply(r->c, op_, in, attrs_)) {
      const gt_dtype dtype = dtype_of(r->c, out);
      if (dtype != GT_FLOAT32 && dtype != GT_FLOAT64) continue;
      const auto shape = shape_of(r->c, out);
      Values w(count(shape));
      for (double& x : w) x = std::uniform_real_distribution<double>(0.5, 1.5)(weights);
      r->outputs.push_back(out);
      r->weighted.push_back(gt_multiply(r->c, out, made(r->c, 'f', shape, w, dtype == GT_FLOAT32)));
    }
    EXPECT_EQ(gt_tape_end(r->c, r->tape), GT_OK);
    return r;
  }
  // The floating input that the column belongs to.
  std::size_t source_of(std::size_t column) const {
    std::size_t source = 0;
    for (const Input& in : first_) {
      if (!in.is_float()) continue;
      if (column < in.values.size()) break;
      column -= in.values.size();
      ++source;
    }
    return source;
  }
  const std::string& text() const { return text_; }
  const std::vector<Input>& first() const { return first_; }

 private:
  static gt_tensor made(gt_context c, char kind, const std::vector<int64_t>& shape, const Values& v, bool single) {
    if (kind == 'i') return tensor<int32_t>(c, shape, std::vector<int32_t>(v.begin(), v.end()));
    if (kind == 'b') return tensor<uint8_t>(c, shape, std::vector<uint8_t>(v.begin(), v.end()));
    return single ? tensor<float>(c, shape, std::vector<float>(v.begin(), v.end())) : tensor<double>(c, shape, v);
  }

  std::string op_, text_;
  json attrs_;
  std::mt19937_64 random_;
  std::vector<Input> first_;
};

// One matrix of one output, by its dense and its sparse calls.
struct Kind {
  const char* name;
  bool hessian;
  SparseView view(Sample::Run& r, std::size_t k) const {
    return {r.c, r.tape, (hessian ? r.weighted : r.outputs)[k], r.sources};
  }
  gt_sparsity sparsity(const SparseView& v, const gt_sparse_options& o) const {
    return hessian ? v.hessian_sparsity(o) : v.jacobian_sparsity(o);
  }
  Matrix dense(const SparseView& v) const { return hessian ? v.hessian() : v.jacobian(); }
};
constexpr Kind kJacobian{"Jacobian", false}, kHessian{"Hessian", true};

void check_triangles(const SparseView& v, const Csr& whole, const std::vector<double>& values) {
  for (const int32_t triangle : {GT_TRIANGLE_LOWER, GT_TRIANGLE_UPPER}) {
    const gt_sparsity s = v.hessian_sparsity(SparseView::with(GT_MODE_AUTO, triangle));
    const auto [part, places] = triangle_of(whole, triangle);
    EXPECT_EQ(v.pattern(s), part);
    const std::vector<double> of_part = v.values(s);
    ASSERT_EQ(of_part.size(), places.size());
    for (std::size_t k = 0; k < places.size(); ++k)
      EXPECT_TRUE(of_part[k] == values[places[k]] || std::isnan(of_part[k])) << "triangle " << triangle << ", " << k;
  }
}
void check_symmetry(const Csr& p, const std::vector<double>& values) {
  std::map<std::pair<std::size_t, std::size_t>, double> at;
  p.for_each([&](std::size_t i, std::size_t j, std::size_t k) { at[{i, j}] = values[k]; });
  for (const auto& [entry, value] : at) {
    const auto mirrored = at.find({entry.second, entry.first});
    ASSERT_NE(mirrored, at.end()) << entry.first << ", " << entry.second;
    EXPECT_TRUE(value == mirrored->second || std::isnan(value)) << entry.first << ", " << entry.second;
  }
}

class OfOp : public testing::Test {
 public:
  OfOp(std::string op, Kind kind) : op_(std::move(op)), kind_(kind) {}
  void TestBody() override {
    const json d = describe_op(op_);
    for (const json& s : d["samples"]) {
      Sample sample(op_, s);
      if (!sample.has_sources()) continue;
      SCOPED_TRACE(s.dump());
      try {
        check(sample);
      } catch (const std::exception& e) {
        ADD_FAILURE() << e.what();
      }
    }
    if (HasFailure()) return;
    const auto& sound = kind_.hessian ? kSoundHessians : kSoundJacobians;
    for (const auto& [name, entries] : never_)
      EXPECT_TRUE(sound.contains(name)) << name << ": these are 0 at every point\n" << entries;
    for (const auto& [name, reason] : sound)
      EXPECT_TRUE(name.substr(0, name.find(' ')) != op_ || never_.contains(name)) << name << " is exact";
  }

 private:
  void check(Sample& sample) {
    auto first = sample.run(sample.first());
    for (std::size_t k = 0; k < first->outputs.size(); ++k) {
      const SparseView view = kind_.view(*first, k);
      const Csr p = view.pattern(kind_.sparsity(view, SparseView::with(GT_MODE_AUTO)));
      std::set<std::pair<std::size_t, std::size_t>> seen;
      std::vector<Input> inputs = sample.first();
      for (std::size_t point = 0; point < kMostPoints; ++point, inputs = sample.another_point()) {
        if (point >= kPoints && seen.size() == p.columns.size()) break;
        auto r = sample.run(inputs);
        const SparseView at = kind_.view(*r, k);
        const Matrix m = kind_.dense(at);
        if (point < kPoints) check_point(at, p, m);
        ASSERT_EQ(lacking_entry(p, m), "") << "output " << k;
        for (std::size_t i = 0; i < m.rows; ++i)
          for (std::size_t j = 0; j < m.columns; ++j)
            if (m(i, j) != 0) seen.insert({i, j});
        if (testing::Test::HasFailure()) return;
      }
      p.for_each([&](std::size_t i, std::size_t j, std::size_t) {
        if (seen.contains({i, j})) return;
        never_[kind_.hessian ? op_ : op_ + " " + std::to_string(sample.source_of(j))] +=
            sample.text() + ", output " + std::to_string(k) + ": (" + std::to_string(i) + ", " + std::to_string(j) +
            ")\n";
      });
      check_single(sample, k, p);
    }
  }
  void check_point(const SparseView& at, const Csr& p, const Matrix& m) {
    const auto expect_values = [&](gt_sparsity s, const char* method) {
      ASSERT_EQ(at.pattern(s), p) << "the pattern depends on numbers, or on the method";
      const std::vector<double> values = at.values(s);
      EXPECT_EQ(wrong_value(p, values, m, kind_.hessian ? 1e-11 : 1e-12), "") << method;
      if (!kind_.hessian) return;
      check_symmetry(p, values);
    };
    const gt_sparsity automatic = kind_.sparsity(at, SparseView::with(GT_MODE_AUTO));
    expect_values(automatic, "automatic");
    if (const gt_sparsity s = at.accumulating(kind_.hessian)) expect_values(s, "accumulated");
    for (const int32_t mode : kModes)
      expect_values(
          kind_.sparsity(at, SparseView::with(mode, GT_TRIANGLE_FULL, GT_DEPENDENCE_EXACT, GT_SPARSE_COMPRESS)),
          "compressed");
    if (kind_.hessian) check_triangles(at, p, at.values(automatic));
  }
  void check_single(Sample& sample, std::size_t k, const Csr& p) {
    auto r = sample.run(sample.first(), true);
    const SparseView view = kind_.view(*r, k);
    const gt_sparsity s = kind_.sparsity(view, SparseView::with(GT_MODE_AUTO));
    ASSERT_EQ(view.pattern(s), p) << "float32";
    EXPECT_EQ(wrong_value(p, view.values(s), kind_.dense(view), kind_.hessian ? 2e-4 : 2e-5), "") << "float32";
  }

  std::string op_;
  Kind kind_;
  std::map<std::string, std::string> never_;  // entries that no point had
};
class JacobianOf : public OfOp {
 public:
  explicit JacobianOf(std::string op) : OfOp(std::move(op), kJacobian) {}
};
class HessianOf : public OfOp {
 public:
  explicit HessianOf(std::string op) : OfOp(std::move(op), kHessian) {}
};

}  // namespace
}  // namespace test

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  test::register_each_op<test::JacobianOf>("SparseJacobian");
  test::register_each_op<test::HessianOf>("SparseHessian");
  return RUN_ALL_TESTS();
}
