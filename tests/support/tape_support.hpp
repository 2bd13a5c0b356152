// Short words for tests of tapes: float32 numbers, variables, gradients.
#pragma once

#include "support.hpp"

namespace test {

class TapeTest : public testing::Test {
 public:
  gt_tensor num(float v) { return scalar32(c, v); }
  gt_tensor vec(const std::vector<float>& v) { return tensor<float>(c, {static_cast<int64_t>(v.size())}, v); }
  gt_tensor mat(int64_t rows, int64_t columns, const std::vector<float>& v) {
    return tensor<float>(c, {rows, columns}, v);
  }
  gt_tensor var(float v) { return gt_variable(c, num(v)); }
  gt_tensor ints(const std::vector<int32_t>& v) { return tensor<int32_t>(c, {static_cast<int64_t>(v.size())}, v); }
  gt_tensor mul(gt_tensor a, gt_tensor b) { return gt_multiply(c, a, b); }
  gt_tensor add(gt_tensor a, gt_tensor b) { return gt_add(c, a, b); }
  gt_tensor sum(gt_tensor a) { return gt_reduce_sum(c, a, nullptr, 0, 0); }
  gt_tape tape(uint32_t flags = 0) { return gt_tape_begin(c, flags); }
  gt_tape watching(std::initializer_list<gt_tensor> xs, uint32_t flags = 0) {
    gt_tape t = tape(flags);
    for (gt_tensor x : xs) EXPECT_EQ(gt_tape_watch(c, t, x), GT_OK);
    return t;
  }

  gt_status gradient(gt_tape t, std::vector<gt_tensor> targets, std::vector<gt_tensor> sources,
                     std::vector<gt_tensor>& out, std::vector<gt_tensor> weights = {},
                     int32_t unconnected = GT_UNCONNECTED_NULL) {
    out.assign(sources.size(), nullptr);
    return gt_tape_gradient(c, t, targets.data(), targets.size(), sources.data(), sources.size(),
                            weights.empty() ? nullptr : weights.data(), unconnected, out.data());
  }
  // The gradients, NULL where a source is not connected.
  std::vector<gt_tensor> grads(gt_tape t, std::vector<gt_tensor> targets, std::vector<gt_tensor> sources,
                               int32_t unconnected = GT_UNCONNECTED_NULL) {
    std::vector<gt_tensor> out;
    EXPECT_EQ(gradient(t, std::move(targets), std::move(sources), out, {}, unconnected), GT_OK) << c.message();
    return out;
  }
  gt_tensor grad(gt_tape t, gt_tensor target, gt_tensor source) { return grads(t, {target}, {source})[0]; }
  double dgrad(gt_tape t, gt_tensor target, gt_tensor source) {
    gt_tensor g = grad(t, target, source);
    EXPECT_NE(g, nullptr) << "not connected";
    return g ? number(c, g) : NAN;
  }
  gt_tensor jvp(gt_tape t, gt_tensor target, gt_tensor source, gt_tensor tangent) {
    gt_tensor out = nullptr;
    EXPECT_EQ(gt_tape_jvp(c, t, &target, 1, &source, 1, &tangent, GT_UNCONNECTED_NULL, &out), GT_OK) << c.message();
    return out;
  }
  gt_tensor jacobian(gt_tape t, gt_tensor target, gt_tensor source, int32_t unconnected = GT_UNCONNECTED_NULL,
                     int32_t mode = GT_MODE_AUTO) {
    gt_jacobian_options o = options();
    o.unconnected = unconnected;
    o.mode = mode;
    gt_tensor out = nullptr;
    EXPECT_EQ(gt_tape_jacobian(c, t, target, &source, 1, &o, &out), GT_OK) << c.message();
    return out;
  }
  static gt_jacobian_options options() {
    gt_jacobian_options o{};
    o.struct_size = sizeof o;
    return o;
  }
  gt_tensor batch_jacobian(gt_tape t, gt_tensor target, gt_tensor source, int32_t dependence = GT_BATCH_INDEPENDENT,
                           gt_status want = GT_OK) {
    gt_jacobian_options o = options();
    o.batch_dependence = dependence;
    gt_tensor out = nullptr;
    EXPECT_EQ(gt_tape_batch_jacobian(c, t, target, source, &o, &out), want);
    return out;
  }
  void expect(gt_tensor t, const std::vector<double>& want) {
    ASSERT_NE(t, nullptr) << c.message();
    expect_close(numbers(c, t), want, {1e-5, 1e-6}, "values");
  }
  // The call failed as it should, and its message says so.
  void expect_error(gt_status got, gt_status want, const std::string& part) {
    EXPECT_EQ(got, want);
    const auto [code, message] = c.take_error();
    EXPECT_EQ(code, want) << message;
    EXPECT_NE(message.find(part), std::string::npos) << "message: " << message;
  }
  gt_tensor custom(gt_tensor x, gt_forward_fn forward, gt_gradient_fn backward, void* user = nullptr,
                   const char* name = nullptr) {
    gt_tensor out = nullptr;
    EXPECT_EQ(gt_custom_gradient(c, name, forward, backward, user, nullptr, &x, 1, &out, 1, nullptr), GT_OK)
        << c.message();
    return out;
  }

  Ctx c;
};

inline gt_status identity_forward(gt_context, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  out[0] = in[0];
  *n = 1;
  return GT_OK;
}
inline gt_status square_forward(gt_context ctx, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  out[0] = gt_square(ctx, in[0]);
  *n = 1;
  return GT_OK;
}
inline gt_status times_seven(gt_context ctx, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) {
  gt_tensor seven = gt_scalar(ctx, 7);
  dx[0] = gt_multiply(ctx, dy[0], seven);
  gt_release(ctx, seven);
  return GT_OK;
}
inline gt_status clip_to_half(gt_context ctx, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) {
  dx[0] = gt_clip_by_norm(ctx, dy[0], 0.5, nullptr, 0);
  return GT_OK;
}

}  // namespace test
