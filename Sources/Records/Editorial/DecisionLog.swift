package import Bulletin
internal import Foundation
package import Journal
internal import Synchronization

/// People's decisions on issues, in order: `editorial/decisions.jsonl`. Editors append, the daemon follows.
package final class DecisionLog: Sendable {
    private struct Followed {
        var journal: LineJournal
        var decisions: JournalValues<Decision>
    }

    private let followed: Mutex<Followed>

    init(path: String, disk: any Disk) {
        followed = Mutex(
            Followed(
                journal: LineJournal(
                    path, format: decisionsFormat, permissions: 0o660, disk: disk),
                decisions: JournalValues { line in
                    try? JSONDecoder().decode(Decision.self, from: Data(line))
                }))
    }

    /// All decisions, oldest first. Costs one status call if nothing was added since the last call.
    package func all() throws -> [Decision] {
        try followed.withLock { followed in
            try followed.journal.catchUp(&followed.decisions)
            return followed.decisions.values
        }
    }

    /// Durable on return.
    package func append(_ decision: Decision) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = try Array(encoder.encode(decision)) + [UInt8(ascii: "\n")]
        try followed.withLock { followed in
            try followed.journal.exclusively(&followed.decisions) { journal, decisions in
                let offset = try journal.append(line)
                _ = line.dropLast().withUnsafeBytes { decisions.take($0, at: offset) }
            }
        }
    }

    /// Lines that could not be read, as of the last call of ``all()``.
    package var damage: [JournalDamage] { followed.withLock(\.journal.damage) }
}

let decisionsFormat = JournalFormat("fortnight-decisions", version: 1)
