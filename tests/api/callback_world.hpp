// The surroundings of a callback in a test, and every kind of callback. For callback_state_test.cpp.
#pragma once

#include <functional>
#include <map>

#include "support/tape_support.hpp"

namespace test {

inline constexpr int64_t kSize = 20;

// The surroundings of a callback. A callback calls act() once; kept: tensors it made and did not release.
struct World {
  Ctx c;
  gt_tensor x, variable, pending, scoped = nullptr;
  gt_tape persistent, once, ended, paused;
  gt_function fixed, open, other;
  std::vector<gt_tensor> kept;
  std::vector<gt_tape> tapes;
  std::function<void(World&, const std::vector<gt_tensor>& given)> act;
  gt_status answer = GT_OK;
  int acts = 0;

  World();
  ~World();
  void use_everything();
};

gt_spec vector_of(int64_t n);
gt_tensor numbers_of(gt_context c, int64_t n);
gt_status acting_body(gt_context c, void*, const gt_tensor* in, size_t n_in, gt_tensor* out, size_t, size_t* n);
gt_status plain_gradient(gt_context c, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx);
void register_acting_ops();

// Each sets off a callback that acts.
using Trigger = void (*)(World&);
const std::map<std::string, Trigger>& callback_kinds();

}  // namespace test
