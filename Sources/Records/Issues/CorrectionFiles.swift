package import Bulletin
package import Foundation
internal import Journal
import Tokens

// The corrections of an issue, each in a folder within the issue's own: `issues/0024/c1` with `correction.json`,
// `state.json` (in the form of an issue's), `mail.html`, `mail.txt`, and `editions.json` with the subject. `state.json`
// is written last: a correction without it was not accepted yet. Beside the issue's fixed editions are `corrected.html`
// and `corrected.txt`, its web edition with its corrections, as rendered when the latest one was made.

extension IssueStore {
    private static let names = ["mail.html", "mail.txt"]

    private struct Cover: Codable {
        let subject: String
    }

    /// The accepted corrections of an issue, in order, with their status.
    package func corrections(of number: IssueNumber) throws -> [(correction: Correction, status: IssueStatus)] {
        try correctionMailings(of: number).compactMap { mailing in
            guard let status = try status(of: mailing) else { return nil }
            guard let correction = try correctionDocument(mailing).read() else {
                throw EditionFault.missing(correctionDocument(mailing).path)
            }
            return (correction, status)
        }
    }

    /// The corrections of an issue that have a folder, in order.
    func correctionMailings(of number: IssueNumber) throws -> [Mailing] {
        guard try disk.status(at: path(number)) != nil else { return [] }
        return try disk.list(path(number)).compactMap { name -> Int? in
            guard name.hasPrefix("c"), let count = Int(name.dropFirst()), count > 0, name == "c\(count)" else {
                return nil
            }
            return count
        }.sorted().map { Mailing(number, correction: $0) }
    }

    /// Stores a correction with its mail, whose bytes are fixed from now on. Durable on return, all or nothing.
    package func take(
        _ correction: Correction, mail: Editions, decided: Int, of number: IssueNumber, at now: Date
    ) throws -> Change {
        let mailing = Mailing(number, correction: correction.number)
        try makeFolder(of: number, "/c\(correction.number)")
        try correctionDocument(mailing).write(correction)
        for (name, content) in zip(Self.names, [mail.mailHTML, mail.mailText]) {
            try JSONDocument("\(path(mailing))/\(name)", permissions: Self.filePermissions, disk: disk)
                .write(Array(content.utf8))
        }
        try cover(mailing).write(Cover(subject: mail.subject))
        let hash = ContentHash.hexadecimal(of: [mail.subject, mail.mailHTML, mail.mailText].map { Array($0.utf8) })
        return try apply(.taken(hash: hash, decided: decided), to: mailing, at: now)
    }

    /// The mail of a stored correction. Throws ``EditionFault`` if its bytes have changed.
    package func correctionMail(_ mailing: Mailing) throws -> Editions {
        guard let subject = try cover(mailing).read()?.subject else {
            throw EditionFault.missing(cover(mailing).path)
        }
        let parts =
            try [Array(subject.utf8)]
            + Self.names.map { name in
                let file = "\(path(mailing))/\(name)"
                guard let content = try disk.content(of: file) else { throw EditionFault.missing(file) }
                return content
            }
        guard try status(of: mailing)?.editionsHash == ContentHash.hexadecimal(of: parts) else {
            throw EditionFault.changed(path(mailing))
        }
        let texts = parts.map { String(decoding: $0, as: UTF8.self) }
        return Editions(subject: texts[0], mailHTML: texts[1], mailText: texts[2], webHTML: "", webText: "")
    }

    /// The status of an issue or a correction; nil if there is none.
    package func status(of mailing: Mailing) throws -> IssueStatus? { try dispatchState(mailing).read() }

    /// Durable on return.
    package func save(_ status: IssueStatus, of mailing: Mailing) throws {
        if mailing.correction == nil { memory.forget(mailing.issue) }
        try dispatchState(mailing).write(status)
    }

    // MARK: The web edition with its corrections

    /// Page and text; nil if nothing was corrected.
    package func correctedWeb(_ number: IssueNumber) throws -> (html: String, text: String)? {
        guard let html = try disk.content(of: path(number) + "/corrected.html"),
            let text = try disk.content(of: path(number) + "/corrected.txt")
        else { return nil }
        return (String(decoding: html, as: UTF8.self), String(decoding: text, as: UTF8.self))
    }

    /// Each file whole and durable on return.
    package func saveCorrectedWeb(html: String, text: String, of number: IssueNumber) throws {
        for (name, content) in [("corrected.txt", text), ("corrected.html", html)] {
            try JSONDocument("\(path(number))/\(name)", permissions: Self.filePermissions, disk: disk)
                .write(Array(content.utf8))
        }
    }

    // MARK: Paths

    func path(_ mailing: Mailing) -> String {
        path(mailing.issue) + (mailing.correction.map { "/c\($0)" } ?? "")
    }

    func correctionDocument(_ mailing: Mailing) -> StoredDocument<Correction> {
        StoredDocument(
            path(mailing) + "/correction.json", permissions: Self.filePermissions, version: 1, disk: disk)
    }

    private func cover(_ mailing: Mailing) -> StoredDocument<Cover> {
        StoredDocument(path(mailing) + "/editions.json", permissions: Self.filePermissions, version: 1, disk: disk)
    }

    private func dispatchState(_ mailing: Mailing) -> StoredDocument<IssueStatus> {
        StoredDocument(path(mailing) + "/state.json", permissions: Self.filePermissions, version: 1, disk: disk)
    }
}
