import Bulletin
import Composition
import Records

/// The issues that the public may read: those whose sending has begun. It waits for the disk, so it reads on a queue of its
/// own.
actor Archive {
    private let shelf: IssueShelf
    private let executor = QueueExecutor(label: "fortnight.web.archive")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(shelf: IssueShelf) { self.shelf = shelf }

    /// What never changes again of an issue once it is public.
    private var known: [IssueNumber: Pages.Shelved] = [:]

    /// All of them, the latest first.
    func issues() throws -> [Pages.Shelved] {
        var shelved: [Pages.Shelved] = []
        for number in try shelf.list().reversed() {
            if known[number] == nil, try isPublic(number), let issue = try shelf.issue(number),
                let editions = try shelf.editions(number)
            {
                known[number] = Pages.Shelved(number: number, sends: issue.sends, title: editions.subject)
            }
            if let entry = known[number] { shelved.append(entry) }
        }
        return shelved
    }

    /// The page of one; nil where the public may not read it, or there is none.
    func page(of number: IssueNumber) throws -> String? { try webEdition(of: number)?.html }

    /// Its text; nil as above.
    func text(of number: IssueNumber) throws -> String? { try webEdition(of: number)?.text }

    /// A picture that was copied into it; nil as above.
    func picture(_ file: String, of number: IssueNumber) throws -> [UInt8]? {
        try isPublic(number) ? shelf.picture(file, of: number) : nil
    }

    /// With what was put right since.
    private func webEdition(of number: IssueNumber) throws -> (html: String, text: String)? {
        guard try isPublic(number) else { return nil }
        if let corrected = try shelf.correctedWeb(number) { return corrected }
        return try shelf.editions(number).map { ($0.webHTML, $0.webText) }
    }

    /// Whether sending has begun. From then on readers hold links to it: held or stopped later, it stays public.
    private func isPublic(_ number: IssueNumber) throws -> Bool {
        guard let standing = try shelf.standing(number) else { return false }
        return standing.editionsHash != nil || standing.state == .sending || standing.state == .sent
    }
}
