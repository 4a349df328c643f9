import Glibc

/// Small text files of the kernel and of /etc: sysfs attributes, passwd and group.
public enum SmallFile {
  /// More than a sysfs attribute (one page) or a sensible /etc/group holds; the rest is not read.
  public static let bytes_max = 1 << 20
  /// Entries taken from one directory.
  public static let entries_max = 4096

  /// nil when it does not exist or may not be read.
  public static func bytes(_ path: String) -> [UInt8]? {
    guard let file = try? SystemCall.open(path, O_RDONLY | O_NONBLOCK) else { return nil }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while content.count < bytes_max {
      let transfer = buffer.withUnsafeMutableBytes { SystemCall.read(file.raw, into: $0) }
      switch transfer {
      case .bytes(let count): content += buffer[0..<count]
      case .end: return content
      case .wouldBlock, .failed: return nil
      }
    }
    return content
  }

  /// The content without white space at either end; wrong UTF-8 becomes U+FFFD.
  public static func text(_ path: String) -> String? {
    guard let bytes = bytes(path) else { return nil }
    let blanks: Set<UInt8> = [0x00, 0x09, 0x0A, 0x0D, 0x20]
    let start = bytes.firstIndex { !blanks.contains($0) } ?? bytes.endIndex
    let end = bytes.lastIndex { !blanks.contains($0) } ?? bytes.startIndex
    guard start <= end, start < bytes.endIndex else { return "" }
    return String(decoding: bytes[start...end], as: UTF8.self)
  }

  /// Names in a directory, sorted, without `.` and `..`; empty when it may not be read.
  public static func entries(_ directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while names.count < entries_max, let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// What a symbolic link says, unresolved.
  public static func linkTarget(_ path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes { raw -> Int in
      guard let base = raw.baseAddress else { return -1 }
      return readlink(path, base.assumingMemoryBound(to: CChar.self), raw.count)
    }
    return count > 0 ? String(decoding: buffer[0..<count], as: UTF8.self) : nil
  }

  /// The last part of a path, `usblp` of `../../../bus/usb/drivers/usblp`.
  public static func lastPart(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
