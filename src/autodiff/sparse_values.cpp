// Values of sparse Jacobians and Hessians: accumulated along links, or read from products with vectors of many units.
#include <algorithm>

#include "autodiff/accumulate.hpp"
#include "autodiff/align_links.hpp"
#include "autodiff/given_pattern.hpp"
#include "autodiff/sparse_links.hpp"
#include "ops/assemble.hpp"

namespace gradtape::core {

namespace {
Spec vector_of(const Source& source, int64_t n) { return {source.tensor.dtype(), {n}, false}; }

// The parts of a vector [n] that belong to the tensors, in their shapes.
Tensors parts_of(const Tensor& vector, std::span<const Shape> shapes) {
  Tensors parts;
  int64_t begin = 0;
  for (const Shape& shape : shapes) {
    parts.push_back(reshape(slice(vector, {begin}, {shape.elements()}), shape));
    begin += shape.elements();
  }
  return parts;
}
std::vector<Shape> shapes_of(std::span<const Source> sources) {
  std::vector<Shape> shapes;
  for (const Source& s : sources) shapes.push_back(s.tensor.shape());
  return shapes;
}
// One vector of all parts; empty ones are zeros. Empty: all are.
Tensor joined(Recorder& r, const Tensors& parts, std::span<const Shape> shapes, const Spec& like) {
  if (std::ranges::none_of(parts, [](const Tensor& t) { return static_cast<bool>(t); })) return {};
  Tensors flat;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const int64_t n = shapes[i].elements();
    flat.push_back(parts[i] ? cast(reshape(parts[i], {n}), like.dtype) : zeros(r, {like.dtype, {n}, false}));
  }
  return flat.size() == 1 ? flat[0] : concat(flat, 0);
}

// Vector k has 1 where the colour is k.
BasisMap::Vectors colour_vectors(Recorder& r, std::span<const int32_t> colours, Dtype dtype) {
  const BufferPtr memory = r.allocate(colours.size_bytes(), "the colours of a sparsity");
  std::ranges::copy(colours, static_cast<int32_t*>(memory->data()));
  const Tensor of = r.constant({Dtype::int32, {1, static_cast<int64_t>(colours.size())}, false}, memory);
  return [&r, of, dtype](int64_t first, int64_t count) {
    const Tensor numbers = reshape(range(r, first, first + count, 1, Dtype::int32), {count, 1});
    return mark_selected(cast(equal(of, numbers), dtype));
  };
}

class Products {
 public:
  Products(Tape& tape, const Sparsity& s, const char* function)
      : tape_(tape), s_(s), progress_(s.options.progress, function) {}

  Tensor of_jacobian(const Tensor& target, std::span<const Source> sources) {
    const std::vector<Shape> shapes = shapes_of(sources);
    const int64_t rows = target.shape().elements(), columns = elements_of(sources);
    const Compression& c = s_.compression();
    progress_.start(static_cast<uint64_t>(c.forward) + static_cast<uint64_t>(c.reverse));
    const auto forwards = [&](const Tensor& v) {
      const Tensor y = tape_.push_forward(Tensors{target}, sources, parts_of(v, shapes))[0];
      return Tensors{y ? reshape(y, {rows}) : y};
    };
    const auto backwards = [&](const Tensor& v) {
      const Tensors x = tape_.pull_back(Tensors{target}, Tensors{reshape(v, target.shape())}, sources);
      return Tensors{joined(tape_.recorder(), x, shapes, sources[0].tensor.spec())};
    };
    take(c.forward, rows, c.column_colours, vector_of(sources[0], columns), forwards);
    take(c.reverse, columns, c.row_colours, {target.dtype(), {rows}, false}, backwards);
    return read(c, sources[0].tensor.dtype());
  }

  Tensor of_hessian(const Tensors& gradients, std::span<const Source> sources) {
    const std::vector<Shape> shapes = shapes_of(sources);
    const int64_t n = elements_of(sources);
    const Spec& like = sources[0].tensor.spec();
    const Tensors connected = connected_of(gradients);
    const bool forwards = !has_reverse_only_rule(tape_.path(connected, tape_.tensors_of(sources)));
    const auto product = [&](const Tensor& v) {
      const Tensors parts = parts_of(v, shapes);
      if (!forwards) {
        Tensors along;
        for (std::size_t i = 0; i < parts.size(); ++i)
          if (gradients[i]) along.push_back(parts[i]);
        return Tensors{joined(tape_.recorder(), tape_.pull_back(connected, along, sources), shapes, like)};
      }
      const Tensors moved = tape_.push_forward(connected, sources, parts);
      Tensors all;
      for (std::size_t i = 0, next = 0; i < parts.size(); ++i) all.push_back(gradients[i] ? moved[next++] : Tensor());
      return Tensors{joined(tape_.recorder(), all, shapes, like)};
    };
    const Compression& c = s_.compression();
    progress_.start(static_cast<uint64_t>(c.forward));
    take(c.forward, n, c.column_colours, vector_of(sources[0], n), product);
    return read(c, like.dtype);
  }

 private:
  // Appends the products with the vectors of so many colours, each of so many elements.
  void take(int64_t count, int64_t elements, const std::vector<int32_t>& colours, const Spec& vector,
            const BasisMap::Map& map) {
    if (count == 0 || elements == 0) return;
    Recorder& r = tape_.recorder();
    const BasisMap products(r, vector, count, colour_vectors(r, colours, vector.dtype), map);
    Tensors found = products.all({}, s_.options.memory_budget, progress_);
    const Shape size{count * elements};
    products_.push_back(found.empty() || !found[0] ? zeros(r, {vector.dtype, size, false}) : reshape(found[0], size));
  }
  Tensor read(const Compression& c, Dtype dtype) {
    const int64_t n = s_.pattern.nonzeros();
    if (n == 0) return zeros(tape_.recorder(), {dtype, {0}, false});
    for (Tensor& t : products_) t = cast(t, dtype);
    return gather(concat(products_, 0), constant_ints(tape_.recorder(), c.read_at), 0, 0);
  }

  Tape& tape_;
  const Sparsity& s_;
  Progress progress_;
  Tensors products_;  // flat, as Compression::read_at counts them
};

// The pattern was made of other links where an index tensor has other values now.
void check_links(const Sparsity& s, const SparseLinks& now, std::span<const Source> sources, const char* function) {
  if (now.hash() == s.links_hash) return;
  const Pattern found = now.pattern(sources[0].tensor.recorder(), function);
  check_entries(function, s, s.symmetric ? hessian_entries(found, s.options.triangle) : found, sources);
}

// Zeros around factors that have an element for each parameter.
void pad_factors(Tensors& factors, const Alignment& to) {
  for (std::size_t l = 0; l < factors.size(); ++l) {
    if (factors[l].rank() == 0) continue;
    Ints paddings(2 * factors[l].rank(), 0);
    paddings[0] = to.first[l];
    paddings[1] = to.box[0] - to.first[l] - factors[l].shape()[0];
    factors[l] = pad(factors[l], paddings);
  }
}

// The links of the targets, one below the other, with factors written to their places.
Tensor assembled(Recorder& r, const Tensors& targets, std::span<const Source> sources, const Accumulation& found,
                 const Sparsity& s, const std::function<void()>& check) {
  const Dtype dtype = sources[0].tensor.dtype();
  std::vector<Links> links;
  Tensors factors;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    std::optional<WeightedLinks> of = targets[i] ? found.of(targets[i]) : std::nullopt;
    WeightedLinks merged =
        of ? std::move(*of) : WeightedLinks{Links(s.symmetric ? sources[i].tensor.shape() : Shape{}, true), {}};
    merge_links(merged, r, dtype);
    for (const Tensor& f : merged.factors) factors.push_back(f ? cast(f, dtype) : ones(r, {dtype, {}, false}));
    links.push_back(std::move(merged.links));
  }
  if (factors.empty()) return zeros(r, {dtype, {s.pattern.nonzeros()}, false});
  const std::optional<Alignment> alignment = links.size() == 1 ? alignment_of(links[0]) : std::nullopt;
  const uint64_t hash = hash_of_links(links);
  if (!s.assembly || s.assembly_hash != hash) {
    check();  // links as those of the assembly are known to fit
    PlaceFinder finder(s.pattern, s.symmetric);
    int64_t row = 0;
    for (const Links& of : links) {
      finder.add(of, row);
      row += of.shape().elements();
    }
    Places places = finder.found();
    for (LinkPlaces& of : places.of_links)
      if (alignment && !places.add_up) of.widen(alignment->elements_before(of.link), alignment->elements());
    s.assembly = std::make_shared<const Assembly>(std::move(places));
    s.assembly_hash = hash;
  }
  if (alignment && !s.assembly->places.add_up) pad_factors(factors, *alignment);
  return assemble(factors, s.assembly);
}
}  // namespace

Tensor sparse_values(Tape& tape, const Tensor& target, std::span<const Source> sources, const Sparsity& s) {
  constexpr const char* function = "gt_tape_sparse_values";
  Recorder& r = tape.recorder();
  const Dtype dtype = sources[0].tensor.dtype();
  if (!is_floating(target.dtype()) || s.pattern.nonzeros() == 0)
    return zeros(r, {dtype, {s.pattern.nonzeros()}, false});
  std::optional<Gradients> gradients;
  if (s.symmetric) gradients.emplace(tape, target, sources, function);
  const Tensors targets = s.symmetric ? gradients->by_source() : Tensors{target};
  const Indices indices = indices_of(s.options);
  const bool is_known = s.kind == Sparsity::Kind::given || s.options.dependence == OnIndices::trust ||
                        identity_of(tape, target, sources) == s.made_from;
  const auto check = [&] {
    if (is_known) return;
    const SparseLinks now = s.symmetric ? links_of_gradients(tape, targets, sources, indices)
                                        : links_of_jacobian(tape, target, sources, indices);
    check_links(s, now, sources, function);
  };
  if (s.method == SparseMethod::accumulate) {
    const Path path = tape.path(s.symmetric ? gradients->connected() : targets, tape.tensors_of(sources));
    const Accumulation found(path, link_sources(tape, sources), indices, true);
    if (!found.stopped_by()) return assembled(r, targets, sources, found, s, check);
  }
  check();
  Products products(tape, s, function);
  return s.symmetric ? products.of_hessian(targets, sources) : products.of_jacobian(target, sources);
}

}  // namespace gradtape::core
