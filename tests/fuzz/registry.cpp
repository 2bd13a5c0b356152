// The ops that are built in, and random attributes for them.
#include "draws.hpp"

namespace fuzz {

namespace {
using test::json;

OpInfo info(const char* name) {
  size_t needed = 0;
  gt_op_describe(name, nullptr, 0, &needed);
  std::string text(needed, ' ');
  gt_op_describe(name, text.data(), text.size(), nullptr);
  text.pop_back();
  const json d = json::parse(text);
  OpInfo op{name, d["variadic"], d["inputs"].size(), {}, {}};
  for (const json& a : d["attrs"]) {
    OpInfo::Attr attr{a["name"], a["kinds"], {}, a["required"]};
    for (const json& choice : a["choices"])
      if (choice.is_string()) attr.choices.push_back(choice);
    op.attrs.push_back(std::move(attr));
  }
  for (const json& s : d["samples"])
    op.samples.push_back({test::sample_inputs(s["inputs"]), std::make_shared<test::AttrList>(s["attrs"])});
  return op;
}
}  // namespace

const std::vector<OpInfo>& builtin_ops() {
  static const std::vector<OpInfo> all = [] {
    std::vector<OpInfo> ops;
    for (size_t i = 0; i < gt_op_count(); ++i) ops.push_back(info(gt_op_name(i)));
    return ops;
  }();
  return all;
}

void Attrs::add(const char* name, int32_t kind, bool list_, const void* values, size_t count) {
  const size_t size = kind == GT_ATTR_INT || kind == GT_ATTR_FLOAT ? 8 : kind == GT_ATTR_DTYPE ? 4 : 1;
  memory_.push_back(std::make_unique<char[]>(count * size));
  if (count > 0) std::memcpy(memory_.back().get(), values, count * size);
  list.push_back({name, kind, list_, count, memory_.back().get()});
}

namespace {
void draw_one(World& w, Attrs& attrs, const OpInfo::Attr& a) {
  const std::string& kind = a.kinds[w.in.below(a.kinds.size())];
  const char* name = a.name.c_str();
  std::vector<int64_t> integers(kind == "ints" ? w.in.below(5) : 1);
  std::vector<double> numbers(kind == "floats" ? w.in.below(5) : 1);
  if (kind == "int" || kind == "ints") {
    for (int64_t& i : integers) i = draw_integer(w);
    attrs.add(name, GT_ATTR_INT, kind == "ints", integers.data(), integers.size());
  } else if (kind == "float" || kind == "floats") {
    for (double& x : numbers) x = w.in.pick<double>({0.5, 0, 1, -1, 2, 1e300, NAN, INFINITY});
    attrs.add(name, GT_ATTR_FLOAT, kind == "floats", numbers.data(), numbers.size());
  } else if (kind == "bool") {
    const uint8_t flag = w.in.byte() & 1;
    attrs.add(name, GT_ATTR_BOOL, false, &flag, 1);
  } else if (kind == "dtype") {
    const gt_dtype d = draw_dtype(w);
    attrs.add(name, GT_ATTR_DTYPE, false, &d, 1);
  } else {
    std::string text = w.in.pick<const char*>({"ij,jk->ik", "ij->ji", "i,i->", "...i->...", "ii->i", "i->", "", "ab,b",
                                               "->", "a...,a...->...", "ij,kl,jl->ik", "\xff"});
    if (!a.choices.empty() && !w.wrong()) text = a.choices[w.in.below(a.choices.size())];
    attrs.add(name, GT_ATTR_STRING, false, text.data(), text.size());
  }
}
}  // namespace

Attrs draw_attrs(World& w, const OpInfo& op) {
  Attrs attrs;
  for (const OpInfo::Attr& a : op.attrs)
    if (a.required || w.in.below(2) == 1) draw_one(w, attrs, a);
  if (w.wrong()) {
    const int64_t one = 1;
    const char* name = op.attrs.empty() ? draw_text(w) : op.attrs[0].name.c_str();
    attrs.add(name, w.in.pick<int32_t>({GT_ATTR_INT, GT_ATTR_FLOAT, GT_ATTR_DTYPE, GT_ATTR_STRING, 77}),
              w.in.below(2) == 0, &one, 1);
    if (w.in.below(4) == 0) attrs.list.back().count = w.in.pick<size_t>({0, SIZE_MAX, size_t{1} << 61});
    if (w.in.below(4) == 0) attrs.list.back().values = nullptr;
  }
  return attrs;
}

}  // namespace fuzz
