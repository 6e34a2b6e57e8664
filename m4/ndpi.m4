dnl Which of nDPI's changing signatures does the installed library have?  Only analyzer/flow/app.c
dnl may use the answers.  docs/dependencies.md has the table of versions.
dw_ndpi_cflags="$CFLAGS"
CFLAGS="$CFLAGS $NDPI_CFLAGS"

AC_MSG_CHECKING([nDPI: ndpi_detection_process_packet with 5 arguments])
AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <ndpi_api.h>]],
  [[ndpi_protocol p = ndpi_detection_process_packet(0, 0, 0, 0, 0); (void)p;]])],
  [AC_MSG_RESULT([yes])
   AC_DEFINE([NDPI_PROCESS_5], [1], [ndpi_detection_process_packet takes 5 arguments])],
  [AC_MSG_RESULT([no])])

AC_MSG_CHECKING([nDPI: ndpi_init_detection_module with preferences])
AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <ndpi_api.h>]],
  [[(void)ndpi_init_detection_module(ndpi_no_prefs);]])],
  [AC_MSG_RESULT([yes])
   AC_DEFINE([NDPI_INIT_PREFS], [1], [ndpi_init_detection_module takes preferences])],
  [AC_MSG_RESULT([no])])

AC_MSG_CHECKING([nDPI: ndpi_set_protocol_detection_bitmask2])
AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <ndpi_api.h>]],
  [[NDPI_PROTOCOL_BITMASK all; NDPI_BITMASK_SET_ALL(all);
    ndpi_set_protocol_detection_bitmask2(0, &all);]])],
  [AC_MSG_RESULT([yes])
   AC_DEFINE([NDPI_BITMASK2], [1], [protocols have to be switched on])],
  [AC_MSG_RESULT([no])])

AC_MSG_CHECKING([nDPI: ndpi_protocol.app_protocol])
AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <ndpi_api.h>]],
  [[ndpi_protocol p = { 0 }; return p.app_protocol + p.master_protocol;]])],
  [AC_MSG_RESULT([yes])],
  [AC_MSG_RESULT([no])
   AC_DEFINE([NDPI_PROTO_NESTED], [1], [ndpi_protocol has the member proto])])
CFLAGS="$dw_ndpi_cflags"
