import Bulletin
internal import Foundation
internal import Journal

/// A journal other than the subscriber list and the ledgers: its format, and whether a line of it can be read.
struct KnownJournal: Sendable {
    let format: JournalFormat
    let reads: @Sendable (UnsafeRawBufferPointer) -> Bool

    static let all = [
        KnownJournal(format: decisionsFormat) { (try? JSONDecoder().decode(Decision.self, from: Data($0))) != nil },
        KnownJournal(format: mailboxFormat) { MailboxLine($0) != nil },
        KnownJournal(format: returnsFormat) { BookLine.read($0) != nil },
    ]
}
