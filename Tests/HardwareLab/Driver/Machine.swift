import CLinux
import Glibc

/// What the driver could not do; the text stands in the log beside the scenario's line.
struct LabError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Names a failed system call with what it was about.
func failed(_ what: String, _ code: Int32 = errno) -> LabError {
  LabError("\(what): \(String(cString: strerror(code)))")
}

func exitWith(_ status: Int32) -> Never { exit(status) }

/// Milliseconds of CLOCK_MONOTONIC; in the guest this starts at boot.
func monotonic_ms() -> Int64 {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
}

func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// The whole file, or nil when it cannot be read; sysfs files report no true size.
func readBytes(_ path: String) -> [UInt8]? {
  let descriptor = kioskd_open(path, O_RDONLY, 0)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  while let more = readSome(descriptor, upTo: 65_536), !more.isEmpty { bytes += more }
  return bytes
}

func readText(_ path: String) -> String? {
  readBytes(path).map { String(decoding: $0, as: UTF8.self) }
}

/// First line of a sysfs or configfs attribute.
func readLine(of path: String) -> String? {
  readText(path).map { String($0.prefix { $0 != "\n" }) }
}

/// Bytes that are there now; empty at the end of a file, nil on an error (see errno).
func readSome(_ descriptor: Int32, upTo count_max: Int) -> [UInt8]? {
  var status = 0
  let bytes = [UInt8](unsafeUninitializedCapacity: count_max) { buffer, count in
    repeat {
      status = read(descriptor, buffer.baseAddress, count_max)
    } while status < 0
      && errno == EINTR
    count = max(0, status)
  }
  return status < 0 ? nil : bytes
}

/// Writes all bytes to a blocking descriptor.
func writeAll(_ descriptor: Int32, _ bytes: [UInt8], to what: String) throws(LabError) {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    guard count > 0 else { throw failed("write \(what)") }
    rest = rest.dropFirst(count)
  }
}

/// Writes an attribute of sysfs or configfs, or a file, in one piece.
func writeFile(_ path: String, _ bytes: [UInt8], flags: Int32 = 0) throws(LabError) {
  let descriptor = kioskd_open(path, O_WRONLY | flags, 0o644)
  guard descriptor >= 0 else { throw failed("open \(path)") }
  defer { close(descriptor) }
  try writeAll(descriptor, bytes, to: path)
}

func writeFile(_ path: String, _ text: String, flags: Int32 = 0) throws(LabError) {
  try writeFile(path, Array(text.utf8), flags: flags)
}

func makeDirectory(_ path: String) throws(LabError) {
  guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw failed("mkdir \(path)") }
}

/// Names in a directory, sorted; empty when there is no such directory.
func list(_ path: String) -> [String] {
  guard let directory = opendir(path) else { return [] }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// Paths that match a shell pattern, sorted.
func matches(_ pattern: String) -> [String] {
  var result = glob_t()
  defer { globfree(&result) }
  guard glob(pattern, 0, nil, &result) == 0 else { return [] }
  return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { String(cString: $0) } }
}

func resolved(_ path: String) -> String? {
  guard let real = realpath(path, nil) else { return nil }
  defer { free(real) }
  return String(cString: real)
}

/// What a symbolic link says; those of /proc/PID/fd often lead to no path.
func link(at path: String) -> String? {
  var bytes = [CChar](repeating: 0, count: 4096)
  let count = readlink(path, &bytes, bytes.count)
  guard count >= 0 else { return nil }
  return String(decoding: bytes[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
}
