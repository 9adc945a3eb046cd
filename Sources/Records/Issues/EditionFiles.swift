package import Bulletin
internal import Journal
import Tokens

// An issue's editions on disk: `mail.html`, `mail.txt`, `web.html`, `web.txt`, `print.html`, and `editions.json` with the
// subject. They
// are printed as often as need be until the first letter is handed over; from then on their bytes are fixed by the hash
// in `state.json`.

/// Why an issue's editions cannot be used.
package enum EditionFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes are no longer those that the first letters were made of.
    case changed(String)
    case missing(String)
    /// They were to be printed anew after the first handing.
    case fixed(IssueNumber)

    package var description: String {
        switch self {
        case .changed(let path):
            "the editions in \(path) are not those that sending began with: restore them from a backup; nothing more of "
                + "this issue is sent until they are back"
        case .missing(let path): "\(path) is missing: print the issue again, or restore it from a backup"
        case .fixed(let number): "issue \(number) is being sent or has been: its editions stay as they are"
        }
    }
}

extension IssueStore {
    private static let names = ["mail.html", "mail.txt", "web.html", "web.txt"]

    private struct Cover: Codable {
        let subject: String
    }

    /// Writes the editions, whole and durable on return. Throws ``EditionFault`` where they are fixed.
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

    /// The print edition is sent to nobody by Fortnight: the hash does not count it, and an older issue has none.
    private func printed(_ number: IssueNumber) -> String { "\(path(number))/print.html" }

    /// The editions as they stand; nil where none were printed. Where they are fixed, they are the very bytes: throws
    /// ``EditionFault`` where they are not.
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

    /// Fixes the editions' bytes from now on, at the first handing, and returns the editions. Fixing again changes
    /// nothing. Durable on return; throws ``EditionFault`` where there are none, or they were changed since.
    package func fix(_ number: IssueNumber) throws -> Editions {
        guard let editions = try editions(number), let parts = try parts(number) else {
            throw EditionFault.missing(path(number) + "/mail.html")
        }
        guard var status = try status(number) else { throw EditionFault.missing(path(number) + "/state.json") }
        if status.editionsHash == nil {
            status.editionsHash = ContentHash.hexadecimal(of: parts)
            try save(status, of: number)
        }
        return editions
    }

    /// Subject and editions, in the order they are hashed; nil where none were printed.
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

    /// Copies those pictures from the queue's shelf into the issue, where they stay. The names that are not on the shelf.
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

    /// A picture of an issue; nil where there is none of that name.
    package func picture(_ name: String, of number: IssueNumber) throws -> [UInt8]? {
        try PictureStore.content(of: name, in: path(number) + "/pictures", disk: disk)
    }
}
