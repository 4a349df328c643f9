import Branch
import DeviceProfiles
import Testing

@Suite("What a Star profile promises") struct StarProfileTests {
  private func profile(_ words: String) -> PrinterProfile? {
    var library = ProfileLibrary()
    let text = """
      {"kind": "printer", "name": "TSP", "columns": 48, "sources": {"*": "manual"}, \(words)}
      """
    #expect(library.add(fileName: "star.json", bytes: Array(text.utf8)).isEmpty)
    return ProfileID("star").flatMap { library.printers[$0] }
  }

  @Test("nothing, where nothing is said")
  func nothing() throws {
    let plain = try #require(profile("\"language\": \"star-line\""))
    #expect(!plain.tellsStatus && !plain.answersStatus && !plain.confirmsCompletion)
  }

  @Test("a status by itself, and the count of ETBs in it")
  func counted() throws {
    let star = try #require(
      profile("\"language\": \"star-line\", \"status\": [\"star-asb\"], \"completion\": \"etb\""))
    #expect(star.tellsStatus && !star.answersStatus && star.confirmsCompletion)
  }

  @Test("a status on request, but not where it comes by itself")
  func requested() throws {
    let asked = try #require(
      profile(
        "\"language\": \"star-prnt\", \"status\": [\"star-request\"], \"completion\": \"print-end\""
      ))
    #expect(!asked.tellsStatus && asked.answersStatus && asked.confirmsCompletion)
    let both = try #require(
      profile("\"language\": \"star-prnt\", \"status\": [\"star-asb\", \"star-request\"]"))
    #expect(both.tellsStatus && !both.answersStatus)
  }
}
