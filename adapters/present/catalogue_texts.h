// The catalogue: DOSEGATE_TEXT(id, English, German, Chinese (simplified)). No include guard: catalogue.h and catalogue.cpp
// each take their part of it. Sentences are whole; {0}, {1} are arguments; '|' divides the form for one from that for
// others. Numbers keep the decimal point in every language, as the planning systems show them.
//
// Verdict
DOSEGATE_TEXT(kVerdictPass, "PASS", "PASS", "PASS")
DOSEGATE_TEXT(kVerdictFail, "FAIL", "FAIL", "FAIL")
DOSEGATE_TEXT(kVerdictIncomplete, "INCOMPLETE", "INCOMPLETE", "INCOMPLETE")
DOSEGATE_TEXT(kVerdictNone, "NO VERDICT", "NO VERDICT", "NO VERDICT")
DOSEGATE_TEXT(kPassWord, "Pass", "Erfüllt", "通过")
DOSEGATE_TEXT(kFailWord, "Fail", "Verletzt", "不通过")
DOSEGATE_TEXT(kIncompleteWord, "Incomplete", "Unvollständig", "不完整")
DOSEGATE_TEXT(kNoVerdictWord, "No verdict", "Kein Urteil", "无结论")
DOSEGATE_TEXT(kMayBeApproved, "Nothing in the protocol stands against approval; a qualified person decides.",
              "Nach dem Protokoll spricht nichts gegen die Freigabe; eine qualifizierte Person entscheidet.",
              "方案中没有妨碍批准的内容；由有资质的人员决定。")
DOSEGATE_TEXT(kMayNotBeApproved, "Not to be approved as it is: the protocol is broken.",
              "So nicht freizugeben: Das Protokoll ist verletzt.", "不可按现状批准：违反了方案。")
DOSEGATE_TEXT(kMayNotBeApprovedYet, "Not to be approved yet: what is not known may be broken.",
              "Noch nicht freizugeben: Was nicht bekannt ist, kann verletzt sein.", "尚不可批准：未知的内容可能违反方案。")
DOSEGATE_TEXT(kCountBroken, "{0} rule is broken|{0} rules are broken", "{0} Regel ist verletzt|{0} Regeln sind verletzt",
              "{0} 条规则被违反")
DOSEGATE_TEXT(kCountNotEvaluated, "{0} could not be evaluated", "{0} nicht auswertbar", "{0} 条无法评估")
DOSEGATE_TEXT(kCountNotEvaluatedAdvisory, "{0} could not be evaluated (advisory)", "{0} nicht auswertbar (Hinweis)",
              "{0} 条无法评估（建议性）")
DOSEGATE_TEXT(kCountTooClose, "{0} too close to the limit to decide", "{0} zu nah am Grenzwert, um zu entscheiden",
              "{0} 条过于接近限值而无法判定")
DOSEGATE_TEXT(kCountPending, "{0} pending", "{0} ausstehend", "{0} 条待定")
DOSEGATE_TEXT(kCountWarnings, "{0} warning|{0} warnings", "{0} Warnung|{0} Warnungen", "{0} 条警告")
DOSEGATE_TEXT(kCountPassed, "{0} passed", "{0} erfüllt", "{0} 条通过")
DOSEGATE_TEXT(kNothingEvaluated, "The protocol holds no rule that was evaluated.",
              "Das Protokoll enthält keine Regel, die ausgewertet wurde.", "方案中没有被评估的规则。")
// Joints
DOSEGATE_TEXT(kComma, "{0}, {1}", "{0}, {1}", "{0}，{1}")
DOSEGATE_TEXT(kAnd, "{0} and {1}", "{0} und {1}", "{0} 和 {1}")
DOSEGATE_TEXT(kLabelled, "{0}: {1}", "{0}: {1}", "{0}：{1}")
DOSEGATE_TEXT(kSentence, "{0}.", "{0}.", "{0}。")
DOSEGATE_TEXT(kTo, "{0} to {1}", "{0} bis {1}", "{0} 至 {1}")
// Plan and prescription
DOSEGATE_TEXT(kPlanNamed, "Plan \"{0}\"", "Plan \"{0}\"", "计划 \"{0}\"")
DOSEGATE_TEXT(kPlanLabelled, "Plan {0}", "Plan {0}", "计划 {0}")
DOSEGATE_TEXT(kPlanWithoutLabel, "Plan without a label", "Plan ohne Bezeichnung", "无标签的计划")
DOSEGATE_TEXT(kProtocolVersion, "Protocol {0} version {1}", "Protokoll {0} Version {1}", "方案 {0} 版本 {1}")
DOSEGATE_TEXT(kFraction, "{0} fraction", "{0} Fraktion", "{0} 次")
DOSEGATE_TEXT(kFractions, "{0} fractions", "{0} Fraktionen", "{0} 次")
DOSEGATE_TEXT(kDoseIn, "{0} in {1}", "{0} in {1}", "{0} / {1}")
DOSEGATE_TEXT(kPrescriptionNotStated, "prescription not stated in the plan", "Verschreibung im Plan nicht angegeben",
              "计划未说明处方")
DOSEGATE_TEXT(kDoseNotStated, "{0}, prescribed dose not stated in the plan", "{0}, verschriebene Dosis im Plan nicht angegeben",
              "{0}，计划未说明处方剂量")
DOSEGATE_TEXT(kFractionsNotStated, "{0}, number of fractions not stated in the plan",
              "{0}, Zahl der Fraktionen im Plan nicht angegeben", "{0}，计划未说明分次数")
DOSEGATE_TEXT(kPrescribedTo, "{0} to the {1}: {2}.", "{0} für {1}: {2}.", "{1} {0}：{2}。")
DOSEGATE_TEXT(kLargestDose, "Largest dose of the grid: {0}", "Größte Dosis des Gitters: {0}", "剂量网格最大剂量：{0}")
DOSEGATE_TEXT(kMultipliedBy, "Stored doses were multiplied by {0}", "Gespeicherte Dosen wurden mit {0} multipliziert",
              "存储的剂量已乘以 {0}")
DOSEGATE_TEXT(kSlabs, "Between slices: slabs; each slice's contours reach half-way to its neighbours.",
              "Zwischen den Schichten: Platten; die Konturen jeder Schicht reichen bis zur halben Strecke zu den Nachbarn.",
              "层间：平板模型；每层轮廓延伸至相邻层的中点。")
DOSEGATE_TEXT(kInterpolated, "Between slices: shape-interpolated, with caps of half a slice.",
              "Zwischen den Schichten: Form interpoliert, mit Kappen von einer halben Schicht.",
              "层间：形状插值，端部各延伸半层。")
DOSEGATE_TEXT(kEngine, "Dosegate engine {0}. Not a medical device: a physicist decides.",
              "Dosegate-Kern {0}. Kein Medizinprodukt: Es entscheidet ein Mensch.",
              "Dosegate 引擎 {0}。非医疗器械：由物理师决定。")
// Places
DOSEGATE_TEXT(kRight, "right", "rechts", "右")
DOSEGATE_TEXT(kLeft, "left", "links", "左")
DOSEGATE_TEXT(kAnterior, "anterior", "anterior", "前")
DOSEGATE_TEXT(kPosterior, "posterior", "posterior", "后")
DOSEGATE_TEXT(kInferior, "inferior", "inferior", "下")
DOSEGATE_TEXT(kSuperior, "superior", "superior", "上")
DOSEGATE_TEXT(kHottestPoint, "Hottest point", "Heißester Punkt", "最热点")
DOSEGATE_TEXT(kColdestPoint, "Coldest point", "Kältester Punkt", "最冷点")
DOSEGATE_TEXT(kLargestShortfall, "Largest shortfall", "Größter Fehlbetrag", "最大不足处")
DOSEGATE_TEXT(kFurthestBeyond, "Furthest beyond", "Am weitesten außerhalb", "超出最远处")
DOSEGATE_TEXT(kPlace, "Place", "Ort", "位置")
// Groups of rules
DOSEGATE_TEXT(kBrokenRules, "Broken rules", "Verletzte Regeln", "被违反的规则")
DOSEGATE_TEXT(kNotEvaluated, "Could not be evaluated", "Nicht auswertbar", "无法评估")
DOSEGATE_TEXT(kTooClose, "Too close to the limit to decide", "Zu nah am Grenzwert, um zu entscheiden", "过于接近限值而无法判定")
DOSEGATE_TEXT(kWarnings, "Warnings", "Warnungen", "警告")
DOSEGATE_TEXT(kPending, "Pending", "Ausstehend", "待定")
DOSEGATE_TEXT(kPassed, "Passed", "Erfüllt", "通过")
DOSEGATE_TEXT(kForInformation, "For information", "Zur Information", "供参考")
DOSEGATE_TEXT(kTallyBroken, "Broken", "Verletzt", "违反")
DOSEGATE_TEXT(kTallyNotKnown, "Not known", "Nicht bekannt", "未知")
DOSEGATE_TEXT(kTallyUndecided, "Too close to decide", "Zu nah, um zu entscheiden", "过近而无法判定")
DOSEGATE_TEXT(kTallyNear, "Near or odd", "Knapp oder auffällig", "接近或异常")
DOSEGATE_TEXT(kWordBroken, "Broken", "Verletzt", "违反")
DOSEGATE_TEXT(kWordNotKnown, "Not evaluable", "Nicht auswertbar", "无法评估")
DOSEGATE_TEXT(kWordUndecided, "Undecided", "Unentschieden", "未判定")
DOSEGATE_TEXT(kWordNear, "Warning", "Warnung", "警告")
DOSEGATE_TEXT(kWordPending, "Pending", "Ausstehend", "待定")
DOSEGATE_TEXT(kWordPassed, "Passed", "Erfüllt", "通过")
DOSEGATE_TEXT(kWordInformation, "Information", "Information", "信息")
DOSEGATE_TEXT(kBeyondBy, "Beyond the limit by", "Über den Grenzwert um", "超出限值")
DOSEGATE_TEXT(kDistance, "Distance to the limit", "Abstand zum Grenzwert", "与限值的距离")
DOSEGATE_TEXT(kRoomLeft, "Room left", "Spielraum", "余量")
DOSEGATE_TEXT(kAdvisory, "Advisory: does not decide the verdict", "Hinweis: entscheidet nicht über das Urteil",
              "建议性：不影响结论")
DOSEGATE_TEXT(kAdvisoryMark, "advisory", "Hinweis", "建议性")
DOSEGATE_TEXT(kWhatToDo, "What to do", "Zu tun", "处理办法")
DOSEGATE_TEXT(kNone, "none", "keine", "无")
// Columns
DOSEGATE_TEXT(kRule, "Rule", "Regel", "规则")
DOSEGATE_TEXT(kStructure, "Structure", "Struktur", "结构")
DOSEGATE_TEXT(kMetric, "Metric", "Maß", "指标")
DOSEGATE_TEXT(kValue, "Value", "Wert", "数值")
DOSEGATE_TEXT(kBetween, "Between", "Zwischen", "区间")
DOSEGATE_TEXT(kProvenBetween, "Proven between", "Bewiesen zwischen", "已证区间")
DOSEGATE_TEXT(kLimit, "Limit", "Grenze", "限值")
DOSEGATE_TEXT(kLimitWord, "limit", "Grenze", "限值")
DOSEGATE_TEXT(kRoomGy, "Room Gy", "Spielraum Gy", "余量 Gy")
DOSEGATE_TEXT(kRoomCc, "Room cc", "Spielraum cc", "余量 cc")
DOSEGATE_TEXT(kShareUsed, "Share of the limit used", "Ausgeschöpfter Anteil der Grenze", "已用限值比例")
DOSEGATE_TEXT(kWhatNotKnown, "What is not known, and why", "Was nicht bekannt ist, und warum", "未知内容及原因")
DOSEGATE_TEXT(kStructures, "Structures", "Strukturen", "结构")
DOSEGATE_TEXT(kInProtocol, "In the protocol", "Im Protokoll", "方案中")
DOSEGATE_TEXT(kInPlan, "In the plan", "Im Plan", "计划中")
DOSEGATE_TEXT(kVolume, "Volume", "Volumen", "体积")
DOSEGATE_TEXT(kVolumeCc, "Volume, cc", "Volumen, cc", "体积 cc")
DOSEGATE_TEXT(kHowMatched, "How it was matched", "Wie zugeordnet wurde", "匹配方式")
DOSEGATE_TEXT(kPrescription, "Prescription", "Verschreibung", "处方")
DOSEGATE_TEXT(kDose, "Dose", "Dosis", "剂量")
DOSEGATE_TEXT(kInputs, "Inputs", "Eingaben", "输入")
DOSEGATE_TEXT(kObject, "Object", "Objekt", "对象")
DOSEGATE_TEXT(kShaBegins, "SHA-256 begins", "SHA-256 beginnt", "SHA-256 开头")
DOSEGATE_TEXT(kNotes, "Notes", "Anmerkungen", "备注")
// The page's head
DOSEGATE_TEXT(kPlanCheck, "Plan check", "Planprüfung", "计划检查")
DOSEGATE_TEXT(kWholeProtocol, "Whole protocol", "Ganzes Protokoll", "完整方案")
DOSEGATE_TEXT(kPlanAlone, "Plan alone, without the clinical record", "Nur der Plan, ohne klinische Dokumentation",
              "仅计划，不含临床记录")
DOSEGATE_TEXT(kAsOf, "As of {0}", "Stand {0}", "截至 {0}")
DOSEGATE_TEXT(kHeadlineValue, "{0} {1} is {2}; the limit is {3}.", "{0} {1} ist {2}; die Grenze ist {3}.", "{0} {1} 为 {2}；限值 {3}。")
DOSEGATE_TEXT(kClosestIs, "Closest to its limit: {0} {1} is {2}, limit {3}.", "Am nächsten an der Grenze: {0} {1} ist {2}, Grenze {3}.",
              "最接近限值：{0} {1} 为 {2}，限值 {3}。")
DOSEGATE_TEXT(kHangOnIt, "{0} rule hangs on it.|{0} rules hang on it.", "{0} Regel hängt daran.|{0} Regeln hängen daran.",
              "有 {0} 条规则取决于此。")
DOSEGATE_TEXT(kRulesHang, "{0} rule|{0} rules", "{0} Regel|{0} Regeln", "{0} 条规则")
// Scorecard
DOSEGATE_TEXT(kScorecard, "Scorecard", "Übersicht", "评分表")
DOSEGATE_TEXT(kScorecardNote,
              "Every bar ends at the share of its limit that is used; for a lower limit, at the share of what may be missing. "
              "All limits lie on one line.",
              "Jeder Balken endet beim ausgeschöpften Anteil seiner Grenze; bei einer unteren Grenze beim Anteil dessen, was "
              "fehlen darf. Alle Grenzen liegen auf einer Linie.",
              "每个条形止于已用限值的比例；下限则止于允许缺失部分的比例。所有限值位于同一条线上。")
DOSEGATE_TEXT(kPercentUsed, "{0} % of the limit used", "{0} % der Grenze ausgeschöpft", "已用限值的 {0} %")
DOSEGATE_TEXT(kStripLabel, "{0} passed rules with a limit; the closest is {1}", "{0} erfüllte Regeln mit Grenze; am nächsten {1}",
              "{0} 条有限值的通过规则；最接近的是 {1}")
DOSEGATE_TEXT(kClosest, "closest", "am nächsten", "最接近")
DOSEGATE_TEXT(kShowAll, "show all", "alle zeigen", "全部显示")
DOSEGATE_TEXT(kHide, "hide", "verbergen", "收起")
DOSEGATE_TEXT(kPendingNote, "Cannot apply yet, or was not asked for.", "Gilt noch nicht, oder war nicht gefragt.", "尚不适用，或未要求。")
DOSEGATE_TEXT(kInformationNote, "Values without a limit; they decide nothing.", "Werte ohne Grenze; sie entscheiden nichts.",
              "无限值的数值；不影响结论。")
// Dose and volume
DOSEGATE_TEXT(kDoseAndVolume, "Dose and volume", "Dosis und Volumen", "剂量与体积")
DOSEGATE_TEXT(kCumulative, "Cumulative, the whole course.", "Kumulativ, die ganze Behandlung.", "累积，整个疗程。")
DOSEGATE_TEXT(kNoCurves, "There are no curves.", "Es gibt keine Kurven.", "没有曲线。")
DOSEGATE_TEXT(kChartLabel, "Dose at which volumes are read; arrow keys move it, plus and minus zoom",
              "Dosis, bei der Volumina abgelesen werden; Pfeiltasten bewegen sie, Plus und Minus vergrößern",
              "读取体积的剂量；方向键移动，加减键缩放")
DOSEGATE_TEXT(kChartNote,
              "An arrowhead is a limit and points to the allowed side: hollow when met, filled when broken. Those on the dose axis "
              "are for the largest dose, those marked mean for the mean. Move over the chart, or focus it and use the arrow keys; "
              "zoomed, the band is what is proven.",
              "Eine Pfeilspitze ist eine Grenze und zeigt zur erlaubten Seite: hohl, wenn erfüllt, gefüllt, wenn verletzt. Auf der "
              "Dosisachse stehen Grenzen der größten Dosis, mit Mittel bezeichnete gelten dem Mittel. Über das Bild fahren oder es "
              "ansteuern und die Pfeiltasten nehmen; vergrößert zeigt das Band, was bewiesen ist.",
              "箭头表示限值并指向允许的一侧：空心为满足，实心为违反。剂量轴上的箭头为最大剂量限值，标有均值的为平均剂量限值。"
              "移动指针，或聚焦图表后使用方向键；放大后，色带为已证范围。")
DOSEGATE_TEXT(kAtDose, "At {0}", "Bei {0}", "{0} 处")
DOSEGATE_TEXT(kAtLeastThisDose, "At least this dose", "Mindestens diese Dosis", "至少此剂量")
DOSEGATE_TEXT(kReadingsCaption, "Volumes that get at least the dose chosen; a box switches its curve",
              "Volumina, die mindestens die gewählte Dosis erhalten; ein Kästchen schaltet die Kurve",
              "至少接受所选剂量的体积；复选框切换曲线")
DOSEGATE_TEXT(kLimitsHere, "Limits within 0.5 Gy", "Grenzen innerhalb von 0.5 Gy", "0.5 Gy 以内的限值")
DOSEGATE_TEXT(kLimitIs, "{0} {1} {2}, is {3}", "{0} {1} {2}, ist {3}", "{0} {1} {2}，为 {3}")
DOSEGATE_TEXT(kWithoutCurve, "Without a curve: {0}.", "Ohne Kurve: {0}.", "无曲线：{0}。")
DOSEGATE_TEXT(kDoseAxis, "Dose, Gy", "Dosis, Gy", "剂量 Gy")
DOSEGATE_TEXT(kDosePercentAxis, "Dose, % of the {0} prescribed", "Dosis, % der verschriebenen {0}", "剂量，占处方 {0} 的 %")
DOSEGATE_TEXT(kVolumeAxis, "Volume, %", "Volumen, %", "体积 %")
DOSEGATE_TEXT(kMean, "mean", "Mittel", "均值")
DOSEGATE_TEXT(kZoomIn, "Zoom in", "Vergrößern", "放大")
DOSEGATE_TEXT(kZoomOut, "Zoom out", "Verkleinern", "缩小")
DOSEGATE_TEXT(kZoomAll, "Whole", "Ganz", "全部")
// Where
DOSEGATE_TEXT(kWhere, "Where", "Wo", "位置")
DOSEGATE_TEXT(kWhereNote, "Planes through the worst point.", "Ebenen durch den schlimmsten Punkt.", "通过最差点的平面。")
DOSEGATE_TEXT(kAxial, "Axial, z {0} mm", "Axial, z {0} mm", "横断面，z {0} mm")
DOSEGATE_TEXT(kNear, "Axial, {0} × {1} mm", "Axial, {0} × {1} mm", "横断面，{0} × {1} mm")
DOSEGATE_TEXT(kCoronal, "Coronal, y {0} mm", "Koronal, y {0} mm", "冠状面，y {0} mm")
DOSEGATE_TEXT(kSagittal, "Sagittal, x {0} mm", "Sagittal, x {0} mm", "矢状面，x {0} mm")
DOSEGATE_TEXT(kPictureLabel, "{0}, through the worst point of {1}", "{0}, durch den schlimmsten Punkt von {1}", "{0}，通过 {1} 的最差点")
DOSEGATE_TEXT(kIsodose, "Isodose", "Isodose", "等剂量线")
DOSEGATE_TEXT(kDoseOfLimit, "Dose of the limit", "Dosis der Grenze", "限值剂量")
DOSEGATE_TEXT(kContours, "Contours", "Konturen", "轮廓")
DOSEGATE_TEXT(kPicturesNote,
              "Axial seen from the feet, coronal from the front, sagittal from the left; these three to one scale. Contours are drawn "
              "as slabs between slices; what is filled lies on the wrong side of the limit.",
              "Axial von den Füßen, koronal von vorn, sagittal von links gesehen; diese drei in einem Maßstab. Konturen sind als "
              "Platten zwischen den Schichten gezeichnet; was gefüllt ist, liegt auf der falschen Seite der Grenze.",
              "横断面自足侧观看，冠状面自前方，矢状面自左侧；三者比例相同。轮廓按层间平板绘制；填充部分位于限值错误一侧。")
DOSEGATE_TEXT(kCtShown, "CT window 400, level 40 HU.", "CT-Fenster 400, Zentrum 40 HU.", "CT 窗宽 400，窗位 40 HU。")
DOSEGATE_TEXT(kNoCt, "No CT was given.", "Kein CT lag vor.", "未提供 CT。")
DOSEGATE_TEXT(kMorePlaces, "{0} more broken rule has a place; its coordinates stand in the scorecard.|{0} more broken rules have a place; "
              "their coordinates stand in the scorecard.",
              "{0} weitere verletzte Regel hat einen Ort; seine Koordinaten stehen in der Übersicht.|{0} weitere verletzte Regeln haben "
              "einen Ort; die Koordinaten stehen in der Übersicht.",
              "另有 {0} 条被违反的规则有位置；其坐标见评分表。")
// Course
DOSEGATE_TEXT(kCourse, "Course", "Verlauf", "疗程")
DOSEGATE_TEXT(kFromRecord, "From the clinical record.", "Aus der klinischen Dokumentation.", "来自临床记录。")
DOSEGATE_TEXT(kCalendarCaption, "The course, a day a cell", "Der Verlauf, ein Tag je Zelle", "疗程，每格一天")
DOSEGATE_TEXT(kFractionGiven, "fraction given; below it the dose so far", "Fraktion gegeben; darunter die Dosis bis dahin",
              "已照射分次；下方为累计剂量")
DOSEGATE_TEXT(kFractionPlanned, "fraction planned", "Fraktion geplant", "计划分次")
DOSEGATE_TEXT(kInfusion, "infusion", "Infusion", "输注")
DOSEGATE_TEXT(kGap, "treatment day without a fraction", "Behandlungstag ohne Fraktion", "治疗日无照射")
DOSEGATE_TEXT(kGapWord, "gap", "Lücke", "间断")
DOSEGATE_TEXT(kHoliday, "holiday", "Feiertag", "节假日")
DOSEGATE_TEXT(kMayStart, "the protocol allows the first fraction", "das Protokoll erlaubt die erste Fraktion", "方案允许首次照射")
DOSEGATE_TEXT(kMayEnd, "the protocol allows the last fraction", "das Protokoll erlaubt die letzte Fraktion", "方案允许末次照射")
DOSEGATE_TEXT(kInfusionGivenN, "infusion {0} given", "Infusion {0} gegeben", "第 {0} 次输注已给")
DOSEGATE_TEXT(kInfusionPlannedN, "infusion {0} planned", "Infusion {0} geplant", "第 {0} 次输注计划")
DOSEGATE_TEXT(kFractionGivenN, "fraction {0} given", "Fraktion {0} gegeben", "第 {0} 次已照射")
DOSEGATE_TEXT(kFractionPlannedN, "fraction {0} planned", "Fraktion {0} geplant", "第 {0} 次计划")
DOSEGATE_TEXT(kMonday, "Mon", "Mo", "一")
DOSEGATE_TEXT(kTuesday, "Tue", "Di", "二")
DOSEGATE_TEXT(kWednesday, "Wed", "Mi", "三")
DOSEGATE_TEXT(kThursday, "Thu", "Do", "四")
DOSEGATE_TEXT(kFriday, "Fri", "Fr", "五")
DOSEGATE_TEXT(kSaturday, "Sat", "Sa", "六")
DOSEGATE_TEXT(kSunday, "Sun", "So", "日")
DOSEGATE_TEXT(kJanuary, "Jan", "Jan", "1 月")
DOSEGATE_TEXT(kFebruary, "Feb", "Feb", "2 月")
DOSEGATE_TEXT(kMarch, "Mar", "März", "3 月")
DOSEGATE_TEXT(kApril, "Apr", "Apr", "4 月")
DOSEGATE_TEXT(kMay, "May", "Mai", "5 月")
DOSEGATE_TEXT(kJune, "Jun", "Juni", "6 月")
DOSEGATE_TEXT(kJuly, "Jul", "Juli", "7 月")
DOSEGATE_TEXT(kAugust, "Aug", "Aug", "8 月")
DOSEGATE_TEXT(kSeptember, "Sep", "Sept", "9 月")
DOSEGATE_TEXT(kOctober, "Oct", "Okt", "10 月")
DOSEGATE_TEXT(kNovember, "Nov", "Nov", "11 月")
DOSEGATE_TEXT(kDecember, "Dec", "Dez", "12 月")
// What it rests on
DOSEGATE_TEXT(kStructuresNote, "Which drawn structure stands for which role.", "Welche gezeichnete Struktur für welche Rolle steht.",
              "各勾画结构对应的角色。")
DOSEGATE_TEXT(kComputed, "computed", "berechnet", "计算得出")
DOSEGATE_TEXT(kNotAskedFor, "In the plan, but not asked for by the protocol: {0}.", "Im Plan, vom Protokoll nicht gefragt: {0}.",
              "计划中有但方案未要求：{0}。")
DOSEGATE_TEXT(kInputsNote, "What this verdict rests on.", "Worauf dieses Urteil beruht.", "本结论的依据。")
DOSEGATE_TEXT(kThisReport, "This report", "Dieser Bericht", "本报告")
DOSEGATE_TEXT(kOfTheJson, "of the JSON that it was made from", "des JSON, aus dem er gemacht wurde", "生成本报告所用的 JSON")
DOSEGATE_TEXT(kBuild, "Protocol and program", "Protokoll und Programm", "方案与程序")
DOSEGATE_TEXT(kIntendedUse, "Intended use.", "Zweckbestimmung.", "预期用途。")
DOSEGATE_TEXT(kIntendedUseText,
              "Research and development of plan checking. Not a medical device, not cleared or certified for clinical use. A verdict "
              "does not replace the review of a plan by a qualified person.",
              "Forschung und Entwicklung zur Planprüfung. Kein Medizinprodukt, für den klinischen Gebrauch weder zugelassen noch "
              "zertifiziert. Ein Urteil ersetzt nicht die Prüfung eines Plans durch eine qualifizierte Person.",
              "用于计划检查的研究与开发。非医疗器械，未获准或认证用于临床。结论不能替代有资质人员对计划的审核。")
