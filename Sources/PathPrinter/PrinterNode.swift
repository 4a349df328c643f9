import Branch
import CLinux
import Glibc
import LinuxIO

/// What stands behind a printer path once it is open.
struct PrinterNode: ~Copyable {
  enum Kind: Equatable {
    /// A file that tickets are appended to.
    case file
    case pipe
    /// A line printer of the kernel: usblp or a parallel port. Knows LPGETSTATUS.
    case lineprinter
    /// A serial line or a pseudo terminal.
    case terminal
    case characterDevice

    /// Bytes can come back.
    var hasWayBack: Bool { self == .lineprinter || self == .terminal || self == .characterDevice }
  }

  let descriptor: Descriptor
  let kind: Kind
  let device: UInt64
  let inode: UInt64

  /// Major numbers [Linux Documentation/admin-guide/devices.txt]: 6 parallel printers, 180 USB
  /// character devices, of which minors 0 to 15 are usblp.
  private static func isLinePrinter(_ device: UInt64) -> Bool {
    let major = (device >> 8) & 0xFFF
    let minor = (device & 0xFF) | ((device >> 12) & 0xFFF00)
    return major == 6 || (major == 180 && minor < 16)
  }

  /// Opens without waiting for anything.
  ///
  /// - Parameter createsFile: where nothing stands at the path, a file is made, if the directory
  ///   exists and is not one of devices: an unplugged printer's node must never turn into a file.
  static func open(_ path: String, createsFile: Bool) throws(Problem) -> PrinterNode {
    var status = stat()
    let isThere = stat(path, &status) == 0
    if isThere { try refuseUnfit(status, path) }
    if !isThere { try refuseCreation(path, createsFile: createsFile) }
    let descriptor: Descriptor
    do throws(SystemError) {
      descriptor = try openNode(path, isThere ? status.st_mode & S_IFMT : S_IFREG, isThere)
    } catch {
      throw PathProblem.opening(path, error)
    }
    // Looked at again through the descriptor: what was opened decides, not what stood there before.
    guard fstat(descriptor.raw, &status) == 0 else {
      throw PathProblem.opening(path, SystemError("fstat", errno: errno))
    }
    try refuseUnfit(status, path)
    let kind = kind(status, descriptor.raw)
    if kind == .terminal { makeRaw(descriptor.raw) }
    return PrinterNode(
      descriptor: descriptor, kind: kind, device: UInt64(status.st_dev),
      inode: UInt64(status.st_ino))
  }

  private static func openNode(_ path: String, _ type: mode_t, _ isThere: Bool)
    throws(SystemError) -> Descriptor
  {
    let common = O_NONBLOCK | O_NOCTTY
    switch type {
    case S_IFREG:
      let creation = isThere ? 0 : O_CREAT
      return try SystemCall.open(path, common | O_WRONLY | O_APPEND | creation, mode: 0o640)
    case S_IFIFO: return try SystemCall.open(path, common | O_WRONLY)
    default: return try SystemCall.open(path, common | O_RDWR)
    }
  }

  private static func kind(_ status: stat, _ descriptor: CInt) -> Kind {
    switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFIFO: .pipe
    default:
      if isLinePrinter(UInt64(status.st_rdev)) {
        .lineprinter
      } else if isatty(descriptor) == 1 {
        .terminal
      } else {
        .characterDevice
      }
    }
  }

  /// A disk, a directory or a socket behind a printer's path is a slip of the pen; written to,
  /// a disk would be ruined.
  private static func refuseUnfit(_ status: stat, _ path: String) throws(Problem) {
    switch status.st_mode & S_IFMT {
    case S_IFREG, S_IFIFO, S_IFCHR: return
    case S_IFDIR: throw PathProblem.unfit(path, "it is a directory")
    case S_IFBLK: throw PathProblem.unfit(path, "it is a block device, a disk for instance")
    case S_IFSOCK: throw PathProblem.unfit(path, "it is a socket")
    default: throw PathProblem.unfit(path, "it is neither a device, a FIFO nor a file")
    }
  }

  private static func refuseCreation(_ path: String, createsFile: Bool) throws(Problem) {
    let names = path.split(separator: "/", omittingEmptySubsequences: true).dropLast()
    let parent = "/" + names.joined(separator: "/")
    guard let resolved = realpath(parent, nil) else {
      throw PathProblem.absent(path, "neither it nor its directory exists")
    }
    defer { free(resolved) }
    let place = String(cString: resolved) + "/"
    let holdsDevices =
      ["/dev/", "/sys/", "/proc/"].contains { place.hasPrefix($0) } && !place.hasPrefix("/dev/shm/")
    guard !holdsDevices else { throw PathProblem.absent(path, "nothing stands at this path") }
    guard createsFile else { throw PathProblem.notMade(path) }
  }

  /// A terminal in its usual mode would turn LF into CR LF in the middle of raster data and echo
  /// status bytes back to the printer. Speed and framing stay as they are.
  private static func makeRaw(_ descriptor: CInt) {
    var settings = termios()
    guard tcgetattr(descriptor, &settings) == 0 else { return }
    cfmakeraw(&settings)
    tcsetattr(descriptor, TCSANOW, &settings)
  }

  /// The path still leads to what is open here.
  borrowing func isStillAt(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && UInt64(status.st_dev) == device
      && UInt64(status.st_ino) == inode
  }

  /// Drops what the kernel still holds of a job that was given up, so that its rest does not
  /// print when the line moves again, and so that close(2) does not wait for it (closing_wait of
  /// a serial line is 30 s).
  borrowing func discardUnsent() {
    if kind == .terminal { tcflush(descriptor.raw, TCOFLUSH) }
  }
}
