package import Bulletin
import Foundation
import Mail
package import Planning
package import Records

/// Takes the relay's refusals of a mailing over into the subscriber list, by the same policy as later returns. The ledger is
/// the truth: each refusal counts once, however often it is looked at, and after a crash in between.
package struct TakeRefusals: Sendable {
    private let context: PublishingContext
    private let subscriberList: any SubscriberList

    /// Records that are changed, and made durable, at once.
    private static let batch = 1000

    package init(_ context: PublishingContext, subscriberList: any SubscriberList) {
        (self.context, self.subscriberList) = (context, subscriberList)
    }

    /// How many were taken off the list for it. Reads the whole ledger.
    @discardableResult
    package func callAsFunction(_ mailing: Mailing) throws -> Int {
        let sentAt = try context.folder.ledger(mailing).audienceTime()
        let sent = try context.sentIssues()
        var (notes, left): ([SubscriberID: ReturnNote], Int) = ([:], 0)
        func take() throws {
            try subscriberList.changeMany(Array(notes.keys)) { id, record in
                guard let record, let note = notes[id] else { return nil }
                let new = record.taking(note, sentAt: sentAt, sent: sent)
                if let new, new.status != record.status { left += 1 }
                return new
            }
            notes = [:]
        }
        try context.folder.deliveryLines(mailing, in: .refused) { line in
            notes[line.id] = ReturnNote(refused: line.reply, of: mailing, at: line.at)
            if notes.count >= Self.batch { try take() }
        }
        try take()
        return left
    }
}
