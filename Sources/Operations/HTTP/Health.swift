import Foundation
import Planning
import Publishing
import Records

/// Liveness and readiness of the daemon, for a supervisor or a load balancer.
struct Health: Hashable, Sendable {
    /// False if the process cannot recover by itself and should be restarted.
    let isLive: Bool
    /// Why it cannot do its work now, a sentence each; empty if it can.
    let reasons: [String]

    var isReady: Bool { reasons.isEmpty }

    /// A workflow turn longer than this counts as late; printing a large issue takes less.
    static let lateTurn = Duration.seconds(30)
    /// No turn takes this long: the workflow hangs.
    static let hangingTurn = Duration.seconds(300)

    /// `sinceStart` is the time since the process started.
    init(reading: WorkflowMonitor.Reading, web: String?, writing: String?, sinceStart: Duration) {
        let silence = reading.sinceTurn ?? sinceStart
        isLive = silence < Self.hangingTurn
        var reasons: [String] = []
        if web == nil { reasons.append("the pages are not served yet") }
        if let writing { reasons.append("the state folder cannot be written: \(writing)") }
        if reading.sinceTurn == nil {
            reasons.append("the workflow has not begun")
        } else if silence >= Self.lateTurn {
            reasons.append("the workflow has not moved for \(silence.components.seconds) seconds")
        }
        if let trouble = reading.trouble { reasons.append(trouble.words) }
        self.reasons = reasons
    }
}
