#include "families.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>
#include <stdexcept>

#include "layout.hpp"

namespace generate {

namespace {
struct Named {
  const char *title, *about, *ops;
};
constexpr Named kFamilies[] = {
    {"Arithmetic", "Operators and their kin, element by element. Operands broadcast.",
     "add subtract multiply divide floor_divide mod pow negative abs sign reciprocal square "
     "squared_difference fma lerp maximum minimum clip_by_value hypot atan2 divide_no_nan multiply_no_nan "
     "xlogy xlog1py ceil floor round trunc"},
    {"Elementary functions", "Roots, exponentials, logarithms, angles and special functions, element by element.",
     "sqrt rsqrt exp exp2 expm1 log log1p log2 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh "
     "erf erfc erfinv lgamma digamma polygamma"},
    {"Comparison and logic", "Results are bools. They have no derivative.",
     "equal not_equal less less_equal greater greater_equal logical_and logical_or logical_xor logical_not "
     "is_finite is_inf is_nan"},
    {"Reductions", "Sums, means, extremes and norms over axes. An axis that is left out stands for all axes.",
     "reduce_sum reduce_mean reduce_prod reduce_max reduce_min reduce_all reduce_any reduce_logsumexp "
     "reduce_std reduce_variance norm moments argmax argmin"},
    {"Cumulative ops", "Running sums, products and recurrences along an axis.",
     "cumsum cumprod logcumsumexp linear_scan"},
    {"Shapes", "Axes are added, removed, moved and joined. Values stay.",
     "reshape transpose expand_dims squeeze broadcast_to concat stack unstack split tile repeat pad "
     "reverse roll"},
    {"Parts and indices", "Slices, entries by index, and sums into places.",
     "slice strided_slice gather gather_nd take_along_axis embedding_lookup boolean_mask where scatter_nd "
     "scatter_add tensor_scatter_add tensor_scatter_update segment_sum unsorted_segment_sum"},
    {"Sorting", "Orders along an axis.", "sort argsort top_k"},
    {"Making tensors", "Tensors from numbers, dtypes and shapes, and random ones.",
     "fill zeros_like ones_like eye range linspace one_hot random_normal random_uniform"},
    {"Dtypes and the flow of gradients", "Ops that change a dtype, or whether a gradient passes.",
     "cast identity stop_gradient"},
    {"Products of matrices and vectors", "Matrices are the last two axes. The axes before them are a batch.",
     "matmul einsum tensordot dot outer cross kron matrix_power diag diag_part trace tril triu"},
    {"Linear algebra", "Equations, decompositions and functions of matrices. The axes before the last two are a batch.",
     "solve triangular_solve lstsq inv det slogdet cholesky qr eigh eigh_with_vectors eigh_function svd "
     "svd_with_vectors expm"},
    {"Activations", "Functions between the layers of networks, and softmax.",
     "relu relu6 leaky_relu elu selu gelu silu sigmoid log_sigmoid softplus softsign softmax log_softmax"},
    {"Layers", "Convolutions, pooling, normalisation and clipping.",
     "conv1d conv2d conv2d_transpose depthwise_conv2d max_pool2d avg_pool2d bias_add batch_normalization "
     "layer_normalization l2_normalize clip_by_norm clip_by_global_norm dropout"},
    {"Losses", "Distances between predicted and true values.",
     "mse huber_loss sigmoid_cross_entropy_with_logits softmax_cross_entropy_with_logits "
     "sparse_softmax_cross_entropy"},
    {"More ops", "Ops of no family.", ""},
};

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}
}  // namespace

std::vector<Family> families(const std::vector<json>& ops) {
  std::vector<Family> all;
  std::set<std::string> named;
  for (const Named& family : kFamilies) {
    all.push_back({family.title, family.about, {}});
    for (const std::string& name : words(family.ops)) {
      const auto op = std::ranges::find_if(ops, [&](const json& o) { return o["name"] == name; });
      if (op == ops.end()) throw std::logic_error(fmt::format("{}: no op is named {}", family.title, name));
      if (!named.insert(name).second) throw std::logic_error(fmt::format("{} is in two families", name));
      all.back().ops.push_back(*op);
    }
  }
  for (const json& op : ops)
    if (!named.contains(op["name"])) all.back().ops.push_back(op);
  std::erase_if(all, [](const Family& family) { return family.ops.empty(); });
  return all;
}

std::string banner(const Family& family) {
  return "---- " + family.title + " " + std::string(66 - family.title.size(), '-');
}

std::string contents(const std::vector<Family>& families, const std::string& margin) {
  std::string text;
  for (const Family& family : families) {
    std::string names;
    for (const json& op : family.ops) names += (names.empty() ? "" : " ") + op["name"].get<std::string>();
    text += paragraph(fmt::format("{}{:<34}", margin, family.title), margin + std::string(34, ' '), names);
  }
  return text;
}

}  // namespace generate
