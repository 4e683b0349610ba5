# tree_sitter: the runtime (one file includes all the others) and the grammar of Python.

set(runtime ${FORELOCK_THIRD_PARTY}/tree_sitter)
set(grammar ${FORELOCK_THIRD_PARTY}/tree_sitter_python)

if(NOT EXISTS ${runtime}/src/lib.c OR NOT EXISTS ${grammar}/src/parser.c)
  message(FATAL_ERROR "The sources of tree-sitter are not in ${FORELOCK_THIRD_PARTY}. "
                      "Run `./dev setup`.")
endif()

third_party_library(tree_sitter
  INCLUDE ${runtime}/include
  SOURCES ${runtime}/src/lib.c
  SOURCE_INCLUDE ${runtime}/src
  OPTIONS -D_POSIX_C_SOURCE=200112L -D_DEFAULT_SOURCE)

third_party_library(tree_sitter_python
  SOURCES ${grammar}/src/parser.c ${grammar}/src/scanner.c
  SOURCE_INCLUDE ${grammar}/src
  LINK tree_sitter)
