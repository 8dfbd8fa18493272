// Every attribute that Dosegate reads, and how. A test holds it against the sources.
#pragma once

#include <cstdint>
#include <vector>

namespace dicom_test {

enum class How { kText, kDecimals, kInteger, kShort, kSequence };

struct AttributeRead {
  std::uint32_t tag;
  How how;
};

inline const std::vector<AttributeRead>& attributes_read() {
  using enum How;
  static const std::vector<AttributeRead> all = {
      {0x00080005U, kText},     {0x00080016U, kText},     {0x00080018U, kText},     {0x00080060U, kText},
      {0x00081155U, kText},     {0x00100020U, kText},     {0x00185100U, kText},     {0x0020000DU, kText},
      {0x0020000EU, kText},     {0x00200032U, kDecimals}, {0x00200037U, kDecimals}, {0x00200052U, kText},
      {0x00280002U, kShort},    {0x00280008U, kInteger},  {0x00280010U, kShort},    {0x00280011U, kShort},
      {0x00280030U, kDecimals}, {0x00280100U, kShort},    {0x00280101U, kShort},    {0x00280103U, kShort},
      {0x00281052U, kDecimals}, {0x00281053U, kDecimals}, {0x00283000U, kSequence}, {0x30040002U, kText},
      {0x30040004U, kText},     {0x30040005U, kText},     {0x3004000AU, kText},     {0x3004000CU, kDecimals},
      {0x3004000EU, kDecimals}, {0x30040014U, kText},     {0x30060002U, kText},     {0x30060010U, kSequence},
      {0x30060012U, kSequence}, {0x30060014U, kSequence}, {0x30060016U, kSequence}, {0x30060020U, kSequence},
      {0x30060022U, kInteger},  {0x30060024U, kText},     {0x30060026U, kText},     {0x3006002AU, kText},
      {0x30060039U, kSequence}, {0x30060040U, kSequence}, {0x30060042U, kText},     {0x30060044U, kDecimals},
      {0x30060045U, kDecimals}, {0x30060046U, kInteger},  {0x30060050U, kDecimals}, {0x30060080U, kSequence},
      {0x30060084U, kInteger},  {0x300600A4U, kText},     {0x300A0002U, kText},     {0x300A0003U, kText},
      {0x300A000AU, kText},     {0x300A000CU, kText},     {0x300A0010U, kSequence}, {0x300A0012U, kInteger},
      {0x300A0014U, kText},     {0x300A0016U, kText},     {0x300A0020U, kText},     {0x300A0025U, kDecimals},
      {0x300A0026U, kDecimals}, {0x300A0027U, kDecimals}, {0x300A0055U, kText},     {0x300A0070U, kSequence},
      {0x300A0071U, kInteger},  {0x300A0078U, kInteger},  {0x300A0079U, kInteger},  {0x300A007BU, kText},
      {0x300A0080U, kInteger},  {0x300A0084U, kDecimals}, {0x300A0086U, kDecimals}, {0x300A0090U, kText},
      {0x300A0091U, kDecimals}, {0x300A0092U, kText},     {0x300A00A0U, kInteger},  {0x300A00B0U, kSequence},
      {0x300A00B2U, kText},     {0x300A00B8U, kText},     {0x300A00C0U, kInteger},  {0x300A00C2U, kText},
      {0x300A00C4U, kText},     {0x300A00C6U, kText},     {0x300A00CEU, kText},     {0x300A010EU, kDecimals},
      {0x300A0110U, kInteger},  {0x300A0111U, kSequence}, {0x300A0114U, kDecimals}, {0x300A011AU, kSequence},
      {0x300A011CU, kDecimals}, {0x300A011EU, kDecimals}, {0x300A012CU, kDecimals}, {0x300A0134U, kDecimals},
      {0x300A0180U, kSequence}, {0x300A0230U, kSequence}, {0x300A03A2U, kSequence}, {0x300A03A8U, kSequence},
      {0x300C0002U, kSequence}, {0x300C0004U, kSequence}, {0x300C0006U, kInteger},  {0x300C0020U, kSequence},
      {0x300C0022U, kInteger},  {0x300C0060U, kSequence}, {0x300E0002U, kText}};
  return all;
}

}  // namespace dicom_test
