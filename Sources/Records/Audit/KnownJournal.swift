import Bulletin
internal import Foundation
internal import Journal

/// A journal that is neither the roll nor a ledger: its format, and whether a line of it can be read as what it should be.
struct KnownJournal: Sendable {
    let format: JournalFormat
    let reads: @Sendable (UnsafeRawBufferPointer) -> Bool

    static let all = [
        KnownJournal(format: decisionsFormat) { (try? JSONDecoder().decode(Decision.self, from: Data($0))) != nil },
        KnownJournal(format: mailboxFormat) { MailboxLine($0) != nil },
        KnownJournal(format: returnsFormat) { BookLine.read($0) != nil },
    ]
}
