import CLinux
import Glibc

/// One QEMU machine that runs one scenario.
final class Guest {
  let scenario: Scenario
  private let directory: String
  private let console: String
  private let pid: pid_t
  /// Process of the logged disk.
  private var server: pid_t?
  private let start = monotonic_ms()
  private var end: Int64 = 0
  private var wasStopped = false
  private(set) var isOver = false
  private(set) var passed = false

  /// Lines of each log that a failure shows.
  static let tail_lines = 40
  private static let diskStart_ms_max: Int64 = 5000

  init(_ scenario: Scenario, image: String, share: String, logs: String) throws(LabError) {
    self.scenario = scenario
    directory = "\(logs)/\(scenario.name)"
    console = "\(logs)/\(scenario.name).log"
    try makeDirectory(logs)
    try makeDirectory(directory)
    for old in list(directory) { unlink("\(directory)/\(old)") }
    try writeFile(console, "", flags: O_CREAT | O_TRUNC)
    if scenario.hasLoggedDisk { server = try Self.startDisk(directory, driver: share) }
    let arguments = Self.machine(scenario, image: image, share: share, out: directory)
    pid = try spawn(arguments, output: .append(console))
  }

  /// Software emulation, so that it runs wherever the tests run. The clock starts at a fixed
  /// moment: no scenario meets midnight.
  private static func machine(
    _ scenario: Scenario, image: String, share: String, out: String
  ) -> [String] {
    let file = "/lab/Scenarios/\(scenario.name).scenario"
    return [
      "qemu-system-x86_64", "-accel", "tcg", "-m", "768", "-nographic", "-nodefaults",
      "-no-reboot", "-rtc", "base=2026-06-01T08:00:00", "-serial", "stdio",
      "-kernel", "\(image)/vmlinux", "-initrd", "\(image)/initramfs.cpio",
      "-append", "console=ttyS0 quiet oops=panic panic=-1 -- \(file)",
      "-fsdev", "local,id=lab,path=\(share),security_model=none,readonly=on",
      "-device", "virtio-9p-pci,fsdev=lab,mount_tag=lab",
      "-fsdev", "local,id=out,path=\(out),security_model=none",
      "-device", "virtio-9p-pci,fsdev=out,mount_tag=out",
    ] + (scenario.hasLoggedDisk ? disk(out) : [])
      + (scenario.branch.hasAdapter ? Adapter.machine(sockets: out) : [])
  }

  private static func disk(_ directory: String) -> [String] {
    [
      "-drive", "file=nbd+unix:///?socket=\(directory)/disk.sock,format=raw,if=none,id=disk",
      "-device", "virtio-blk-pci,drive=disk", "-serial", "unix:\(directory)/marks.sock",
    ]
  }

  /// An empty file system, kept beside the copy that the guest writes to.
  private static func startDisk(_ directory: String, driver: String) throws(LabError) -> pid_t {
    let make =
      "truncate -s 48M disk.img && /sbin/mke2fs -q -F -t ext4 disk.img && cp disk.img run.img"
    let maker = try spawn(
      ["/bin/sh", "-c", "cd \(directory) && \(make)"], output: .append("\(directory)/tools.txt"))
    var status: Int32 = 0
    waitpid(maker, &status, 0)
    guard status == 0 else { throw LabError("cannot make a file system: \(directory)/tools.txt") }
    let server = try spawn(
      ["\(driver)/bin/kioskd-lab", "disk", directory],
      environment: ["LD_LIBRARY_PATH=\(driver)/lib"],
      output: .append("\(directory)/tools.txt"))
    guard try awaitFile("marks.sock", in: directory, for: diskStart_ms_max) else {
      throw LabError("the logged disk does not come up")
    }
    return server
  }

  /// The moment at which the machine is over its limit; nil when it is being switched off.
  var limit: Int64? { wasStopped ? nil : start + scenario.limit_ms }

  /// Looks whether the machine is off; one that takes too long is switched off.
  func hasEnded() -> Bool {
    var status: Int32 = 0
    if waitpid(pid, &status, WNOHANG) == 0 {
      if let limit, monotonic_ms() >= limit {
        wasStopped = true
        kill(pid, SIGKILL)
      }
      return false
    }
    end = monotonic_ms()
    isOver = true
    passed = !wasStopped && exitCode == 0
    if let server { judgePowerCuts(server) }
    gatherLogs()
    return true
  }

  /// The run itself was fine: now every power cut that it could have met.
  private func judgePowerCuts(_ server: pid_t) {
    kill(server, SIGTERM)
    var status: Int32 = 0
    waitpid(server, &status, 0)
    guard passed else { return }
    let seed = UInt64(truncatingIfNeeded: monotonic_ms())
    var text: String
    do throws(LabError) {
      var cuts = PowerCuts(directory: directory, seed: seed)
      let result = try cuts.check()
      passed = result.faults.isEmpty && result.marks > 0
      text =
        "\(result.states) power cuts, \(result.marks) tickets on paper, "
        + "\(result.faults.count) faults, seed \(seed)"
      text += result.faults.prefix(20).map { "\n\($0)" }.joined()
    } catch {
      passed = false
      text = "\(error)"
    }
    say("    \(scenario.name): \(text)")
    try? writeFile("\(directory)/power-cuts.log", text + "\n", flags: O_CREAT | O_TRUNC)
  }

  /// n of the console's last `LAB-EXIT n`; nil when the guest never came so far.
  private var exitCode: Int? {
    let lines = (readText(console) ?? "").split(whereSeparator: \.isNewline)
    let last = lines.last { $0.contains("LAB-EXIT ") }
    return last?.split(separator: " ").last.flatMap { Int($0) }
  }

  /// One file tells all: the console first, then what the programs wrote.
  private func gatherLogs() {
    for file in list(directory) where file.hasSuffix(".log") {
      let heading = Array("\n==== \(file)\n".utf8)
      let bytes = readBytes("\(directory)/\(file)") ?? []
      try? writeFile(console, heading + bytes, flags: O_APPEND)
    }
  }

  func report(keeps: Bool) {
    let time = seconds(end - start, decimals: 1)
    guard !passed else {
      say("ok \(time)s \(scenario.name)")
      if !keeps { for file in list(directory) { unlink("\(directory)/\(file)") } }
      if !keeps { rmdir(directory) }
      return
    }
    let why = wasStopped ? "over its limit of \(scenario.limit_ms) ms" : "exit \(exitCode ?? -1)"
    say("FAILED \(time)s \(scenario.name): \(why); \(console)")
    let sections = (readText(console) ?? "").split(
      separator: "\n====", omittingEmptySubsequences: true)
    for section in sections {
      let lines = section.split(whereSeparator: \.isNewline)
      say(lines.suffix(Self.tail_lines).map { "    | \($0)" }.joined(separator: "\n"))
    }
  }
}
