import Branch
import Configuration
import DemoBranch
import DeviceProfiles
import Testing

/// The demo's printer, of any model, and what can happen to it.
@Suite("The demo's printer")
struct DemoPrinterTests {
  /// Prints, is opened, put offline, stalled, emptied and filled, and says nonsense in between.
  private static let day = """
    press kiosk button1
    expect ticket A001 printed
    garbage printer
    cover printer open
    expect facts device-condition 1 device=printer reason=cover-open
    press kiosk button1
    expect refused kiosk
    expect no ticket
    cover printer closed
    expect facts device-condition 1 device=printer reason=none
    press kiosk button2
    expect ticket B001 printed
    garbage printer
    offline printer on
    expect facts device-condition 1 device=printer reason=offline
    press kiosk button2
    expect refused kiosk
    offline printer off
    expect facts device-condition 2 device=printer reason=none
    stall printer on
    press kiosk button1
    expect no ticket
    stall printer off
    expect ticket A002 printed
    paper printer out
    expect facts device-condition 1 device=printer reason=media-empty
    garbage printer
    paper printer ok
    expect facts device-condition 3 device=printer reason=none
    press kiosk button1
    expect ticket A003 printed
    expect facts ticket-printed 4
    expect each-once
    expect paper-agrees
    """

  private func play(_ text: String, _ profile: PrinterProfile) throws -> ScriptFailure? {
    let configuration = try ShippedDemo.configuration().withPrinters(of: profile)
    let (script, mistakes) = Script.read(
      file: "test.script", bytes: Array(text.utf8), for: configuration)
    #expect(mistakes.map(\.description) == [])
    return try ScriptedDemo.play(try #require(script), configuration: configuration, out: nil)
  }

  /// A shipped profile whose answers are trusted, in the words of its language.
  private func trusted(_ id: String) throws -> PrinterProfile {
    var text = String(decoding: try ShippedDemo.bytes(id + ".json"), as: UTF8.self)
    let words = #""completion": "etb", "status": ["star-asb"],"#
    text.replace("\"completion\": null,", with: words)
    text.replace("\"status\": null,", with: "")
    text.replace("\"sources\": {", with: "\"sources\": {\"*\": \"a test\",")
    var library = ProfileLibrary()
    let mistakes = library.add(fileName: id + ".json", bytes: Array(text.utf8))
    #expect(mistakes.map(\.description) == [])
    return try #require(ProfileID(id).flatMap { library.printers[$0] })
  }

  @Test(
    "tells of its state, and its paper agrees with the facts, in every language",
    arguments: ["epson-tm-t88v", "star-tsp100iv", "star-tsp650ii", "star-tsp100"])
  func day(id: String) throws {
    let profile = try trusted(id)
    let failure = try play(Self.day, profile)
    #expect(failure == nil, "\(failure.map(\.description) ?? "")")
  }

  @Test(
    "of which nobody knows whether it tells the truth prints all the same",
    arguments: ["star-tsp100", "star-tsp650", "generic-80mm"])
  func silent(id: String) throws {
    let text = """
      press kiosk button1
      expect ticket A001 printed on printer
      garbage printer
      press kiosk button2
      expect ticket B001 printed
      expect each-once
      """
    let profile = try #require(
      ProfileID(id).flatMap { (try? ShippedDemo.profiles())?.printers[$0] })
    let failure = try play(text, profile)
    #expect(failure == nil, "\(failure.map(\.description) ?? "")")
  }
}
