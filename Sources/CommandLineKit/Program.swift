public import Branch

extension ProgramSpec {
  /// The whole of a `main`: reads the command line, answers `--help`, complains about misuse, runs
  /// the command and tells a thrown `Problem` (exit code 1) or `Misuse` (exit code 2).
  public func main(
    _ arguments: [String], _ run: (Arguments) throws -> ExitCode
  ) -> ExitCode {
    Output.openMissingStreams()
    return Output.verdict(perform(parse(arguments), run), program: name)
  }

  private func perform(
    _ invocation: Invocation, _ run: (Arguments) throws -> ExitCode
  ) -> ExitCode {
    switch invocation {
    case .answer(let text):
      Output.line(text)
      return .success
    case .misuse(let misuse): return complain(misuse)
    case .run(let arguments):
      do {
        return try run(arguments)
      } catch let misuse as Misuse {
        return complain(misuse)
      } catch let problem as Problem {
        complain(problem)
        return .failure
      } catch {
        Output.line("\(name): \(error)", to: .error)
        return .failure
      }
    }
  }

  /// Tells a problem to whoever typed the command.
  public func complain(_ problem: Problem) {
    Output.line("\(name): \(problem.what): \(problem.cause) [\(problem.code)]", to: .error)
    Output.line("  \(problem.cure)", to: .error)
  }

  private func complain(_ misuse: Misuse) -> ExitCode {
    Output.line("\(name): \(misuse.text)", to: .error)
    let help = ([name] + [misuse.command].compactMap(\.self) + ["--help"]).joined(separator: " ")
    Output.line("Try: \(help)", to: .error)
    return .misuse
  }
}
