import Branch
import CCUPS
import Glibc

/// One HTTP connection to a CUPS server, for one errand. Lives on the worker's thread.
struct CUPSConnection: ~Copyable {
  /// Longest wait for a connection.
  static let connect_ms_max: CInt = 5000
  /// libcups asks after each of these spans whether to go on waiting.
  static let patienceStep_s = 0.25

  let library: CUPSLibrary
  private let http: OpaquePointer

  /// - Parameter patience: asked on this thread while the server is silent; outlives the
  ///   connection.
  init(
    _ library: CUPSLibrary, host: String, port: CInt, patience: Patience
  ) throws(ConnectionFailure) {
    let http = library.httpConnect2(
      host, port, nil, CInt(AF_UNSPEC), HTTP_ENCRYPTION_IF_REQUESTED, 1, Self.connect_ms_max, nil)
    guard let http else { throw ConnectionFailure(text: Self.lastError(library)) }
    library.httpSetTimeout(
      http, Self.patienceStep_s,
      { _, pointer in
        guard let pointer else { return 0 }
        return Unmanaged<Patience>.fromOpaque(pointer).takeUnretainedValue().goesOn() ? 1 : 0
      }, Unmanaged.passUnretained(patience).toOpaque())
    self.library = library
    self.http = http
  }

  deinit { library.httpClose(http) }

  static func lastError(_ library: CUPSLibrary) -> String {
    library.cupsLastErrorString().map { String(cString: $0) } ?? "no reason given"
  }

  /// Sends a request and waits for its answer.
  borrowing func ask(_ request: consuming IPPMessage, at resource: String)
    throws(ConnectionFailure) -> IPPMessage
  {
    // cupsDoRequest frees the request.
    let answer = library.cupsDoRequest(http, request.release(), resource)
    return try checked(answer)
  }

  /// Sends a request with a document behind it. The length of both goes first, so that the
  /// server knows a torn document and never makes a job of it.
  ///
  /// - Parameter onAllSent: runs when the last byte has been handed over, before the answer.
  borrowing func submit(
    _ request: consuming IPPMessage, document: [UInt8], at resource: String,
    isWanted: () -> Bool, onAllSent: () -> Void
  ) throws(ConnectionFailure) -> IPPMessage {
    let length = library.ippLength(request.pointer) + document.count
    var status = library.cupsSendRequest(http, request.pointer, resource, length)
    var sent = 0
    while status == HTTP_STATUS_CONTINUE, sent < document.count {
      guard isWanted() else { throw ConnectionFailure(text: "given up", isGivenUp: true) }
      let piece = document[sent..<min(sent + 8192, document.count)]
      status = piece.withUnsafeBytes {
        library.cupsWriteRequestData(
          http, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
      }
      if status == HTTP_STATUS_CONTINUE { sent += piece.count }
    }
    if sent == document.count { onAllSent() }
    // Also after an early refusal: the answer says why.
    return try checked(library.cupsGetResponse(http, resource))
  }

  /// A second descriptor of this connection, which outlives it.
  borrowing func lifeline() -> Lifeline? { Lifeline(copyOf: library.httpGetFd(http)) }

  private borrowing func checked(_ answer: OpaquePointer?) throws(ConnectionFailure) -> IPPMessage {
    guard let answer else { throw ConnectionFailure(text: Self.lastError(library)) }
    return IPPMessage(library, owning: answer)
  }
}

/// No answer: the connection could not be made or broke.
struct ConnectionFailure: Error {
  let text: String
  var isGivenUp = false
}

/// An IPP message, freed with its owner.
struct IPPMessage: ~Copyable {
  let library: CUPSLibrary
  let pointer: OpaquePointer

  init(_ library: CUPSLibrary, owning pointer: OpaquePointer) {
    self.library = library
    self.pointer = pointer
  }

  deinit { library.ippDelete(pointer) }

  /// Gives the message to libcups, which frees it.
  consuming func release() -> OpaquePointer {
    let pointer = pointer
    discard self
    return pointer
  }

  borrowing func add(_ group: ipp_tag_t, _ type: ipp_tag_t, _ name: String, _ value: String) {
    _ = library.ippAddString(pointer, group, type, name, nil, value)
  }

  /// A set of values (1setOf).
  borrowing func add(_ group: ipp_tag_t, _ type: ipp_tag_t, _ name: String, _ values: [String]) {
    withCStrings(values) {
      _ = library.ippAddStrings(pointer, group, type, name, CInt($0.count), nil, $0.baseAddress)
    }
  }

  borrowing func add(_ group: ipp_tag_t, _ type: ipp_tag_t, _ name: String, _ value: Int) {
    _ = library.ippAddInteger(pointer, group, type, name, CInt(clamping: value))
  }

  borrowing func add(_ group: ipp_tag_t, _ name: String, _ value: Bool) {
    _ = library.ippAddBoolean(pointer, group, name, value ? 1 : 0)
  }

  /// RFC 8011, 4.1.6.1: below 0x0100 the request was done.
  var status: Int32 { library.ippGetStatusCode(pointer).rawValue }
  var isSuccess: Bool { (0..<0x0100).contains(status) }

  borrowing func integer(_ name: String) -> Int? {
    guard let attribute = library.ippFindAttribute(pointer, name, IPP_TAG_ZERO) else { return nil }
    return Int(library.ippGetInteger(attribute, 0))
  }

  borrowing func boolean(_ name: String) -> Bool? {
    guard let attribute = library.ippFindAttribute(pointer, name, IPP_TAG_BOOLEAN) else {
      return nil
    }
    return library.ippGetBoolean(attribute, 0) != 0
  }

  borrowing func strings(_ name: String) -> [String] {
    guard let attribute = library.ippFindAttribute(pointer, name, IPP_TAG_ZERO) else { return [] }
    return (0..<library.ippGetCount(attribute)).compactMap { index in
      library.ippGetString(attribute, index, nil).map { String(cString: $0) }
    }
  }

  /// The number and the text of every group that has both, in an answer in which each job or
  /// subscription is a group.
  borrowing func pairs(_ numberName: String, _ textName: String) -> [(number: Int, text: String)] {
    var pairs: [(number: Int, text: String)] = []
    var number: Int?
    var text: String?
    var next = library.ippFirstAttribute(pointer)
    while let attribute = next {
      switch library.ippGetName(attribute).map({ String(cString: $0) }) {
      case numberName: number = Int(library.ippGetInteger(attribute, 0))
      case textName: text = library.ippGetString(attribute, 0, nil).map { String(cString: $0) }
      case nil:
        // A separator between two groups.
        number = nil
        text = nil
      default: break
      }
      if let foundNumber = number, let foundText = text {
        pairs.append((foundNumber, foundText))
        number = nil
        text = nil
      }
      next = library.ippNextAttribute(pointer)
    }
    return pairs
  }
}

/// The texts as C strings, for the length of the call.
private func withCStrings(
  _ texts: [String], _ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> Void
) {
  let copies = texts.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  copies.map { $0.map { UnsafePointer($0) } }.withUnsafeBufferPointer(body)
}
