internal import Foundation
internal import Journal

// The form of the mailbox's journal, `returns/mailbox.jsonl`:
//
//     {"format":"fortnight-mailbox","version":1}
//     {"mailbox":"imaps://mail.example.org:993/INBOX bounces","validity":"1795576722"}
//     {"through":41}
//     {"name":"42","state":"begun","seen":false,"at":"2026-12-02T10:00:00.000Z"}
//     {"name":"42","state":"dealt"}
//     {"name":"42","state":"settled"}
//
// A line that names a mailbox starts again: lines before it are about another mailbox, or another numbering of the same
// one (UIDVALIDITY, RFC 3501 section 2.3.1.1). `through` says that every UID up to there is settled, which saves a line
// for each. `begun` is durable before a message is fetched, since fetching sets \Seen; `dealt` means that it was processed
// and has yet to be moved; `failed` that it could not be fetched.

let mailboxFormat = JournalFormat("fortnight-mailbox", version: 1)

/// The state of a message in the mailbox, between being begun and being settled.
package struct OpenMessage: Hashable, Sendable {
    /// Whether it had \Seen before we fetched it.
    package var wasSeen: Bool
    /// It was dealt with, and has yet to be moved.
    package var isDealt = false
    /// How often fetching it failed.
    package var failures = 0
    /// How often the program ended while working on it.
    package var begun = 0
}

/// The progress through a mailbox, from its journal.
package struct MailboxMarks: Hashable, Sendable {
    /// The mailbox, and the user name.
    package internal(set) var mailbox = ""
    /// The mailbox's UIDVALIDITY; empty if names are permanent.
    package internal(set) var validity = ""
    /// Every UID up to this one is settled; 0 if names are not numbers.
    package internal(set) var through: UInt32 = 0
    package internal(set) var open: [String: OpenMessage] = [:]
    /// Settled messages beyond `through`.
    package internal(set) var settled: Set<String> = []

    package init(mailbox: String = "", validity: String = "") { (self.mailbox, self.validity) = (mailbox, validity) }

    package func isSettled(_ name: String) -> Bool {
        if settled.contains(name) { return true }
        return through > 0 && UInt32(name).map { $0 <= through } ?? false
    }

    mutating func take(_ line: MailboxLine) {
        switch line {
        case .mailbox(let mailbox, let validity): self = MailboxMarks(mailbox: mailbox, validity: validity)
        case .through(let uid):
            through = max(through, uid)
            settled = settled.filter { UInt32($0).map { $0 > uid } ?? true }
        case .message(let name, let state):
            switch state {
            case .begun(let seen):
                // The first record counts: by now \Seen may be ours.
                open[name, default: OpenMessage(wasSeen: seen)].begun += 1
            case .dealt:
                open[name, default: OpenMessage(wasSeen: true)].isDealt = true
            case .failed:
                open[name]?.failures += 1
                open[name]?.begun = 0
            case .putBack: open[name]?.begun = 0
            case .settled:
                open[name] = nil
                settled.insert(name)
            case .gone:
                open[name] = nil
                settled.remove(name)
            }
        }
    }
}

/// A line after the header.
enum MailboxLine: Hashable {
    enum State: Hashable {
        case begun(seen: Bool)
        case dealt
        case failed
        /// It was begun but not reached, through no fault of its own.
        case putBack
        case settled
        /// It is no longer in the mailbox.
        case gone
    }

    case mailbox(String, validity: String)
    case through(UInt32)
    case message(String, State)

    /// Nil if it is not a line of this journal.
    init?(_ line: UnsafeRawBufferPointer) {
        guard let written = try? JSONDecoder().decode(MarkLine.self, from: Data(line)) else { return nil }
        if let mailbox = written.mailbox, let validity = written.validity {
            self = .mailbox(mailbox, validity: validity)
        } else if let through = written.through {
            self = .through(through)
        } else if let name = written.name, let state = written.known {
            self = .message(name, state)
        } else {
            return nil
        }
    }

    private struct MarkLine: Decodable {
        let mailbox: String?
        let validity: String?
        let through: UInt32?
        let name: String?
        let state: String?
        let seen: Bool?

        var known: State? {
            switch state {
            case "begun": .begun(seen: seen ?? true)
            case "dealt": .dealt
            case "failed": .failed
            case "put back": .putBack
            case "settled": .settled
            case "gone": .gone
            default: nil
            }
        }
    }

    func write(to lines: inout JSONLine, at stamp: String) {
        lines.line { line in
            switch self {
            case .mailbox(let mailbox, let validity):
                line.field("mailbox", mailbox)
                line.field("validity", validity)
            case .through(let uid): line.field("through", Int(uid))
            case .message(let name, let state):
                line.field("name", name)
                line.field("state", plain: state.word)
                if case .begun(let seen) = state {
                    line.field("seen", seen)
                    line.field("at", plain: stamp)
                }
            }
        }
    }
}

extension MailboxLine.State {
    fileprivate var word: String {
        switch self {
        case .begun: "begun"
        case .dealt: "dealt"
        case .failed: "failed"
        case .putBack: "put back"
        case .settled: "settled"
        case .gone: "gone"
        }
    }
}
