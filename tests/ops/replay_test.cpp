// Every golden case as a function that is recorded once: outputs and gradients of its second run, which takes no memory
// from the heap.
#include <filesystem>

#include "support/failing_allocator.hpp"
#include "support/golden_values.hpp"

namespace test {
namespace {

// The op, and the gradient of its outputs with the golden cotangents. Its differentiable inputs are the function's
// inputs; other inputs are constants of the body.
class Replay {
 public:
  explicit Replay(const json& c) : c_(c) {
    for (std::size_t i : c["differentiable"]) {
      std::vector<int64_t> shape = c["inputs"][i]["shape"];
      gt_spec spec{GT_FLOAT64, static_cast<int32_t>(shape.size()), {}};
      std::copy(shape.begin(), shape.end(), spec.dims);
      specs_.push_back(spec);
      values_.push_back(golden_numbers(c["inputs"][i]));
    }
    gt_set_threads(ctx_, 1);
    function_ = gt_function_create(ctx_, &Replay::body, this, nullptr, specs_.data(), specs_.size());
  }
  // Whether the case can be a function: its shapes do not depend on values.
  bool is_function() const { return function_ != nullptr; }

  void run() {
    std::vector<std::vector<double>> room;
    std::vector<const void*> in;
    std::vector<void*> out;
    for (const auto& v : values_) in.push_back(v.data());
    for (std::size_t elements : sizes_) room.emplace_back(elements + 1);
    for (auto& r : room) out.push_back(r.data());
    ASSERT_EQ(gt_function_run(ctx_, function_, in.data(), in.size(), out.data(), out.size()), GT_OK) << ctx_.message();
    const auto first = room;
    gt_status status;
    {
      const Armed armed(kFirstInReplay);
      status = gt_function_run(ctx_, function_, in.data(), in.size(), out.data(), out.size());
    }
    EXPECT_EQ(status, GT_OK) << ctx_.message();
    EXPECT_FALSE(allocation_failed());
    for (std::size_t i = 0; i < room.size(); ++i) {
      EXPECT_EQ(std::memcmp(room[i].data(), first[i].data(), sizes_[i] * 8), 0) << "the second run's result " << i;
      room[i].resize(sizes_[i]);
      expect_close(room[i], golden_numbers(*want_[i]), {c_.value("rtol", 1e-10), c_.value("atol", 1e-12)},
                   "result " + std::to_string(i));
    }
  }

 private:
  static gt_status body(gt_context c, void* self, const gt_tensor* in, size_t n, gt_tensor* out, size_t,
                        size_t* n_out) {
    return static_cast<Replay*>(self)->record(c, {in, in + n}, out, n_out);
  }
  gt_status record(gt_context c, const std::vector<gt_tensor>& sources, gt_tensor* out, size_t* n_out) {
    gt_tape t = gt_tape_begin(c, 0);
    std::vector<gt_tensor> inputs;
    for (const json& each : c_["inputs"]) inputs.push_back(golden_tensor<double>(c, each));
    for (std::size_t k = 0; k < sources.size(); ++k) {
      gt_tape_watch(c, t, sources[k]);
      inputs[c_["differentiable"][k].get<std::size_t>()] = sources[k];
    }
    const auto outputs = apply(c, c_["op"], inputs, c_["attrs"]);
    if (outputs.empty()) return GT_INVALID_ARGUMENT;
    *n_out = 0;
    const auto give = [&](gt_tensor x, const json& want) {
      out[(*n_out)++] = gt_cast(c, x, GT_FLOAT64);
      want_.push_back(&want);
      sizes_.push_back(golden_numbers(want).size());
    };
    for (std::size_t i = 0; i < outputs.size(); ++i) give(outputs[i], c_["outputs"][i]);
    if (!c_.contains("vjp")) return GT_OK;
    std::vector<gt_tensor> targets, cotangents, gradients(sources.size());
    for (std::size_t i = 0; i < outputs.size(); ++i)
      if (!c_["cotangents"][i].is_null()) {
        targets.push_back(outputs[i]);
        cotangents.push_back(golden_tensor<double>(c, c_["cotangents"][i]));
      }
    const gt_status status = gt_tape_gradient(c, t, targets.data(), targets.size(), sources.data(), sources.size(),
                                              cotangents.data(), GT_UNCONNECTED_ZERO, gradients.data());
    for (std::size_t k = 0; status == GT_OK && k < gradients.size(); ++k) give(gradients[k], c_["vjp"][k]);
    return status;
  }

  const json& c_;
  Ctx ctx_;
  std::vector<gt_spec> specs_;
  std::vector<std::vector<double>> values_;
  std::vector<const json*> want_;
  std::vector<std::size_t> sizes_;
  gt_function function_ = nullptr;
};

TEST(Replay, OfEveryGoldenCase) {
  std::size_t functions = 0, cases = 0;
  for (const auto& file : std::filesystem::directory_iterator(GRADTAPE_SOURCE "/tests/golden")) {
    if (file.path().extension() != ".json") continue;
    const json family = load_golden(file.path().filename());
    for (const json& c : family["cases"]) {
      SCOPED_TRACE(c["op"].get<std::string>() + "__" + c["case"].get<std::string>());
      ++cases;
      Replay replay(c);
      if (!replay.is_function()) continue;
      ++functions;
      replay.run();
    }
  }
  EXPECT_GT(functions, 900u);
}

}  // namespace
}  // namespace test
