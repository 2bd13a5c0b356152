// Every typed function does what gt_apply does by the op's name: in C and in C++, on every sample of every op. Structs
// and lists of attributes that are wrong are refused.
#include <array>
#include <cstring>
#include <memory>

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
  // The call by a struct of attributes, with every struct_size from 0 to twice its own. The memory ends with the struct.
  template <class Attrs, class CallWith>
  void sizes(const Attrs& attrs, CallWith call) {
    for (size_t size = 0; size <= 2 * sizeof attrs; ++size)
      for (const unsigned char behind : {0, 1}) {
        std::vector<unsigned char> bytes(std::max(size, sizeof size));
        std::memcpy(bytes.data(), &attrs, std::min(size, sizeof attrs));
        std::memcpy(bytes.data(), &size, sizeof size);
        if (size > sizeof attrs) bytes.back() = behind;
        const bool fits = size == sizeof attrs || (size > sizeof attrs && behind == 0);
        context_.seed(1);
        expect_taken(fits, call(reinterpret_cast<const Attrs*>(bytes.data())), size);
      }
    for (const size_t size : {size_t{4097}, SIZE_MAX / 2, SIZE_MAX}) {
      Attrs claiming = attrs;
      claiming.struct_size = size;
      expect_taken(false, call(&claiming), size);
    }
    context_.seed(1);
    ++structs_;
  }
  void cpp(const Tensor& result) { cpp(std::vector<Tensor>{result}); }
  template <std::size_t N>
  void cpp(const std::array<Tensor, N>& results) {
    cpp(std::vector<Tensor>(results.begin(), results.end()));
  }
  void cpp(const std::vector<Tensor>& results) {
    compare("C++", results);
    context_.seed(1);
  }

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
  int structs() const { return structs_; }

 private:
  void expect_taken(bool fits, gt_tensor result, size_t size) {
    char message[500];
    const gt_status status = gt_take_error(ctx(), message, sizeof message, nullptr);
    EXPECT_EQ(status, fits ? GT_OK : GT_INVALID_ARGUMENT) << label_ << ": struct_size " << size;
    EXPECT_EQ(result != nullptr, fits) << label_ << ": struct_size " << size;
    if (!fits) {
      EXPECT_NE(std::string(message).find("struct_size"), std::string::npos) << message;
    }
    gt_release(ctx(), result);
  }
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
  int calls_ = 0, structs_ = 0;
};

#include "typed_calls.hpp"

TEST(TypedCallsTest, DoWhatTheOpsDoByName) {
  TypedCalls t;
  for (const auto call : all_typed_calls) call(t);
  EXPECT_GE(t.calls(), static_cast<int>(gt_op_count()));
  EXPECT_GE(t.structs(), 6) << "functions of more than five attribute arguments";
}

// ---- Structs of attributes

TEST(TypedCallsTest, NoStructTakesAllDefaults) {
  Context ctx;
  const Tensor x = ctx.zeros({1, 4, 4, 2}), filters = ctx.zeros({3, 3, 2, 5});
  const Tensor y(ctx.get(), gt_conv2d_with(ctx.get(), x.get(), filters.get(), nullptr));
  EXPECT_EQ(y.shape(), (Shape{1, 2, 2, 5}));
  const gt_conv2d_attrs defaults = GT_CONV2D_ATTRS_DEFAULT;
  const Tensor same(ctx.get(), gt_conv2d_with(ctx.get(), x.get(), filters.get(), &defaults));
  EXPECT_EQ(same.shape(), y.shape());
  EXPECT_EQ(gt_conv2d_with(nullptr, x.get(), filters.get(), nullptr), nullptr) << "no context";
  const gt_conv2d_attrs wrong{};
  EXPECT_EQ(gt_conv2d_with(nullptr, x.get(), filters.get(), &wrong), nullptr) << "nor a struct";
}
TEST(TypedCallsTest, AttributesThatMustBeGivenAreMissedInAStruct) {
  Context ctx;
  const Tensor x = ctx.zeros({3});
  const gt_strided_slice_attrs defaults = GT_STRIDED_SLICE_ATTRS_DEFAULT;
  EXPECT_EQ(gt_strided_slice_with(ctx.get(), x.get(), &defaults), nullptr);
  char message[200];
  EXPECT_EQ(gt_take_error(ctx.get(), message, sizeof message, nullptr), GT_INVALID_ARGUMENT);
  EXPECT_NE(std::string(message).find("strided_slice: attribute begin"), std::string::npos) << message;
}
TEST(TypedCallsTest, AWrongStructNamesItselfAndItsInitialiser) {
  Context ctx;
  const gt_random_normal_attrs zeros{};
  EXPECT_EQ(gt_random_normal_with(ctx.get(), &zeros), nullptr);
  char message[200];
  EXPECT_EQ(gt_take_error(ctx.get(), message, sizeof message, nullptr), GT_INVALID_ARGUMENT);
  EXPECT_STREQ(message,
               "random_normal: struct_size is not that of gt_random_normal_attrs; begin with "
               "GT_RANDOM_NORMAL_ATTRS_DEFAULT");
}

// ---- Lists of attributes

TEST(TypedCallsTest, AListHoldsTheAttributesOfEachOp) {
  for (std::size_t i = 0; i < gt_op_count(); ++i) {
    std::string text(100000, ' ');
    ASSERT_EQ(gt_op_describe(gt_op_name(i), text.data(), text.size(), nullptr), GT_OK);
    const auto op = nlohmann::json::parse(text.c_str());
    EXPECT_LE(op["attrs"].size(), std::size_t{GT_ATTR_LIST_CAPACITY}) << gt_op_name(i);
  }
}
TEST(TypedCallsTest, AListThatIsGivenTooManyIsRefused) {
  Context ctx;
  gt_op_definition any{};  // which takes any attributes
  any.struct_size = sizeof any;
  any.composite = [](gt_context c, void*, const gt_tensor* in, size_t, const gt_attr*, size_t, gt_tensor* out, size_t,
                     size_t* n) -> gt_status {
    out[0] = gt_square(c, in[0]);
    *n = 1;
    return GT_OK;
  };
  ASSERT_EQ(gt_register_op("any_attributes", &any, nullptr, nullptr), GT_OK);
  const gt_tensor x = gt_scalar(ctx.get(), 1);
  gt_tensor y = nullptr;
  const auto add = [](gt_attr_list* list, std::size_t kind) {
    static const std::int64_t one[] = {1};
    switch (kind % 6) {
      case 0: return gt_add_int(list, "a", 1);
      case 1: return gt_add_float(list, "b", 0.5);
      case 2: return gt_add_bool(list, "c", 1);
      case 3: return gt_add_dtype(list, "d", GT_FLOAT32);
      case 4: return gt_add_string(list, "e", "text");
      default: return gt_add_ints(list, "f", one, 1);
    }
  };
  for (std::size_t kind = 0; kind < 6; ++kind) {  // of the attribute that is too many
    const auto list = std::make_unique<gt_attr_list>();
    list->n = 0;
    for (std::size_t i = 0; i < GT_ATTR_LIST_CAPACITY; ++i) add(list.get(), i);
    EXPECT_EQ(gt_apply(ctx.get(), "any_attributes", &x, 1, list->attrs, list->n, &y, 1, nullptr), GT_OK);
    for (int more = 0; more < 2; ++more) {
      add(list.get(), kind);
      EXPECT_EQ(gt_apply(ctx.get(), "any_attributes", &x, 1, list->attrs, list->n, &y, 1, nullptr),
                GT_INVALID_ARGUMENT);
      EXPECT_EQ(y, nullptr);
    }
  }
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
