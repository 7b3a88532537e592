#include "shapes.hpp"
#include <regex>
#include <sstream>

namespace shapes {
namespace {
struct Describe {
  std::string operator()(int v) const { return std::to_string(v); }
  std::string operator()(double v) const {
    std::ostringstream out;
    out << v;
    return out.str();
  }
  std::string operator()(const std::string &v) const { return '"' + v + '"'; }
  std::string operator()(const std::vector<int> &v) const {
    return std::accumulate(v.begin(), v.end(), std::string("["), [](std::string a, int b) { return std::move(a) + std::to_string(b) + ","; }) + "]";
  }
};
} // namespace

std::string describe(const Value &value) { return std::visit(Describe{}, value); }

double total(const std::vector<std::unique_ptr<Shape>> &all) {
  return std::accumulate(all.begin(), all.end(), 0.0, [](double sum, const auto &shape) { return sum + shape->scaled(2); });
}

std::map<std::string, int> count(const std::string &text) {
  std::unordered_map<std::string, int> counts;
  static const std::regex word("[a-z]+(?:'[a-z]+)?", std::regex::icase);
  for (auto at = std::sregex_iterator(text.begin(), text.end(), word); at != std::sregex_iterator(); ++at) counts[at->str()]++;
  return {counts.begin(), counts.end()};
}

bool looksLikeAddress(const std::string &text) {
  static const std::regex address("^(?:0x)?[0-9a-f]{1,16}$");
  return std::regex_match(text, address);
}

int climbs(int from) {
  int steps = 0;
  std::function<int(int)> step = [&steps](int v) { return v % 2 ? v * 3 + ++steps : v / 2; };
  return Tower<8>::climb(from, [](int v) { return v ^ (v << 1); }) + Tower<3>::climb(from, step) + steps;
}
} // namespace shapes
