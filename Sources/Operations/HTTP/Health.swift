import Foundation
import Planning
import Publishing
import Records

/// Whether the daemon lives, and whether it can do its work: what a supervisor or a load balancer asks.
struct Health: Hashable, Sendable {
    /// The process cannot come right by itself: it should be started again.
    let isLive: Bool
    /// Why it cannot do its work now, a sentence each; none where it can.
    let reasons: [String]

    var isReady: Bool { reasons.isEmpty }

    /// A workflow that has not ended a look for so long is not on its way, but late: it may print a large issue.
    static let slowTurn = Duration.seconds(30)
    /// For so long nothing that it does takes.
    static let lostTurn = Duration.seconds(300)

    /// `sinceStart` is how long the process runs.
    init(reading: WorkflowMonitor.Reading, web: String?, writing: String?, sinceStart: Duration) {
        let silence = reading.sinceTurn ?? sinceStart
        isLive = silence < Self.lostTurn
        var reasons: [String] = []
        if web == nil { reasons.append("the pages are not served yet") }
        if let writing { reasons.append("the state folder cannot be written: \(writing)") }
        if reading.sinceTurn == nil {
            reasons.append("the workflow has not begun")
        } else if silence >= Self.slowTurn {
            reasons.append("the workflow has not moved for \(silence.components.seconds) seconds")
        }
        if let trouble = reading.trouble { reasons.append(trouble.words) }
        self.reasons = reasons
    }
}
