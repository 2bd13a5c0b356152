// The guide's examples against TensorFlow's numbers, in both precisions.
#include "support/golden_values.hpp"

namespace test {
namespace {

template <class T>
class Guide : public testing::Test {
 public:
  static constexpr bool kDouble = std::is_same_v<T, double>;
  static constexpr gt_dtype kType = dtype_of<T>();

  void load(const std::string& name) {
    static const json all = load_golden("guide/guide.json");
    for (const json& e : all["examples"])
      if (e["name"] == name) example_ = e;
    ASSERT_FALSE(example_.is_null()) << name;
  }
  gt_tensor input(const std::string& name) { return golden_tensor<T>(ctx_, example_["inputs"][name]); }
  gt_tensor variable(const std::string& name) { return gt_variable(ctx_, input(name)); }

  void expect(const std::string& name, gt_tensor got, double float_rtol = 1e-5) {
    const json& want = example_[kDouble ? "expected_float64" : "expected_float32"][name];
    if (want.is_null()) {
      EXPECT_EQ(got, nullptr) << name;
      return;
    }
    ASSERT_NE(got, nullptr) << name << ": " << ctx_.message();
    EXPECT_EQ(json(shape_of(ctx_, got)), want["shape"]) << name;
    expect_close(numbers(ctx_, got), golden_numbers(want),
                 kDouble ? Tolerance{1e-10, 1e-12} : Tolerance{float_rtol, 1e-5}, name);
  }

  gt_tensor one_gradient(gt_tape tape, gt_tensor target, gt_tensor source) {
    gt_tensor g = nullptr;
    EXPECT_EQ(gt_tape_gradient(ctx_, tape, &target, 1, &source, 1, nullptr, GT_UNCONNECTED_NULL, &g), GT_OK);
    return g;
  }
  gt_tensor one_jacobian(gt_tape tape, gt_tensor target, gt_tensor source, int32_t mode = GT_MODE_AUTO) {
    gt_jacobian_options o{};
    o.struct_size = sizeof o;
    o.mode = mode;
    gt_tensor j = nullptr;
    EXPECT_EQ(gt_tape_jacobian(ctx_, tape, target, &source, 1, &o, &j), GT_OK);
    return j;
  }
  gt_tensor dense(gt_tensor x, gt_tensor kernel, gt_tensor bias) {
    return gt_add(ctx_, gt_matmul(ctx_, x, kernel, 0, 0), bias);
  }
  gt_tensor sum(gt_tensor x) { return gt_reduce_sum(ctx_, x, nullptr, 0, 0); }

  Ctx ctx_;
  json example_;
};
using Precisions = testing::Types<float, double>;
struct PrecisionName {
  template <class T>
  static std::string GetName(int) {
    return std::is_same_v<T, double> ? "float64" : "float32";
  }
};
TYPED_TEST_SUITE(Guide, Precisions, PrecisionName);

TYPED_TEST(Guide, StopRecording) {
  this->load("stop_recording");
  auto& c = this->ctx_;
  gt_tensor x = this->variable("x"), y = this->variable("y");
  gt_tape t = gt_tape_begin(c, GT_TAPE_PERSISTENT);
  gt_tensor x_sq = gt_multiply(c, x, x);
  EXPECT_EQ(gt_tape_stop_recording(c, t), GT_OK);
  gt_tensor y_sq = gt_multiply(c, y, y);
  EXPECT_EQ(gt_tape_resume_recording(c, t), GT_OK);
  gt_tensor z = gt_add(c, x_sq, y_sq);
  this->expect("z", z);
  this->expect("dz_dx", this->one_gradient(t, z, x));
  this->expect("dz_dy", this->one_gradient(t, z, y));
}

TYPED_TEST(Guide, Reset) {
  this->load("reset");
  auto& c = this->ctx_;
  gt_tensor x = this->variable("x"), y = this->variable("y");
  gt_tape t = gt_tape_begin(c, GT_TAPE_PERSISTENT);
  gt_tensor y_sq = gt_multiply(c, y, y);
  EXPECT_EQ(gt_tape_reset(c, t), GT_OK);
  gt_tensor z = gt_add(c, gt_multiply(c, x, x), y_sq);
  this->expect("z", z);
  this->expect("dz_dx", this->one_gradient(t, z, x));
  this->expect("dz_dy", this->one_gradient(t, z, y));
}

TYPED_TEST(Guide, StopGradient) {
  this->load("stop_gradient");
  auto& c = this->ctx_;
  gt_tensor x = this->variable("x"), y = this->variable("y");
  gt_tape t = gt_tape_begin(c, GT_TAPE_PERSISTENT);
  gt_tensor two = gt_scalar(c, 2);
  gt_tensor z = gt_add(c, gt_pow(c, x, two), gt_stop_gradient(c, gt_pow(c, y, two)));
  this->expect("z", z);
  this->expect("dz_dx", this->one_gradient(t, z, x));
  this->expect("dz_dy", this->one_gradient(t, z, y));
}

gt_status pass_on(gt_context, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  out[0] = in[0];
  *n = 1;
  return GT_OK;
}
gt_status clip_half(gt_context ctx, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) {
  dx[0] = gt_clip_by_norm(ctx, dy[0], 0.5, nullptr, 0);
  return GT_OK;
}

TYPED_TEST(Guide, CustomGradientClip) {
  this->load("custom_gradient_clip");
  auto& c = this->ctx_;
  gt_tensor v = this->variable("v"), out = nullptr;
  gt_tape t = gt_tape_begin(c, 0);
  gt_tensor squared = gt_multiply(c, v, v);
  ASSERT_EQ(gt_custom_gradient(c, nullptr, pass_on, clip_half, nullptr, nullptr, &squared, 1, &out, 1, nullptr), GT_OK);
  this->expect("output", out);
  this->expect("doutput_dv", this->one_gradient(t, out, v));
}

TYPED_TEST(Guide, MultipleTapes) {
  this->load("multiple_tapes");
  auto& c = this->ctx_;
  gt_tensor x0 = this->input("x0"), x1 = this->input("x1");
  gt_tape t0 = gt_tape_begin(c, 0), t1 = gt_tape_begin(c, 0);
  gt_tape_watch(c, t0, x0);
  gt_tape_watch(c, t1, x1);
  gt_tensor ys = this->sum(gt_add(c, gt_sin(c, x0), gt_sigmoid(c, x1)));
  this->expect("ys", ys);
  this->expect("dys_dx0", this->one_gradient(t0, ys, x0));
  this->expect("dys_dx1", this->one_gradient(t1, ys, x1));
}

TYPED_TEST(Guide, HigherOrder) {
  this->load("higher_order");
  auto& c = this->ctx_;
  gt_tensor x = this->variable("x");
  gt_tape t3 = gt_tape_begin(c, 0), t2 = gt_tape_begin(c, 0), t1 = gt_tape_begin(c, 0);
  gt_tensor y = gt_multiply(c, gt_multiply(c, x, x), x);
  gt_tensor d1 = this->one_gradient(t1, y, x), d2 = this->one_gradient(t2, d1, x), d3 = this->one_gradient(t3, d2, x);
  this->expect("y", y);
  this->expect("dy_dx", d1);
  this->expect("d2y_dx2", d2);
  this->expect("d3y_dx3", d3);
}

TYPED_TEST(Guide, InputGradientRegularization) {
  this->load("input_gradient_regularization");
  auto& c = this->ctx_;
  gt_tensor x = this->input("x"), kernel = this->variable("kernel"), bias = this->variable("bias");
  gt_tape t2 = gt_tape_begin(c, GT_TAPE_PERSISTENT), t1 = gt_tape_begin(c, GT_TAPE_MANUAL_WATCH);
  gt_tape_watch(c, t1, x);
  gt_tensor y = gt_relu(c, this->dense(x, kernel, bias)), out = this->sum(gt_square(c, y));
  gt_tensor g1 = this->one_gradient(t1, out, x), magnitude = gt_norm(c, g1, nullptr, nullptr, 0, 0);
  this->expect("y", y);
  this->expect("out", out);
  this->expect("g1", g1);
  this->expect("g1_mag", magnitude);
  this->expect("dg1_mag_kernel", this->one_gradient(t2, magnitude, kernel));
  this->expect("dg1_mag_bias", this->one_gradient(t2, magnitude, bias));
}

TYPED_TEST(Guide, ScalarSourceJacobian) {
  this->load("scalar_source_jacobian");
  auto& c = this->ctx_;
  gt_tensor delta = this->variable("delta");
  gt_tensor x = gt_linspace(c, this->input("start"), this->input("stop"), 201, 0);
  gt_tape t = gt_tape_begin(c, GT_TAPE_PERSISTENT);
  gt_tensor y = gt_sigmoid(c, gt_add(c, x, delta));
  this->expect("x", x);
  this->expect("y", y);
  for (int32_t mode : {GT_MODE_AUTO, GT_MODE_FORWARD, GT_MODE_REVERSE})
    this->expect("dy_dx", this->one_jacobian(t, y, delta, mode));
}

TYPED_TEST(Guide, TensorSourceJacobian) {
  this->load("tensor_source_jacobian");
  auto& c = this->ctx_;
  gt_tensor x = this->input("x"), kernel = this->variable("kernel"), bias = this->variable("bias");
  gt_tape t = gt_tape_begin(c, GT_TAPE_PERSISTENT);
  gt_tensor y = gt_relu(c, this->dense(x, kernel, bias));
  this->expect("y", y);
  this->expect("gradient", this->one_gradient(t, y, kernel));
  const int64_t axes[] = {0, 1};
  for (int32_t mode : {GT_MODE_AUTO, GT_MODE_FORWARD, GT_MODE_REVERSE}) {
    gt_tensor j = this->one_jacobian(t, y, kernel, mode);
    this->expect("jacobian", j);
    this->expect("jacobian_sum", gt_reduce_sum(c, j, axes, 2, 0));
  }
}

TYPED_TEST(Guide, HessianNewton) {
  this->load("hessian_newton");
  auto& c = this->ctx_;
  gt_tensor x = this->input("x"), kernel = this->variable("kernel1");
  gt_tape t2 = gt_tape_begin(c, GT_TAPE_PERSISTENT), t1 = gt_tape_begin(c, 0);
  gt_tensor a1 = gt_relu(c, this->dense(x, kernel, this->input("bias1")));
  gt_tensor a2 = gt_relu(c, this->dense(a1, this->input("kernel2"), this->input("bias2")));
  gt_tensor loss = gt_reduce_mean(c, gt_square(c, a2), nullptr, 0, 0);
  gt_tensor g = this->one_gradient(t1, loss, kernel);
  this->expect("loss", loss);
  this->expect("gradient", g);
  for (int32_t mode : {GT_MODE_FORWARD, GT_MODE_REVERSE})
    this->expect("hessian", this->one_jacobian(t2, g, kernel, mode));
  gt_tensor h = this->one_jacobian(t2, g, kernel);
  const int64_t matrix[] = {40, 40}, column[] = {40, 1}, shape[] = {5, 8};
  gt_tensor damping = gt_multiply(c, gt_eye(c, 40, GT_DEFAULT_INT, nullptr, 0, 0), this->input("eps"));
  gt_tensor update = gt_solve(c, gt_add(c, gt_reshape(c, h, matrix, 2), damping), gt_reshape(c, g, column, 2), 0);
  this->expect("update", update, 1e-3);
  EXPECT_EQ(gt_assign_sub(c, kernel, gt_reshape(c, update, shape, 2)), GT_OK);
  this->expect("updated_kernel", kernel, 1e-3);
}

TYPED_TEST(Guide, BatchJacobian) {
  this->load("batch_jacobian");
  auto& c = this->ctx_;
  gt_tensor x = this->input("x");
  gt_tape t = gt_tape_begin(c, GT_TAPE_PERSISTENT);
  gt_tape_watch(c, t, x);
  gt_tensor h = gt_elu(c, this->dense(x, this->input("kernel1"), this->input("bias1")));
  gt_tensor y = gt_elu(c, this->dense(h, this->input("kernel2"), this->input("bias2")));
  this->expect("y", y);
  gt_tensor j = this->one_jacobian(t, y, x);
  const int64_t axis[] = {2}, perm[] = {1, 0, 3, 2}, paddings[] = {0, 0, 1, 1, 0, 0, 1, 1}, matrix[] = {54, 45};
  this->expect("jacobian", j);
  this->expect("jacobian_sum", gt_reduce_sum(c, j, axis, 1, 0));
  this->expect("jacobian_select", gt_einsum(c, &j, 1, "bxby->bxy"));
  for (int32_t mode : {GT_MODE_AUTO, GT_MODE_FORWARD, GT_MODE_REVERSE}) {
    gt_jacobian_options o{};
    o.struct_size = sizeof o;
    o.mode = mode;
    gt_tensor blocks = nullptr;
    EXPECT_EQ(gt_tape_batch_jacobian(c, t, y, x, &o, &blocks), GT_OK);
    this->expect("batch_jacobian", blocks);
  }
  const double largest = number(c, gt_reduce_max(c, gt_abs(c, j), nullptr, 0, 0));
  gt_tensor padded = gt_pad(c, gt_transpose(c, j, perm, 4), paddings, 8, nullptr, -largest);
  this->expect("patches", gt_reshape(c, padded, matrix, 2));
}

TYPED_TEST(Guide, BatchnormJacobian) {
  this->load("batchnorm_jacobian");
  auto& c = this->ctx_;
  gt_tensor x = this->input("x");
  gt_tape t = gt_tape_begin(c, GT_TAPE_PERSISTENT);
  gt_tape_watch(c, t, x);
  gt_tensor h = gt_elu(c, this->dense(x, this->input("kernel1"), this->input("bias1"))), normalized[3];
  const int64_t axes[] = {0};
  ASSERT_EQ(gt_batch_normalization(c, h, this->input("gamma"), this->input("beta"), nullptr, nullptr, 1, axes, 1, 1e-3,
                                   normalized, 3, nullptr),
            GT_OK);
  gt_tensor y = gt_elu(c, this->dense(normalized[0], this->input("kernel2"), this->input("bias2")));
  this->expect("y", y);
  for (int32_t mode : {GT_MODE_AUTO, GT_MODE_FORWARD, GT_MODE_REVERSE})
    this->expect("jacobian", this->one_jacobian(t, y, x, mode));
  gt_tensor blocks = nullptr;
  EXPECT_EQ(gt_tape_batch_jacobian(c, t, y, x, nullptr, &blocks), GT_FAILED_PRECONDITION);
  EXPECT_NE(c.message().find("reduce_sum (in batch_normalization) may mix the samples"), std::string::npos);
  gt_jacobian_options o{};
  o.struct_size = sizeof o;
  o.batch_dependence = GT_BATCH_SUM;
  EXPECT_EQ(gt_tape_batch_jacobian(c, t, y, x, &o, &blocks), GT_OK);
  this->expect("batch_jacobian", blocks);
}

}  // namespace
}  // namespace test
