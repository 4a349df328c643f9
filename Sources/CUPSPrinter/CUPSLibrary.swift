import Branch
import CCUPS
import Glibc

/// The functions of libcups2 that we call, looked up when the first CUPS printer is used. Linked
/// at build time, libcups and its GnuTLS, Avahi and Kerberos would sit in every idle daemon
/// (measured: some 9 MB resident).
struct CUPSLibrary {
  static let name = "libcups.so.2"

  let httpConnect2:
    @convention(c) (
      UnsafePointer<CChar>?, CInt, OpaquePointer?, CInt, http_encryption_t, CInt, CInt,
      UnsafeMutablePointer<CInt>?
    ) -> OpaquePointer?
  let httpClose: @convention(c) (OpaquePointer?) -> Void
  let httpGetFd: @convention(c) (OpaquePointer?) -> CInt
  let httpSetTimeout:
    @convention(c) (
      OpaquePointer?, Double,
      (@convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> CInt)?, UnsafeMutableRawPointer?
    ) -> Void
  let ippNewRequest: @convention(c) (ipp_op_t) -> OpaquePointer?
  let ippAddString:
    @convention(c) (
      OpaquePointer?, ipp_tag_t, ipp_tag_t, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
      UnsafePointer<CChar>?
    ) -> OpaquePointer?
  let ippAddStrings:
    @convention(c) (
      OpaquePointer?, ipp_tag_t, ipp_tag_t, UnsafePointer<CChar>?, CInt, UnsafePointer<CChar>?,
      UnsafePointer<UnsafePointer<CChar>?>?
    ) -> OpaquePointer?
  let ippAddInteger:
    @convention(c) (OpaquePointer?, ipp_tag_t, ipp_tag_t, UnsafePointer<CChar>?, CInt)
      -> OpaquePointer?
  let ippAddBoolean:
    @convention(c) (OpaquePointer?, ipp_tag_t, UnsafePointer<CChar>?, CChar) -> OpaquePointer?
  let ippLength: @convention(c) (OpaquePointer?) -> Int
  let ippDelete: @convention(c) (OpaquePointer?) -> Void
  let ippFindAttribute:
    @convention(c) (OpaquePointer?, UnsafePointer<CChar>?, ipp_tag_t) -> OpaquePointer?
  let ippFirstAttribute: @convention(c) (OpaquePointer?) -> OpaquePointer?
  let ippNextAttribute: @convention(c) (OpaquePointer?) -> OpaquePointer?
  let ippGetName: @convention(c) (OpaquePointer?) -> UnsafePointer<CChar>?
  let ippGetCount: @convention(c) (OpaquePointer?) -> CInt
  let ippGetInteger: @convention(c) (OpaquePointer?, CInt) -> CInt
  let ippGetBoolean: @convention(c) (OpaquePointer?, CInt) -> CInt
  let ippGetString:
    @convention(c) (OpaquePointer?, CInt, UnsafeMutablePointer<UnsafePointer<CChar>?>?)
      -> UnsafePointer<CChar>?
  let ippGetStatusCode: @convention(c) (OpaquePointer?) -> ipp_status_t
  let cupsDoRequest:
    @convention(c) (OpaquePointer?, OpaquePointer?, UnsafePointer<CChar>?) -> OpaquePointer?
  let cupsSendRequest:
    @convention(c) (OpaquePointer?, OpaquePointer?, UnsafePointer<CChar>?, Int) -> http_status_t
  let cupsWriteRequestData:
    @convention(c) (OpaquePointer?, UnsafePointer<CChar>?, Int) -> http_status_t
  let cupsGetResponse: @convention(c) (OpaquePointer?, UnsafePointer<CChar>?) -> OpaquePointer?
  let cupsLastError: @convention(c) () -> ipp_status_t
  let cupsLastErrorString: @convention(c) () -> UnsafePointer<CChar>?
  let cupsServer: @convention(c) () -> UnsafePointer<CChar>?
  let cupsUser: @convention(c) () -> UnsafePointer<CChar>?
  let ippPort: @convention(c) () -> CInt
  let cupsSetPasswordCB2:
    @convention(c) (
      (
        @convention(c) (
          UnsafePointer<CChar>?, OpaquePointer?, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
          UnsafeMutableRawPointer?
        ) -> UnsafePointer<CChar>?
      )?, UnsafeMutableRawPointer?
    ) -> Void

  /// Loads the library; it stays loaded, since it keeps state for the thread that used it.
  static func load() throws(Problem) -> CUPSLibrary {
    guard let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
      throw missing(dlerror().map { String(cString: $0) } ?? "dlopen gave no reason")
    }
    return try CUPSLibrary(handle)
  }

  private static func missing(_ cause: String) -> Problem {
    Problem(
      code: "cups-missing", what: "the CUPS client library cannot be loaded", cause: cause,
      cure: "Run `sudo apt-get install libcups2`.")
  }

  private static func find<Function>(_ handle: UnsafeMutableRawPointer, _ name: String)
    throws(Problem) -> Function
  {
    guard let symbol = dlsym(handle, name) else {
      throw missing("\(Self.name) has no function \(name)")
    }
    // The types above are those of cups/http.h, cups/ipp.h and cups/cups.h of CUPS 2.4; the
    // soname says that they hold for every libcups.so.2.
    return unsafeBitCast(symbol, to: Function.self)
  }

  private init(_ handle: UnsafeMutableRawPointer) throws(Problem) {
    httpConnect2 = try Self.find(handle, "httpConnect2")
    httpClose = try Self.find(handle, "httpClose")
    httpGetFd = try Self.find(handle, "httpGetFd")
    httpSetTimeout = try Self.find(handle, "httpSetTimeout")
    ippNewRequest = try Self.find(handle, "ippNewRequest")
    ippAddString = try Self.find(handle, "ippAddString")
    ippAddStrings = try Self.find(handle, "ippAddStrings")
    ippAddInteger = try Self.find(handle, "ippAddInteger")
    ippAddBoolean = try Self.find(handle, "ippAddBoolean")
    ippLength = try Self.find(handle, "ippLength")
    ippDelete = try Self.find(handle, "ippDelete")
    ippFindAttribute = try Self.find(handle, "ippFindAttribute")
    ippFirstAttribute = try Self.find(handle, "ippFirstAttribute")
    ippNextAttribute = try Self.find(handle, "ippNextAttribute")
    ippGetName = try Self.find(handle, "ippGetName")
    ippGetCount = try Self.find(handle, "ippGetCount")
    ippGetInteger = try Self.find(handle, "ippGetInteger")
    ippGetBoolean = try Self.find(handle, "ippGetBoolean")
    ippGetString = try Self.find(handle, "ippGetString")
    ippGetStatusCode = try Self.find(handle, "ippGetStatusCode")
    cupsDoRequest = try Self.find(handle, "cupsDoRequest")
    cupsSendRequest = try Self.find(handle, "cupsSendRequest")
    cupsWriteRequestData = try Self.find(handle, "cupsWriteRequestData")
    cupsGetResponse = try Self.find(handle, "cupsGetResponse")
    cupsLastError = try Self.find(handle, "cupsLastError")
    cupsLastErrorString = try Self.find(handle, "cupsLastErrorString")
    cupsServer = try Self.find(handle, "cupsServer")
    cupsUser = try Self.find(handle, "cupsUser")
    ippPort = try Self.find(handle, "ippPort")
    cupsSetPasswordCB2 = try Self.find(handle, "cupsSetPasswordCB2")
  }
}
