// A call of each function of gradtape.h whose operands are functions, with arguments that can go wrong one by one.
#include "header_call.hpp"

namespace test {
namespace {

using S = Surroundings;

gt_status squares(gt_context c, void*, const gt_tensor* in, size_t n_in, gt_tensor* out, size_t capacity, size_t* n) {
  if (n_in == 0) return GT_INVALID_ARGUMENT;
  *n = 1;
  if (capacity == 0) return GT_OK;  // the call tells that there is no room
  out[0] = gt_square(c, in[0]);
  return out[0] ? GT_OK : GT_OUT_OF_MEMORY;
}
gt_status never(gt_context c, void*, const gt_tensor*, size_t, gt_tensor* out, size_t, size_t* n) {
  const uint8_t no = 0;
  out[0] = gt_tensor_create(c, GT_BOOL, nullptr, 0, &no, 1);
  *n = 1;
  return out[0] ? GT_OK : GT_OUT_OF_MEMORY;
}
gt_status not_one_bool(gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  out[0] = gt_is_finite(c, in[0]);
  *n = 1;
  return out[0] ? GT_OK : GT_OUT_OF_MEMORY;
}
gt_status two_outputs(gt_context, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  out[0] = in[0];
  *n = 2;
  return GT_OK;
}
gt_forward_fn body(Call& c) { return c.pick<gt_forward_fn>(squares, {nullptr, two_outputs}); }

template <class Options>
Options sized(Call& c) {
  Options o{};
  o.struct_size = c.pick(sizeof o, {0, 7, SIZE_MAX});
  return o;
}
template <class Options>
const Options* given(Call& c, const Options& o) {
  return c.pick<const Options*>(c.keep(std::vector<Options>(1, o)), {nullptr});
}

}  // namespace

std::vector<Row> rows_of_loops() {
  return {
      {"gt_scan",
       [](S& s, Call& c) {
         auto o = sized<gt_scan_options>(c);
         o.length = c.pick<int64_t>(-1, {-2, 3});
         o.reverse = c.pick<int32_t>(1, {-1, 2});
         o.reserved = c.pick<int32_t>(0, {1});
         const gt_scan_options* options = given(c, o);
         const auto initial = c.tensors({s.variable}), sequences = c.tensors({s.matrix});
         const auto out = c.outputs<gt_tensor>(1);
         size_t* n = c.output<size_t>();
         const gt_forward_fn f = body(c);
         return gt_scan(c.context(), f, &s, nullptr, initial.data, initial.n, sequences.data, sequences.n, options,
                        out.data, out.n, n);
       }},
      {"gt_while",
       [](S& s, Call& c) {
         auto o = sized<gt_while_options>(c);
         o.max_steps = c.pick<int64_t>(3, {-1});
         const gt_while_options* options = given(c, o);
         const auto initial = c.tensors({s.variable});
         const auto out = c.outputs<gt_tensor>(1);
         size_t* n = c.output<size_t>();
         const auto condition = c.pick<gt_forward_fn>(never, {nullptr, not_one_bool});
         const gt_forward_fn f = body(c);
         return gt_while(c.context(), condition, f, &s, nullptr, initial.data, initial.n, options, out.data, out.n, n);
       }},
      {"gt_cond",
       [](S& s, Call& c) {
         const uint8_t yes = 1;
         gt_tensor known = gt_tensor_create(s.ctx, GT_BOOL, nullptr, 0, &yes, 1);
         const auto in = c.tensors({s.variable});
         const auto out = c.outputs<gt_tensor>(1);
         size_t* n = c.output<size_t>();
         const gt_forward_fn f = body(c), g = body(c);
         gt_tensor predicate = c.tensor(known);
         const gt_status status = gt_cond(c.context(), predicate, f, g, &s, nullptr, in.data, in.n, out.data, out.n, n);
         c.end();
         gt_release(s.ctx, known);
         return status;
       }},
      {"gt_checkpoint",
       [](S& s, Call& c) {
         const gt_checkpoint_options* options = given(c, sized<gt_checkpoint_options>(c));
         const auto in = c.tensors({s.variable});
         const auto out = c.outputs<gt_tensor>(1);
         size_t* n = c.output<size_t>();
         const gt_forward_fn f = body(c);
         return gt_checkpoint(c.context(), f, &s, nullptr, in.data, in.n, options, out.data, out.n, n);
       }},
      {"gt_vmap",
       [](S& s, Call& c) {
         auto o = sized<gt_vmap_options>(c);
         o.size = c.pick<int64_t>(-1, {-2, 3});
         o.shared_draws = c.pick<int32_t>(0, {-1, 2});
         o.reserved = c.pick<int32_t>(0, {1});
         const gt_vmap_options* options = given(c, o);
         const auto in = c.tensors({s.matrix});
         const auto out = c.outputs<gt_tensor>(1);
         size_t* n = c.output<size_t>();
         const int32_t axis = c.pick<int32_t>(1, {-2, 2, INT32_MAX}), to = c.pick<int32_t>(0, {-1, 2});
         const int32_t* axes = c.pick<const int32_t*>(c.keep(std::vector<int32_t>(9, axis)), {nullptr});
         const int32_t* out_axes = c.pick<const int32_t*>(c.keep(std::vector<int32_t>(9, to)), {nullptr});
         const gt_forward_fn f = body(c);
         return gt_vmap(c.context(), f, &s, nullptr, in.data, std::min<size_t>(in.n, 9), axes, out_axes, options,
                        out.data, out.n, n);
       }},
      {"gt_root",
       [](S& s, Call& c) {
         auto o = sized<gt_root_options>(c);
         o.tolerance = c.pick(0.0, {-1.0, static_cast<double>(NAN)});
         o.max_steps = c.pick<int64_t>(2, {-1});
         o.solver = c.pick<gt_forward_fn>(squares, {nullptr, two_outputs});
         o.fixed_point = c.pick<int32_t>(0, {1, 2});
         o.method = c.pick<int32_t>(GT_ROOT_NEWTON, {GT_ROOT_ANDERSON, 2});
         o.linear = c.pick<int32_t>(GT_ROOT_SPARSE, {GT_ROOT_DENSE, GT_ROOT_GMRES, -1});
         o.history = c.pick<int32_t>(0, {-1});
         o.damping = c.pick(0.0, {-1.0, 2.0, static_cast<double>(NAN)});
         o.linear_tolerance = c.pick(0.0, {-1.0});
         o.linear_max_steps = c.pick<int64_t>(0, {-1});
         o.linear_restart = c.pick<int64_t>(0, {-1});
         const gt_root_options* options = given(c, o);
         const auto guess = c.tensors({s.variable});
         const auto out = c.outputs<gt_tensor>(1);
         size_t* n = c.output<size_t>();
         const gt_forward_fn f = body(c);
         return gt_root(c.context(), f, &s, nullptr, guess.data, guess.n, options, out.data, out.n, n);
       }},
      {"gt_tape_linearize",
       [](S& s, Call& c) {
         gt_tape tape = c.tape(s.once);
         const auto to = c.tensors({s.y}), by = c.tensors({s.x});
         const int32_t transposed = c.pick<int32_t>(1, {-1, 2});
         auto* map = c.output<gt_function>();
         return gt_tape_linearize(c.context(), tape, to.data, to.n, by.data, by.n, transposed, map);
       }},
  };
}

}  // namespace test
