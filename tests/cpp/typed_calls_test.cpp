// Every typed function does what gt_apply does by the op's name: in C and in C++, on every sample of every op.
#include <array>

#include "../../tools/generate/sample.hpp"
#include "gradtape/gradtape.hpp"
#include "support/support.hpp"

namespace gradtape {
namespace {

using ints = std::array<std::int64_t, 16>;
const std::int64_t no_ints[1] = {0};

struct Value {
  Dtype dtype;
  Shape shape;
  std::vector<std::uint8_t> bytes;
  bool operator==(const Value& other) const {
    return dtype == other.dtype && shape == other.shape && bytes == other.bytes;
  }
};
Value value_of(const Tensor& t) {
  const std::size_t width = t.dtype() == Dtype::bool_                                  ? 1
                            : t.dtype() == Dtype::int32 || t.dtype() == Dtype::float32 ? 4
                                                                                       : 8;
  Value v{t.dtype(), t.shape(), std::vector<std::uint8_t>(t.size() * width)};
  t.read(v.bytes.data(), v.bytes.size());
  return v;
}

// One sample at a time: the op by its name is what both typed calls are held to.
class TypedCalls {
 public:
  void begin(const char* op, const char* inputs, const char* attrs) {
    label_ = std::string(op) + "(" + inputs + ") " + attrs;
    tensors_.clear();
    handles_.clear();
    for (const generate::Input& in : generate::inputs_of(inputs))
      tensors_.emplace_back(ctx(), generate::tensor_of(ctx(), in));
    handles_ = detail::handles(tensors_);
    const generate::Attrs given(nlohmann::json::parse(attrs));
    context_.seed(1);
    expected_.clear();
    for (const Tensor& t : context_.apply(op, tensors_, given.list)) expected_.push_back(value_of(t));
    context_.seed(1);
  }
  void c(gt_tensor result) {
    outputs_[0] = result;
    n_ = 1;
    c_many(result ? GT_OK : GT_INTERNAL);
  }
  void c_many(gt_status status) {
    char message[500];
    gt_take_error(ctx(), message, sizeof message, nullptr);
    ASSERT_EQ(status, GT_OK) << "C: " << label_ << ": " << message;
    compare("C", detail::wrap_all(ctx(), outputs_, n_));
    context_.seed(1);
    ++calls_;
  }
  void cpp(const Tensor& result) { cpp(std::vector<Tensor>{result}); }
  template <std::size_t N>
  void cpp(const std::array<Tensor, N>& results) {
    cpp(std::vector<Tensor>(results.begin(), results.end()));
  }
  void cpp(const std::vector<Tensor>& results) { compare("C++", results); }

  gt_context ctx() const { return context_.get(); }
  const Context& context() const { return context_; }
  gt_tensor in(std::size_t i) const { return handles_.at(i); }
  const Tensor& tensor(std::size_t i) const { return tensors_.at(i); }
  const std::vector<Tensor>& tensors() const { return tensors_; }
  const gt_tensor* inputs() const { return handles_.data(); }
  std::size_t n() const { return handles_.size(); }
  gt_tensor* out() { return outputs_; }
  std::size_t room() const { return std::size(outputs_); }
  std::size_t* count() { return &n_; }
  int calls() const { return calls_; }

 private:
  void compare(const char* face, const std::vector<Tensor>& results) {
    ASSERT_EQ(results.size(), expected_.size()) << face << ": " << label_;
    for (std::size_t i = 0; i < results.size(); ++i)
      EXPECT_TRUE(value_of(results[i]) == expected_[i])
          << face << ": " << label_ << ": output " << i << " is " << results[i];
  }

  Context context_;
  std::string label_;
  std::vector<Tensor> tensors_;
  std::vector<gt_tensor> handles_;
  std::vector<Value> expected_;
  gt_tensor outputs_[32] = {};
  std::size_t n_ = 0;
  int calls_ = 0;
};

#include "typed_calls.hpp"

TEST(TypedCallsTest, DoWhatTheOpsDoByName) {
  TypedCalls t;
  for (const auto call : all_typed_calls) call(t);
  EXPECT_GE(t.calls(), static_cast<int>(gt_op_count()));
}

// Forms that no sample has to have.
TEST(TypedCallsTest, IntegerOrListInC) {
  Context ctx;
  const Tensor x = ctx.tensor<float>({6}, {0, 1, 2, 3, 4, 5});
  gt_tensor parts[6];
  std::size_t n = 0;
  ASSERT_EQ(gt_split(ctx.get(), x.get(), nullptr, 3, 0, parts, 6, &n), GT_OK) << "equal parts";
  EXPECT_EQ(n, 3u);
  const std::int64_t sizes[] = {2, 4};
  ASSERT_EQ(gt_split(ctx.get(), x.get(), sizes, 2, 0, parts, 6, &n), GT_OK) << "parts of sizes";
  EXPECT_EQ(n, 2u);
  const Tensor m = ctx.tensor({{1, 2}, {3, 4}});
  const Tensor by_count(ctx.get(), gt_tensordot(ctx.get(), m.get(), m.get(), nullptr, 1));
  EXPECT_EQ(by_count.to_vector<double>(), matmul(m, m).to_vector<double>());
  const Tensor by_default(ctx.get(), gt_tensordot(ctx.get(), m.get(), m.get(), nullptr, 0));
  EXPECT_EQ(by_default.item(), 30);
  const Tensor twice(ctx.get(), gt_repeat(ctx.get(), m.get(), nullptr, 2, 0));
  EXPECT_EQ(twice.shape(), (Shape{4, 2}));
  const Tensor ord(ctx.get(), gt_norm(ctx.get(), m.get(), "3", nullptr, 0, 0));
  EXPECT_NEAR(ord.item(), std::cbrt(100.0), 1e-12);
  const Tensor counted(ctx.get(), gt_range(ctx.get(), 0, 4, 1, GT_INT64));
  EXPECT_EQ(counted.to_vector<std::int64_t>(), (std::vector<std::int64_t>{0, 1, 2, 3}));
}
TEST(TypedCallsTest, IntegerOrListInCpp) {
  Context ctx;
  const Tensor x = ctx.tensor<float>({6}, {0, 1, 2, 3, 4, 5}), m = ctx.tensor({{1, 2}, {3, 4}});
  EXPECT_EQ(split(x, 3).size(), 3u);
  EXPECT_EQ(split(x, {2, 4}).size(), 2u);
  EXPECT_THROW(split(x, {3}), Error) << "a list of one is a list";
  EXPECT_EQ(tensordot(m, m, 1).to_vector<double>(), matmul(m, m).to_vector<double>());
  EXPECT_EQ(tensordot(m, m, {{1}, {0}}).to_vector<double>(), matmul(m, m).to_vector<double>());
  EXPECT_EQ(tensordot(m, m, 0).shape(), (Shape{2, 2, 2, 2}));
  EXPECT_EQ(tensordot(m, m).item(), 30);
  EXPECT_EQ(range(ctx, 5).dtype(), Dtype::int32);
  EXPECT_EQ(range(ctx, 5.0).dtype(), Dtype::float64);
  EXPECT_NEAR(norm(m, 3).item(), std::cbrt(100.0), 1e-12);
  EXPECT_NEAR(norm(m, 2.5).item(), std::pow(1 + std::pow(2, 2.5) + std::pow(3, 2.5) + 32, 0.4), 1e-12);
  EXPECT_EQ(norm(m, "inf").item(), 4);
  const auto [q, r] = qr(m);
  EXPECT_LT(reduce_max(abs(matmul(q, r) - m)).item(), 1e-14);
  const auto [sign, log_det] = slogdet(m);
  EXPECT_EQ(sign.item(), -1);
  EXPECT_NEAR(log_det.item(), std::log(2), 1e-14);
}
// The number of outputs can be asked for, and nothing is made.
TEST(TypedCallsTest, CountOfOutputs) {
  Context ctx;
  const gt_tensor x = ctx.zeros({100, 2}).release();
  std::size_t n = 0;
  EXPECT_EQ(gt_unstack(ctx.get(), x, 0, nullptr, 0, &n), GT_OK);
  EXPECT_EQ(n, 100u);
  gt_tensor few[2] = {x, x};
  EXPECT_EQ(gt_unstack(ctx.get(), x, 0, few, 2, &n), GT_INVALID_ARGUMENT);
  EXPECT_EQ(few[0], nullptr);
  EXPECT_EQ(n, 0u);
}

}  // namespace
}  // namespace gradtape
