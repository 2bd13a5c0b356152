// Values of sparse matrices: views of factors by affine functions of their places, and their assembly.
#include "ops/assemble.hpp"

#include <algorithm>

#include "kernels/kernels.hpp"
#include "ops/define.hpp"

namespace gradtape::core {

Assembly::Assembly(Places given) : places(std::move(given)), content(static_cast<uint64_t>(places.size)) {
  number_factors();
  const auto mix = [&](int64_t value) { content = hash_mix(content, static_cast<uint64_t>(value)); };
  mix(places.add_up);
  for (const LinkPlaces& of : places.of_links) {
    mix(of.link);
    mix(of.entries);
    for (const PlaceRun& run : of.runs) mix(run.first), mix(run.count), mix(run.place), mix(run.step);
    for (const int32_t place : of.list) mix(place);
    mix(of.period), mix(of.place);
    for (const int32_t entry : of.order) mix(entry);
  }
}
// The link with the most entries comes first.
void Assembly::number_factors() {
  const auto& of_links = places.of_links;
  if (of_links.empty()) return;
  factors = {std::ranges::max_element(of_links, {}, &LinkPlaces::entries)->link};
  for (LinkPlaces& of : places.of_links) {
    const auto known = std::ranges::find(factors, of.link);
    const auto number = static_cast<uint32_t>(known - factors.begin());
    if (known == factors.end()) factors.push_back(of.link);
    of.link = number;
  }
}
std::size_t Assembly::bytes() const {
  std::size_t n = 0;
  for (const LinkPlaces& of : places.of_links)
    n += of.runs.size() * sizeof(PlaceRun) + (of.list.size() + of.order.size()) * sizeof(int32_t);
  return n;
}

Tensor assemble(std::span<const Tensor> factors, std::shared_ptr<const Assembly> assembly) {
  const int64_t size = assembly->places.size;
  Tensors placed;
  for (const uint32_t link : assembly->factors) placed.push_back(factors[link]);
  return apply(op<"assemble">, placed, {PayloadPtr(std::move(assembly)), size})[0];
}

namespace {
const Places& places_of(const Attrs* attrs) {
  return static_cast<const Assembly&>(*std::get<PayloadPtr>(attrs->values[0])).places;
}

// The places of a link's entries, -1 for those left out: one list for each time that the link is written.
std::vector<std::vector<int64_t>> lists_of(const Places& places, std::size_t link) {
  std::vector<std::vector<int64_t>> lists;
  for (const LinkPlaces& of : places.of_links) {
    if (of.link != link) continue;
    std::vector<int64_t>& list = lists.emplace_back(static_cast<std::size_t>(of.entries), -1);
    of.for_each(0, of.entries, [&](int64_t entry, int64_t place) { list[entry] = place; });
  }
  return lists;
}

// The values at the places of a link's entries, added up over these.
Tensor read_places(const Call& c, const Tensor& ct, std::size_t input) {
  const Tensor& factor = c.in(input);
  Tensor sum;
  for (std::vector<int64_t>& list : lists_of(places_of(c.attrs().get()), input)) {
    const bool all = std::ranges::all_of(list, [](int64_t place) { return place >= 0; });
    Tensor kept;
    if (!all) {
      std::vector<int64_t> is_there;
      for (int64_t& place : list) {
        is_there.push_back(place >= 0);
        place = std::max<int64_t>(0, place);
      }
      kept = cast(constant_ints(c.recorder(), is_there), Dtype::boolean);
    }
    const Tensor read = gather(ct, constant_ints(c.recorder(), list), 0, 0);
    const Tensor part = all ? read : keep_where(kept, read);
    sum = sum ? sum + part : part;
  }
  if (sum && factor.rank() == 0) return reduce_sum(sum, {0});
  return sum ? reshape(sum, factor.shape()) : Tensor();
}

// The batch's values by one scatter: entry k of all factors, one after the other, goes to the places of all lists.
Tensors batch_assemble(const BatchCall& b) {
  const Places& places = places_of(b.call.attrs().get());
  Tensors parts;
  std::vector<int64_t> to;
  for (std::size_t i = 0; i < b.in.size(); ++i) {
    const bool one = b.call.in(i).rank() == 0;
    const Tensor flat = reshape(full_input(b, i), {b.size, b.call.in(i).shape().elements()});
    for (const std::vector<int64_t>& list : lists_of(places, i)) {
      std::vector<int64_t> from;
      for (std::size_t k = 0; k < list.size(); ++k)
        if (list[k] >= 0) from.push_back(one ? 0 : static_cast<int64_t>(k)), to.push_back(list[k]);
      parts.push_back(gather(flat, constant_ints(b.call.recorder(), from), 1, 0));
    }
  }
  return {scatter_add(constant_ints(b.call.recorder(), to), concat(parts, 1), {b.size, places.size}, 1, 0)};
}

// A loop over the first factor writes the values where the others have its shape, or one element, or few elements beside
// it. Each entry has a place of its own then, or none.
bool is_placed(const Attributes& a, std::span<const Layout> in) {
  constexpr int64_t kMany = 64;  // elements of the first factor for one of the others
  const Places& places = places_of(a.attrs);
  const int64_t n = in[0].shape.elements();
  if (places.add_up || n == 0) return false;
  return std::ranges::all_of(places.of_links, [&](const LinkPlaces& of) {
    const Shape& shape = in[of.link].shape;
    if (of.entries == n) return shape == in[0].shape || shape.rank() == 0;
    return of.entries == shape.elements() && !(shape == in[0].shape) && of.entries * kMany <= n;
  });
}

void define_assembly(Registry& r) {
  OpBuilder(r, "assemble", "The values of a sparse matrix, from factors whose entries have their places in it.")
      .internal()
      .variadic("factors")
      .dtypes(kFloating)
      .required("assembly", kAttrPayload)
      .required("size", kAttrInt)
      .infer([](Inference& c) { c.like(0, {c.integer("size")}); })
      .kernel([](const KernelCall& c) { kernels::assemble(c, places_of(c.attrs)); })
      .placing({is_placed,
                [](const Attributes& a, std::span<const std::byte* const> in, std::size_t element_size, int64_t first,
                   std::size_t n, void* out, bool past_cache) {
                  kernels::place(places_of(a.attrs), in, element_size, first, n, out, past_cache);
                }})
      .jointly_linear(read_places)
      .batch(batch_assemble);
}

// ---- Views

Ints axis_steps(const Ints& all, std::size_t axes, std::size_t p) {
  Ints own;
  for (std::size_t a = 0; a < axes; ++a) own.push_back(all[p * axes + a]);
  return own;
}
// The flat places that the view reads, of its shape.
Tensor places_of_view(const Call& c) {
  const Shape &in = c.in().shape(), &out = c.out_spec().shape;
  const Shape::Dims strides = strides_of(in);
  int64_t first = 0;
  for (std::size_t a = 0; a < in.rank(); ++a) first += strides[a] * c.ints("first")[a];
  Tensor places = cast(c.recorder().literal(static_cast<double>(first), Dtype::int64, false), Dtype::int64);
  for (std::size_t p = 0; p < out.rank(); ++p) {
    int64_t step = 0;
    for (std::size_t a = 0; a < in.rank(); ++a) step += strides[a] * c.ints("steps")[p * in.rank() + a];
    const Tensor along =
        step == 0 ? zeros(c.recorder(), {Dtype::int64, {out[p]}, false}) : even_places(c.recorder(), 0, step, out[p]);
    places = places + insert_axes(along, 1, out.rank() - 1 - p);
  }
  return places;
}

Dependence links_of_view(const LinkCall& c) {
  const std::size_t ins = c.call.in().rank(), outs = c.call.out_spec().shape.rank();
  Relation r;
  for (std::size_t a = 0; a < ins; ++a) {
    const int64_t first = c.call.ints("first")[a];
    std::size_t by = outs;
    for (std::size_t p = 0; p < outs; ++p) {
      if (c.call.ints("steps")[p * ins + a] == 0) continue;
      if (by < outs) return {};  // two of them
      by = p;
    }
    if (by == outs)
      r.fixed.push_back({a, first});
    else
      r.ties.push_back({a, by, first, 1, c.call.ints("steps")[by * ins + a]});
  }
  return related({r}, Dependence::Weight::sum);
}

void define_view(Registry& r) {
  OpBuilder(r, "affine_view", "x read at coordinates that are affine functions of the result's.")
      .internal()
      .inputs({{"x"}})
      .dtypes(kFloating)
      .required("shape", kAttrInts)
      .required("first", kAttrInts)  // by axis of x
      .required("steps", kAttrInts)  // by axis of the result, then by axis of x
      .infer([](Inference& c) { c.like(0, Shape(std::span<const int64_t>(c.ints("shape")))); })
      .view([](const ViewCall& c) {
        Layout part{c.out, Shape::Dims(c.out.rank(), 0), c.in.offset};
        const std::size_t axes = c.in.strides.size();
        for (std::size_t a = 0; a < axes; ++a) {
          part.offset += c.ints("first")[a] * c.in.strides[a];
          for (std::size_t p = 0; p < c.out.rank(); ++p)
            part.strides[p] += c.ints("steps")[p * axes + a] * c.in.strides[a];
        }
        return part;
      })
      .linear({[](const Call& c, const Tensor& ct, std::size_t) {
        const Shape& in = c.in().shape();
        const int64_t n = ct.shape().elements();
        return reshape(scatter_add(reshape(places_of_view(c), {n}), reshape(ct, {n}), {in.elements()}, 0, 0), in);
      }})
      .batch([](const BatchCall& b) {
        const std::size_t axes = b.call.in().rank();
        Ints steps(axes + 1, 0);
        steps[0] = 1;
        for (std::size_t p = 0; p < b.call.out_spec().shape.rank(); ++p)
          for (const int64_t s : prepend(0, axis_steps(b.call.ints("steps"), axes, p))) steps.push_back(s);
        return Tensors{reapply(b.call, {b.in[0]},
                               {prepend(b.size, b.call.ints("shape")), prepend(0, b.call.ints("first")), steps})};
      })
      .links(links_of_view);
}
}  // namespace

Tensor affine_view(const Tensor& x, std::span<const Affine> at, const Shape::Dims& box) {
  const std::size_t axes = x.rank();
  Ints first, steps;
  bool same = x.shape() == Shape(box);
  for (std::size_t a = 0; a < axes; ++a) {
    first.push_back(at[a].first);
    same &= at[a].first == 0;
  }
  for (std::size_t p = 0; p < box.size(); ++p)
    for (std::size_t a = 0; a < axes; ++a) {
      steps.push_back(at[a].steps[p]);
      same &= box[p] <= 1 || at[a].steps[p] == (p == a);
    }
  return same ? x : op<"affine_view">(x, Ints(box), first, steps);
}

void define_sparse(Registry& r) {
  define_assembly(r);
  define_view(r);
}

}  // namespace gradtape::core
