// Samples of a batch that ops keep apart in ways of their own, and those that they mix: gt_tape_batch_jacobian.
#include "support/tape_support.hpp"

namespace test {
namespace {

using Ints = std::vector<int64_t>;
using Tensors = std::vector<gt_tensor>;

class BatchLinks : public TapeTest {
 public:
  static constexpr int64_t kSamples = 3, kRows = 4, kColumns = 2;
  BatchLinks() {
    std::vector<double> v;
    for (int k = 0; k < kSamples * kRows * kColumns; ++k) v.push_back(std::sin(1.7 * k + 0.3));
    x = tensor<double>(c, {kSamples, kRows, kColumns}, v);
    t = watching({x}, GT_TAPE_PERSISTENT);
  }
  gt_tensor op(const char* name, const Tensors& in, const json& attrs = json::object()) {
    const Tensors out = apply(c, name, in, attrs);
    EXPECT_FALSE(out.empty()) << name << ": " << c.message();
    return out.empty() ? nullptr : out[0];
  }
  gt_tensor shaped(gt_tensor of, const Ints& shape) { return gt_reshape(c, of, shape.data(), shape.size()); }
  gt_tensor constant(const Ints& shape) {
    std::vector<double> v(count(shape));
    for (std::size_t k = 0; k < v.size(); ++k) v[k] = std::cos(0.9 * static_cast<double>(k));
    return tensor<double>(c, shape, v);
  }
  void expect_apart(gt_tensor y) {
    gt_jacobian_options o = options();
    gt_tensor out = nullptr;
    ASSERT_EQ(gt_tape_batch_jacobian(c, t, y, x, &o, &out), GT_OK) << c.message();
    const auto blocks = numbers(c, out), whole = numbers(c, jacobian(t, y, x));
    const std::size_t columns = kRows * kColumns, rows = blocks.size() / columns / kSamples;
    for (std::size_t row = 0; row < rows * kSamples; ++row)
      for (std::size_t column = 0; column < columns * kSamples; ++column) {
        const double entry = whole[row * columns * kSamples + column];
        const bool same = row / rows == column / columns;
        EXPECT_NEAR(entry, same ? blocks[row * columns + column % columns] : 0, 1e-12) << row << ", " << column;
      }
  }
  void expect_mixed(gt_tensor y, const std::string& by) {
    gt_tensor out = nullptr;
    expect_error(gt_tape_batch_jacobian(c, t, y, x, nullptr, &out), GT_FAILED_PRECONDITION,
                 by + " may mix the samples");
    EXPECT_EQ(out, nullptr);
  }

  gt_tensor x;
  gt_tape t;
};

TEST_F(BatchLinks, RowsOfAllSamplesThroughALayer) {
  gt_tensor rows = shaped(x, {kSamples * kRows, kColumns});
  rows = gt_tanh(c, add(gt_matmul(c, rows, constant({kColumns, 5}), 0, 0), constant({5})));
  expect_apart(shaped(rows, {kSamples, kRows, 5}));
  expect_apart(shaped(rows, {kSamples, kRows * 5}));
  expect_apart(op("reduce_sum", {shaped(rows, {kSamples, kRows, 5})}, {{"axis", {1}}}));
}
TEST_F(BatchLinks, SamplesUnstackedAndStacked) {
  Tensors samples = apply(c, "unstack", {x}, {{"axis", 0}});
  ASSERT_EQ(samples.size(), 3u);
  for (gt_tensor& s : samples) s = mul(gt_sin(c, s), s);
  expect_apart(op("stack", samples, {{"axis", 0}}));
  for (gt_tensor& s : samples) s = op("reduce_sum", {s}, {{"axis", {0}}});
  expect_apart(op("stack", samples, {{"axis", 0}}));
  std::swap(samples[0], samples[2]);
  expect_mixed(op("stack", samples, {{"axis", 0}}), "concat (in stack)");
}
TEST_F(BatchLinks, PartsOfAConcat) {
  gt_tensor first = op("slice", {x}, {{"begin", {0, 0, 0}}, {"size", {1, kRows, kColumns}}}),
            rest = op("slice", {x}, {{"begin", {1, 0, 0}}, {"size", {2, kRows, kColumns}}});
  expect_apart(op("concat", {gt_sin(c, first), mul(rest, rest)}, {{"axis", 0}}));
  expect_mixed(op("concat", {gt_sin(c, rest), mul(first, first)}, {{"axis", 0}}), "concat");
}
TEST_F(BatchLinks, TransposedThereAndBack) {
  gt_tensor y = op("transpose", {x}, {{"perm", {2, 1, 0}}});
  y = op("softmax", {gt_sin(c, y)}, {{"axis", 1}});
  expect_apart(op("transpose", {y}, {{"perm", {2, 0, 1}}}));
  gt_tensor columns = op("transpose", {shaped(x, {kSamples, kRows * kColumns})}, {{"perm", {1, 0}}});
  columns = gt_matmul(c, constant({6, kRows * kColumns}), columns, 0, 0);
  expect_apart(op("transpose", {columns}, {{"perm", {1, 0}}}));
  expect_mixed(shaped(columns, {kSamples, 6}), "reshape");
}
TEST_F(BatchLinks, SlicesInStepsWithinSamples) {
  gt_tensor y = op("strided_slice", {x}, {{"begin", {0, 3, 0}}, {"end", {3, 0, 2}}, {"strides", {1, -2, 1}}});
  expect_apart(mul(y, y));
  expect_apart(op("roll", {x}, {{"shift", {1}}, {"axis", {1}}}));
  expect_apart(op("pad", {x}, {{"paddings", {{0, 0}, {1, 2}, {0, 1}}}}));
  gt_tensor flat = shaped(x, {kSamples * kRows * kColumns});
  // The last element of a sample and the first of the next one.
  gt_tensor rolled = op("roll", {flat}, {{"shift", {1}}, {"axis", {0}}});
  expect_mixed(shaped(rolled, {kSamples, kRows, kColumns}), "slice (in roll)");
}
TEST_F(BatchLinks, GatheredAlongAnotherAxis) {
  expect_apart(gt_gather(c, x, ints({3, 0, 0, 1, 2}), 1, 0));
  gt_tensor places = tensor<int32_t>(c, {kSamples, 2}, {3, 0, 1, 1, 2, 0});
  expect_apart(gt_gather(c, x, places, 1, 1));
  expect_apart(op("take_along_axis", {x, tensor<int32_t>(c, {kSamples, 2, 1}, {3, 0, 1, 1, 2, 0})}, {{"axis", 1}}));
  expect_apart(op("scatter_add", {ints({1, 5, 1, 0}), x}, {{"shape", {kSamples, 6, kColumns}}, {"axis", 1}}));
  expect_mixed(gt_gather(c, x, ints({0, 1, 2}), 0, 0), "gather");  // any index: these happen to be the samples'
}
TEST_F(BatchLinks, Images) {
  gt_tensor y =
      op("conv2d", {shaped(x, {kSamples, kRows, kColumns, 1}), constant({3, 2, 1, 2})}, {{"padding", "SAME"}});
  y = op("max_pool2d", {y}, {{"ksize", 2}, {"strides", 2}});
  expect_apart(y);
  expect_apart(op("avg_pool2d", {y}, {{"ksize", 1}, {"strides", 1}}));
  y = op("conv2d", {shaped(x, {1, kSamples, kRows, kColumns}), constant({3, 1, kColumns, 1})}, {{"padding", "SAME"}});
  expect_mixed(shaped(y, {kSamples, kRows}), "convolution (in conv2d)");
}
TEST_F(BatchLinks, DecompositionsOfEachSample) {
  gt_tensor m = gt_matmul(c, x, x, 1, 0);  // [samples, 2, 2]
  expect_apart(op("inv", {add(m, constant({}))}));
  expect_apart(op("sort", {x}, {{"axis", 1}}));
  expect_apart(op("cumsum", {x}, {{"axis", 2}}));
  expect_mixed(op("sort", {x}, {{"axis", 0}}), "sorted (in sort)");
}

}  // namespace
}  // namespace test
