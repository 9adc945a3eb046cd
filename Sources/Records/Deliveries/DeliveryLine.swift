import Basics
package import Bulletin
package import Foundation

/// The latest line of one delivery, as `deliveries N --who STATE` shows it.
package struct DeliveryLine: Hashable, Sendable {
    package let id: SubscriberID
    package let state: DeliveryState
    package let at: Date
    /// The server's reply; code 0 if there was none.
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

    /// The ledger of a mailing; opens nothing yet.
    package func ledger(_ mailing: Mailing) -> DeliveryLedger { DeliveryLedger(ledgerFiles(mailing)) }

    /// The state of a mailing's deliveries: zeros if there is no ledger yet. Reads the running totals and the lines
    /// written since, needs no subscriber list, and reads the whole ledger only if it must.
    package func deliveryCounts(_ mailing: Mailing) throws -> DeliveryCounts {
        try ledgerFiles(mailing).counts()
    }

    /// How many of a mailing's deliveries were deferred at least once, whatever their outcome. Reads the whole ledger.
    package func everDeferred(_ mailing: Mailing) throws -> Int { try ledgerFiles(mailing).everDeferred() }

    /// Gives `body` the latest line of every delivery in `state`, in the order they were written. An owed delivery has
    /// no line.
    package func deliveryLines(
        _ mailing: Mailing, in state: DeliveryState, _ body: (DeliveryLine) throws -> Void
    ) throws {
        try ledgerFiles(mailing).latest(state, body)
    }

    /// Gives `body` ranges of positions in the audience that the ledger was begun with, and which of them are owed.
    /// Takes a byte of memory for each member.
    package func owedPositions(
        _ mailing: Mailing, in audience: Audience, _ body: (Range<Int>, [Bool]) throws -> Void
    ) throws {
        let index = try ledgerFiles(mailing).index(of: audience)
        var position = 0
        while let start = index.nextOwed(from: position) {
            let range = start..<min(start + 256, audience.count)
            try body(range, range.map { index.state(at: $0) == .owed })
            position = range.upperBound
        }
    }
}
