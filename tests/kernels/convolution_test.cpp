// Convolutions of every geometry, with their gradients, against plain loops.
#include <algorithm>

#include "support/kernel_test.hpp"

namespace test {
namespace {

struct Geometry {
  int64_t n, h, w, groups, inputs, outputs, kh, kw, stride, dilation;
  bool same;
};
void check_convolution(Kernels& k, const Geometry& g) {
  const int64_t ci = g.groups * g.inputs, co = g.groups * g.outputs;
  const auto out_size = [&](int64_t in, int64_t taps) {
    return g.same ? (in + g.stride - 1) / g.stride : (in - (taps - 1) * g.dilation - 1) / g.stride + 1;
  };
  const auto before = [&](int64_t in, int64_t taps) {
    return g.same ? std::max<int64_t>(0, (out_size(in, taps) - 1) * g.stride + (taps - 1) * g.dilation + 1 - in) / 2
                  : 0;
  };
  const int64_t ho = out_size(g.h, g.kh), wo = out_size(g.w, g.kw);
  const auto x = k.random(static_cast<std::size_t>(g.n * g.h * g.w * ci)),
             f = k.random(static_cast<std::size_t>(g.kh * g.kw * g.inputs * co)),
             ct = k.random(static_cast<std::size_t>(g.n * ho * wo * co));
  gt_tensor tx = tensor<double>(k.c, {g.n, g.h, g.w, ci}, x);
  gt_tensor tf =
      g.groups > 1 ? tensor<double>(k.c, {g.kh, g.kw, ci, g.outputs}, f) : tensor<double>(k.c, {g.kh, g.kw, ci, co}, f);
  gt_tape tape = gt_tape_begin(k.c, 0);
  gt_tape_watch(k.c, tape, tx);
  gt_tape_watch(k.c, tape, tf);
  gt_tensor y = k.run(g.groups > 1 ? "depthwise_conv2d" : "conv2d", {tx, tf},
                      {{"strides", g.stride}, {"dilations", g.dilation}, {"padding", g.same ? "SAME" : "VALID"}});
  gt_tensor weight = tensor<double>(k.c, {g.n, ho, wo, co}, ct), sources[] = {tx, tf}, gradients[2];
  ASSERT_EQ(gt_tape_gradient(k.c, tape, &y, 1, sources, 2, &weight, GT_UNCONNECTED_NULL, gradients), GT_OK)
      << k.c.message();
  std::vector<double> want(ct.size(), 0.0), gx(x.size(), 0.0), gf(f.size(), 0.0);
  for (int64_t n = 0; n < g.n; ++n)
    for (int64_t p = 0; p < ho; ++p)
      for (int64_t q = 0; q < wo; ++q)
        for (int64_t r = 0; r < g.kh; ++r)
          for (int64_t s = 0; s < g.kw; ++s) {
            const int64_t row = p * g.stride - before(g.h, g.kh) + r * g.dilation,
                          column = q * g.stride - before(g.w, g.kw) + s * g.dilation;
            if (row < 0 || row >= g.h || column < 0 || column >= g.w) continue;
            for (int64_t group = 0; group < g.groups; ++group)
              for (int64_t i = 0; i < g.inputs; ++i)
                for (int64_t o = 0; o < g.outputs; ++o) {
                  const auto ax =
                                 static_cast<std::size_t>(((n * g.h + row) * g.w + column) * ci + group * g.inputs + i),
                             af =
                                 static_cast<std::size_t>(((r * g.kw + s) * g.inputs + i) * co + group * g.outputs + o),
                             ay = static_cast<std::size_t>(((n * ho + p) * wo + q) * co + group * g.outputs + o);
                  want[ay] += x[ax] * f[af];
                  gx[ax] += ct[ay] * f[af];
                  gf[af] += ct[ay] * x[ax];
                }
          }
  expect_close(k.values(y), want, {1e-11, 1e-12}, "output");
  expect_close(k.values(gradients[0]), gx, {1e-11, 1e-12}, "gradient by x");
  expect_close(k.values(gradients[1]), gf, {1e-11, 1e-12}, "gradient by the filters");
}
TEST_F(Kernels, Convolutions) {
  for (const Geometry& g :
       {Geometry{2, 19, 23, 1, 5, 7, 3, 3, 1, 1, true}, Geometry{1, 40, 33, 1, 16, 24, 3, 5, 2, 1, true},
        Geometry{3, 17, 16, 1, 8, 8, 2, 2, 3, 2, false}, Geometry{2, 30, 30, 1, 32, 16, 1, 1, 1, 1, true},
        Geometry{1, 9, 9, 1, 150, 200, 3, 3, 1, 1, true}, Geometry{2, 21, 18, 40, 1, 1, 3, 3, 1, 1, true},
        Geometry{2, 21, 18, 24, 1, 2, 3, 2, 2, 1, true}, Geometry{1, 25, 14, 12, 1, 1, 3, 3, 1, 2, false},
        Geometry{2, 16, 15, 9, 1, 1, 5, 3, 2, 1, true}, Geometry{3, 31, 20, 35, 1, 1, 2, 5, 3, 1, true}})
    check_convolution(*this, g);
}

}  // namespace
}  // namespace test
