#include "adapters/panel/page_words.h"

namespace dosegate::panel {

boost::json::object page_words(present::Language language) {
  using present::Text;
  struct Word {
    const char* key;
    Text text;
  };
  constexpr Word kWords[] = {{"live", Text::kLivePanel},
                             {"sessions", Text::kPlanningSessions},
                             {"noSession", Text::kNoSessionYet},
                             {"nothingChecked", Text::kNothingCheckedYet},
                             {"stalePage", Text::kStalePage},
                             {"noEntry", Text::kNoEntry},
                             {"revisions", Text::kRevisions},
                             {"revisionsNote", Text::kRevisionsNote},
                             {"findings", Text::kFindings},
                             {"findingsNote", Text::kFindingsNote},
                             {"scorecardNote", Text::kScorecardNote},
                             {"order", Text::kPutInOrder},
                             {"nothingOpen", Text::kNothingOpen},
                             {"gone", Text::kGoneFromReport},
                             {"resolved", Text::kChangeResolved},
                             {"undo", Text::kUndo},
                             {"undoNote", Text::kUndoNote},
                             {"rule", Text::kRule},
                             {"structure", Text::kStructure},
                             {"metric", Text::kMetric},
                             {"value", Text::kValue},
                             {"between", Text::kProvenBetween},
                             {"limit", Text::kLimit},
                             {"limitWord", Text::kLimitWord},
                             {"share", Text::kShareUsed},
                             {"roomGy", Text::kRoomGy},
                             {"roomCc", Text::kRoomCc},
                             {"notKnown", Text::kTallyNotKnown},
                             {"passed", Text::kPassed},
                             {"pending", Text::kPending},
                             {"information", Text::kForInformation},
                             {"showAll", Text::kShowAll},
                             {"hide", Text::kHide},
                             {"dvh", Text::kDoseAndVolume},
                             {"dvhNote", Text::kCumulative},
                             {"chartLabel", Text::kChartLabel},
                             {"chartNote", Text::kChartNote},
                             {"readings", Text::kReadingsCaption},
                             {"atLeast", Text::kAtLeastThisDose},
                             {"at", Text::kAtDose},
                             {"limitsHere", Text::kLimitsHere},
                             {"none", Text::kNone},
                             {"noCurves", Text::kNoCurves},
                             {"curvesAwaited", Text::kCurvesAwaited},
                             {"noCurvesThen", Text::kNoCurvesThen},
                             {"then", Text::kThen},
                             {"now", Text::kNow},
                             {"whole", Text::kZoomAll},
                             {"noPictures", Text::kNoPictures},
                             {"where", Text::kWhere},
                             {"whereNote", Text::kWhereNote},
                             {"held", Text::kHeldPlans},
                             {"heldNote", Text::kHeldNote},
                             {"noHeld", Text::kNoHeldPlan},
                             {"noReport", Text::kHeldNoReport},
                             {"heldCommands", Text::kHeldCommands},
                             {"release", Text::kHeldRelease},
                             {"reject", Text::kHeldReject},
                             {"copy", Text::kHeldCopy},
                             {"copied", Text::kHeldCopied},
                             {"decide", Text::kDecide},
                             {"decideReason", Text::kDecideReason},
                             {"decideWaive", Text::kDecideWaive},
                             {"decideDays", Text::kDecideDays},
                             {"decideSure", Text::kDecideSure},
                             {"decideWaits", Text::kDecideWaits},
                             {"decideNoReason", Text::kDecideNoReason},
                             {"intended", Text::kIntendedUse},
                             {"intendedText", Text::kIntendedUseText}};
  boost::json::object words{{"lang", present::html_tag(language)}};
  for (const Word& word : kWords) words[word.key] = present::pattern(word.text, language);
  return words;
}

}  // namespace dosegate::panel
