// Wrong calls of every op, made from the registry. Each must give a status and a message that names the op, and leave
// the context usable.
#include <random>

#include "support/each_op.hpp"

namespace test {
namespace {

class Misuse : public testing::Test {
 public:
  explicit Misuse(std::string op)
      : op_(std::move(op)), description_(describe_op(op_)), random_(std::hash<std::string>{}(op_)) {}

  void TestBody() override {
    too_many_inputs();
    null_inputs();
    unknown_attribute();
    wrong_kinds_of_attributes();
    missing_attributes();
    no_room_for_outputs();
    for (int round = 0; round < 60; ++round) random_call();
  }

 private:
  // The call failed, and the message names the op; the context still works.
  void expect_failure(gt_status status, const char* what) {
    EXPECT_NE(status, GT_OK) << what;
    expect_named(status, what);
  }
  void expect_named(gt_status status, const char* what) {
    const auto [code, message] = c_.take_error();
    EXPECT_EQ(code, status) << what;
    if (status != GT_OK) {
      EXPECT_EQ(message.rfind(op_, 0), 0u) << what << ": " << message;
    }
    EXPECT_EQ(number(c_, gt_square(c_, scalar32(c_, 3))), 9) << what;
  }

  gt_status call(const std::vector<gt_tensor>& inputs, const std::vector<gt_attr>& attrs, std::size_t capacity = 64) {
    std::vector<gt_tensor> out(capacity + 1, reinterpret_cast<gt_tensor>(1));
    std::size_t n = 99;
    const gt_status s =
        gt_apply(c_, op_.c_str(), inputs.data(), inputs.size(), attrs.data(), attrs.size(), out.data(), capacity, &n);
    if (s != GT_OK) {
      EXPECT_EQ(n, 0u);
      for (std::size_t i = 0; i < capacity; ++i) EXPECT_EQ(out[i], nullptr);
    }
    outputs_.assign(out.begin(), out.begin() + static_cast<long>(s == GT_OK ? n : 0));
    return s;
  }

  void too_many_inputs() {
    if (description_["variadic"]) return;
    std::vector<gt_tensor> many(9, scalar32(c_, 1));
    expect_failure(call(many, {}), "nine inputs");
  }
  void null_inputs() {
    if (description_["inputs"].empty()) return;
    std::vector<gt_tensor> none(description_["inputs"].size(), nullptr);
    expect_failure(call(none, {}), "null inputs");
    gt_tensor junk = reinterpret_cast<gt_tensor>(uintptr_t{0x4242424242424242});
    expect_failure(call({junk}, {}), "a junk handle");
    std::size_t n;
    gt_tensor out;
    expect_failure(gt_apply(c_, op_.c_str(), nullptr, 2, nullptr, 0, &out, 1, &n), "no array of inputs");
  }
  void unknown_attribute() {
    const int64_t one = 1;
    expect_failure(call({}, {{"no_such_attribute", GT_ATTR_INT, 0, 1, &one}}), "an unknown attribute");
    expect_failure(call({}, {{nullptr, GT_ATTR_INT, 0, 1, &one}}), "an attribute without a name");
    std::size_t n;
    gt_tensor out;
    expect_failure(gt_apply(c_, op_.c_str(), nullptr, 0, nullptr, 3, &out, 1, &n), "no array of attributes");
  }
  void wrong_kinds_of_attributes() {
    const double number = 0.5;
    const int64_t one = 1;
    for (const json& a : description_["attrs"]) {
      const std::string name = a["name"];
      expect_failure(call({}, {{name.c_str(), 77, 0, 1, &one}}), "a kind that is none");
      expect_failure(call({}, {{name.c_str(), GT_ATTR_INT, 0, 1, nullptr}}), "no values");
      expect_failure(call({}, {{name.c_str(), GT_ATTR_INT, 0, 5, &one}}), "five values that are no list");
      expect_failure(call({}, {{name.c_str(), GT_ATTR_STRING, 1, 1, "x"}}), "a list of strings");
      for (int32_t kind : {GT_ATTR_INT, GT_ATTR_FLOAT, GT_ATTR_STRING})
        expect_failure(call({}, {{name.c_str(), kind, 1, SIZE_MAX / 2, &one}}), "more values than there can be");
      const gt_attr twice{name.c_str(), GT_ATTR_FLOAT, 0, 1, &number};
      expect_failure(call({}, {twice, twice}), "an attribute twice, or of the wrong kind");
    }
  }
  void missing_attributes() {
    bool required = false;
    for (const json& a : description_["attrs"]) required |= a["required"].get<bool>();
    if (required) expect_failure(call({scalar32(c_, 1)}, {}), "without a required attribute");
  }
  void no_room_for_outputs() {
    const json& sample = description_["samples"][0];
    if (sample["inputs"] != "f[2,3]") return;
    const AttrList attrs(sample["attrs"]);
    const gt_status s = call({tensor<float>(c_, {2, 3}, {.1f, .2f, .3f, .4f, .5f, .6f})},
                             {attrs.data(), attrs.data() + attrs.size()}, 0);
    expect_failure(s, "no room for the output");
  }

  // Any inputs, any attribute values: a call works or gives the reason. The test evaluates and differentiates results.
  void random_call() {
    const auto pick = [&](int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); };
    const std::vector<int64_t> shapes[] = {{}, {0}, {1}, {3}, {2, 3}, {3, 2}, {2, 0}, {2, 2}, {1, 2, 3}, {2, 2, 2}};
    std::vector<gt_tensor> inputs;
    const int n_inputs = description_["variadic"] ? 1 + pick(3) : static_cast<int>(description_["inputs"].size());
    const bool one_shape = pick(2) == 0, one_dtype = pick(3) > 0;
    int shape_index = pick(10), dtype = pick(5);
    for (int i = 0; i < n_inputs; ++i) {
      if (!one_shape) shape_index = pick(10);
      if (!one_dtype) dtype = pick(5);
      const auto& shape = shapes[shape_index];
      const std::size_t n = count(shape);
      switch (dtype) {
        case 0: inputs.push_back(tensor<int32_t>(c_, shape, std::vector<int32_t>(n, pick(7) - 3))); break;
        case 1:
          inputs.push_back(tensor<uint8_t>(c_, shape, std::vector<uint8_t>(n, static_cast<uint8_t>(pick(2)))));
          break;
        case 2:
          inputs.push_back(tensor<int64_t>(c_, shape, std::vector<int64_t>(n, pick(2) ? INT64_MAX : pick(4))));
          break;
        case 3: inputs.push_back(tensor<double>(c_, shape, std::vector<double>(n, pick(5) - 2.0))); break;
        default: inputs.push_back(tensor<float>(c_, shape, std::vector<float>(n, static_cast<float>(pick(5)) - 2)));
      }
    }
    json attrs = json::object();
    for (const json& a : description_["attrs"]) {
      if (pick(3) == 0 && !a["required"]) continue;
      const std::string kind = a["kinds"][static_cast<std::size_t>(pick(static_cast<int>(a["kinds"].size())))];
      const int64_t ints[] = {0, 1, -1, 2, 3, -7, INT64_MAX, INT64_MIN, int64_t{1} << 40};
      const double floats[] = {0.0, 1.0, -1.0, 0.5, 1e300, NAN, INFINITY};
      json list = json::array();
      for (int k = pick(5); k > 0; --k) list.push_back(ints[pick(6)]);
      if (pick(8) == 0) list.push_back(ints[pick(9)]);
      if (kind == "int") attrs[a["name"]] = ints[pick(9)];
      if (kind == "float") attrs[a["name"]] = floats[pick(7)];
      if (kind == "bool") attrs[a["name"]] = pick(2) == 0;
      if (kind == "dtype")
        attrs[a["name"]] = std::vector<std::string>{"float32", "float64", "int32", "bool",
                                                    "complex"}[static_cast<std::size_t>(pick(5))];
      if (kind == "string")
        attrs[a["name"]] = std::vector<std::string>{
            "", "ij->ji", "REFLECT", "i,i->", "inf", "...->"}[static_cast<std::size_t>(pick(6))];
      if (kind == "ints" || kind == "floats") attrs[a["name"]] = list;
    }
    SCOPED_TRACE(attrs.dump());
    gt_scope_begin(c_);
    gt_tape t = gt_tape_begin(c_, GT_TAPE_PERSISTENT);
    for (gt_tensor in : inputs) gt_tape_watch(c_, t, in);
    const AttrList list(attrs);
    const gt_status s = call(inputs, {list.data(), list.data() + list.size()});
    expect_named(s, "a random call");
    if (s == GT_OK) use_results(t, inputs);
    gt_scope_end(c_, nullptr, 0);
  }

  void use_results(gt_tape t, const std::vector<gt_tensor>& inputs) {
    std::vector<gt_tensor> g(inputs.size() + 1, nullptr);
    for (gt_tensor out : outputs_) {
      if (count_or_huge(out) > 10000) return;
      (void)gt_eval(c_, &out, 1);  // an index out of range, a singular matrix
      if (gt_tape_gradient(c_, t, &out, 1, inputs.data(), inputs.size(), nullptr, GT_UNCONNECTED_NULL, g.data()) ==
          GT_OK)
        for (gt_tensor each : g)
          if (each) (void)gt_eval(c_, &each, 1);
    }
    const auto [code, message] = c_.take_error();
    EXPECT_NE(code, GT_INTERNAL) << message;
  }
  double count_or_huge(gt_tensor t) {
    double n = 1;
    for (int64_t d : shape_of(c_, t)) n *= static_cast<double>(d);
    return n;
  }

  std::string op_;
  json description_;
  std::mt19937_64 random_;
  Ctx c_;
  std::vector<gt_tensor> outputs_;
};

}  // namespace
}  // namespace test

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  test::register_each_op<test::Misuse>("Misuse");
  return RUN_ALL_TESTS();
}
