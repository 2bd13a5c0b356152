# cmake --install: the library, its headers, find_package(gradtape), pkg-config and the licence.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/gradtape)

install(TARGETS gradtape gradtape_solve EXPORT gradtape LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/gradtape DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(EXPORT gradtape NAMESPACE gradtape:: DESTINATION ${package_dir})

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/gradtapeConfig.cmake.in ${PROJECT_BINARY_DIR}/gradtapeConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/gradtapeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
if(NOT BUILD_SHARED_LIBS)  # the libraries that the shared object names by itself
  find_package(LAPACK REQUIRED)  # and BLAS; src finds them for itself
  set(pkgconfig_libs "${LAPACK_LINKER_FLAGS} ${LAPACK_LIBRARIES} ${BLAS_LINKER_FLAGS} ${BLAS_LIBRARIES} -lstdc++ -lm -pthread")
  string(REPLACE ";" " " pkgconfig_libs "${pkgconfig_libs}")
endif()
if(NOT BUILD_SHARED_LIBS AND GRADTAPE_SUITESPARSE)
  set(solve_pkgconfig_libs "-lumfpack -lcholmod")
endif()
file(RELATIVE_PATH prefix_from_pkgconfig /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
configure_file(${CMAKE_CURRENT_LIST_DIR}/gradtape.pc.in ${PROJECT_BINARY_DIR}/gradtape.pc @ONLY)
configure_file(${CMAKE_CURRENT_LIST_DIR}/gradtape_solve.pc.in ${PROJECT_BINARY_DIR}/gradtape_solve.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/gradtapeConfig.cmake ${PROJECT_BINARY_DIR}/gradtapeConfigVersion.cmake DESTINATION ${package_dir})
install(FILES ${PROJECT_BINARY_DIR}/gradtape.pc ${PROJECT_BINARY_DIR}/gradtape_solve.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
