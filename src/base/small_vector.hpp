// A vector that keeps its first N elements inside itself: most nodes have one to three inputs and one output.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <new>
#include <span>
#include <utility>

namespace gradtape::core {

template <class T, std::size_t N>
class SmallVector {
 public:
  SmallVector() = default;
  SmallVector(std::initializer_list<T> items) { assign(items.begin(), items.end()); }
  explicit SmallVector(std::size_t n, const T& value = T()) { resize(n, value); }
  template <class It>
  SmallVector(It first, It last) {
    assign(first, last);
  }
  SmallVector(const SmallVector& other) { assign(other.begin(), other.end()); }
  SmallVector(SmallVector&& other) noexcept { take(other); }
  SmallVector& operator=(const SmallVector& other) {
    if (this != &other) {
      SmallVector copy(other);
      clear_and_free();
      take(copy);
    }
    return *this;
  }
  SmallVector& operator=(SmallVector&& other) noexcept {
    if (this != &other) {
      clear_and_free();
      take(other);
    }
    return *this;
  }
  ~SmallVector() { clear_and_free(); }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* data() { return data_; }
  const T* data() const { return data_; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  T& back() { return data_[size_ - 1]; }
  const T& back() const { return data_[size_ - 1]; }
  operator std::span<const T>() const { return {data_, size_}; }

  void push_back(const T& value) { push_back(T(value)); }  // a copy first: it may be an element of this vector
  void push_back(T&& value) {
    if (size_ == capacity_) grow(capacity_ * 2);
    new (data_ + size_) T(std::move(value));
    ++size_;
  }
  void pop_back() { data_[--size_].~T(); }
  void reserve(std::size_t n) {
    if (n > capacity_) grow(n);
  }
  void resize(std::size_t n, const T& value = T()) {
    reserve(n);
    while (size_ > n) pop_back();
    while (size_ < n) push_back(value);
  }
  void clear() {
    while (size_ > 0) pop_back();
  }
  void insert(std::size_t position, T value) {
    push_back(std::move(value));
    for (std::size_t i = size_ - 1; i > position; --i) std::swap(data_[i], data_[i - 1]);
  }
  void erase(std::size_t position) {
    for (std::size_t i = position; i + 1 < size_; ++i) data_[i] = std::move(data_[i + 1]);
    pop_back();
  }

  friend bool operator==(const SmallVector& a, const SmallVector& b) {
    if (a.size_ != b.size_) return false;
    for (std::size_t i = 0; i < a.size_; ++i)
      if (!(a.data_[i] == b.data_[i])) return false;
    return true;
  }

 private:
  T* local() { return reinterpret_cast<T*>(inline_); }
  bool is_local() const { return data_ == reinterpret_cast<const T*>(inline_); }

  template <class It>
  void assign(It first, It last) {
    try {
      for (; first != last; ++first) push_back(*first);
    } catch (...) {
      clear_and_free();  // a constructor that throws runs no destructor
      throw;
    }
  }
  void grow(std::size_t capacity) {
    T* fresh = static_cast<T*>(::operator new(capacity * sizeof(T), std::align_val_t(alignof(T))));
    for (std::size_t i = 0; i < size_; ++i) {
      new (fresh + i) T(std::move(data_[i]));
      data_[i].~T();
    }
    if (!is_local()) ::operator delete(data_, std::align_val_t(alignof(T)));
    data_ = fresh;
    capacity_ = static_cast<std::uint32_t>(capacity);
  }
  void clear_and_free() {
    clear();
    if (!is_local()) ::operator delete(data_, std::align_val_t(alignof(T)));
    data_ = local();
    capacity_ = N;
  }
  // Moves the elements of another vector into this empty one.
  void take(SmallVector& other) noexcept {
    if (other.is_local()) {
      for (std::size_t i = 0; i < other.size_; ++i) new (data_ + i) T(std::move(other.data_[i]));
      size_ = other.size_;
      other.clear();
    } else {
      data_ = std::exchange(other.data_, other.local());
      size_ = std::exchange(other.size_, 0);
      capacity_ = std::exchange(other.capacity_, static_cast<std::uint32_t>(N));
    }
  }

  alignas(T) std::byte inline_[N * sizeof(T)];
  T* data_ = local();
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = N;
};

}  // namespace gradtape::core
