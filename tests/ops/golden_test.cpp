// Every golden case of every registered op, in both precisions: outputs, reverse, forward and second-order derivatives.
#include <filesystem>
#include <set>

#include "support/golden_values.hpp"

namespace test {
namespace {

const std::set<std::string> kLoose = {"solve",
                                      "inv",
                                      "det",
                                      "cholesky",
                                      "triangular_solve",
                                      "slogdet",
                                      "qr",
                                      "eigh",
                                      "eigh_function",
                                      "eigh_with_vectors",
                                      "svd_with_vectors",
                                      "svd",
                                      "lstsq",
                                      "matrix_power",
                                      "expm",
                                      "lgamma",
                                      "digamma",
                                      "erfinv"};

template <class T>
class GoldenCase : public testing::Test {
 public:
  explicit GoldenCase(json c) : c_(std::move(c)) {}

  void TestBody() override {
    make_inputs();
    tape_ = gt_tape_begin(ctx_, GT_TAPE_PERSISTENT);
    outer_ = gt_tape_begin(ctx_, GT_TAPE_PERSISTENT);
    for (gt_tensor s : sources_) {
      ASSERT_EQ(gt_tape_watch(ctx_, tape_, s), GT_OK);
      ASSERT_EQ(gt_tape_watch(ctx_, outer_, s), GT_OK);
    }
    outputs_ = apply(ctx_, c_["op"], inputs_, c_["attrs"]);
    ASSERT_EQ(ctx_.message(), "");
    ASSERT_EQ(outputs_.size(), c_["outputs"].size());
    ASSERT_EQ(gt_tape_end(ctx_, tape_), GT_OK);
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      EXPECT_EQ(json(shape_of(ctx_, outputs_[i])), c_["outputs"][i]["shape"]);
      compare(outputs_[i], c_["outputs"][i], first_order(), "output " + std::to_string(i));
    }
    if (c_.contains("vjp")) check_vjp();
    if (c_.contains("jvp")) check_jvp();
    if (c_.contains("second")) check_second();
    EXPECT_EQ(ctx_.message(), "");
  }

 private:
  static constexpr bool kDouble = std::is_same_v<T, double>;

  Tolerance first_order() const {
    if (!kDouble) return {kLoose.count(c_["op"]) ? 1e-3 : 1e-4, 1e-5};
    return {c_.value("rtol", 1e-10), c_.value("atol", 1e-12)};
  }
  Tolerance second_order() const {
    if (!kDouble) return {1e-3, 1e-4};
    const Tolerance t = first_order();
    return {10 * t.relative, 10 * t.absolute};
  }

  void make_inputs() {
    const json views = c_.value("as_transposed_view", json::array());
    for (std::size_t i = 0; i < c_["inputs"].size(); ++i) {
      const bool view = std::find(views.begin(), views.end(), i) != views.end();
      inputs_.push_back(view ? golden_view<T>(ctx_, c_["inputs"][i]) : golden_tensor<T>(ctx_, c_["inputs"][i]));
    }
    for (std::size_t i : c_["differentiable"]) sources_.push_back(inputs_[i]);
  }

  void compare(gt_tensor got, const json& want, Tolerance tolerance, const std::string& what) {
    expect_close(numbers(ctx_, got), golden_numbers(want), tolerance, what);
  }
  void compare_or_none(gt_tensor got, const json& want, Tolerance tolerance, const std::string& what) {
    if (got) return compare(got, want, tolerance, what);
    for (double v : golden_numbers(want)) EXPECT_EQ(v, 0) << what << " is not connected";
  }

  // The outputs that have cotangents.
  std::vector<gt_tensor> targets(std::vector<gt_tensor>& cotangents) {
    std::vector<gt_tensor> result;
    for (std::size_t i = 0; i < outputs_.size(); ++i)
      if (!c_["cotangents"][i].is_null()) {
        result.push_back(outputs_[i]);
        // An output that is float64 whatever the run (a cast) has cotangents of its own dtype.
        const bool wide = dtype_of(ctx_, outputs_[i]) == GT_FLOAT64;
        cotangents.push_back(wide ? golden_tensor<double>(ctx_, c_["cotangents"][i])
                                  : golden_tensor<T>(ctx_, c_["cotangents"][i]));
      }
    return result;
  }
  std::vector<gt_tensor> vjp(gt_tape tape) {
    std::vector<gt_tensor> cotangents, gradients(sources_.size());
    const auto to = targets(cotangents);
    EXPECT_EQ(gt_tape_gradient(ctx_, tape, to.data(), to.size(), sources_.data(), sources_.size(), cotangents.data(),
                               GT_UNCONNECTED_NULL, gradients.data()),
              GT_OK);
    return gradients;
  }

  void check_vjp() {
    const auto gradients = vjp(tape_);
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      compare_or_none(gradients[i], c_["vjp"][i], first_order(), "vjp " + std::to_string(i));
      if (c_.contains("unconnected") && c_["unconnected"][i] && c_["op"] != "matrix_power") {
        EXPECT_EQ(gradients[i], nullptr);
      }
    }
  }

  void check_jvp() {
    std::vector<gt_tensor> tangents, results(outputs_.size());
    for (const json& t : c_["tangents"]) tangents.push_back(golden_tensor<T>(ctx_, t));
    ASSERT_EQ(gt_tape_jvp(ctx_, tape_, outputs_.data(), outputs_.size(), sources_.data(), sources_.size(),
                          tangents.data(), GT_UNCONNECTED_NULL, results.data()),
              GT_OK);
    for (std::size_t i = 0; i < results.size(); ++i)
      if (!c_["jvp"][i].is_null()) compare_or_none(results[i], c_["jvp"][i], first_order(), "jvp " + std::to_string(i));
  }

  void check_second() {
    const auto gradients = vjp(tape_);  // recorded by the outer tape
    std::vector<gt_tensor> connected, weights, results(sources_.size());
    for (std::size_t i = 0; i < gradients.size(); ++i)
      if (gradients[i]) {
        connected.push_back(gradients[i]);
        weights.push_back(golden_tensor<T>(ctx_, c_["second"]["u"][i]));
      }
    ASSERT_EQ(gt_tape_gradient(ctx_, outer_, connected.data(), connected.size(), sources_.data(), sources_.size(),
                               weights.data(), GT_UNCONNECTED_NULL, results.data()),
              GT_OK);
    for (std::size_t i = 0; i < results.size(); ++i)
      compare_or_none(results[i], c_["second"]["result"][i], second_order(), "second " + std::to_string(i));
  }

  json c_;
  Ctx ctx_;
  gt_tape tape_ = nullptr, outer_ = nullptr;
  std::vector<gt_tensor> inputs_, sources_, outputs_;
};

// float32 holds the inputs of generic cases exactly; an edge case that turns on what it does not hold says nothing.
bool meaningful_in_float(const json& c) {
  if (!c.value("edge", false)) return true;
  for (const char* key : {"inputs", "outputs", "vjp", "jvp"})
    if (c.contains(key) && !fits_float(c[key])) return false;
  return exact_in_float(c["inputs"]);
}

void register_cases() {
  for (const auto& file : std::filesystem::directory_iterator(GRADTAPE_SOURCE "/tests/golden")) {
    if (file.path().extension() != ".json") continue;
    const json family = load_golden(file.path().filename());
    for (const json& c : family["cases"]) {
      const std::string suite = "Golden_" + family["family"].get<std::string>();
      const std::string name = c["op"].get<std::string>() + "__" + c["case"].get<std::string>();
      testing::RegisterTest(suite.c_str(), (name + "_float64").c_str(), nullptr, nullptr, __FILE__, __LINE__,
                            [c]() -> testing::Test* { return new GoldenCase<double>(c); });
      if (meaningful_in_float(c))
        testing::RegisterTest(suite.c_str(), (name + "_float32").c_str(), nullptr, nullptr, __FILE__, __LINE__,
                              [c]() -> testing::Test* { return new GoldenCase<float>(c); });
    }
  }
}

}  // namespace
}  // namespace test

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  test::register_cases();
  return RUN_ALL_TESTS();
}
