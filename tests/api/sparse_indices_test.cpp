// Patterns on index tensors: with values, without, and changed between the pattern and its values.
#include "support/function_support.hpp"
#include "support/sparse_support.hpp"

namespace test {
namespace {

using Ints = std::vector<int64_t>;

class SparseIndices : public FunctionTest {
 public:
  gt_tensor wide(const std::vector<double>& v) { return tensor<double>(c, {static_cast<int64_t>(v.size())}, v); }
  gt_tensor taken(gt_tensor x, gt_tensor at) { return gt_sin(c, gt_gather(c, x, at, 0, 0)); }
  // sum of x at the places times its neighbour's: the Hessian couples what the places say.
  gt_tensor coupled(gt_tensor x, gt_tensor at) { return mul(x, gt_gather(c, x, at, 0, 0)); }
  gt_tensor put(gt_tensor at, gt_tensor x, int64_t n) {
    gt_tensor out = apply(c, "scatter_add", {at, x}, {{"shape", {n}}, {"axis", 0}}).at(0);
    return gt_sin(c, out);
  }
  using Make = std::function<gt_tensor(gt_tensor x, gt_tensor at)>;
  struct Made {
    gt_tape tape;
    gt_tensor x, y;
    SparseView view(gt_context c) const { return {c, tape, y, {x}}; }
  };
  Made made(const Make& f, gt_tensor at, const std::vector<double>& x = {0.3, -0.5, 0.7, 1.1}) {
    Made m{nullptr, wide(x), nullptr};
    m.tape = watching({m.x}, GT_TAPE_PERSISTENT);
    m.y = f(m.x, at);
    gt_tape_end(c, m.tape);
    return m;
  }
  const Make kGather = [this](gt_tensor x, gt_tensor at) { return taken(x, at); };
  const Make kScatter = [this](gt_tensor x, gt_tensor at) { return put(at, x, 4); };
  const Make kCoupled = [this](gt_tensor x, gt_tensor at) { return coupled(x, at); };
  static gt_sparse_options with(int32_t dependence, int32_t triangle = GT_TRIANGLE_FULL) {
    return SparseView::with(GT_MODE_AUTO, triangle, dependence);
  }
  void expect_values(const Made& m, gt_sparsity s, bool hessian = false) {
    const SparseView v = m.view(c);
    const Matrix dense = hessian ? v.hessian() : v.jacobian();
    EXPECT_EQ(lacking_entry(v.pattern(s), dense), "");
    EXPECT_EQ(wrong_value(v.pattern(s), v.values(s), dense, 1e-12), "");
  }
  void expect_refused(const Made& m, gt_sparsity s, const std::string& part) {
    gt_tensor v = nullptr;
    expect_error(gt_tape_sparse_values(c, m.tape, m.y, &m.x, 1, s, &v), GT_INVALID_ARGUMENT, part);
    EXPECT_EQ(v, nullptr);
  }
};

TEST_F(SparseIndices, WithValuesAreExact) {
  for (const Make* f : {&kGather, &kScatter}) {
    const Made m = made(*f, ints({2, 0, 0, 3}));
    const gt_sparsity s = m.view(c).jacobian_sparsity();
    EXPECT_EQ(m.view(c).pattern(s).columns.size(), 4u);
    expect_values(m, s);
  }
  const Made m = made(kCoupled, ints({2, 0, 0, 3}));
  const gt_sparsity h = m.view(c).hessian_sparsity();
  EXPECT_EQ(m.view(c).pattern(h).columns, (Ints{1, 2, 0, 0, 3}));
  expect_values(m, h, true);
}
TEST_F(SparseIndices, OfAVariableAreThoseItHad) {
  gt_tensor at = gt_variable(c, ints({2, 0, 0, 3}));
  const Made m = made(kGather, at);
  EXPECT_EQ(gt_assign(c, at, ints({1, 1, 1, 1})), GT_OK);
  const gt_sparsity s = m.view(c).jacobian_sparsity();
  EXPECT_EQ(m.view(c).pattern(s).columns, (Ints{2, 0, 0, 3}));
  expect_values(m, s);
  const Made next = made(kGather, at);
  expect_refused(next, s, "and has no entry (0, 1): element 0 of the target");
}
TEST_F(SparseIndices, ChangedAfterThePatternAreRefusedOrRight) {
  for (const Make* f : {&kGather, &kScatter}) {
    const gt_sparsity s = made(*f, ints({2, 0, 0, 3})).view(c).jacobian_sparsity();
    expect_values(made(*f, ints({2, 0, 0, 3})), s);
    expect_refused(made(*f, ints({2, 0, 1, 3})), s, "and has no entry (");
  }
  const gt_sparsity h = made(kCoupled, ints({2, 0, 0, 3})).view(c).hessian_sparsity();
  expect_refused(made(kCoupled, ints({3, 0, 0, 3})), h, "the gradient by element 0 of source 0, float64[4]");
}
// The pattern has all entries of the new one: fewer entries, symmetric or of a triangle.
TEST_F(SparseIndices, ChangedToFewerEntriesAreRight) {
  for (const int32_t triangle : {GT_TRIANGLE_FULL, GT_TRIANGLE_LOWER, GT_TRIANGLE_UPPER}) {
    const Made before = made(kCoupled, ints({2, 0, 0, 3})), after = made(kCoupled, ints({2, 0, 2, 3}));
    const gt_sparse_options o = with(GT_DEPENDENCE_EXACT, triangle);
    const gt_sparsity s = before.view(c).hessian_sparsity(o);
    const SparseView v = after.view(c);
    gt_tensor values = nullptr;
    if (gt_tape_sparse_values(c, after.tape, after.y, &after.x, 1, s, &values) == GT_OK)
      EXPECT_EQ(wrong_value(v.pattern(s), numbers(c, values), v.hessian(), 1e-12), "");
    else
      EXPECT_NE(c.message().find("has no entry (2, 2)"), std::string::npos);  // which it lacks indeed
  }
  const gt_sparsity s = made(kGather, ints({2, 0, 0, 3})).view(c).jacobian_sparsity();
  expect_values(made(kGather, ints({2, 0, 0, 3}), {1, 2, 3, 4}), s);
  for (const int32_t triangle : {GT_TRIANGLE_FULL, GT_TRIANGLE_LOWER, GT_TRIANGLE_UPPER}) {
    const auto twice = [&](gt_tensor x, gt_tensor at) { return add(coupled(x, at), coupled(x, ints({1, 0, 3, 2}))); };
    const gt_sparsity whole = made(twice, ints({2, 3, 0, 1})).view(c).hessian_sparsity(with(0, triangle));
    const Made fewer = made(twice, ints({1, 0, 3, 2}));
    const SparseView v = fewer.view(c);
    EXPECT_EQ(wrong_value(v.pattern(whole), v.values(whole), v.hessian(), 1e-12), "") << "triangle " << triangle;
  }
}
TEST_F(SparseIndices, WithoutValuesAreAnErrorOrAnyIndex) {
  const auto run = [&](const Make& f, bool hessian) {
    gt_function made_function = function_of({spec(GT_FLOAT64, {4}), spec(GT_INT32, {4})}, [&](gt_context,
                                                                                              const Tensors& in) {
      gt_tape t = watching({in[0]}, GT_TAPE_PERSISTENT);
      gt_tensor y = f(in[0], in[1]), x = in[0], v = nullptr;
      auto* find = hessian ? gt_tape_hessian_sparsity : gt_tape_jacobian_sparsity;
      EXPECT_EQ(find(c, t, y, &x, 1, nullptr), nullptr);
      expect_error(GT_FAILED_PRECONDITION, "the values of its indices int32[4] decide which entries the pattern has");
      const gt_sparse_options any = with(GT_DEPENDENCE_CONSERVATIVE);
      gt_sparsity s = find(c, t, y, &x, 1, &any);
      EXPECT_NE(s, nullptr) << c.message();
      EXPECT_EQ(gt_tape_sparse_values(c, t, y, &x, 1, s, &v), GT_OK) << c.message();
      gt_tensor m = nullptr;
      EXPECT_EQ(gt_sparse_to_dense(c, s, v, &m), GT_OK) << c.message();
      gt_release(c, t);
      return Tensors{m};
    });
    for (const std::vector<int32_t>& at : {std::vector<int32_t>{2, 0, 0, 3}, {1, 1, 3, 0}}) {
      const Made eager = made(f, ints(at));
      const Matrix want = hessian ? eager.view(c).hessian() : eager.view(c).jacobian();
      const Tensors out = call(made_function, {eager.x, ints(at)});
      expect_close(numbers(c, out[0]), want.at, {1e-12, 1e-12}, hessian ? "Hessian" : "Jacobian");
    }
  };
  run(kGather, false);
  run(kScatter, false);
  run(kCoupled, true);
}
// A pattern that was made where the indices had values does not serve any indices.
TEST_F(SparseIndices, OfAFunctionsInputNeedAPatternOfAnyIndex) {
  gt_sparsity exact = made(kGather, ints({2, 0, 0, 3})).view(c).jacobian_sparsity();
  const gt_sparse_options any = with(GT_DEPENDENCE_CONSERVATIVE);
  gt_sparsity known = made(kGather, ints({2, 0, 0, 3})).view(c).jacobian_sparsity(any);
  function_of({spec(GT_FLOAT64, {4}), spec(GT_INT32, {4})}, [&](gt_context, const Tensors& in) {
    gt_tape t = watching({in[0]}, GT_TAPE_PERSISTENT);
    gt_tensor y = taken(in[0], in[1]), x = in[0], v = nullptr;
    EXPECT_EQ(gt_tape_sparse_values(c, t, y, &x, 1, exact, &v), GT_FAILED_PRECONDITION);
    expect_error(GT_FAILED_PRECONDITION, "the values of its indices int32[4]");
    EXPECT_EQ(gt_tape_sparse_values(c, t, y, &x, 1, known, &v), GT_INVALID_ARGUMENT);
    expect_error(GT_INVALID_ARGUMENT, "and has no entry (0, 0)");
    gt_release(c, t);
    return Tensors{y};
  });
}
// TRUST leaves the check out: the caller says that the entries suffice.
TEST_F(SparseIndices, AreNotLookedAtAgainOnTrust) {
  const gt_sparse_options trust = with(GT_DEPENDENCE_TRUST);
  gt_sparsity s = made(kGather, ints({2, 0, 0, 3})).view(c).jacobian_sparsity(trust);
  const Made other = made(kGather, ints({1, 0, 0, 3}));
  gt_tensor v = nullptr;
  EXPECT_EQ(gt_tape_sparse_values(c, other.tape, other.y, &other.x, 1, s, &v), GT_OK) << c.message();
}
// The places of the largest entries and of an order are other ones at another point: the pattern is of all points.
TEST_F(SparseIndices, ThatFollowTheSourceAreAnyIndex) {
  const auto largest = [&](gt_tensor x, gt_tensor) {
    const int64_t shape[] = {1, 2, 2, 1};
    gt_tensor y = apply(c, "max_pool2d", {gt_reshape(c, x, shape, 4)}, {{"ksize", 2}, {"strides", 2}}).at(0);
    return mul(y, y);
  };
  const auto ordered = [&](gt_tensor x, gt_tensor) {
    gt_tensor y = apply(c, "sort", {x}, {{"axis", 0}}).at(0);
    return mul(y, y);
  };
  const auto taken_in_order = [&](gt_tensor x, gt_tensor) { return taken(x, gt_argsort(c, x, -1, nullptr)); };
  const auto by_sorted_copy = [&](gt_tensor x, gt_tensor) {
    return taken(x, gt_argsort(c, gt_stop_gradient(c, x), -1, nullptr));
  };
  for (const Make& f : {Make(largest), Make(ordered), Make(taken_in_order)}) {
    const Made a = made(f, nullptr, {0.3, -0.5, 0.7, 1.1}), b = made(f, nullptr, {3, 2, 1, 0.5});
    const gt_sparsity j = a.view(c).jacobian_sparsity(), h = a.view(c).hessian_sparsity();
    expect_values(b, j);
    expect_values(b, h, true);
    gt_function inside = function_of({spec(GT_FLOAT64, {4})}, [&](gt_context, const Tensors& in) {
      gt_tape t = watching({in[0]}, GT_TAPE_PERSISTENT);
      gt_tensor y = f(in[0], nullptr), x = in[0];
      const SparseView v(c, t, y, {x});
      return Tensors{v.values_tensor(v.hessian_sparsity())};
    });
    const Tensors out = call(inside, {b.x});
    EXPECT_EQ(wrong_value(a.view(c).pattern(h), numbers(c, out[0]), b.view(c).hessian(), 1e-12), "");
  }
  const Made constant = made(by_sorted_copy, nullptr);
  EXPECT_EQ(constant.view(c).pattern(constant.view(c).jacobian_sparsity()).columns, (Ints{1, 0, 2, 3}));
}

}  // namespace
}  // namespace test
