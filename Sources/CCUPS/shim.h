// Types only: the module map has no `link` line, because libcups is loaded with dlopen when a CUPS
// printer is configured (it brings GnuTLS, Avahi and Kerberos, some 9 MB of resident memory).
#include <cups/cups.h>
