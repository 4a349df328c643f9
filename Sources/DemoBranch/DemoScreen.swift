public import Branch
public import Configuration

/// The demo for a person: a screen that shows the branch, keys that are its buttons.
public enum DemoScreen {
  public static func run(configuration: NodeConfiguration, out: String?) throws(Problem) {}
}
