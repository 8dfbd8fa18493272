// A generated service that hands over every message as its bytes (wire.h).
#pragma once

namespace dosegate::rpc {

// `Service` with each of `Methods`, its WithRawCallbackMethod_...s, around it.
template <typename Service, template <typename> typename... Methods>
struct Raw {
  using Type = Service;
};
template <typename Service, template <typename> typename First, template <typename> typename... Rest>
struct Raw<Service, First, Rest...> {
  using Type = First<typename Raw<Service, Rest...>::Type>;
};

}  // namespace dosegate::rpc
