// Plans of the benchmark's workloads as recorded functions, for the corpus of plans: run with GRADTAPE_DUMP. Nothing is
// computed but the parts that depend on no argument.
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "../../bench/workloads.hpp"
#include "support/support.hpp"

namespace test {
namespace {

// The inputs' specs, by name.
std::map<std::string, gt_spec> read_inputs() {
  std::map<std::string, gt_spec> inputs;
  const auto shapes = nlohmann::json::parse(std::ifstream(GRADTAPE_SOURCE "/bench/peers/inputs.json"));
  for (const auto& [dtype, names] : shapes.items())
    for (const auto& [name, shape] : names.items()) {
      gt_spec& s = inputs[name] = {dtype == "int32" ? GT_INT32 : GT_FLOAT32, static_cast<int32_t>(shape.size()), {}};
      for (std::size_t i = 0; i < shape.size(); ++i) s.dims[i] = shape[i];
    }
  return inputs;
}

class Planned {
 public:
  Planned(const bench::Workload& w, const std::map<std::string, gt_spec>& inputs) : w_(w), inputs_(inputs) {
    for (const std::string& name : w.constants) {
      const gt_spec& s = inputs.at(name);
      const std::vector<int64_t> shape(s.dims, s.dims + s.rank);
      std::size_t n = 1;
      for (int64_t d : shape) n *= static_cast<std::size_t>(d);
      constants_.push_back(s.dtype == GT_INT32 ? tensor<int32_t>(c_, shape, std::vector<int32_t>(n, 0))
                                               : tensor<float>(c_, shape, std::vector<float>(n, 0.5f)));
    }
  }
  // Whether the workload's function can be made, which prints its plans.
  bool plan() {
    std::vector<gt_spec> specs;
    for (const std::string& name : w_.inputs) specs.push_back(inputs_.at(name));
    return gt_function_create(c_, record, this, nullptr, specs.data(), specs.size()) != nullptr;
  }
  std::string error() { return c_.message(); }

 private:
  static gt_status record(gt_context c, void* data, const gt_tensor* in, size_t n, gt_tensor* out, size_t,
                          size_t* n_out) {
    const Planned& self = *static_cast<Planned*>(data);
    const bench::Tensors results = self.w_.body(c, bench::Tensors(in, in + n), self.constants_);
    std::copy(results.begin(), results.end(), out);
    *n_out = results.size();
    return GT_OK;
  }

  Ctx c_;
  const bench::Workload& w_;
  const std::map<std::string, gt_spec>& inputs_;
  bench::Tensors constants_;
};

}  // namespace
}  // namespace test

int main() {
  const std::map<std::string, gt_spec> inputs = test::read_inputs();
  for (const bench::Workload& w : bench::workloads()) {
    std::fprintf(stderr, "=== %s\n", w.name.c_str());
    test::Planned planned(w, inputs);
    if (planned.plan()) continue;
    std::fprintf(stderr, "%s\n", planned.error().c_str());
    return 1;
  }
}
