import Branch
import SignProtocols

/// A picture on its way to a board, or a look whether the board still has it.
struct BoardTurn: Sendable {
  let board: Int
  var picture: SignPicture
  let isCheck: Bool
  /// What still has to go.
  var frames: ArraySlice<SignFrame>
  var outcome = SignOutcome.sent
}

/// Whose turn it is, and how one ends.
extension LineTraffic {
  mutating func nextFrame(_ now: MonotonicTime) -> SignFrame? {
    while true {
      if let frame = turn?.frames.first {
        if let sounding = sounding(before: frame) { return sounding }
        turn?.frames.removeFirst()
        return frame
      }
      if let turn { succeeded(turn) }
      if !round.isEmpty {
        begin(round.removeFirst())
      } else if !latches.isEmpty {
        return latches.removeFirst()
      } else if mayTryAgain, let board = boards.firstIndex(where: { $0.isToBeTried(now) }) {
        mayTryAgain = false
        begin(board)
      } else {
        round = boards.indices.filter { boards[$0].isWaiting }
          .sorted { boards[$0].order < boards[$1].order }
        mayTryAgain = true
        if round.isEmpty, !boards.contains(where: { $0.isToBeTried(now) }) { return nil }
      }
    }
  }

  private mutating func begin(_ board: Int) {
    turn = boards[board].takeTurn(board, on: settings)
  }

  private mutating func succeeded(_ turn: BoardTurn) {
    self.turn = nil
    let id = boards[turn.board].board.id
    let wasBroken = boards[turn.board].problem != nil
    boards[turn.board].succeeded(turn.picture)
    if !turn.isCheck { owe(boards[turn.board].latches(of: turn.picture, on: settings)) }
    actions.append(.ended(id, turn.outcome))
    if wasBroken { actions.append(.health(id, nil)) }
  }

  /// Boards that latch alike are latched together.
  private mutating func owe(_ frames: [SignFrame]) {
    for frame in frames where !latches.contains(frame) { latches.append(frame) }
  }

  /// What a board answered decides whether its picture goes on.
  mutating func judge(_ answers: [SignAnswer], _ now: MonotonicTime) {
    guard let turn else { return }
    for answer in answers {
      switch answer {
      case .accepted: if turn.outcome == .sent { self.turn?.outcome = .accepted }
      case .verified: self.turn?.outcome = .verified
      case .noise: break
      case .differs(let difference) where turn.isCheck: return lapsed(turn, difference)
      case .refused, .differs, .silent, .spoilt: return failed(turn, answer, among: answers, now)
      }
    }
  }

  /// It held the picture once and does not any more: without power, or overwritten.
  private mutating func lapsed(_ turn: BoardTurn, _ difference: SignDifference) {
    self.turn = nil
    let id = boards[turn.board].board.id
    askedCount += 1
    boards[turn.board].lapsed(turn.picture, order: askedCount)
    actions.append(.lapsed(id, difference.lapse(of: id)))
  }

  private mutating func failed(
    _ turn: BoardTurn, _ answer: SignAnswer, among answers: [SignAnswer], _ now: MonotonicTime
  ) {
    self.turn = nil
    let id = boards[turn.board].board.id
    boards[turn.board].failed(turn, patience, now)
    actions.append(.ended(id, .failed(answer)))
    guard boards[turn.board].failures >= patience.tries_max else { return }
    let noise = answers.reduce(0) { if case .noise(let bytes) = $1 { $0 + bytes } else { $0 } }
    let problem = answer.problem(of: id, noise: noise)
    if let problem, problem.code != boards[turn.board].problem?.code {
      boards[turn.board].problem = problem
      actions.append(.health(id, problem))
    }
  }
}
