package import Bulletin
internal import Journal
internal import Seals

// The corrections of an issue, a folder each within the issue's own: `issues/0024/c1` with `correction.json`, `state.json`
// (the form of an issue's), `mail.html`, `mail.txt`, and `editions.json` with the subject. `state.json` is written last: a
// correction without it was not taken in yet. Beside the issue's fixed editions stand `corrected.html` and
// `corrected.txt`, its web edition with its corrections, as printed when the last of them came.

extension IssueShelf {
    private static let names = ["mail.html", "mail.txt"]

    private struct Cover: Codable {
        let subject: String
    }

    /// The corrections of an issue that were taken in, in order, with how they stand.
    package func corrections(of number: IssueNumber) throws -> [(correction: Correction, standing: IssueStanding)] {
        guard try disk.status(at: path(number)) != nil else { return [] }
        return try disk.list(path(number)).compactMap { name -> Int? in
            guard name.hasPrefix("c"), let count = Int(name.dropFirst()), count > 0, name == "c\(count)" else {
                return nil
            }
            return count
        }.sorted().compactMap { count in
            let dispatch = Dispatch(number, correction: count)
            guard let standing = try standing(of: dispatch) else { return nil }
            guard let correction = try correctionDocument(dispatch).read() else {
                throw EditionFault.missing(correctionDocument(dispatch).path)
            }
            return (correction, standing)
        }
    }

    /// Takes a correction in with its mail, whose bytes are fixed from now on. Durable on return, all or nothing.
    package func take(
        _ correction: Correction, mail: Editions, standing: IssueStanding, of number: IssueNumber
    ) throws {
        let dispatch = Dispatch(number, correction: correction.number)
        try makeFolder(of: number, "/c\(correction.number)")
        try correctionDocument(dispatch).write(correction)
        for (name, content) in zip(Self.names, [mail.mailHTML, mail.mailText]) {
            try JSONDocument("\(path(dispatch))/\(name)", permissions: Self.filePermissions, disk: disk)
                .write(Array(content.utf8))
        }
        try cover(dispatch).write(Cover(subject: mail.subject))
        var standing = standing
        standing.editionsHash = ContentHash.hexadecimal(
            of: [mail.subject, mail.mailHTML, mail.mailText].map { Array($0.utf8) })
        try save(standing, of: dispatch)
    }

    /// The mail of a correction that was taken in. Throws ``EditionFault`` where it is not the very bytes.
    package func correctionMail(_ dispatch: Dispatch) throws -> Editions {
        guard let subject = try cover(dispatch).read()?.subject else {
            throw EditionFault.missing(cover(dispatch).path)
        }
        let parts =
            try [Array(subject.utf8)]
            + Self.names.map { name in
                let file = "\(path(dispatch))/\(name)"
                guard let content = try disk.content(of: file) else { throw EditionFault.missing(file) }
                return content
            }
        guard try standing(of: dispatch)?.editionsHash == ContentHash.hexadecimal(of: parts) else {
            throw EditionFault.changed(path(dispatch))
        }
        let texts = parts.map { String(decoding: $0, as: UTF8.self) }
        return Editions(subject: texts[0], mailHTML: texts[1], mailText: texts[2], webHTML: "", webText: "")
    }

    /// How an issue, or a correction of it, stands; nil where there is none.
    package func standing(of dispatch: Dispatch) throws -> IssueStanding? { try dispatchState(dispatch).read() }

    /// Durable on return.
    package func save(_ standing: IssueStanding, of dispatch: Dispatch) throws {
        if dispatch.correction == nil { memory.forget(dispatch.issue) }
        try dispatchState(dispatch).write(standing)
    }

    // MARK: The web edition with its corrections

    /// Page and text; nil where nothing was corrected.
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

    private func path(_ dispatch: Dispatch) -> String {
        path(dispatch.issue) + (dispatch.correction.map { "/c\($0)" } ?? "")
    }

    private func correctionDocument(_ dispatch: Dispatch) -> StoredDocument<Correction> {
        StoredDocument(
            path(dispatch) + "/correction.json", permissions: Self.filePermissions, version: 1, disk: disk)
    }

    private func cover(_ dispatch: Dispatch) -> StoredDocument<Cover> {
        StoredDocument(path(dispatch) + "/editions.json", permissions: Self.filePermissions, version: 1, disk: disk)
    }

    private func dispatchState(_ dispatch: Dispatch) -> StoredDocument<IssueStanding> {
        StoredDocument(path(dispatch) + "/state.json", permissions: Self.filePermissions, version: 1, disk: disk)
    }
}
