// Sorts along an axis: stable, nan last. Keys are sorted, with the indices they come from if these are wanted.
#include <algorithm>

#include "base/isa.hpp"
#include "kernels/kernels.hpp"
#include "kernels/sort/elements.hpp"
#include "kernels/sort/merge.hpp"
#include "kernels/workspace.hpp"

namespace gradtape::core::kernels {

namespace {
// SortLines of n entries, `inner` apart, of which the first k in order are wanted; null: not wanted.
template <class T>
struct SortLines {
  int64_t n, k, inner;
  Key<T> flip;
  const T* x;
  T* values;
  int32_t* order;

  bool few() const { return k < n / 16; }
  SortLines from(int64_t in, int64_t out) const {
    return {n, k, inner, flip, x + in, values ? values + out : nullptr, order ? order + out : nullptr};
  }
};

// Neighbouring lines together, so that memory is read in order: at most this many.
constexpr int64_t kTogether = 16;

// ---- Whole lines

template <class T, class Form>
struct LineSorter {
  using K = Key<T>;
  using E = typename Form::Element;

  // Entries [first, last) of `count` lines side by side, line after line.
  static void fill(const SortLines<T>& l, int64_t count, int64_t first, int64_t last, E* to) {
    static const auto dense = compiled_for_this_machine<[](const T* x, int64_t from, int64_t end, K flip, E* out) {
      for (int64_t i = from; i < end; ++i) out[i] = Form::of(key_of(x[i], flip), static_cast<int32_t>(i));
    }>();
    if (l.inner == 1) return dense(l.x, first, last, l.flip, to);
    for (int64_t i = first; i < last; ++i)
      for (int64_t j = 0; j < count; ++j)
        to[j * l.n + i] = Form::of(key_of(l.x[i * l.inner + j], l.flip), static_cast<int32_t>(i));
  }
  // Writes the elements [first, last) of each of `count` sorted lines.
  static void write(const SortLines<T>& l, int64_t count, int64_t first, int64_t last, const E* sorted) {
    if (l.values) {
      static const auto dense = compiled_for_this_machine<[](const E* from, int64_t n, K flip, T* out) {
        for (int64_t i = 0; i < n; ++i) out[i] = number_of<T>(Form::key(from[i]), flip);
      }>();
      if (l.inner == 1) dense(sorted + first, last - first, l.flip, l.values + first);
      for (int64_t i = first; l.inner > 1 && i < last; ++i)
        for (int64_t j = 0; j < count; ++j)
          l.values[i * l.inner + j] = number_of<T>(Form::key(sorted[j * l.n + i]), l.flip);
    }
    if constexpr (Form::has_index)
      for (int64_t i = first; l.order && i < last; ++i)
        for (int64_t j = 0; j < count; ++j) l.order[i * l.inner + j] = Form::index(sorted[j * l.n + i]);
  }
  // Zeros have one key: which of them are -0 is seen in the line.
  static void write_zeros(const SortLines<T>& l, const E* sorted) {
    if (!std::is_floating_point_v<T> || !l.values) return;
    const auto key = [](const E& e) { return Form::key(e); };
    const E* const end = sorted + l.k;
    const E* const first = std::ranges::lower_bound(sorted, end, key_of(T(0), l.flip), {}, key);
    const E* const last = std::ranges::upper_bound(first, end, key_of(T(0), l.flip), {}, key);
    const T* x = l.x;
    for (const E* e = first; e != last; ++e) {
      T zero;
      if constexpr (Form::has_index) {
        zero = l.x[Form::index(*e) * l.inner];
      } else {
        while (*x != 0) x += l.inner;
        zero = *x;
        x += l.inner;
      }
      l.values[(e - sorted) * l.inner] = zero;
    }
  }

  // count lines; workspace: an element for each of their entries, and for one line more.
  static void sort(const SortLines<T>& l, int64_t count, E* workspace) {
    fill(l, count, 0, l.n, workspace);
    for (int64_t j = 0; j < count; ++j) Form::sort(workspace + j * l.n, workspace + count * l.n, l.n);
    write(l, count, 0, l.k, workspace);
    for (int64_t j = 0; j < count; ++j) write_zeros(l.from(j, j), workspace + j * l.n);
  }

  // A line by all workers: pieces, that they sort, are merged in pairs. workspace: two elements for each entry.
  static void sort_together(const SortLines<T>& l, const Workers& workers, E* workspace) {
    const int64_t pieces = std::bit_ceil(static_cast<unsigned>(workers.threads()));
    const auto start = [&](int64_t piece) { return piece * l.n / pieces; };
    const auto each = [&](auto&& f) { workers.run(pieces, f); };
    E *from = workspace, *to = workspace + l.n;
    each([&](int64_t p, int) {
      fill(l, 1, start(p), start(p + 1), from);
      Form::sort(from + start(p), to + start(p), start(p + 1) - start(p));
    });
    for (int64_t width = 1; width < pieces; width *= 2, std::swap(from, to))
      each([&](int64_t p, int) {
        const int64_t pair = p / (2 * width) * (2 * width);
        const int64_t begin = start(pair), middle = start(pair + width), end = start(pair + 2 * width);
        merge_share<Form>(from + begin, middle - begin, from + middle, end - middle, start(p) - begin,
                          start(p + 1) - begin, to + start(p));
      });
    each([&](int64_t p, int) { write(l, 1, std::min(l.k, start(p)), std::min(l.k, start(p + 1)), from); });
    write_zeros(l, from);
  }
};

// ---- The first of a line

// The k first of n keys in order, by a heap of them whose top is the last. Most keys are turned away many at a time.
template <class K>
void select_first(const K* keys, int64_t n, int64_t k, IndexedKey<K>* first) {
  static const auto some_before = compiled_for_this_machine<[](const K* x, int64_t count, K bound, bool* some) {
    K least = x[0];
    for (int64_t i = 1; i < count; ++i) least = std::min(least, x[i]);
    *some = least < bound;
  }>();
  constexpr int64_t kAtOnce = 128;
  const auto before = [](const IndexedKey<K>& x, const IndexedKey<K>& y) {
    return x.key != y.key ? x.key < y.key : x.index < y.index;
  };
  for (int64_t i = 0; i < k; ++i) first[i] = {keys[i], static_cast<int32_t>(i)};
  std::make_heap(first, first + k, before);
  for (int64_t from = k; from < n; from += kAtOnce) {
    const int64_t to = std::min(n, from + kAtOnce);
    bool some = false;
    some_before(keys + from, to - from, first[0].key, &some);
    for (int64_t i = from; some && i < to; ++i)
      if (keys[i] < first[0].key) {  // of equal ones the earlier stays
        std::pop_heap(first, first + k, before);
        first[k - 1] = {keys[i], static_cast<int32_t>(i)};
        std::push_heap(first, first + k, before);
      }
  }
  std::sort_heap(first, first + k, before);
}

// workspace: an element for each entry that is wanted, few, and a key for each entry of count lines.
template <class T>
void select_lines(const SortLines<T>& l, int64_t count, void* workspace) {
  using K = Key<T>;
  auto* first = static_cast<IndexedKey<K>*>(workspace);
  auto* keys = reinterpret_cast<K*>(first + l.k);
  LineSorter<T, Alone<K>>::fill(l, count, 0, l.n, keys);
  for (int64_t j = 0; j < count; ++j) {
    select_first(keys + j * l.n, l.n, l.k, first);
    const SortLines<T> line = l.from(j, j);
    LineSorter<T, Beside<K>>::write(line, 1, 0, l.k, first);
    LineSorter<T, Beside<K>>::write_zeros(line, first);
  }
}

template <class T, class Form>
void sort_all(const KernelCall& c, const SortLines<T>& l, int64_t outer) {
  using E = typename Form::Element;
  constexpr int64_t kShare = 1 << 12;  // entries that are worth a thread of their own
  constexpr int64_t kLong = 1 << 15;   // entries of a line that are worth all threads
  const int64_t together = std::min(kTogether, l.inner);
  const int64_t blocks = ceil_div(l.inner, together), parts = outer * blocks;
  if (!l.few() && l.n >= kLong && outer * l.inner < c.workers.threads()) {
    const Workspace<E> workspace(c, 2 * l.n, 1);
    for (int64_t o = 0; o < outer; ++o)
      for (int64_t j = 0; j < l.inner; ++j)
        LineSorter<T, Form>::sort_together(l.from(o * l.n * l.inner + j, o * l.k * l.inner + j), c.workers,
                                           workspace.of(0));
    return;
  }
  const Workspace<E> workspace(c, (together + 1) * l.n);
  for_each_share(c.workers, parts, share_of(kShare, l.n * together), [&](int64_t first, int64_t last, int worker) {
    for (int64_t p = first; p < last; ++p) {
      const int64_t block = p / blocks, column = p % blocks * together, count = std::min(together, l.inner - column);
      const SortLines<T> lines = l.from(block * l.n * l.inner + column, block * l.k * l.inner + column);
      if (l.few())
        select_lines<T>(lines, count, workspace.of(worker));
      else
        LineSorter<T, Form>::sort(lines, count, workspace.of(worker));
    }
  });
}
}  // namespace

void sort_lines(const KernelCall& c) {
  const std::size_t axis = c.integer("axis");
  const Shape &in = *c.in[0].shape, &out = *c.out[0].shape;
  if (c.out[0].elements() == 0) return;
  dispatch(c.in[0].dtype, [&]<class T>(Type<T>) {
    using K = Key<T>;
    const bool descending = std::get<std::string>(c.attr("direction")) == "DESCENDING";
    const SortLines<T> lines{
        in[axis],        out[axis],        in.product(axis + 1, in.rank()), descending ? ~K(0) : K(0),
        c.in[0].as<T>(), c.out[0].as<T>(), c.out[1].as<int32_t>()};
    using WithIndex = std::conditional_t<sizeof(T) == 8, Beside<K>, Packed>;
    (lines.order ? sort_all<T, WithIndex> : sort_all<T, Alone<K>>)(c, lines, in.product(0, axis));
  });
}

}  // namespace gradtape::core::kernels
