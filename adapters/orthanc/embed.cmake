# cmake -P: the text of INPUT as a C++ raw string literal in OUTPUT.
file(READ ${INPUT} text)
file(WRITE ${OUTPUT} "R\"dosegate(${text})dosegate\"\n")
