package import Bulletin
package import Foundation

/// Which editors were told what, so that a restart tells nobody twice: `told.json` in the state folder.
package struct ToldEditors: Sendable {
    private let document: StoredDocument<Written>

    init(_ document: StoredDocument<Written>) { self.document = document }

    struct Written: Codable {
        /// For every note, by its name, when each address got it, as RFC 3339.
        var told: [String: [String: String]] = [:]
    }

    /// Whether `address` has had the note of that name.
    package func has(_ address: EmailAddress, _ note: String) throws -> Bool {
        try document.read()?.told[note]?[address.description] != nil
    }

    /// Durable on return. Of the notes that were noted before, only those for which `isCurrent` holds are kept.
    package func note(
        _ note: String, to address: EmailAddress, at now: Date, keeping isCurrent: (String) -> Bool
    ) throws {
        var written = try document.read() ?? Written()
        written.told = written.told.filter { $0.key == note || isCurrent($0.key) }
        written.told[note, default: [:]][address.description] = now.stamp
        try document.write(written)
    }
}

extension StateFolder {
    package var toldEditors: ToldEditors {
        ToldEditors(StoredDocument(path + "/told.json", permissions: 0o600, version: 1, disk: disk))
    }
}
