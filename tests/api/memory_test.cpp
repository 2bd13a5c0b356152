// Allocation failure: the n-th allocation fails, for every n, through a program that uses all of the interface. Each
// call must return a status, nothing may leak or crash, and what the user had must keep its value.
#include "support/failing_allocator.hpp"
#include "support/tape_support.hpp"

namespace test {
namespace {

// Each returns false once a call has failed; the status must then be GT_OUT_OF_MEMORY.
struct Program {
  gt_context ctx;
  gt_tensor x, v, m;  // the user's own, made before
  gt_status worst = GT_OK;

  bool ok(gt_status s) {
    if (s != GT_OK && worst == GT_OK) worst = s;
    return s == GT_OK;
  }
  bool ok(const void* handle) { return ok(handle ? GT_OK : GT_OUT_OF_MEMORY); }

  bool derivatives() {
    gt_tape outer = gt_tape_begin(ctx, GT_TAPE_PERSISTENT), inner = gt_tape_begin(ctx, GT_TAPE_PERSISTENT);
    if (!ok(outer) || !ok(inner) || !ok(gt_tape_watch(ctx, outer, x)) || !ok(gt_tape_watch(ctx, inner, x)))
      return false;
    gt_tensor y = gt_reduce_sum(ctx, gt_softmax(ctx, gt_multiply(ctx, gt_tanh(ctx, x), v), -1), nullptr, 0, 0);
    gt_tensor g = nullptr, h = nullptr, b = nullptr, one = gt_scalar(ctx, 1), along = nullptr;
    if (!ok(y) || !ok(one)) return false;
    if (!ok(gt_tape_gradient(ctx, inner, &y, 1, &x, 1, &one, 0, &g))) return false;
    if (!ok(gt_tape_jacobian(ctx, outer, g, &x, 1, nullptr, &h))) return false;
    if (!ok(gt_tape_jvp(ctx, inner, &y, 1, &x, 1, &x, 0, &along))) return false;
    if (!ok(gt_tape_batch_jacobian(ctx, inner, gt_exp(ctx, m), m, nullptr, &b))) return false;
    float values[9];
    return ok(gt_tensor_read(ctx, h, values, sizeof values)) && ok(gt_eval(ctx, &along, 1));
  }
  bool custom() {
    gt_tensor y = nullptr, g = nullptr;
    gt_tape t = gt_tape_begin(ctx, 0);
    if (!ok(t) || !ok(gt_tape_watch(ctx, t, x))) return false;
    if (!ok(gt_custom_gradient(
            ctx, "name", square_forward, times_seven, nullptr, [](void*) {}, &x, 1, &y, 1, nullptr)))
      return false;
    return ok(gt_tape_gradient(ctx, t, &y, 1, &x, 1, nullptr, 0, &g)) && ok(gt_eval(ctx, &g, 1));
  }
  bool tensors() {
    char text[64];
    size_t needed;
    void* dl = nullptr;
    if (!ok(gt_tensor_describe(ctx, x, text, sizeof text, &needed)) ||
        !ok(gt_graph_describe(ctx, &x, 1, GT_GRAPH_DOT, text, sizeof text, &needed)))
      return false;
    if (!ok(gt_tensor_to_dlpack(ctx, x, &dl))) return false;
    gt_tensor back = gt_tensor_from_dlpack(ctx, dl);
    if (!back) static_cast<void (**)(void*)>(dl)[7](dl);  // the deleter: on failure it stays ours
    if (!ok(back)) return false;
    gt_tensor w = gt_variable(ctx, x);
    return ok(w) && ok(gt_assign_add(ctx, w, x)) && ok(gt_eval(ctx, &w, 1));
  }
  // u = tanh(x) / 2 + u / 3, by each linear system, with its derivative.
  static gt_status next(gt_context c, void* program, const gt_tensor* u, size_t, gt_tensor* out, size_t, size_t* n) {
    const auto* p = static_cast<const Program*>(program);
    *n = 1;
    *out = gt_add(c, gt_multiply(c, gt_tanh(c, p->x), gt_scalar(c, 0.5)), gt_multiply(c, *u, gt_scalar(c, 1. / 3)));
    return *out ? GT_OK : GT_OUT_OF_MEMORY;
  }
  bool root_by(int32_t method, int32_t linear) {
    gt_root_options o{};
    o.struct_size = sizeof o;
    o.fixed_point = 1;
    o.method = method;
    o.linear = linear;
    gt_tensor u = nullptr, g = nullptr;
    gt_tape t = gt_tape_begin(ctx, 0);
    return ok(t) && ok(gt_tape_watch(ctx, t, x)) && ok(gt_root(ctx, next, this, nullptr, &x, 1, &o, &u, 1, nullptr)) &&
           ok(gt_tape_gradient(ctx, t, &u, 1, &x, 1, nullptr, 0, &g)) && ok(gt_eval(ctx, &g, 1));
  }
  bool dense_root() { return root_by(GT_ROOT_NEWTON, GT_ROOT_DENSE); }
  bool sparse_root() { return root_by(GT_ROOT_NEWTON, GT_ROOT_SPARSE); }
  bool accelerated_root() { return root_by(GT_ROOT_ANDERSON, GT_ROOT_GMRES); }
};

// Runs one part with the n-th allocation failing, for n = 0, 1, … until it passes.
void run_part(bool (Program::*part)()) {
  long n = 0;
  for (bool done = false; !done; ++n) {
    ASSERT_LT(n, 100000) << "it never passes";
    Ctx c;
    Program p{c, tensor<float>(c, {3}, {1, 2, 3}), gt_variable(c, tensor<float>(c, {3}, {0.5f, -1, 2})),
              tensor<float>(c, {2, 1}, {1, 2})};
    EXPECT_EQ(gt_scope_begin(c), GT_OK);
    bool passed;
    {
      const Armed armed(n);
      passed = (p.*part)();
    }
    done = !allocation_failed();
    if (allocation_failed() && !passed) {
      EXPECT_EQ(p.worst, GT_OUT_OF_MEMORY) << "allocation " << n;
    }
    if (!allocation_failed()) {
      EXPECT_TRUE(passed) << c.message();
    }
    c.take_error();
    EXPECT_EQ(gt_scope_end(c, nullptr, 0), GT_OK);
    ASSERT_EQ(read<float>(c, p.x), (std::vector<float>{1, 2, 3})) << "allocation " << n;
    ASSERT_EQ(read<float>(c, p.v), (std::vector<float>{0.5f, -1, 2})) << "allocation " << n;
    ASSERT_EQ(number(c, gt_reduce_sum(c, gt_multiply(c, p.x, p.v), nullptr, 0, 0)), 4.5)
        << "the context works on after allocation " << n;
  }
  EXPECT_GT(n, 10);
}

TEST(OutOfMemory, ThroughDerivatives) { run_part(&Program::derivatives); }
TEST(OutOfMemory, ThroughCustomGradients) { run_part(&Program::custom); }
TEST(OutOfMemory, ThroughTensors) { run_part(&Program::tensors); }
TEST(OutOfMemory, ThroughADenseRoot) { run_part(&Program::dense_root); }
TEST(OutOfMemory, ThroughASparseRoot) { run_part(&Program::sparse_root); }
TEST(OutOfMemory, ThroughAnAcceleratedRoot) { run_part(&Program::accelerated_root); }

TEST(OutOfMemory, InContextCreation) {
  for (long n = 0;; ++n) {
    gt_context ctx = nullptr;
    gt_status s;
    {
      const Armed armed(n);
      s = gt_context_create(&ctx);
    }
    if (s == GT_OK) {
      EXPECT_EQ(gt_context_destroy(ctx), GT_OK);
      break;
    }
    EXPECT_EQ(s, GT_OUT_OF_MEMORY);
    EXPECT_EQ(ctx, nullptr);
  }
}
TEST(OutOfMemory, ATensorTooLargeForTheMachine) {
  Ctx c;
  gt_tensor x = scalar32(c, 1);
  const int64_t shape[] = {int64_t{1} << 50};
  gt_tensor huge = gt_broadcast_to(c, x, shape, 1);
  ASSERT_NE(huge, nullptr) << "recording it costs nothing";
  EXPECT_EQ(gt_eval(c, &huge, 1), GT_OUT_OF_MEMORY);
  EXPECT_EQ(c.take_error().first, GT_OUT_OF_MEMORY);
  EXPECT_EQ(number(c, x), 1);
}

}  // namespace
}  // namespace test
