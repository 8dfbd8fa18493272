// One object that comes in over an association: into a file of the queue, durable, before its sender is answered.
#pragma once

#include "adapters/dicom_gate/queue.h"

struct T_ASC_Association;
struct T_DIMSE_C_StoreRQ;

namespace dosegate::dicom_gate {

struct Received {
  Answer answer;
  bool is_connected = true;  // false: the association is of no more use, and nobody is there to be answered
};

// `presentation`: the context of the request. Waits at most so long for each piece of the object.
Received receive_object(Queue& queue, const Bounds& bounds, T_ASC_Association& association, unsigned char presentation,
                        const T_DIMSE_C_StoreRQ& request, std::chrono::seconds patience);

}  // namespace dosegate::dicom_gate
