import Basics
package import Bulletin
package import Foundation

/// The latest line of one delivery, as `deliveries N --who STATE` shows it.
package struct DeliveryLine: Hashable, Sendable {
    package let id: SubscriberID
    package let state: DeliveryState
    package let at: Date
    /// What the server said; code 0 where it said nothing.
    package let reply: Reply

    package init(id: SubscriberID, state: DeliveryState, at: Date, reply: Reply) {
        (self.id, self.state, self.at, self.reply) = (id, state, at, reply)
    }
}

extension DeliveryLine {
    init?(_ line: WrittenLine) {
        guard let id = line.id, let state = line.state, let at = line.at.flatMap({ Date(rfc3339: $0) }) else {
            return nil
        }
        let reply = Reply(
            code: line.code ?? 0, enhanced: line.enhanced.flatMap { EnhancedCode($0) }, text: line.text ?? "")
        self.init(id: id, state: state, at: at, reply: reply)
    }
}

extension StateFolder {
    func ledgerFiles(_ mailing: Mailing) -> LedgerFiles {
        LedgerFiles(folder: path + "/deliveries", mailing: mailing, disk: disk)
    }

    /// The ledger of a dispatch; nothing is opened yet.
    package func ledger(_ mailing: Mailing) -> DeliveryLedger { DeliveryLedger(ledgerFiles(mailing)) }

    /// How the deliveries of a dispatch stand: zeros where there is no ledger yet. Reads the running totals and what was
    /// written since, needs no roll, and never reads the whole ledger where it need not.
    package func deliveryCounts(_ mailing: Mailing) throws -> DeliveryCounts {
        try ledgerFiles(mailing).counts()
    }

    /// How many of a dispatch's audience were put off at least once, whatever became of it. Reads the whole ledger.
    package func everDeferred(_ mailing: Mailing) throws -> Int { try ledgerFiles(mailing).everDeferred() }

    /// Gives `body` the latest line of everybody whose delivery stands in `state`, in the order they were written. Who is
    /// owed has no line.
    package func deliveryLines(
        _ mailing: Mailing, in state: DeliveryState, _ body: (DeliveryLine) throws -> Void
    ) throws {
        try ledgerFiles(mailing).latest(state, body)
    }

    /// Gives `body` stretches of positions in that audience, the one that the ledger was begun with, and which of them are
    /// owed. Takes a byte of memory for each member.
    package func owedPositions(
        _ mailing: Mailing, in audience: Audience, _ body: (Range<Int>, [Bool]) throws -> Void
    ) throws {
        let book = try ledgerFiles(mailing).book(of: audience)
        var position = 0
        while let start = book.nextOwed(from: position) {
            let range = start..<min(start + 256, audience.count)
            try body(range, range.map { book.state(at: $0) == .owed })
            position = range.upperBound
        }
    }
}
