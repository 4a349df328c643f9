import Branch

@testable import BranchCore

/// Boxes with numbers of the reserve and no hub.
protocol PrinterBoxes {}

extension PrinterBoxes {
  func box(_ printers: [PrinterPlan]? = nil) -> Box {
    let box = Box(Plans.node(printers: printers))
    box.openAll()
    box.link()
    box.lease(1, 1...999, more: "reserve=yes")
    box.cut()
    return box
  }

  func onlyFront(
    processID: Bool = true, asked: Bool = true, automatic: Bool = false, port: Bool = false
  ) -> Box {
    box([
      Plans.printer(
        Plans.front, processID: processID, asked: asked, automatic: automatic, port: port)
    ])
  }
}
