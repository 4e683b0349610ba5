# tree_sitter: the runtime (one file includes all the others) and the grammar of Python.

set(runtime ${FORELOCK_THIRD_PARTY}/tree_sitter)
set(grammar ${FORELOCK_THIRD_PARTY}/tree_sitter_python)

if(NOT EXISTS ${runtime}/src/lib.c OR NOT EXISTS ${grammar}/src/parser.c)
  message(FATAL_ERROR "The sources of tree-sitter are not in ${FORELOCK_THIRD_PARTY}. "
                      "Run `./dev setup`.")
endif()

third_party_library(tree_sitter ${runtime}/src/lib.c)
target_include_directories(tree_sitter SYSTEM PUBLIC ${runtime}/include)
target_include_directories(tree_sitter PRIVATE ${runtime}/src)
target_compile_definitions(tree_sitter PRIVATE _POSIX_C_SOURCE=200112L _DEFAULT_SOURCE)

third_party_library(tree_sitter_python ${grammar}/src/parser.c ${grammar}/src/scanner.c)
target_include_directories(tree_sitter_python PRIVATE ${grammar}/src)
target_link_libraries(tree_sitter_python PUBLIC tree_sitter)
