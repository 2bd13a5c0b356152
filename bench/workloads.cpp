// The workloads of workloads.hpp, but for single ops, which stand in op_workloads.cpp.
#include "workloads.hpp"

namespace bench {

namespace {
using Sources = Tensors;

gt_tensor sum(gt_context c, gt_tensor x) { return gt_reduce_sum(c, x, nullptr, 0, 0); }
gt_tensor mean(gt_context c, gt_tensor x) { return gt_reduce_mean(c, x, nullptr, 0, 0); }
gt_tensor product(gt_context c, gt_tensor a, gt_tensor b) { return gt_matmul(c, a, b, 0, 0); }
gt_tensor dense(gt_context c, gt_tensor x, gt_tensor w, gt_tensor b) { return gt_add(c, product(c, x, w), b); }

gt_tape watching(gt_context c, const Sources& sources, uint32_t flags = 0) {
  gt_tape tape = gt_tape_begin(c, flags | GT_TAPE_MANUAL_WATCH);
  for (gt_tensor s : sources) gt_tape_watch(c, tape, s);
  return tape;
}
Tensors gradients(gt_context c, gt_tape tape, gt_tensor target, const Sources& sources) {
  Tensors g(sources.size());
  gt_tape_gradient(c, tape, &target, 1, sources.data(), sources.size(), nullptr, GT_UNCONNECTED_NULL, g.data());
  return g;
}
gt_tensor jacobian(gt_context c, gt_tape tape, gt_tensor target, gt_tensor source) {
  gt_tensor j = nullptr;
  gt_tape_jacobian(c, tape, target, &source, 1, nullptr, &j);
  return j;
}
gt_tensor batch_jacobian(gt_context c, gt_tape tape, gt_tensor target, gt_tensor source) {
  gt_tensor j = nullptr;
  gt_tape_batch_jacobian(c, tape, target, source, nullptr, &j);
  return j;
}
using Scalar = std::function<gt_tensor(gt_tensor)>;
gt_tensor hessian(gt_context c, gt_tensor x, const Scalar& f) {
  gt_tape outer = watching(c, {x}), inner = watching(c, {x});
  gt_tensor y = f(x), g = gradients(c, inner, y, {x})[0];
  return jacobian(c, outer, g, x);
}
Tensors with(gt_tensor value, Tensors rest) {
  rest.push_back(value);
  return rest;
}

// ---- the guide

gt_tensor elu_net(gt_context c, gt_tensor x, const Tensors& p) {  // k1, b1, k2, b2
  return gt_elu(c, dense(c, gt_elu(c, dense(c, x, p[0], p[1])), p[2], p[3]));
}

void add_guide(std::vector<Workload>& all) {
  const std::vector<std::string> layers{"guide.k1", "guide.b1", "guide.k2", "guide.b2"};
  all.push_back({"guide_gradient", layers, {"guide.x"}, [](gt_context c, const Tensors& p, const Tensors& k) {
                   gt_tape t = watching(c, p);
                   return gradients(c, t, mean(c, gt_square(c, elu_net(c, k[0], p))), p);
                 }});
  all.push_back(
      {"guide_jacobian", {"guide.k"}, {"guide.x", "guide.b"}, [](gt_context c, const Tensors& p, const Tensors& k) {
         gt_tape t = watching(c, p);
         return Tensors{jacobian(c, t, gt_relu(c, dense(c, k[0], p[0], k[1])), p[0])};
       }});
  all.push_back({"guide_hessian",
                 {"guide.k1"},
                 {"guide.x", "guide.b1", "guide.k2", "guide.b2"},
                 [](gt_context c, const Tensors& p, const Tensors& k) {
                   return Tensors{hessian(c, p[0], [&](gt_tensor k1) {
                     gt_tensor h = gt_relu(c, dense(c, k[0], k1, k[1]));
                     return mean(c, gt_square(c, gt_relu(c, dense(c, h, k[2], k[3]))));
                   })};
                 }});
  all.push_back({"guide_batch_jacobian", {"guide.x"}, layers, [](gt_context c, const Tensors& p, const Tensors& k) {
                   gt_tape t = watching(c, p);
                   return Tensors{batch_jacobian(c, t, elu_net(c, p[0], k), p[0])};
                 }});
}

// ---- overhead

void add_small(std::vector<Workload>& all) {
  for (const bool with_value : {false, true})
    all.push_back({with_value ? "overhead_scalar_and_value" : "overhead_scalar",
                   {"one"},
                   {},
                   [=](gt_context c, const Tensors& p, const Tensors&) {
                     gt_tape t = watching(c, p);
                     gt_tensor y = p[0], a = gt_scalar(c, 1.0001), b = gt_scalar(c, 0.1);
                     for (int i = 0; i < 500; ++i) y = gt_add(c, gt_multiply(c, y, a), b);
                     const Tensors g = gradients(c, t, y, p);
                     return with_value ? with(y, g) : g;
                   }});
  for (const char* n : {"201", "100000"})
    all.push_back({std::string("scalar_source_jacobian/") + n,
                   {"zero"},
                   {std::string("line.") + n},
                   [](gt_context c, const Tensors& p, const Tensors& k) {
                     gt_tape t = watching(c, p);
                     return Tensors{jacobian(c, t, gt_sigmoid(c, gt_add(c, k[0], p[0])), p[0])};
                   }});
}

// ---- products

gt_tensor mlp_loss(gt_context c, const Tensors& p, const Tensors& k) {  // w0 w1 w2 b0 b1 b2; x, labels
  gt_tensor h = k[0];
  for (std::size_t i = 0; i < 3; ++i) {
    h = dense(c, h, p[i], p[3 + i]);
    if (i < 2) h = gt_relu(c, h);
  }
  return mean(c, gt_sparse_softmax_cross_entropy(c, k[1], h));
}

void add_products(std::vector<Workload>& all) {
  const std::vector<std::string> weights{"mlp.w0", "mlp.w1", "mlp.w2", "mlp.b0", "mlp.b1", "mlp.b2"};
  const std::vector<std::string> data{"mlp.x", "mlp.t"};
  all.push_back({"mlp_forward", weights, data,
                 [](gt_context c, const Tensors& p, const Tensors& k) { return Tensors{mlp_loss(c, p, k)}; }});
  all.push_back({"mlp_gradient", weights, data, [](gt_context c, const Tensors& p, const Tensors& k) {
                   gt_tape t = watching(c, p);
                   return gradients(c, t, mlp_loss(c, p, k), p);
                 }});
  all.push_back({"mlp_jvp", weights, data, [](gt_context c, const Tensors& p, const Tensors& k) {
                   gt_tape t = watching(c, p);
                   gt_tensor y = mlp_loss(c, p, k), dy = nullptr;
                   gt_tape_jvp(c, t, &y, 1, p.data(), p.size(), p.data(), GT_UNCONNECTED_NULL, &dy);
                   return Tensors{y, dy};
                 }});
  all.push_back({"mlp_batch_jacobian",
                 {"batchjac.x"},
                 {"batchjac.w0", "batchjac.w1", "batchjac.w2"},
                 [](gt_context c, const Tensors& p, const Tensors& k) {
                   gt_tape t = watching(c, p);
                   gt_tensor y = p[0];
                   for (gt_tensor w : k) y = gt_tanh(c, product(c, y, w));
                   return Tensors{batch_jacobian(c, t, y, p[0])};
                 }});
  all.push_back(
      {"big_jacobian", {"bigjac.x"}, {"bigjac.w1", "bigjac.w2"}, [](gt_context c, const Tensors& p, const Tensors& k) {
         gt_tape t = watching(c, p);
         gt_tensor column = gt_expand_dims(c, p[0], 1);
         gt_tensor y = gt_tanh(c, product(c, k[1], gt_tanh(c, product(c, k[0], column))));
         return Tensors{jacobian(c, t, gt_squeeze(c, y, nullptr, 0), p[0])};
       }});
  all.push_back(
      {"hessian_logreg", {"logreg.w"}, {"logreg.X", "logreg.t"}, [](gt_context c, const Tensors& p, const Tensors& k) {
         return Tensors{hessian(c, p[0], [&](gt_tensor w) {
           gt_tensor z = gt_squeeze(c, product(c, k[0], gt_expand_dims(c, w, 1)), nullptr, 0);
           return mean(c, gt_softplus(c, gt_negative(c, gt_multiply(c, k[1], z))));
         })};
       }});
}

// ---- loops over memory

gt_tensor part(gt_context c, gt_tensor x, int64_t begin, int64_t size) { return gt_slice(c, x, &begin, 1, &size, 1); }
gt_tensor rosenbrock(gt_context c, gt_tensor x, int64_t n) {
  gt_tensor head = part(c, x, 0, n - 1), tail = part(c, x, 1, n - 1), one = gt_scalar(c, 1),
            hundred = gt_scalar(c, 100);
  gt_tensor a = gt_multiply(c, hundred, gt_square(c, gt_subtract(c, tail, gt_square(c, head))));
  return sum(c, gt_add(c, a, gt_square(c, gt_subtract(c, one, head))));
}
gt_tensor elementwise_chain(gt_context c, gt_tensor x, gt_tensor y) {
  gt_tensor square = gt_multiply(c, x, x);
  gt_tensor a = gt_multiply(c, gt_sigmoid(c, x), gt_tanh(c, y)),
            b = gt_multiply(c, gt_exp(c, gt_negative(c, square)), y);
  return sum(c, gt_subtract(c, gt_add(c, a, b), gt_log1p(c, square)));
}

void add_loops(std::vector<Workload>& all) {
  all.push_back({"hessian_rosenbrock/1000", {"rosen.1000"}, {}, [](gt_context c, const Tensors& p, const Tensors&) {
                   return Tensors{hessian(c, p[0], [&](gt_tensor x) { return rosenbrock(c, x, 1000); })};
                 }});
  all.push_back({"hvp_rosenbrock/1000000", {"rosen.1000000"}, {}, [](gt_context c, const Tensors& p, const Tensors&) {
                   gt_tape outer = watching(c, p), inner = watching(c, p);
                   gt_tensor g = gradients(c, inner, rosenbrock(c, p[0], 1000000), p)[0], h = nullptr;
                   gt_tape_jvp(c, outer, &g, 1, p.data(), 1, p.data(), GT_UNCONNECTED_NULL, &h);
                   return Tensors{h};
                 }});
  for (const std::string n : {"1000", "100000", "10000000"}) {
    const std::vector<std::string> xy{"chain.x" + n, "chain.y" + n};
    all.push_back({"elementwise_chain/" + n, xy, {}, [](gt_context c, const Tensors& p, const Tensors&) {
                     gt_tape t = watching(c, p);
                     gt_tensor y = elementwise_chain(c, p[0], p[1]);
                     return with(y, gradients(c, t, y, p));
                   }});
    all.push_back({"elementwise_forward/" + n, xy, {}, [](gt_context c, const Tensors& p, const Tensors&) {
                     return Tensors{elementwise_chain(c, p[0], p[1])};
                   }});
  }
  all.push_back({"layernorm_gradient",
                 {"layernorm.x", "layernorm.g", "layernorm.b"},
                 {"layernorm.w"},
                 [](gt_context c, const Tensors& p, const Tensors& k) {
                   gt_tape t = watching(c, p);
                   const int64_t last = -1;
                   gt_tensor mu = gt_reduce_mean(c, p[0], &last, 1, 1), centred = gt_subtract(c, p[0], mu);
                   gt_tensor v = gt_reduce_mean(c, gt_square(c, centred), &last, 1, 1);
                   gt_tensor scale = gt_rsqrt(c, gt_add(c, v, gt_scalar(c, 1e-5)));
                   gt_tensor y = gt_add(c, gt_multiply(c, gt_multiply(c, centred, scale), p[1]), p[2]);
                   return gradients(c, t, sum(c, gt_multiply(c, y, k[0])), p);
                 }});
}
}  // namespace

const std::vector<Workload>& workloads() {
  static const std::vector<Workload> all = [] {
    std::vector<Workload> w;
    add_small(w);
    add_guide(w);
    add_products(w);
    add_loops(w);
    add_ops(w);
    return w;
  }();
  return all;
}

}  // namespace bench
