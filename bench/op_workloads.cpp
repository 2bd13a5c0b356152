// Single ops, forward and with the gradient of the sum of their outputs.
#include "workloads.hpp"

namespace bench {

namespace {
using Body = std::function<gt_tensor(gt_context, const Tensors& inputs, const Tensors& constants)>;

// name/forward, and name/gradient: by all inputs.
void both(std::vector<Workload>& all, const std::string& name, const std::vector<std::string>& inputs,
          const std::vector<std::string>& constants, const Body& f) {
  all.push_back({"op_" + name + "/forward", inputs, constants,
                 [f](gt_context c, const Tensors& p, const Tensors& k) { return Tensors{f(c, p, k)}; }});
  all.push_back({"op_" + name + "/gradient", inputs, constants, [f](gt_context c, const Tensors& p, const Tensors& k) {
                   gt_tape t = gt_tape_begin(c, GT_TAPE_MANUAL_WATCH);
                   for (gt_tensor x : p) gt_tape_watch(c, t, x);
                   gt_tensor y = f(c, p, k);
                   Tensors g(p.size());
                   gt_tape_gradient(c, t, &y, 1, p.data(), p.size(), nullptr, GT_UNCONNECTED_NULL, g.data());
                   return g;
                 }});
}

gt_tensor apply(gt_context c, const char* op, const Tensors& in, const std::vector<gt_attr>& attrs = {}) {
  gt_tensor out[4] = {};
  (void)gt_apply(c, op, in.data(), in.size(), attrs.data(), attrs.size(), out, 4, nullptr);
  return out[0];
}
gt_tensor pair(const char* op, gt_context c, const Tensors& in, int64_t stride) {
  const gt_attr attrs[] = {{"strides", GT_ATTR_INT, 0, 1, &stride}, {"padding", GT_ATTR_STRING, 0, 4, "SAME"}};
  return apply(c, op, in, {attrs[0], attrs[1]});
}

void add_images(std::vector<Workload>& all) {
  for (const std::string name : {"3x3", "1x1", "small"})
    both(all, "conv2d_" + name, {"op.image" + std::string(name == "small" ? ".small" : ""), "op.filter." + name}, {},
         [](gt_context c, const Tensors& p, const Tensors&) { return pair("conv2d", c, p, 1); });
  both(all, "conv2d_stride2", {"op.image", "op.filter.3x3"}, {},
       [](gt_context c, const Tensors& p, const Tensors&) { return pair("conv2d", c, p, 2); });
  both(all, "depthwise", {"op.image", "op.filter.depthwise"}, {},
       [](gt_context c, const Tensors& p, const Tensors&) { return pair("depthwise_conv2d", c, p, 1); });
  both(all, "conv2d_transpose", {"op.image", "op.filter.3x3"}, {}, [](gt_context c, const Tensors& p, const Tensors&) {
    const int64_t two = 2, shape[] = {8, 56, 56, 64};
    return apply(c, "conv2d_transpose", p,
                 {{"output_shape", GT_ATTR_INT, 1, 4, shape},
                  {"strides", GT_ATTR_INT, 0, 1, &two},
                  {"padding", GT_ATTR_STRING, 0, 4, "SAME"}});
  });
  both(all, "max_pool", {"op.image"}, {}, [](gt_context c, const Tensors& p, const Tensors&) {
    const int64_t two = 2;
    return apply(c, "max_pool2d", p, {{"ksize", GT_ATTR_INT, 0, 1, &two}, {"strides", GT_ATTR_INT, 0, 1, &two}});
  });
}

void add_indexing(std::vector<Workload>& all) {
  const int64_t first = 0;
  both(all, "gather_rows", {"op.table"}, {"op.rows"}, [first](gt_context c, const Tensors& p, const Tensors& k) {
    return apply(c, "gather", {p[0], k[0]}, {{"axis", GT_ATTR_INT, 0, 1, &first}});
  });
  both(all, "segment_sum", {"op.table"}, {"op.segments"}, [](gt_context c, const Tensors& p, const Tensors& k) {
    const int64_t segments = 1000;
    return apply(c, "unsorted_segment_sum", {p[0], k[0]}, {{"num_segments", GT_ATTR_INT, 0, 1, &segments}});
  });
  both(all, "take_along_axis", {"op.square"}, {"op.along"}, [](gt_context c, const Tensors& p, const Tensors& k) {
    const int64_t axis = 1;
    return apply(c, "take_along_axis", {p[0], k[0]}, {{"axis", GT_ATTR_INT, 0, 1, &axis}});
  });
  both(all, "tensor_scatter_add", {"op.square", "line.100000"}, {"op.pairs"},
       [](gt_context c, const Tensors& p, const Tensors& k) {
         return apply(c, "tensor_scatter_add", {p[0], k[0], p[1]});
       });
  both(all, "scatter_nd", {"line.100000"}, {"op.pairs"}, [](gt_context c, const Tensors& p, const Tensors& k) {
    const int64_t shape[] = {1000, 1000};
    return apply(c, "scatter_nd", {k[0], p[0]}, {{"shape", GT_ATTR_INT, 1, 2, shape}});
  });
  both(all, "gather_nd", {"op.square"}, {"op.pairs"}, [](gt_context c, const Tensors& p, const Tensors& k) {
    return apply(c, "gather_nd", {p[0], k[0]});
  });
}

void add_lines(std::vector<Workload>& all) {
  for (const char* op : {"sort", "cumsum", "cumprod", "logcumsumexp", "reduce_prod"})
    both(all, op, {"op.square"}, {}, [op](gt_context c, const Tensors& p, const Tensors&) {
      const int64_t axis = 1;
      return apply(c, op, p, {{"axis", GT_ATTR_INT, 0, 1, &axis}});
    });
  for (const std::string op : {"cumsum", "sort"})
    both(all, op + "_columns", {"op.square"}, {}, [op](gt_context c, const Tensors& p, const Tensors&) {
      const int64_t axis = 0;
      return apply(c, op.c_str(), p, {{"axis", GT_ATTR_INT, 0, 1, &axis}});
    });
  both(all, "sort_line", {"rosen.1000000"}, {},
       [](gt_context c, const Tensors& p, const Tensors&) { return apply(c, "sort", p); });
  for (const char* op : {"argsort", "argmax"})
    all.push_back(
        {"op_" + std::string(op) + "/forward", {"op.square"}, {}, [op](gt_context c, const Tensors& p, const Tensors&) {
           const int64_t axis = 1;
           return Tensors{apply(c, op, p, {{"axis", GT_ATTR_INT, 0, 1, &axis}})};
         }});
  both(all, "top_k", {"op.square"}, {}, [](gt_context c, const Tensors& p, const Tensors&) {
    const int64_t k = 10;
    return apply(c, "top_k", p, {{"k", GT_ATTR_INT, 0, 1, &k}});
  });
}

void add_small_matrices(std::vector<Workload>& all) {
  for (const std::string n : {"3", "8", "32"}) {
    for (const std::string op : {"cholesky", "det", "inv", "qr", "eigh", "svd", "expm"})
      both(all, op + "_" + n, {"op.matrices." + n}, {}, [op](gt_context c, const Tensors& p, const Tensors&) {
        const uint8_t no = 0;  // LAPACK's signs, as the peers have them
        const gt_attr signs{"positive_diagonal", GT_ATTR_BOOL, 0, 1, &no};
        return apply(c, op.c_str(), p, op == "qr" ? std::vector<gt_attr>{signs} : std::vector<gt_attr>{});
      });
    for (const std::string op : {"solve", "triangular_solve", "lstsq"})
      both(all, op + "_" + n, {"op.matrices." + n, "op.rights." + n}, {},
           [op](gt_context c, const Tensors& p, const Tensors&) { return apply(c, op.c_str(), p); });
  }
}
}  // namespace

void add_ops(std::vector<Workload>& all) {
  add_images(all);
  add_indexing(all);
  add_lines(all);
  add_small_matrices(all);
}

}  // namespace bench
