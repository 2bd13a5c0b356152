// Plans of each op's samples, forwards, of gradients and of Jacobians, for the corpus of plans: run with GRADTAPE_DUMP.
#include <cstdio>

#include "support/samples.hpp"

namespace test {
namespace {

class Sample {
 public:
  Sample(const std::string& op, const json& sample) {
    std::mt19937_64 random(1);
    for (const Input& in : parse_inputs(sample["inputs"], random)) inputs_.push_back(make(in));
    tape_ = gt_tape_begin(c_, GT_TAPE_PERSISTENT);
    for (gt_tensor source : sources_) gt_tape_watch(c_, tape_, source);
    for (gt_tensor y : apply(c_, op, inputs_, sample["attrs"])) {
      outputs_.push_back(y);
      if (const gt_dtype d = test::dtype_of(c_, y); d == GT_FLOAT32 || d == GT_FLOAT64) targets_.push_back(y);
    }
    gt_tape_end(c_, tape_);
  }
  void forward() { compute("forward", outputs_); }
  void gradient() {
    if (targets_.empty() || sources_.empty()) return;
    std::vector<gt_tensor> g(sources_.size());
    const gt_status s = gt_tape_gradient(c_, tape_, targets_.data(), targets_.size(), sources_.data(), sources_.size(),
                                         nullptr, GT_UNCONNECTED_ZERO, g.data());
    if (s == GT_OK) compute("gradient", g);
    c_.take_error();
  }
  void jacobian() {
    if (targets_.empty() || sources_.empty()) return;
    std::vector<gt_tensor> j(sources_.size());
    const gt_status s = gt_tape_jacobian(c_, tape_, targets_[0], sources_.data(), sources_.size(), nullptr, j.data());
    std::erase(j, nullptr);
    if (s == GT_OK) compute("Jacobian", j);
    c_.take_error();
  }

 private:
  gt_tensor make(const Input& in) {
    const Values& v = in.values;
    if (in.kind == 'i') return tensor<int32_t>(c_, in.shape, std::vector<int32_t>(v.begin(), v.end()));
    if (in.kind == 'b') return tensor<uint8_t>(c_, in.shape, std::vector<uint8_t>(v.begin(), v.end()));
    sources_.push_back(tensor<float>(c_, in.shape, std::vector<float>(v.begin(), v.end())));
    return sources_.back();
  }
  void compute(const char* name, const std::vector<gt_tensor>& tensors) {
    std::fprintf(stderr, "--- %s\n", name);
    gt_eval(c_, tensors.data(), tensors.size());
    c_.take_error();
  }

  Ctx c_;
  gt_tape tape_ = nullptr;
  std::vector<gt_tensor> inputs_, sources_, outputs_, targets_;
};

}  // namespace
}  // namespace test

int main() {
  using namespace test;
  for (std::size_t i = 0; i < gt_op_count(); ++i) {
    const std::string name = gt_op_name(i);
    const json op = describe_op(name);
    for (std::size_t k = 0; k < op["samples"].size(); ++k) {
      std::fprintf(stderr, "### %s, sample %zu\n", name.c_str(), k);
      Sample sample(name, op["samples"][k]);
      sample.forward();
      sample.gradient();
      sample.jacobian();
    }
  }
}
