// Code that compilers inline deeply: templates, lambdas, virtual calls, std containers.
#pragma once
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace shapes {
inline namespace v1 {
template <typename T> struct Point {
  T x, y;
  constexpr Point operator+(const Point &o) const { return {x + o.x, y + o.y}; }
  friend constexpr bool operator<(const Point &a, const Point &b) { return a.x != b.x ? a.x < b.x : a.y < b.y; }
};
} // namespace v1

class Shape {
public:
  virtual ~Shape() = default;
  virtual double area() const = 0;
  double scaled(double by) const { return by * area(); }
};

class Circle final : public Shape {
  double radius;

public:
  explicit Circle(double r) : radius(r) {}
  double area() const override { return 3.14159 * square(radius); }
  static double square(double v) { return v * v; }
};

class Polygon final : public Shape {
  std::vector<Point<double>> corners;

public:
  explicit Polygon(std::vector<Point<double>> c) : corners(std::move(c)) { std::sort(corners.begin(), corners.end()); }
  double area() const override {
    double twice = 0;
    for (std::size_t i = 0; i < corners.size(); i++) {
      const auto &a = corners[i];
      const auto &b = corners[(i + 1) % corners.size()];
      twice += a.x * b.y - b.x * a.y;
    }
    return std::abs(twice) / 2;
  }
};

using Value = std::variant<int, double, std::string, std::vector<int>>;

template <int N> struct Tower {
  template <typename F> static inline int climb(int v, F &&f) { return Tower<N - 1>::climb(f(v) + N, std::forward<F>(f)); }
};
template <> struct Tower<0> {
  template <typename F> static inline int climb(int v, F &&f) { return f(v); }
};

std::string describe(const Value &value);
double total(const std::vector<std::unique_ptr<Shape>> &all);
std::map<std::string, int> count(const std::string &text);
bool looksLikeAddress(const std::string &text);
int climbs(int from);
} // namespace shapes
