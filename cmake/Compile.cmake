# Warnings, sanitizers and ccache for all targets of the project.
add_library(gradtape_warnings INTERFACE)
target_compile_options(gradtape_warnings INTERFACE -Wall -Wextra -Wpedantic $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>)
# A pragma of gcc marks loops without dependences.
target_compile_options(gradtape_warnings INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wno-unknown-pragmas>)
if(GRADTAPE_WERROR)
  target_compile_options(gradtape_warnings INTERFACE -Werror)
endif()

# The library's own code.
add_library(gradtape_flags INTERFACE)
target_link_libraries(gradtape_flags INTERFACE gradtape_warnings)
if(GRADTAPE_SANITIZE)
  target_compile_options(gradtape_flags INTERFACE -fsanitize=${GRADTAPE_SANITIZERS} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  # Instrumented code hides assignments from gcc, which then warns of values in the standard library, although they are set.
  target_compile_options(gradtape_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  # clang takes a function of DLPack for another one if its struct has another name.
  target_compile_options(gradtape_flags INTERFACE $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
  target_link_options(gradtape_flags INTERFACE -fsanitize=${GRADTAPE_SANITIZERS})
endif()
if(GRADTAPE_COVERAGE)
  target_compile_options(gradtape_flags INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(gradtape_flags INTERFACE --coverage)
endif()
# The release library checks libc's calls if sizes are known.
target_compile_definitions(gradtape_flags INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)

# Programs that use the library. AddressSanitizer instruments the library alone, so ccache has their objects from a
# plain build. ThreadSanitizer must see every atomic variable.
add_library(gradtape_program_flags INTERFACE)
if(GRADTAPE_SANITIZERS STREQUAL "address,undefined")
  target_link_libraries(gradtape_program_flags INTERFACE gradtape_warnings)
  target_link_options(gradtape_program_flags INTERFACE $<TARGET_PROPERTY:gradtape_flags,INTERFACE_LINK_OPTIONS>)
else()
  target_link_libraries(gradtape_program_flags INTERFACE gradtape_flags)
endif()
# quick_to_compile(): compiles the programs of this folder alike in every kind of build, with few optimisations.
macro(quick_to_compile)
  foreach(kind RELEASE RELWITHDEBINFO)
    set(CMAKE_C_FLAGS_${kind} -O1)
    set(CMAKE_CXX_FLAGS_${kind} -O1)
  endforeach()
endmacro()

find_program(GRADTAPE_CCACHE ccache)
if(GRADTAPE_CCACHE AND PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # ccache needs both for precompiled headers. No file of the library uses __TIME__ or a macro of these headers.
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${GRADTAPE_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_C_COMPILER_LAUNCHER})
  add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>)
endif()
