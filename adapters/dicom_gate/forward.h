// Sends what was approved, and nothing else, to the next node.
#pragma once

#include "adapters/dicom_gate/decided.h"
#include "adapters/dicom_gate/network.h"
#include "adapters/dicom_gate/queue.h"

namespace dosegate::dicom_gate {

class Forwarder {
 public:
  // Throws gate::Refused where a TLS file cannot be used. All of it outlives the forwarder.
  Forwarder(Queue& queue, const Settings& settings, std::vector<gate::PublicKey> keys);

  // Sends of the plan in approved/ what the next node has not confirmed yet, and moves it to forwarded/. Each
  // confirmation is durable before the next object is sent. Of an object that was sent without an answer the node is
  // asked whether it has it (C-FIND); where it answers no such question, the same object is sent once more. Throws
  // gate::Refused and others where something fails; the plan then stays.
  void forward(const std::string& key);

 private:
  struct Item;
  std::string to() const;  // AET@HOST:PORT of the next node
  std::vector<Item> items_of(const std::string& key) const;
  std::filesystem::path mark_of(const Item& item, const char* ending) const;
  // That node has confirmed it. Throws where it confirmed other bytes under that UID.
  bool is_sent(const Item& item) const;
  // It was sent once, and whether that was answered is not known: a kill, or a connection that broke.
  bool is_in_doubt(const Item& item) const;
  void confirm(const Item& item, const char* how, std::uint16_t status);
  void send(const std::vector<Item>& items);

  Queue& queue_;
  const Settings& settings_;
  std::vector<gate::PublicKey> keys_;  // of which an approval counts
  RequestorNetwork network_;
};

}  // namespace dosegate::dicom_gate
