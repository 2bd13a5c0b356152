// The workloads on which gradtape and its peers are compared: their computations and inputs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "gradtape/gradtape.h"

namespace bench {

struct Array {
  std::vector<int64_t> shape;
  std::vector<float> values;
  std::vector<int32_t> integers;  // instead of values
};
using Tensors = std::vector<gt_tensor>;

struct Workload {
  std::string name;
  std::vector<std::string> inputs;     // differentiated by, in most; arguments of the function that is replayed
  std::vector<std::string> constants;  // captured
  std::function<Tensors(gt_context, const Tensors& inputs, const Tensors& constants)> body;
};
const std::vector<Workload>& workloads();
void add_ops(std::vector<Workload>& all);  // op_workloads.cpp

}  // namespace bench
