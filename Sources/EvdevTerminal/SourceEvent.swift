import Branch
public import TerminalInput

/// What an open source tells its terminal.
enum SourceEvent {
  case pressed(KeyPress)
  case burst(KeyStroke, count: Int)
  case scanned(String)
  case unreadable
  case note(String)
  /// It does not work any more; the terminal drops it.
  case ended(Problem)
}

/// What a device sent, before anything is made of it: for recorders and teachers.
public enum RawInput: Equatable, Sendable {
  case event(InputEvent)
  /// The keys that are down, read anew: when the device is opened, and after events were lost.
  case keysDown(Set<UInt16>)
}
