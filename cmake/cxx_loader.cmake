# forelock_cxx_loader: opens forelock_cxx.so and makes migrations of what it finds. It is a part of the
# binary, so it never links Clang. The project layer reads C++ through it.

file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/analyzer/cxx/loader/*.cpp)
add_library(forelock_cxx_loader STATIC ${sources})
target_link_libraries(forelock_cxx_loader
  PUBLIC forelock_settings forelock_sql forelock_model forelock_text
  PRIVATE ${CMAKE_DL_LIBS})

get_target_property(kind forelock_project TYPE)
if(kind STREQUAL "INTERFACE_LIBRARY")
  target_link_libraries(forelock_project INTERFACE forelock_cxx_loader)
else()
  target_link_libraries(forelock_project PUBLIC forelock_cxx_loader)
endif()

# The tests read C++ through the module that they were built with.
if(TARGET cxx_test)
  target_link_libraries(cxx_test PRIVATE forelock_cxx_loader)
  add_dependencies(cxx_test forelock_cxx)
  target_compile_definitions(cxx_test PRIVATE
    FORELOCK_CXX_MODULE_FILE="$<TARGET_FILE:forelock_cxx>")
endif()
