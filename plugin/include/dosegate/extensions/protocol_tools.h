/* Extension "dosegate.protocol_tools/1": what one does with protocols besides checking plans against them.
 *
 *   const dosegate_protocol_tools* tools =
 *       (const dosegate_protocol_tools*)api.get_extension(DOSEGATE_EXT_PROTOCOL_TOOLS);
 *   if (tools != NULL) tools->diff(before, after, &document, &error);
 *
 * NULL: this library has none. The table is constant, belongs to the library and stays valid as long as it is loaded.
 * It grows at its end only: check struct_size before using a function that this header has and an older library may
 * not. A change that would break a host gets a new id. All rules of dosegate.h hold. */
#ifndef DOSEGATE_EXTENSIONS_PROTOCOL_TOOLS_H_
#define DOSEGATE_EXTENSIONS_PROTOCOL_TOOLS_H_

#include "dosegate/dosegate.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DOSEGATE_EXT_PROTOCOL_TOOLS "dosegate.protocol_tools/1"

typedef struct dosegate_protocol_tools {
  uint32_t struct_size; /* bytes of the table that are valid */
  uint32_t reserved;    /* 0 */
  /* What changed from `before` to `after`, in words and with its effect: dosegate.v1.ProtocolDiff, canonical. Two
   * protocols that state the same give one without changes.
   * [thread-safe] Order: after protocol_builtin or protocol_load, before protocol_release; makes a document. */
  dosegate_status (*diff)(const dosegate_protocol* before, const dosegate_protocol* after, dosegate_document** out,
                          dosegate_error** error);
  /* Later than the first table of this extension: look at struct_size before the use.
   * Dates of a course that keep the protocol, or the nearest and what they break: dosegate.v1.ScheduleProposal,
   * canonical. DOSEGATE_INVALID_ARGUMENT: the protocol states no fractionation. DOSEGATE_INVALID_DATA: the request,
   * or a calendar without free days.
   * [thread-safe] Order: after protocol_builtin or protocol_load, before protocol_release; makes a document. */
  dosegate_status (*schedule)(const dosegate_protocol* protocol, dosegate_text request_json /* ScheduleRequest */,
                              dosegate_document** out, dosegate_error** error);
  /* Later than `schedule`: look at struct_size before the use.
   * What each rule asks for, in a few words: dosegate.v1.ProtocolDescription, canonical, in the order of the rules.
   * [thread-safe] Order: after protocol_builtin or protocol_load, before protocol_release; makes a document. */
  dosegate_status (*describe)(const dosegate_protocol* protocol, dosegate_document** out, dosegate_error** error);
} dosegate_protocol_tools;

#ifdef __cplusplus
}
#endif
#endif
