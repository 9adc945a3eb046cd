import Basics
package import Bulletin
package import Foundation

/// The notes that each editor was sent, so that a restart sends none twice: `told.json` in the state folder.
package struct ToldEditors: Sendable {
    private let document: StoredDocument<ToldNotes>

    init(_ document: StoredDocument<ToldNotes>) { self.document = document }

    struct ToldNotes: Codable {
        /// For each note, by its name, when each address got it, as RFC 3339.
        var told: [String: [String: String]] = [:]
    }

    /// Whether `address` has had the note of that name.
    package func has(_ address: EmailAddress, _ note: String) throws -> Bool {
        try document.read()?.told[note]?[address.description] != nil
    }

    /// Recent notes are remembered whatever they were about, so that a clock put back repeats none.
    private static let memory: TimeInterval = 60 * 24 * 3600

    /// Durable on return. Of the older notes, only those for which `isCurrent` holds are kept.
    package func note(
        _ note: String, to address: EmailAddress, at now: Date, keeping isCurrent: (String) -> Bool
    ) throws {
        var written = try document.read() ?? ToldNotes()
        let oldest = now.addingTimeInterval(-Self.memory)
        written.told = written.told.filter { name, times in
            name == note || isCurrent(name) || times.values.contains { Date(rfc3339: $0).map { $0 >= oldest } ?? false }
        }
        written.told[note, default: [:]][address.description] = now.stamp
        try document.write(written)
    }
}

extension StateFolder {
    package var toldEditors: ToldEditors {
        ToldEditors(StoredDocument(path + "/told.json", permissions: 0o600, version: 1, disk: disk))
    }
}
