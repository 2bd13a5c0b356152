// Plans of the benchmark's workloads as recorded functions, for the corpus of plans: run with GRADTAPE_DUMP. Nothing is
// computed but the parts that depend on no argument.
#include <cstdio>
#include <map>

#include "../../bench/workloads.hpp"
#include "support/support.hpp"

namespace test {
namespace {

// The shapes of bench/peers/inputs.py.
const std::map<std::string, std::vector<int64_t>>& shapes() {
  static const std::map<std::string, std::vector<int64_t>> all{
      {"one", {}},
      {"zero", {}},
      {"line.201", {201}},
      {"line.100000", {100000}},
      {"guide.x", {7, 5}},
      {"guide.k1", {5, 8}},
      {"guide.b1", {8}},
      {"guide.k2", {8, 6}},
      {"guide.b2", {6}},
      {"guide.k", {5, 10}},
      {"guide.b", {10}},
      {"mlp.x", {256, 784}},
      {"mlp.w0", {784, 512}},
      {"mlp.w1", {512, 512}},
      {"mlp.w2", {512, 10}},
      {"mlp.b0", {512}},
      {"mlp.b1", {512}},
      {"mlp.b2", {10}},
      {"mlp.t", {256}},
      {"batchjac.x", {128, 64}},
      {"batchjac.w0", {64, 256}},
      {"batchjac.w1", {256, 256}},
      {"batchjac.w2", {256, 32}},
      {"bigjac.x", {256}},
      {"bigjac.w1", {512, 256}},
      {"bigjac.w2", {256, 512}},
      {"logreg.X", {1000, 200}},
      {"logreg.w", {200}},
      {"logreg.t", {1000}},
      {"layernorm.x", {4096, 1024}},
      {"layernorm.g", {1024}},
      {"layernorm.b", {1024}},
      {"layernorm.w", {4096, 1024}},
      {"rosen.1000", {1000}},
      {"rosen.1000000", {1000000}},
      {"chain.x1000", {1000}},
      {"chain.y1000", {1000}},
      {"chain.x100000", {100000}},
      {"chain.y100000", {100000}},
      {"chain.x10000000", {10000000}},
      {"chain.y10000000", {10000000}},
      {"op.image", {8, 28, 28, 64}},
      {"op.image.small", {1, 28, 28, 32}},
      {"op.filter.3x3", {3, 3, 64, 64}},
      {"op.filter.1x1", {1, 1, 64, 256}},
      {"op.filter.small", {3, 3, 32, 64}},
      {"op.filter.depthwise", {3, 3, 64, 1}},
      {"op.table", {100000, 64}},
      {"op.rows", {50000}},
      {"op.segments", {100000}},
      {"op.square", {1000, 1000}},
      {"op.along", {1000, 500}},
      {"op.pairs", {100000, 2}},
      {"op.matrices.3", {10000, 3, 3}},
      {"op.matrices.8", {10000, 8, 8}},
      {"op.matrices.32", {2000, 32, 32}},
      {"op.rights.3", {10000, 3, 1}},
      {"op.rights.8", {10000, 8, 1}},
      {"op.rights.32", {2000, 32, 1}},
  };
  return all;
}
bool is_integer(const std::string& name) {
  return name == "mlp.t" || name == "op.rows" || name == "op.segments" || name == "op.along" || name == "op.pairs";
}

class Planned {
 public:
  explicit Planned(const bench::Workload& w) : w_(w) {
    for (const std::string& name : w.constants) {
      const std::vector<int64_t>& shape = shapes().at(name);
      std::size_t n = 1;
      for (int64_t d : shape) n *= static_cast<std::size_t>(d);
      constants_.push_back(is_integer(name) ? tensor<int32_t>(c_, shape, std::vector<int32_t>(n, 0))
                                            : tensor<float>(c_, shape, std::vector<float>(n, 0.5f)));
    }
  }
  // Whether the workload's function can be made, which prints its plans.
  bool plan() {
    std::vector<gt_spec> specs;
    for (const std::string& name : w_.inputs) {
      const std::vector<int64_t>& shape = shapes().at(name);
      gt_spec s{is_integer(name) ? GT_INT32 : GT_FLOAT32, static_cast<int32_t>(shape.size()), {}};
      std::copy(shape.begin(), shape.end(), s.dims);
      specs.push_back(s);
    }
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
  bench::Tensors constants_;
};

}  // namespace
}  // namespace test

int main() {
  for (const bench::Workload& w : bench::workloads()) {
    std::fprintf(stderr, "=== %s\n", w.name.c_str());
    test::Planned planned(w);
    if (planned.plan()) continue;
    std::fprintf(stderr, "%s\n", planned.error().c_str());
    return 1;
  }
}
