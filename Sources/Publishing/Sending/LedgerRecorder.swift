import Bulletin
import Dispatch
import Foundation
import Planning
import Records
import SMTP
import Synchronization

/// Writes what the sending loop does into the ledger, and notices a relay whose answers get lost.
final class LedgerRecorder: DeliveryRecorder {
    /// So many unknown outcomes in a row stop the issue: its relay takes messages and loses the replies.
    static let mostUnknownInARow = 5

    private struct State {
        var unknownInARow = 0
        var refusals: Hold.Refusals?
        var stop: @Sendable () -> Void = {}
    }

    private let ledger: DeliveryLedger
    private let now: @Sendable () -> Date
    private let observe: @Sendable (SubscriberID, Outcome) -> Void
    private let state = Mutex(State())
    /// Whether every turn of the loop is synced before it goes on.
    private let syncsEachTurn: Bool
    private let tooManyRefused: @Sendable (DeliveryCounts) -> Hold.Refusals?

    init(
        _ ledger: DeliveryLedger, syncsEachTurn: Bool,
        tooManyRefused: @escaping @Sendable (DeliveryCounts) -> Hold.Refusals?, now: @escaping @Sendable () -> Date,
        observe: @escaping @Sendable (SubscriberID, Outcome) -> Void
    ) {
        (self.ledger, self.now, self.observe) = (ledger, now, observe)
        (self.syncsEachTurn, self.tooManyRefused) = (syncsEachTurn, tooManyRefused)
    }

    func record(settled: [(SubscriberID, Outcome)], handed: [SubscriberID]) throws {
        try ledger.record(settled: settled, handed: handed, at: now())
        if syncsEachTurn { try ledger.sync() }
        for (id, outcome) in settled { observe(id, outcome) }
        let refusals =
            settled.contains { $0.1.state == .refused } ? tooManyRefused(ledger.counts) : nil
        let stop = state.withLock { state in
            if let refusals, state.refusals == nil {
                state.refusals = refusals
                return state.stop as (@Sendable () -> Void)?
            }
            let before = state.unknownInARow
            for (_, outcome) in settled {
                state.unknownInARow = outcome.state == .unknown ? state.unknownInARow + 1 : 0
            }
            return before < Self.mostUnknownInARow && state.unknownInARow >= Self.mostUnknownInARow ? state.stop : nil
        }
        stop?()
    }

    var tooManyUnknown: Bool { state.withLock { $0.unknownInARow >= Self.mostUnknownInARow } }

    /// Why too many are refused, once they are.
    var refusals: Hold.Refusals? { state.withLock(\.refusals) }

    func onTrouble(_ stop: @escaping @Sendable () -> Void) { state.withLock { $0.stop = stop } }

    /// Syncs the ledger on a thread of its own, so that the loop never waits for the disk; until it is cancelled. A
    /// failure shows at the next record.
    func syncRegularly(every interval: Duration) -> any DispatchSourceTimer {
        let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "ledger sync"))
        let seconds = max(0.05, interval.seconds)
        timer.schedule(deadline: .now() + seconds, repeating: seconds)
        timer.setEventHandler { [ledger] in try? ledger.sync() }
        timer.resume()
        return timer
    }
}
