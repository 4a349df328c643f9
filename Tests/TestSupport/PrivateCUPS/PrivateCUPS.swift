import CLinux
import Glibc
import LinuxIO

/// A real cupsd of our own in a directory of our own: one raw queue, a backend that keeps what it
/// gets, and the access policy that Debian ships.
///
/// Faults that it can show: `kill -9`, being frozen, a backend that stops the queue for want of
/// paper, a backend that does not come back, every exit code of a backend with what it says
/// before, having no notifier for events.
public final class PrivateCUPS {
  public enum Backend: String, Sendable {
    case prints
    /// Reports media-empty-error and exits 4, which stops the queue (cups-backend(7)).
    case outOfPaper
    /// Exits 4 with an error in words.
    case fails
    /// Waits until the file `release` exists.
    case waits
    /// Runs out of paper in the middle, waits for `release`, prints on and says that it has paper.
    case refilled
    /// Does what `script` says.
    case scripted
  }

  public static let queue = "ticket-printer"
  /// After so many seconds cupsd starts a job again that its backend gave back.
  public static let jobRetry_s = 2
  public let directory: String
  private var process: pid_t = 0

  public init() throws {
    for tool in ["/usr/sbin/cupsd", "/usr/lib/cups/daemon", "/usr/share/cups/mime/mime.types"] {
      try need(access(tool, R_OK) == 0, "\(tool) is missing: apt-get install cups-daemon")
    }
    var template = Array("/tmp/kioskd-cups-XXXXXX".utf8CString)
    try need(mkdtemp(&template) != nil, "no temporary directory")
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // The scheduler's children run as lp and look through this directory.
    chmod(directory, 0o755)
    for name in [
      "root", "bin", "bin/backend", "bin/filter", "bin/notifier", "bin/cgi-bin",
      "spool", "spool/tmp", "cache", "state", "ssl", "log", "out", "runs",
    ] { try need(mkdir("\(directory)/\(name)", 0o755) == 0, name) }
    try need(symlink("/usr/lib/cups/daemon", "\(directory)/bin/daemon") == 0, "symlink")
    try need(symlink("/usr/lib/cups/notifier/rss", notifier) == 0, "symlink")
    try writeBackend()
    try writeQueue()
    try write("root/cups-files.conf", files)
    try write("root/cupsd.conf", Self.settings(directory))
    try set(.prints)
  }

  deinit {
    kill()
    removeTree(directory)
  }

  public var socket: String { directory + "/cups.sock" }
  /// Where the notifier `rss` writes.
  public var feed: String { directory + "/cache/rss" }
  private var notifier: String { directory + "/bin/notifier/rss" }
  /// The directory of the file with the subscriptions.
  public var root: String { directory + "/root" }

  // MARK: - Life

  public func start() throws {
    let arguments = [
      "/usr/sbin/cupsd", "-f", "-c", directory + "/root/cupsd.conf", "-s",
      directory + "/root/cups-files.conf",
    ]
    var pointers = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var environment: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=/usr/bin:/bin"), nil]
    defer { for pointer in environment { free(pointer) } }
    let error = posix_spawn(&process, arguments[0], nil, nil, &pointers, &environment)
    try need(error == 0, "cupsd: \(String(cString: strerror(error)))")
    try need(comesUp(), "cupsd does not come up: \(log)")
  }

  /// Waits until the server takes connections, at most so many tries.
  private func comesUp() throws -> Bool { try becomes(answers) }

  /// Waits until so many jobs stand in the server's files, and would come back after `kill`.
  public func waitForSaved(jobs count: Int) throws {
    let isSaved = try becomes {
      SmallFile.entries(self.directory + "/spool").count { $0.hasPrefix("c") } >= count
    }
    try need(isSaved, "cupsd does not save its jobs: \(log)")
  }

  private func becomes(_ isSo: @escaping () -> Bool) throws -> Bool {
    let loop = try EventLoop()
    var tries = 3000
    func look() {
      tries -= 1
      if isSo() || tries == 0 { return loop.stop() }
      _ = loop.schedule(after: .milliseconds(20)) { look() }
    }
    _ = loop.schedule(after: .milliseconds(0)) { look() }
    loop.run()
    return tries > 0
  }

  /// `kill -9`, and gone.
  public func kill() {
    guard process > 0 else { return }
    Glibc.kill(process, SIGKILL)
    var status: CInt = 0
    waitpid(process, &status, 0)
    process = 0
    unlink(socket)
  }

  public func freeze() { Glibc.kill(process, SIGSTOP) }
  public func thaw() { Glibc.kill(process, SIGCONT) }

  private func answers() -> Bool {
    guard let client = try? UnixSocket.connect(socket) else { return false }
    close(client)
    return true
  }

  // MARK: - The printer

  public func set(_ backend: Backend) throws { try write("mode", backend.rawValue) }
  public func release() throws { try write("release", "") }

  /// The backend prints its document, then runs these lines of sh(1).
  public func set(script: String) throws {
    try write("script", script + "\n")
    try set(.scripted)
  }

  /// As if the package had no notifier.
  public func removeNotifier() { unlink(notifier) }

  /// `Recipient` lines of subscriptions.conf, which cupsd writes after each change.
  public var subscriptions: [String] {
    let text = SmallFile.text(root + "/subscriptions.conf") ?? ""
    return text.split(separator: "\n").filter { $0.hasPrefix("Recipient ") }.map(String.init)
  }

  /// cupsd forgets all subscriptions; only while it does not run.
  public func forgetSubscriptions() {
    unlink(root + "/subscriptions.conf")
    unlink(root + "/subscriptions.conf.O")
  }

  /// How often this operation was asked for, by everybody: `Get-Job-Attributes`.
  public func requests(_ operation: String) -> Int {
    let text = SmallFile.text(directory + "/log/access") ?? ""
    return text.split(separator: "\n").count { $0.contains(" \(operation) ") }
  }

  /// Backends that were started so far.
  public var backendRuns: Int { SmallFile.entries(directory + "/runs").count }

  /// A document is at the backend, which waits.
  public var isBackendWaiting: Bool { access(directory + "/waiting", F_OK) == 0 }

  /// Every document that reached the printer, in order.
  public var printed: [[UInt8]] {
    SmallFile.entries(directory + "/out").compactMap { Self.content("\(directory)/out/\($0)") }
  }

  static func content(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      content += buffer[0..<count]
    }
    return content
  }

  private var log: String { SmallFile.text(directory + "/log/error") ?? "no log" }

  /// What cupsd wrote about the queue, from scratch: enabled again, in order.
  /// - Parameter pausedWith: somebody paused it, with this message.
  public func writeQueue(pausedWith message: String? = nil, errorPolicy: String = "retry-job")
    throws
  {
    let state = message.map { "Stopped\nStateMessage \($0)\nReason paused" } ?? "Idle"
    try write(
      "root/printers.conf",
      """
      <Printer \(Self.queue)>
      Info Hall, left kiosk
      DeviceURI capture:/one
      State \(state)
      Accepting Yes
      Shared No
      JobSheets none none
      OpPolicy default
      ErrorPolicy \(errorPolicy)
      </Printer>

      """)
  }

  private func writeBackend() throws {
    let path = "bin/backend/capture"
    try write(
      path,
      """
      #!/bin/sh
      # job user title copies options [file]
      [ $# -eq 0 ] && { echo 'direct capture "Unknown" "capture"'; exit 0; }
      mode=$(cat \(directory)/mode)
      : > \(directory)/runs/$1.$$
      if [ "$mode" = outOfPaper ]; then
        echo "STATE: +media-empty-error" >&2
        exit 4
      fi
      [ "$mode" = fails ] && { echo "ERROR: The head is too hot" >&2; exit 4; }
      [ "$mode" = waits ] && : > \(directory)/waiting
      [ "$mode" = refilled ] && echo "STATE: +media-empty-error" >&2
      while [ "$mode" = waits ] || [ "$mode" = refilled ]; do
        [ -e \(directory)/release ] && break
        # Orphan of a killed cupsd, whose test is over.
        [ -d \(directory) ] || exit 1
        sleep 0.02
      done
      # A killed cupsd leaves its backend, and the next one starts another for the same job.
      part=\(directory)/part.$1.$$
      cat ${6:+"$6"} > "$part" && mv "$part" \(directory)/out/$(printf %05d "$1").$$
      [ "$mode" = scripted ] && . \(directory)/script
      echo "STATE: -media-empty-error" >&2

      """)
    // Not open to others: cupsd then runs it as root (cups-backend(7), PERMISSIONS).
    try need(chmod("\(directory)/\(path)", 0o700) == 0, "chmod")
  }

  private func write(_ name: String, _ text: String) throws {
    let path = "\(directory)/\(name)"
    let file = try SystemCall.open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
    var text = text
    let transfer = text.withUTF8 { SystemCall.write(file.raw, UnsafeRawBufferPointer($0)) }
    try need(
      transfer == .bytes(text.utf8.count) && rename(path + ".new", path) == 0, "write \(path)")
  }

  /// cupsd started by root wants another user for its children; started by somebody else, it and
  /// they stay who they are.
  private var user: String { geteuid() == 0 ? "lp" : Accounts().user(geteuid()) }
  private var group: String { geteuid() == 0 ? "lp" : Accounts().group(getegid()) }

  /// Must differ from `group` (cups-files.conf(5)).
  private var systemGroup: String { geteuid() == 0 ? "root" : "daemon" }

  private var files: String {
    """
    ServerRoot \(directory)/root
    ServerBin \(directory)/bin
    DataDir /usr/share/cups
    RequestRoot \(directory)/spool
    TempDir \(directory)/spool/tmp
    CacheDir \(directory)/cache
    StateDir \(directory)/state
    ServerKeychain \(directory)/ssl
    AccessLog \(directory)/log/access
    ErrorLog \(directory)/log/error
    PageLog \(directory)/log/page
    User \(user)
    Group \(group)
    SystemGroup \(systemGroup)
    FileDevice Yes
    Printcap \(directory)/printcap

    """
  }

  private static func settings(_ directory: String) -> String {
    """
    LogLevel debug
    AccessLogLevel all
    Listen \(directory)/cups.sock
    Browsing No
    WebInterface No
    DefaultAuthType Basic
    DirtyCleanInterval 0
    JobRetryInterval \(jobRetry_s)
    <Location />
      Order allow,deny
    </Location>
    <Policy default>
      JobPrivateAccess default
      JobPrivateValues default
      SubscriptionPrivateAccess default
      SubscriptionPrivateValues default
      <Limit Create-Job Print-Job Print-URI Validate-Job>
        Order deny,allow
      </Limit>
      <Limit Cancel-Job CUPS-Authenticate-Job Create-Job-Subscription Renew-Subscription \
      Cancel-Subscription Get-Notifications>
        Require user @OWNER @SYSTEM
        Order deny,allow
      </Limit>
      <Limit All>
        Order deny,allow
      </Limit>
    </Policy>

    """
  }
}

/// Why there is no cupsd to test with. Never a reason to skip a test.
public struct NoCUPS: Error, CustomStringConvertible {
  public let description: String
}

private func need(_ isSo: Bool, _ text: @autoclosure () -> String) throws(NoCUPS) {
  if !isSo { throw NoCUPS(description: text()) }
}

func removeTree(_ path: String) {
  var status = stat()
  guard lstat(path, &status) == 0 else { return }
  if status.st_mode & S_IFMT == S_IFDIR {
    for name in SmallFile.entries(path) { removeTree("\(path)/\(name)") }
    rmdir(path)
  } else {
    unlink(path)
  }
}
