package import Bulletin
import Foundation
import Mail
package import Records

/// What the relay refused for good when a message was handed over → the roll, by the same policy as what comes back later. The
/// ledger is the truth: each refusal counts once, however often it is looked at, and after a crash in between.
package struct TakeRefusals: Sendable {
    private let office: Office
    private let roll: any Roll

    /// Records that are changed, and made durable, at once.
    private static let batch = 1000

    package init(_ office: Office, roll: any Roll) { (self.office, self.roll) = (office, roll) }

    /// How many were taken off the list for it. Reads the whole ledger.
    @discardableResult
    package func callAsFunction(_ dispatch: Dispatch) throws -> Int {
        let sentAt = try office.folder.ledger(dispatch).audienceTime()
        let sent = try office.sentIssues()
        var (notes, left): ([SubscriberID: ReturnNote], Int) = ([:], 0)
        func take() throws {
            try roll.changeMany(Array(notes.keys)) { id, record in
                guard let record, let note = notes[id] else { return nil }
                let new = record.taking(note, sentAt: sentAt, sent: sent)
                if let new, new.status != record.status { left += 1 }
                return new
            }
            notes = [:]
        }
        try office.folder.deliveryLines(dispatch, in: .refused) { line in
            notes[line.id] = ReturnNote(refused: line.reply, of: dispatch, at: line.at)
            if notes.count >= Self.batch { try take() }
        }
        try take()
        return left
    }
}
