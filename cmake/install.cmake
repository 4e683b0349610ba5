# `cmake --install` puts the binary into bin/ and the module into lib/forelock/, where the binary looks
# for it. A wheel has the same shape: scripts/ becomes bin/, and data/ the root of the environment.

if(NOT TARGET forelock)
  return()
endif()

# What is installed, as one target to build.
add_custom_target(forelock_all DEPENDS forelock)
if(TARGET forelock_cxx)
  add_dependencies(forelock_all forelock_cxx)
endif()

if(SKBUILD)
  set(binary_folder ${SKBUILD_SCRIPTS_DIR})
  set(module_folder ${SKBUILD_DATA_DIR}/lib/forelock)
else()
  set(binary_folder bin)
  set(module_folder lib/forelock)
endif()
install(TARGETS forelock RUNTIME DESTINATION ${binary_folder} COMPONENT forelock)
if(TARGET forelock_cxx)
  install(TARGETS forelock_cxx LIBRARY DESTINATION ${module_folder} COMPONENT forelock)
endif()
