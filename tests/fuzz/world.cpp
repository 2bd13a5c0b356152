// Handles of one input: which are drawn, and what becomes of them.
#include "world.hpp"

#include <algorithm>
#include <cstdio>

#include "calls.hpp"

namespace fuzz {

World* world = nullptr;

void broken(const char* call, const char* how) {
  std::fprintf(stderr, "%s: %s\n", call, how);
  std::abort();
}

Pool* World::pool(gt_context ctx) {
  for (Pool& p : pools)
    if (p.ctx == ctx) return &p;
  return nullptr;
}
Pool& World::here() {
  if (Pool* p = pool(current_)) return *p;
  static Pool none;
  none = {};
  return none;
}

// A handle that does not fit: none, junk, an old one, one of another kind.
const void* World::unfit(const void* other) {
  switch (in.below(6)) {
    case 0: return nullptr;
    case 1: return reinterpret_cast<const void*>(uintptr_t{0x4242424242424242});
    case 2: return stale.empty() ? nullptr : stale[in.below(std::min<size_t>(stale.size(), 256))];
    case 3: return other;
    case 4: return pools.empty() || pools.back().tensors.empty() ? other : pools.back().tensors.back();
    default: return reinterpret_cast<const void*>(reinterpret_cast<uintptr_t>(other) ^ (uintptr_t{1} << in.below(64)));
  }
}

namespace {
// The newest are drawn most.
template <class T>
T newest(Bytes& in, const std::vector<T>& all) {
  if (all.empty()) return T{};
  return all[all.size() - 1 - in.below(std::min<size_t>(all.size(), 24))];
}
template <class H>
H as(const void* handle) {
  return reinterpret_cast<H>(const_cast<void*>(handle));
}
}  // namespace

gt_context World::context() {
  if (wrong()) return as<gt_context>(unfit(here().tensors.empty() ? nullptr : here().tensors[0]));
  return current_;
}
gt_tensor World::tensor() {
  const gt_tensor t = newest(in, here().tensors);
  return wrong() ? as<gt_tensor>(unfit(here().tapes.empty() ? nullptr : here().tapes[0])) : t;
}
gt_tensor World::variable() {
  const gt_tensor t = newest(in, here().variables);
  return wrong() ? as<gt_tensor>(unfit(here().tensors.empty() ? nullptr : here().tensors[0])) : t;
}
gt_tape World::tape() {
  const gt_tape t = newest(in, here().tapes);
  return wrong() ? as<gt_tape>(unfit(here().tensors.empty() ? nullptr : here().tensors[0])) : t;
}
Function World::function() {
  Function f = newest(in, here().functions);
  if (wrong()) f.handle = as<gt_function>(unfit(here().tensors.empty() ? nullptr : here().tensors[0]));
  return f;
}
gt_sparsity World::sparsity() {
  const gt_sparsity s = newest(in, here().sparsities);
  return wrong() ? as<gt_sparsity>(unfit(here().tensors.empty() ? nullptr : here().tensors[0])) : s;
}
const void* World::handle() {
  switch (in.below(8)) {
    case 0: return tape();
    case 1: return function().handle;
    case 2: return variable();
    case 3: return sparsity();
    default: return tensor();
  }
}
std::vector<gt_tensor> World::tensors(size_t most) {
  std::vector<gt_tensor> all(in.below(most + 1));
  for (gt_tensor& t : all) t = tensor();
  return all;
}

gt_status World::checked(const char* call, gt_status status) {
  if (status < GT_OK || status > GT_CANCELLED) broken(call, "a status that is none");
  if (status == GT_INTERNAL) {
    char text[600] = "";
    gt_take_error(current_, text, sizeof text, nullptr);
    broken(call, text);
  }
  return status;
}

void World::made(gt_tensor t) {
  if (!t) return;
  int64_t dims[2 * GT_MAX_RANK], elements = 1;
  size_t rank = 0;
  if (gt_tensor_shape(current_, t, dims, 2 * GT_MAX_RANK, &rank) != GT_OK) return;
  for (size_t i = 0; i < rank && i < 2 * GT_MAX_RANK; ++i)
    elements = dims[i] > kMostElements ? kMostElements + 1 : std::min(elements * dims[i], kMostElements + 1);
  if (elements > kMostElements) {
    gt_release(current_, t);
    return;
  }
  here().tensors.push_back(t);
}
void World::made(const char* call, gt_status status, Room<gt_tensor>& outputs, size_t n) {
  checked(call, status);
  if (status != GT_OK) return outputs.expect_cleared(call);
  for (size_t i = 0; i < std::min(n, outputs.size()); ++i) made(outputs[i]);
}

void World::gone(gt_tensor t) {
  stale.push_back(t);
  for (auto* all : {&here().tensors, &here().variables}) std::erase(*all, t);
}
// A call may run functions that free user data, which change the lists.
void World::prune() {
  const auto drop_dead = [&](std::vector<gt_tensor> Pool::*list) {
    for (gt_tensor t : std::vector<gt_tensor>(here().*list)) {
      gt_dtype d;
      if (gt_tensor_dtype(current_, t, &d) != GT_INVALID_HANDLE) continue;
      if (std::erase(here().*list, t) > 0) stale.push_back(t);
    }
  };
  drop_dead(&Pool::tensors);
  drop_dead(&Pool::variables);
  if (stale.size() > 64) stale.erase(stale.begin(), stale.end() - 32);
  gt_take_error(current_, nullptr, 0, nullptr);
}

void World::step() {
  const Call& call = calls()[draw_call(in)];
  const int mistake = in.byte() - 200;  // a fifth of the calls is made with one wrong argument
  argument_ = 0, wrong_ = std::max(mistake, 0);
  call.make(*this);
}
void World::inside(gt_context ctx, unsigned most) {
  const gt_context outer = current_;
  const int argument = argument_, wrong = wrong_;
  current_ = ctx, ++depth_;
  for (unsigned n = in.below(most + 1); n > 0 && depth_ < 5 && !in.done() && spend() && pool(ctx); --n) step();
  current_ = outer, --depth_, argument_ = argument, wrong_ = wrong;
}

void World::run() {
  world = this;
  new_context(*this);
  while (!in.done() && spend()) {
    if (pools.empty()) new_context(*this);
    current_ = pools.front().ctx;
    step();
  }
  finish();
  world = nullptr;
}

void World::finish() {
  budget_ = 0;  // callbacks do nothing more
  while (!pools.empty()) {
    const Pool p = pools.back();
    current_ = p.ctx;
    if (p.tensors.size() % 2 == 1) {
      for (gt_tensor t : p.tensors) gt_release(p.ctx, t);
      for (gt_tape t : p.tapes) gt_release(p.ctx, t);
      for (const Function& f : p.functions) gt_release(p.ctx, f.handle);
      for (gt_sparsity s : p.sparsities) gt_release(p.ctx, s);
    }
    if (gt_context_destroy(p.ctx) != GT_OK) broken("gt_context_destroy", "it fails");
    pools.pop_back();
  }
  for (void* tensor : exported) delete_exported(tensor);
  exported.clear();
  if (borrowed != 0) broken("free", borrowed > 0 ? "user data was not freed" : "user data was freed twice");
}

}  // namespace fuzz
