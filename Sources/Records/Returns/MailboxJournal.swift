import Basics
import Bulletin
package import Foundation
internal import Journal
internal import Synchronization

/// The messages of the mailbox that were read: `returns/mailbox.jsonl`. Only the daemon writes it.
package final class MailboxJournal: Sendable {
    /// How the work on a message ended.
    package enum Ending: Hashable, Sendable {
        /// It was dealt with, and has yet to be moved.
        case dealt
        /// Nothing is left to do.
        case settled
        /// It is no longer in the mailbox.
        case gone
        /// It could not be fetched.
        case failed
        /// It was not reached.
        case putBack
    }

    private struct Followed {
        var journal: LineJournal
        var reader = MarksReader()
    }

    private let followed: Mutex<Followed>

    /// The number of unneeded lines at which the journal is rewritten.
    private static let mostDead = 4000

    init(path: String, disk: any Disk) {
        followed = Mutex(
            Followed(journal: LineJournal(path, format: mailboxFormat, permissions: 0o600, disk: disk)))
    }

    package func marks() throws -> MailboxMarks {
        try followed.withLock { followed in
            try followed.journal.catchUp(&followed.reader)
            return followed.reader.marks
        }
    }

    /// Names the mailbox of the following lines. If it is another mailbox, or the same one renumbered, none of its
    /// messages count as read. Durable on return.
    package func enter(_ mailbox: String, validity: String, at now: Date) throws -> MailboxMarks {
        let marks = try marks()
        guard marks.mailbox != mailbox || marks.validity != validity else { return marks }
        try append([.mailbox(mailbox, validity: validity)], at: now)
        return try self.marks()
    }

    /// Records that these messages are about to be fetched, each with whether it was \Seen before. Durable on return.
    package func begin(_ messages: [(name: String, wasSeen: Bool)], at now: Date) throws {
        try append(messages.map { .message($0.name, .begun(seen: $0.wasSeen)) }, at: now)
    }

    /// Durable on return.
    package func end(_ endings: [(name: String, ending: Ending)], at now: Date) throws {
        try append(
            endings.map { name, ending in
                switch ending {
                case .dealt: .message(name, .dealt)
                case .settled: .message(name, .settled)
                case .gone: .message(name, .gone)
                case .failed: .message(name, .failed)
                case .putBack: .message(name, .putBack)
                }
            }, at: now)
    }

    /// Every UID up to this one is settled. Durable on return.
    package func advance(through uid: UInt32, at now: Date) throws {
        guard try marks().through < uid else { return }
        try append([.through(uid)], at: now)
    }

    /// Rewrites the journal if most of its lines are no longer needed.
    package func tidy(at now: Date) throws {
        try followed.withLock { followed in
            try followed.journal.catchUp(&followed.reader)
            let marks = followed.reader.marks
            let needed = 3 + marks.open.count * 2 + marks.settled.count
            guard followed.journal.lineCount > needed + Self.mostDead else { return }
            var lines = JSONLine()
            let stamp = now.stamp
            MailboxLine.mailbox(marks.mailbox, validity: marks.validity).write(to: &lines, at: stamp)
            if marks.through > 0 { MailboxLine.through(marks.through).write(to: &lines, at: stamp) }
            for name in marks.settled.sorted() { MailboxLine.message(name, .settled).write(to: &lines, at: stamp) }
            for (name, message) in marks.open.sorted(by: { $0.key < $1.key }) {
                let begun = MailboxLine.message(name, .begun(seen: message.wasSeen))
                for _ in 0..<message.failures {
                    begun.write(to: &lines, at: stamp)
                    MailboxLine.message(name, .failed).write(to: &lines, at: stamp)
                }
                for _ in 0..<max(1, message.begun) { begun.write(to: &lines, at: stamp) }
                if message.begun == 0 { MailboxLine.message(name, .putBack).write(to: &lines, at: stamp) }
                if message.isDealt { MailboxLine.message(name, .dealt).write(to: &lines, at: stamp) }
            }
            try followed.journal.exclusively(&followed.reader) { journal, reader in
                try journal.rewrite(&reader) { copy, _, _ in try copy.add(lines.bytes[...]) }
            }
        }
    }

    private func append(_ lines: [MailboxLine], at now: Date) throws {
        guard !lines.isEmpty else { return }
        var written = JSONLine(reserving: lines.count * 96)
        let stamp = now.stamp
        for line in lines { line.write(to: &written, at: stamp) }
        try followed.withLock { followed in
            try followed.journal.exclusively(&followed.reader) { journal, reader in
                try journal.append(written.bytes)
                for line in lines { reader.marks.take(line) }
            }
        }
    }
}

private struct MarksReader: JournalReader {
    var marks = MailboxMarks()

    mutating func startAgain(size: Int) { marks = MailboxMarks() }

    mutating func take(_ line: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        guard let line = MailboxLine(line) else { return false }
        marks.take(line)
        return true
    }
}

extension StateFolder {
    package func mailboxJournal() -> MailboxJournal {
        MailboxJournal(path: path + "/returns/mailbox.jsonl", disk: disk)
    }
}
