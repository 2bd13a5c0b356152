// Sizes that a mistake brings. Recording takes no memory in proportion to them, memory of computations counts against
// the limit, and errors name op and bytes. The memory of a context can be seen, bounded and given back.

#include "support/each_op.hpp"
#include "support/failing_allocator.hpp"

namespace test {
namespace {

constexpr int64_t kLarge = int64_t{1} << 20;
constexpr std::size_t kLittle = std::size_t{1} << 18;  // bytes: more than nodes and messages take

using Tensors = std::vector<gt_tensor>;

gt_memory_info memory(gt_context c) {
  gt_memory_info info{};
  info.struct_size = sizeof info;
  EXPECT_EQ(gt_memory_stats(c, &info), GT_OK);
  return info;
}

enum class Sizes { as_given, last_large, all_large };

// "f[2,3] i4[5]", with the sizes above 1 (or the last one of each input) times kLarge.
Tensors large_inputs(gt_context c, const std::string& text, Sizes sizes) {
  Tensors inputs;
  for (auto& [kind, limit, shape] : sample_inputs(text)) {
    for (std::size_t i = 0; i < shape.size(); ++i)
      if (shape[i] > 1 && (sizes == Sizes::all_large || (sizes == Sizes::last_large && i + 1 == shape.size())))
        shape[i] *= kLarge;
    gt_tensor one = kind == 'i'   ? tensor<int32_t>(c, {}, {1})
                    : kind == 'b' ? tensor<uint8_t>(c, {}, {1})
                                  : scalar64(c, 0.5);
    gt_tensor wide = gt_broadcast_to(c, one, shape.data(), shape.size());
    if (wide) inputs.push_back(wide);
    gt_take_error(c, nullptr, 0, nullptr);
  }
  return inputs;
}
void enlarge(json& attrs) {
  for (json& value : attrs)
    if (value.is_array())
      enlarge(value);
    else if (value.is_number_integer() && value > 1)
      value = value.get<int64_t>() * kLarge;
}

// The op and its gradient recorded on large inputs, or with large attributes, whatever comes of it.
void expect_little_recorded(const std::string& op, const std::string& inputs, const json& attrs, Sizes sizes) {
  SCOPED_TRACE(op + " " + inputs + " " + attrs.dump() + ", sizes " + std::to_string(static_cast<int>(sizes)));
  Ctx c;
  ASSERT_EQ(gt_memory_limit(c, 1 << 20), GT_OK);
  const Tensors in = large_inputs(c, inputs, sizes);
  gt_tape tape = gt_tape_begin(c, 0);
  Tensors sources;
  for (gt_tensor x : in)
    if (dtype_of(c, x) == GT_FLOAT64) sources.push_back(x), gt_tape_watch(c, tape, x);
  const std::size_t before = bytes_allocated();
  const Tensors out = apply(c, op, in, attrs);
  gt_take_error(c, nullptr, 0, nullptr);
  Tensors targets, gradients(sources.size());
  for (gt_tensor t : out)
    if (dtype_of(c, t) == GT_FLOAT64) targets.push_back(t);
  if (!targets.empty() && !sources.empty())
    gt_tape_gradient(c, tape, targets.data(), targets.size(), sources.data(), sources.size(), nullptr,
                     GT_UNCONNECTED_ZERO, gradients.data());
  gt_take_error(c, nullptr, 0, nullptr);
  EXPECT_LT(bytes_allocated() - before, kLittle);
}
class Recording : public testing::Test {
 public:
  explicit Recording(std::string op) : op_(std::move(op)) {}
  void TestBody() override {
    const json description = describe_op(op_);
    for (const json& sample : description["samples"]) {
      json attrs = sample["attrs"];
      for (Sizes s : {Sizes::last_large, Sizes::all_large}) expect_little_recorded(op_, sample["inputs"], attrs, s);
      enlarge(attrs);
      for (Sizes s : {Sizes::as_given, Sizes::last_large, Sizes::all_large})
        expect_little_recorded(op_, sample["inputs"], attrs, s);
    }
  }

 private:
  std::string op_;
};

TEST(RecordingTakesLittle, SecondDerivativesOfDeterminants) {
  Ctx c;
  const int64_t shape[] = {32, 32};
  gt_tensor x = gt_broadcast_to(c, scalar64(c, 0.5), shape, 2), y[2];
  gt_tape outer = gt_tape_begin(c, 0), inner = gt_tape_begin(c, 0);
  for (gt_tape t : {outer, inner}) ASSERT_EQ(gt_tape_watch(c, t, x), GT_OK);
  const std::size_t before = bytes_allocated();
  gt_tensor d = gt_det(c, x);
  ASSERT_EQ(gt_tape_gradient(c, inner, &d, 1, &x, 1, nullptr, 0, y), GT_OK);
  ASSERT_EQ(gt_tape_gradient(c, outer, y, 1, &x, 1, nullptr, 0, y + 1), GT_OK);
  EXPECT_LT(bytes_allocated() - before, kLittle);
}

// ---- What computing takes

struct TooLarge {
  const char* op;
  std::vector<int64_t> shape;  // of the input, broadcast from one number
  const char* attrs;
  const char* named;  // how the message begins
};
TEST(TooLarge, IsAnErrorThatNamesOpAndBytes) {
  const TooLarge cases[] = {
      {"repeat", {3}, R"({"repeats": 1000000})", "repeat"},
      {"repeat", {2}, R"({"repeats": [1000000, 2]})", "repeat"},
      {"strided_slice", {4000000}, R"({"begin": [0], "end": [4000000], "strides": [3]})", "strided_slice"},
      {"pad", {1000000}, R"({"paddings": [[9, 9]], "mode": "REFLECT"})", "pad"},
      {"diag_part", {1000000, 1000000}, "{}", "diag_part"},
      {"diag", {100000}, "{}", "diag"},
      {"avg_pool2d", {1, 1, 1000000, 1}, R"({"ksize": 1, "strides": 1})", "avg_pool2d"},
      {"trace", {100000, 100000}, "{}", "trace"},
      {"range", {}, R"({"limit": 1000000})", "range"},
      {"sort", {1000000}, "{}", "sort"},
      {"exp", {1000000}, "{}", "exp"},
  };
  for (const TooLarge& test : cases) {
    SCOPED_TRACE(test.op);
    Ctx c;
    ASSERT_EQ(gt_memory_limit(c, 1 << 20), GT_OK);
    Tensors in;
    if (!test.shape.empty()) in.push_back(gt_broadcast_to(c, scalar64(c, 0.5), test.shape.data(), test.shape.size()));
    const Tensors out = apply(c, test.op, in, json::parse(test.attrs));
    ASSERT_EQ(out.size(), 1u) << c.message();
    EXPECT_EQ(gt_eval(c, out.data(), 1), GT_OUT_OF_MEMORY);
    const std::string message = c.message();
    EXPECT_EQ(message.find(test.named), 0u) << message;
    EXPECT_NE(message.find(" bytes are needed beside the "), std::string::npos) << message;
    EXPECT_NE(message.find("above the context's limit of 1048576"), std::string::npos) << message;
  }
}

// Several temporaries that could be addressed one by one, but not together.
TEST(TooLarge, TemporariesAreNotAddedUpBeyondAddresses) {
  Ctx c;
  const int64_t shape[] = {int64_t{1} << 57};
  gt_tensor x = gt_broadcast_to(c, scalar64(c, 0.5), shape, 1), sum = nullptr;
  for (int i = 0; i < 5; ++i) {
    gt_tensor y = gt_cumsum(c, gt_multiply(c, x, scalar64(c, i)), 0, 0, 0);
    sum = sum ? gt_add(c, sum, y) : y;
  }
  gt_tensor total = gt_reduce_sum(c, sum, nullptr, 0, 0);
  EXPECT_EQ(gt_eval(c, &total, 1), GT_OUT_OF_MEMORY);
  EXPECT_NE(c.message().find("bytes"), std::string::npos);
}

TEST(TooLarge, MoreOutputsThanThereIsRoomForAreNotMade) {
  Ctx c;
  const int64_t empty[] = {0, 3}, wide[] = {kLarge * kLarge, 3};
  gt_tensor none = gt_tensor_create(c, GT_FLOAT64, empty, 2, nullptr, 0);
  gt_tensor many = gt_broadcast_to(c, scalar64(c, 1), wide, 2);
  const std::size_t before = bytes_allocated();
  const json parts = {{"num_or_size_splits", int64_t{1} << 31}};
  for (const auto& [op, x, attrs] :
       {std::tuple("split", none, parts), std::tuple("split", many, json{{"num_or_size_splits", kLarge}}),
        std::tuple("unstack", many, json::object())}) {
    EXPECT_TRUE(apply(c, op, {x}, attrs).empty()) << op;
    const auto [code, message] = c.take_error();
    EXPECT_EQ(code, GT_INVALID_ARGUMENT);
    EXPECT_NE(message.find("outputs, room for 64 was given"), std::string::npos) << message;
  }
  EXPECT_LT(bytes_allocated() - before, kLittle);
  std::size_t asked = 0;
  ASSERT_EQ(gt_apply(c, "unstack", &many, 1, nullptr, 0, nullptr, 0, &asked), GT_OK) << c.message();
  EXPECT_EQ(asked, static_cast<std::size_t>(kLarge * kLarge));
  EXPECT_LT(bytes_allocated() - before, kLittle);
  gt_tensor halves[2];
  std::size_t n = 0;
  const int64_t two = 2;
  const gt_attr attr{"num_or_size_splits", GT_ATTR_INT, 0, 1, &two};
  ASSERT_EQ(gt_apply(c, "split", &many, 1, &attr, 1, halves, 2, &n), GT_OK) << c.message();
  EXPECT_EQ(n, 2u);
  EXPECT_EQ(shape_of(c, halves[1]), (std::vector<int64_t>{kLarge * kLarge / 2, 3}));
}

// ---- What a context holds

TEST(Held, NodesAndHandlesAreCounted) {
  Ctx c;
  const gt_memory_info before = memory(c);
  gt_tensor x = tensor<double>(c, {3}, {1, 2, 3}), y = gt_sin(c, x), z = gt_add(c, y, y);
  gt_tape tape = gt_tape_begin(c, 0);
  EXPECT_EQ(memory(c).handles, before.handles + 4);
  EXPECT_EQ(memory(c).nodes, before.nodes + 3);
  EXPECT_GT(memory(c).graph, before.graph + 3 * 200);
  gt_release(c, y);
  EXPECT_EQ(memory(c).handles, before.handles + 3);
  EXPECT_EQ(memory(c).nodes, before.nodes + 3);  // z still needs it
  for (const void* handle : {static_cast<const void*>(x), static_cast<const void*>(z), static_cast<const void*>(tape)})
    gt_release(c, handle);
  EXPECT_EQ(memory(c).handles, before.handles);
  EXPECT_EQ(memory(c).nodes, before.nodes);
  EXPECT_EQ(memory(c).graph, before.graph);
}

void compute_shape(gt_context c, int64_t rows, int64_t columns) {
  gt_scope_begin(c);
  const int64_t shape[] = {rows, columns};
  gt_tensor x = gt_broadcast_to(c, scalar64(c, 0.5), shape, 2);
  gt_tensor y = gt_reduce_sum(c, gt_sin(c, gt_cumsum(c, x, 0, 0, 0)), nullptr, 0, 0);
  EXPECT_EQ(gt_eval(c, &y, 1), GT_OK) << rows << " " << columns;
  gt_scope_end(c, nullptr, 0);
}

TEST(Held, PlansAreCountedAndGivenBack) {
  Ctx c;
  compute_shape(c, 1, 1);
  const gt_memory_info one = memory(c);
  EXPECT_GT(one.plans, 0u);
  compute_shape(c, 1, 1);
  EXPECT_EQ(memory(c).plans, one.plans);
  for (int64_t n = 2; n < 50; ++n) compute_shape(c, n, 1);
  EXPECT_GT(memory(c).plans, 40 * one.plans);
  EXPECT_EQ(memory(c).nodes, one.nodes);
  EXPECT_EQ(gt_memory_trim(c), GT_OK);
  EXPECT_EQ(memory(c).plans, 0u);
  compute_shape(c, 7, 1);
  EXPECT_GT(memory(c).plans, 0u);
}

// Ever new shapes under a limit: plans that are only remembered make room.
TEST(Held, PlansStayUnderTheLimit) {
  Ctx c;
  constexpr uint64_t kLimit = 300000;
  ASSERT_EQ(gt_memory_limit(c, kLimit), GT_OK);
  for (int64_t n = 1; n < 400; ++n) {
    compute_shape(c, n % 20 + 1, n);
    const gt_memory_info m = memory(c);
    ASSERT_LE(m.live + m.cached + m.plans + m.graph, kLimit);
  }
}

TEST(Held, AFunctionsPlanAndRecordingCount) {
  Ctx c;
  const gt_memory_info before = memory(c);
  const gt_spec spec{GT_FLOAT64, 1, {100}};
  gt_function f = gt_function_create(
      c,
      [](gt_context ctx, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) -> gt_status {
        gt_tensor y = gt_sin(ctx, in[0]);
        out[0] = gt_cumsum(ctx, y, 0, 0, 0);
        *n = 1;
        return gt_release(ctx, y);
      },
      nullptr, nullptr, &spec, 1);
  ASSERT_NE(f, nullptr);
  EXPECT_GT(memory(c).plans, before.plans);
  EXPECT_GE(memory(c).nodes, before.nodes + 3);
  EXPECT_EQ(memory(c).handles, before.handles + 1);
  gt_memory_trim(c);
  EXPECT_GT(memory(c).plans, before.plans);  // it is needed
  gt_release(c, f);
  EXPECT_EQ(memory(c).plans, before.plans);
  EXPECT_EQ(memory(c).nodes, before.nodes);
  EXPECT_EQ(memory(c).graph, before.graph);
}

// A recording without end meets the limit at an op, with everything as it was.
TEST(Held, TheGraphMeetsTheLimit) {
  Ctx c;
  ASSERT_EQ(gt_memory_limit(c, 200000), GT_OK);
  gt_tensor x = tensor<double>(c, {2}, {1, 2});
  gt_tape tape = gt_tape_begin(c, 0);
  gt_tape_watch(c, tape, x);
  Tensors chain{x};
  while (chain.back()) chain.push_back(gt_sin(c, chain.back()));
  EXPECT_GT(chain.size(), 100u);
  EXPECT_LT(chain.size(), 1000u);
  const auto [code, message] = c.take_error();
  EXPECT_EQ(code, GT_OUT_OF_MEMORY);
  EXPECT_EQ(message.find("sin: "), 0u) << message;
  EXPECT_NE(message.find(" bytes are needed beside the "), std::string::npos) << message;
  chain.pop_back();
  for (std::size_t i = 50; i < chain.size(); ++i) gt_release(c, chain[i]);
  EXPECT_EQ(read<double>(c, chain[1])[0], std::sin(1.0));
}

// A caller of an older header gets the fields it knows.
TEST(Held, TheOldStructStillServes) {
  Ctx c;
  gt_memory_info info{};
  info.struct_size = offsetof(gt_memory_info, plans);
  info.handles = 77;
  scalar64(c, 1);
  EXPECT_EQ(gt_memory_stats(c, &info), GT_OK);
  EXPECT_EQ(info.handles, 77u);
  EXPECT_EQ(info.plans, 0u);
}

}  // namespace
}  // namespace test

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  test::register_each_op<test::Recording>("RecordingTakesLittle");
  return RUN_ALL_TESTS();
}
