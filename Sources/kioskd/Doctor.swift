import Branch
import CommandLineKit
import LinuxIO
import Technician

/// Checks everything that a configuration names. Exit code 1 when something is wrong.
func runDoctor(_ arguments: Arguments) throws -> ExitCode {
  let file = arguments.required("config")
  var lines = [CheckLine]()
  do throws(Problem) {
    let loaded = try LoadedConfiguration(file: file)
    lines = configurationLines(loaded, file)
    if let configuration = loaded.configuration {
      lines += try examine { loop, done in
        Doctor(loop: loop, configuration: configuration, onEnd: done)
      }
    }
  } catch {
    lines.append(CheckLine(.configuration, about: file, wrong: error))
  }
  for line in CheckLine.report(lines) { Output.line(line) }
  return lines.allSatisfy(\.isFine) ? .success : .failure
}

private func examine(
  _ make: (EventLoop, @escaping ([CheckLine]) -> Void) -> Doctor
) throws(Problem) -> [CheckLine] {
  let loop = try makeLoop()
  var found: [CheckLine] = []
  let doctor = make(loop) { lines in
    found = lines
    loop.stop()
  }
  doctor.start()
  loop.run()
  return found
}

/// Mistakes in the configuration, and in profiles that nobody has to use.
private func configurationLines(_ loaded: LoadedConfiguration, _ file: String) -> [CheckLine] {
  let own = loaded.diagnostics.filter { $0.file == file }
  let others = loaded.diagnostics.filter { $0.file != file }
  var lines = own.map { CheckLine(.configuration, wrong: $0.problem) }
  if let configuration = loaded.configuration {
    lines.append(
      CheckLine(
        .configuration,
        fine: "\(file): node \(configuration.node) of branch \(configuration.branch.name)"))
  }
  lines += others.map { CheckLine(.profiles, wrong: $0.problem) }
  if others.isEmpty {
    let count = loaded.profiles.printers.count + loaded.profiles.signs.count
    lines.append(CheckLine(.profiles, fine: "\(count + loaded.profiles.terminals.count) profiles"))
  }
  return lines
}

/// An event loop for a command, with SIGPIPE off.
func makeLoop() throws(Problem) -> EventLoop {
  Signals.ignoreBrokenPipes()
  do throws(SystemError) {
    return try EventLoop()
  } catch {
    throw Problem(
      code: "system", what: "cannot wait for devices", cause: error.description,
      cure: "This is a fault of the system; look at its limits (ulimit -n).")
  }
}
