package import Bulletin
internal import Journal
import Tokens

// An issue's editions on disk: `mail.html`, `mail.txt`, `web.html`, `web.txt`, `print.html`, and `editions.json` with
// the subject. They may be rendered again until the first message is handed to the relay; from then on the hash in
// `state.json` fixes their bytes.

/// Why an issue's editions cannot be used.
package enum EditionFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes have changed since the first message was made.
    case changed(String)
    case missing(String)
    /// An attempt to replace the editions after the first message was handed over.
    case fixed(IssueNumber)

    package var description: String {
        switch self {
        case .changed(let path):
            "the editions in \(path) have changed since sending began: restore them from a backup; nothing more of "
                + "this issue is sent until they are back"
        case .missing(let path): "\(path) is missing: render the issue again, or restore it from a backup"
        case .fixed(let number): "issue \(number) is being sent or has been: its editions stay as they are"
        }
    }
}

extension IssueStore {
    private static let names = ["mail.html", "mail.txt", "web.html", "web.txt"]

    private struct Cover: Codable {
        let subject: String
    }

    /// Writes the editions, complete and durable on return. Throws ``EditionFault`` if they are fixed.
    package func save(_ editions: Editions, of number: IssueNumber) throws {
        guard try status(number)?.editionsHash == nil else { throw EditionFault.fixed(number) }
        try makeFolder(of: number)
        let contents = [editions.mailHTML, editions.mailText, editions.webHTML, editions.webText]
        for (name, content) in zip(Self.names, contents) {
            try JSONDocument("\(path(number))/\(name)", permissions: Self.filePermissions, disk: disk)
                .write(Array(content.utf8))
        }
        if !editions.printHTML.isEmpty {
            try JSONDocument(printed(number), permissions: Self.filePermissions, disk: disk)
                .write(Array(editions.printHTML.utf8))
        }
        try cover(number).write(Cover(subject: editions.subject))
    }

    /// Fortnight sends the print edition to nobody: the hash leaves it out, and older issues have none.
    private func printed(_ number: IssueNumber) -> String { "\(path(number))/print.html" }

    /// The current editions; nil if there are none. Once they are fixed, throws ``EditionFault`` if their bytes have
    /// changed.
    package func editions(_ number: IssueNumber) throws -> Editions? {
        guard let parts = try parts(number) else { return nil }
        if let hash = try status(number)?.editionsHash, hash != ContentHash.hexadecimal(of: parts) {
            throw EditionFault.changed(path(number))
        }
        let texts = parts.map { String(decoding: $0, as: UTF8.self) }
        let printed = try disk.content(of: printed(number)).map { String(decoding: $0, as: UTF8.self) }
        return Editions(
            subject: texts[0], mailHTML: texts[1], mailText: texts[2], webHTML: texts[3], webText: texts[4],
            printHTML: printed ?? "")
    }

    /// Fixes the editions' bytes from now on, at the first handover, and returns the editions. Fixing again changes
    /// nothing. Durable on return; throws ``EditionFault`` if there are none, or they have changed since.
    package func fix(_ number: IssueNumber) throws -> Editions {
        guard let editions = try editions(number), let parts = try parts(number) else {
            throw EditionFault.missing(path(number) + "/mail.html")
        }
        guard let status = try status(number) else { throw EditionFault.missing(path(number) + "/state.json") }
        if !status.hasBegun {
            let hash = ContentHash.hexadecimal(of: parts)
            try apply(.bytesFixed(hash: hash), to: Mailing(number), at: status.since)
        }
        return editions
    }

    /// Subject and editions, in the order they are hashed; nil if there are none.
    private func parts(_ number: IssueNumber) throws -> [[UInt8]]? {
        guard let cover = try cover(number).read() else { return nil }
        return try [Array(cover.subject.utf8)]
            + Self.names.map { name in
                let file = "\(path(number))/\(name)"
                guard let content = try disk.content(of: file) else { throw EditionFault.missing(file) }
                return content
            }
    }

    private func cover(_ number: IssueNumber) -> StoredDocument<Cover> {
        StoredDocument(path(number) + "/editions.json", permissions: Self.filePermissions, version: 1, disk: disk)
    }

    // MARK: Pictures

    /// Copies these pictures from the picture store into the issue, where they stay. Returns the names that the store
    /// does not have.
    package func keepPictures(_ names: [String], from store: PictureStore, of number: IssueNumber) throws -> [String] {
        guard !names.isEmpty else { return [] }
        try makeFolder(of: number)
        try makeFolder(of: number, "/pictures")
        return try names.filter { name in
            let target = "\(path(number))/pictures/\(name)"
            guard let content = try store.content(of: name) else { return true }
            if try disk.status(at: target) == nil {
                try JSONDocument(target, permissions: Self.filePermissions, disk: disk).write(content)
            }
            return false
        }
    }

    /// A picture of an issue; nil if there is none of that name.
    package func picture(_ name: String, of number: IssueNumber) throws -> [UInt8]? {
        try PictureStore.content(of: name, in: path(number) + "/pictures", disk: disk)
    }
}
