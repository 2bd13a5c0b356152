// Ops that only rearrange: each is linear, and its transpose is another of them.
#include <algorithm>

#include "kernels/kernels.hpp"
#include "ops/define.hpp"

namespace gradtape::core {

namespace {
Shape shape_attr(const Call& c, std::string_view name) { return Shape(std::span<const int64_t>(c.ints(name))); }

void infer_reshape(Inference& c) {
  Ints shape = c.ints("shape");
  int64_t known = 1, unknown = -1;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == -1 && unknown < 0)
      unknown = static_cast<int64_t>(i);
    else if (shape[i] < 0)
      invalid("reshape: sizes must be >= 0, one of them may be -1, got {}", to_string(std::span<const int64_t>(shape)));
    else if (__builtin_mul_overflow(known, shape[i], &known))
      invalid("reshape: shape {} holds more elements than memory can", to_string(std::span<const int64_t>(shape)));
  }
  const int64_t n = c.shape().elements();
  if (unknown >= 0 && known > 0 && n % known == 0) shape[unknown] = n / known;
  const bool fits = unknown < 0 ? known == n : known > 0 && n % known == 0;
  if (!fits)
    invalid("reshape: {} of {} element(s) cannot have shape {}", to_string(c.shape()), n,
            to_string(std::span<const int64_t>(shape)));
  c.attr("shape") = shape;
  c.like(0, Shape(std::span<const int64_t>(shape)));
}

void define_reshape(Registry& r) {
  OpBuilder(r, "reshape", "The same elements in another shape; one entry of shape may be -1.")
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .required("shape", kAttrInts)
      .infer(infer_reshape)
      .alias()
      .linear({[](const Call& c, const Tensor& ct, std::size_t) { return reshape(ct, c.in().shape()); }})
      .batch([](const BatchCall& b) {
        return Tensors{reshape(b.in[0], shape_attr(b.call, "shape").with_leading(b.size))};
      })
      .links(same_element)
      .sample("f[2,3]", R"({"shape": [3, -1]})");
  OpBuilder(r, "expand_dims", "A new axis of size 1 at `axis`.")
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .attr("axis", kAttrInt, int64_t{0})
      .infer([](Inference& c) { c.axis("axis", c.rank() + 1); })
      .composite([](const Call& c) { return reshape(c.in(), c.in().shape().inserted(c.integer("axis"), 1)); })
      .sample("f[2,3]", R"({"axis": -1})");
  OpBuilder(r, "squeeze", "Without the named axes, or all axes, of size 1.")
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .attr("axis", kAttrInts)
      .infer([](Inference& c) {
        const bool all = !c.has("axis") || c.ints("axis").empty();
        if (all) c.attr("axis") = AttrValue{};
        Ints chosen;
        for (int64_t a : c.axes("axis", c.rank()))
          if (c.shape()[a] == 1)
            chosen.push_back(a);
          else if (!all)
            invalid("squeeze: axis {} of shape {} has not size 1", a, to_string(c.shape()));
        c.attr("axis") = chosen;
      })
      .composite([](const Call& c) {
        Shape shape;
        for (std::size_t i = 0; i < c.in().rank(); ++i)
          if (std::ranges::find(c.ints("axis"), static_cast<int64_t>(i)) == c.ints("axis").end())
            shape.push_back(c.in().shape()[i]);
        return reshape(c.in(), shape);
      })
      .sample("f[2,1,3]", R"({"axis": [1]})");
}

void define_transpose(Registry& r) {
  OpBuilder(r, "transpose",
            "Axes in another order: axis i of the result is axis perm[i] of x. Without perm they are reversed.")
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .attr("perm", kAttrInts)
      .infer([](Inference& c) {
        Ints perm;
        if (c.has("perm"))
          for (int64_t p : c.ints("perm")) perm.push_back(normalize_axis("transpose", p, c.rank()));
        else
          for (std::size_t i = c.rank(); i-- > 0;) perm.push_back(i);
        Ints sorted = perm;
        std::sort(sorted.begin(), sorted.end());
        Shape shape;
        for (std::size_t i = 0; i < perm.size(); ++i) {
          if (perm.size() != c.rank() || sorted[i] != static_cast<int64_t>(i)) break;
          shape.push_back(c.shape()[perm[i]]);
        }
        if (shape.rank() != c.rank())
          invalid("transpose: perm must name each of the {} axes of {} once, got {}", c.rank(), to_string(c.shape()),
                  to_string(std::span<const int64_t>(perm)));
        c.attr("perm") = perm;
        c.like(0, shape);
      })
      .view([](const ViewCall& c) { return permute_axes(c.in, c.ints("perm")); })
      .linear({[](const Call& c, const Tensor& ct, std::size_t) {
        const Ints& perm = c.ints("perm");
        Ints inverse(perm.size(), 0);
        for (std::size_t i = 0; i < perm.size(); ++i) inverse[perm[i]] = static_cast<int64_t>(i);
        return transpose(ct, inverse);
      }})
      .batch([](const BatchCall& b) {
        return Tensors{transpose(b.in[0], prepend(0, axes_in_batch(b.call.ints("perm"))))};
      })
      .links([](const LinkCall& c) {
        Relation r;
        const Ints& perm = c.call.ints("perm");
        for (std::size_t i = 0; i < perm.size(); ++i) r.ties.push_back({static_cast<std::size_t>(perm[i]), i});
        return related({r}, Dependence::Weight::sum);
      })
      .sample("f[2,3,2]", R"({"perm": [2, 0, 1]})");
}

void define_broadcast(Registry& r) {
  OpBuilder(r, "broadcast_to", "x repeated along its axes of size 1 and along new leading axes.")
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .required("shape", kAttrInts)
      .infer([](Inference& c) {
        const Shape shape{std::span<const int64_t>(c.ints("shape"))};
        Shape wider;
        if (!broadcast_shapes(c.shape(), shape, wider) || !(wider == shape))
          invalid("broadcast_to: {} does not broadcast to {}", to_string(c.shape()), to_string(shape));
        c.like(0, shape);
      })
      .view([](const ViewCall& c) { return broadcast(c.in, c.out); })
      .linear({[](const Call& c, const Tensor& ct, std::size_t) { return sum_to(ct, c.in().shape()); }})
      .batch([](const BatchCall& b) {
        const Shape shape = shape_attr(b.call, "shape");
        const Tensor aligned = insert_axes(b.in[0], 1, shape.rank() + 1 - b.in[0].rank());
        return Tensors{broadcast_to(aligned, shape.with_leading(b.size))};
      })
      .links([](const LinkCall& c) {
        return related({broadcast_relation(c.call.in().shape(), c.call.out_spec().shape)}, Dependence::Weight::sum);
      })
      .sample("f[3,1]", R"({"shape": [2, 3, 2]})");
  OpBuilder(r, "tile", "x repeated multiples[i] times along axis i.")
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .required("multiples", kAttrInts)
      .infer([](Inference& c) {
        const Ints& multiples = c.ints("multiples");
        if (multiples.size() != c.rank() || std::ranges::any_of(multiples, [](int64_t m) { return m < 0; }))
          invalid("tile: multiples must be {} numbers >= 0, one for each axis of {}, got {}", c.rank(),
                  to_string(c.shape()), to_string(std::span<const int64_t>(multiples)));
      })
      .composite([](const Call& c) {
        Tensor y = c.in();
        for (std::size_t i = 0; i < c.in().rank(); ++i) {
          const int64_t m = c.ints("multiples")[i], n = y.shape()[i];
          if (m == 1) continue;
          int64_t total;
          if (__builtin_mul_overflow(m, n, &total))
            invalid("tile: {} times {} entries are more than memory can hold", m, n);
          const Shape folded = y.shape().inserted(i, 1);
          y = reshape(broadcast_to(reshape(y, folded), folded.replaced(i, m)), y.shape().replaced(i, total));
        }
        return y;
      })
      .sample("f[2,3]", R"({"multiples": [2, 2]})");
}

void infer_concat(Inference& c) {
  const std::size_t axis = c.axis("axis", c.rank());
  int64_t total = 0;
  for (std::size_t i = 0; i < c.size(); ++i) {
    if (c.rank(i) != c.rank() || !(c.shape(i).replaced(axis, 0) == c.shape().replaced(axis, 0)))
      invalid("concat: all inputs must agree but for axis {}, got {} and {}", axis, to_string(c.shape()),
              to_string(c.shape(i)));
    if (__builtin_add_overflow(total, c.shape(i)[axis], &total))
      invalid("concat: the result has more entries than memory can hold");
  }
  c.like(0, c.shape().replaced(axis, total));
}

void define_concat(Registry& r) {
  OpBuilder(r, "concat", "The inputs one after the other along `axis`.")
      .variadic("values")
      .dtypes(kAllDtypes)
      .attr("axis", kAttrInt, int64_t{0})
      .infer(infer_concat)
      .kernel(kernels::concat)
      .jointly_linear([](const Call& c, const Tensor& ct) {
        const std::size_t axis = c.integer("axis");
        Tensors parts;
        int64_t begin = 0;
        for (const Tensor& x : c.inputs()) {
          parts.push_back(slice_along(ct, axis, begin, x.shape()[axis]));
          begin += x.shape()[axis];
        }
        return parts;
      })
      .batch([](const BatchCall& b) { return reapply_all(b.call, full_inputs(b), {b.call.integer("axis") + 1}); })
      .links([](const LinkCall& c) {
        Ints begin(c.call.in().rank(), 0);
        const auto axis = static_cast<std::size_t>(c.call.integer("axis"));
        for (std::size_t i = 0; i < c.input; ++i) begin[axis] -= c.call.in(i).shape()[axis];
        return shifted(begin);
      })
      .sample("f[2,3] f[1,3]", R"({"axis": 0})");
  OpBuilder(r, "stack", "The inputs as the entries of a new axis.")
      .variadic("values")
      .dtypes(kAllDtypes)
      .attr("axis", kAttrInt, int64_t{0})
      .infer([](Inference& c) {
        c.axis("axis", c.rank() + 1);
        for (std::size_t i = 1; i < c.size(); ++i)
          if (!(c.shape(i) == c.shape()))
            invalid("stack: all inputs must have one shape, got {} and {}", to_string(c.shape()),
                    to_string(c.shape(i)));
      })
      .composite([](const Call& c) {
        Tensors parts;
        for (const Tensor& x : c.inputs()) parts.push_back(insert_axes(x, c.integer("axis"), 1));
        return concat(parts, c.integer("axis"));
      })
      .sample("f[2,3] f[2,3]", R"({"axis": 1})");
}

void infer_slice(Inference& c) {
  const Ints &begin = c.ints("begin"), &given = c.ints("size");
  if (begin.size() != c.rank() || given.size() != c.rank())
    invalid("slice: begin and size must have one entry for each of the {} axes of {}, got {} and {}", c.rank(),
            to_string(c.shape()), to_string(std::span<const int64_t>(begin)),
            to_string(std::span<const int64_t>(given)));
  Ints size;
  for (std::size_t i = 0; i < c.rank(); ++i) {
    const int64_t n = c.shape()[i];
    const bool starts = begin[i] >= 0 && begin[i] <= n;
    size.push_back(starts && given[i] == -1 ? n - begin[i] : given[i]);
    if (!starts || size[i] < 0 || size[i] > n - begin[i])
      invalid("slice: axis {} of {} has entries 0 to {}; begin {} with size {} leaves it", i, to_string(c.shape()),
              n - 1, begin[i], given[i]);
  }
  c.attr("size") = size;
  c.like(0, Shape(std::span<const int64_t>(size)));
}

void define_slice(Registry& r) {
  OpBuilder(r, "slice", "The part of x from begin with the given size; -1: to the end.")
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .required("begin", kAttrInts)
      .required("size", kAttrInts)
      .infer(infer_slice)
      .view([](const ViewCall& c) {
        Layout part{c.out, c.in.strides, c.in.offset};
        for (std::size_t i = 0; i < part.strides.size(); ++i) part.offset += c.ints("begin")[i] * part.strides[i];
        return part;
      })
      .linear({[](const Call& c, const Tensor& ct, std::size_t) {
        Ints paddings;
        for (std::size_t i = 0; i < ct.rank(); ++i) {
          const int64_t before = c.ints("begin")[i];
          paddings.push_back(before);
          paddings.push_back(c.in().shape()[i] - before - ct.shape()[i]);
        }
        return pad(ct, paddings);
      }})
      .batch([](const BatchCall& b) {
        return Tensors{slice(b.in[0], prepend(0, b.call.ints("begin")), prepend(b.size, b.call.ints("size")))};
      })
      .links([](const LinkCall& c) { return shifted(c.call.ints("begin")); })
      .sample("f[3,4]", R"({"begin": [1, 0], "size": [2, -1]})");
  OpBuilder(r, "reverse", "The named axes from the last entry to the first.")
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .required("axis", kAttrInts)
      .infer([](Inference& c) {
        c.axes("axis", c.rank());
        c.like(0, c.shape());
      })
      .view([](const ViewCall& c) {
        Layout flipped = c.in;
        for (int64_t a : c.ints("axis")) {
          const auto axis = static_cast<std::size_t>(a);
          flipped.offset += (c.out[axis] - 1) * flipped.strides[axis];
          flipped.strides[axis] = -flipped.strides[axis];
        }
        return flipped;
      })
      .linear({[](const Call& c, const Tensor& ct, std::size_t) { return reverse(ct, c.ints("axis")); }})
      .batch([](const BatchCall& b) { return Tensors{reverse(b.in[0], axes_in_batch(b.call.ints("axis")))}; })
      .links([](const LinkCall& c) {
        Relation r;
        for (std::size_t k = 0; k < c.call.in().rank(); ++k) r.ties.push_back({k, k});
        for (const int64_t a : c.call.ints("axis"))
          if (Tie& tie = r.ties[a]; true) tie.out_scale = -1, tie.shift = c.call.in().shape()[a] - 1;
        return related({r}, Dependence::Weight::sum);
      })
      .sample("f[2,3]", R"({"axis": [1]})");
}
}  // namespace

void define_shape(Registry& r) {
  define_reshape(r);
  define_transpose(r);
  define_broadcast(r);
  define_concat(r);
  define_slice(r);
}

}  // namespace gradtape::core
