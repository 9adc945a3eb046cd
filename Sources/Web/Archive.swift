import Basics
import Bulletin
import Foundation
import Records
import Rendering

/// The issues that the public may read: those whose sending has begun. It waits for the disk, so it reads on a queue of its
/// own.
actor Archive {
    private let store: IssueStore
    private let executor = QueueExecutor(label: "fortnight.web.archive")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(store: IssueStore) { self.store = store }

    /// The parts of a public issue that never change again.
    private struct Known {
        let shelved: Pages.ArchivedIssue
        let items: [(id: ItemID, title: String)]
    }

    private var known: [IssueNumber: Known] = [:]
    private var search = ArchiveSearch()

    /// All of them, the latest first.
    func issues() throws -> [Pages.ArchivedIssue] { try shelved().map(\.shelved) }

    private func shelved() throws -> [Known] {
        try store.list().reversed().compactMap { number in
            if let known = known[number] { return known }
            let reading = try store.reading(number)
            // One whose files are damaged keeps none of the others from being shown.
            guard let status = reading.status, status.isPublic, let editions = try? store.editions(number) else {
                return nil
            }
            let sends = reading.issue?.sends ?? status.sentAt ?? status.since
            let found = Known(
                shelved: Pages.ArchivedIssue(number: number, sends: sends, title: editions.subject),
                items: reading.issue?.items.map { ($0.id, $0.title) } ?? [])
            if let issue = reading.issue {
                known[number] = found
                search.add(issue, title: editions.subject)
            }
            return found
        }
    }

    /// How many issues a feed holds: a year of them.
    private static let fed = 26

    /// The latest issues as the feed tells of them.
    func feedEntries() throws -> [AtomWriter.Entry] {
        try shelved().prefix(Self.fed).map { known in
            let number = known.shelved.number
            let corrected = try store.correctionReadings(of: number).compactMap(\.correction?.at).max()
            return AtomWriter.Entry(
                number: number, sends: known.shelved.sends,
                updated: max(known.shelved.sends, corrected ?? .distantPast),
                title: known.shelved.title, items: known.items)
        }
    }

    /// How many finds are shown.
    private static let mostHits = 50

    /// Where those words stand, the latest first.
    func find(_ query: String) throws -> (hits: [Pages.Hit], count: Int) {
        _ = try shelved()
        return search.find(query, most: Self.mostHits)
    }

    /// The page of one; nil where the public may not read it, or there is none.
    func page(of number: IssueNumber) throws -> String? { try webEdition(of: number)?.html }

    /// Its text; nil as above.
    func text(of number: IssueNumber) throws -> String? { try webEdition(of: number)?.text }

    /// A picture that was copied into it; nil as above.
    func picture(_ file: String, of number: IssueNumber) throws -> [UInt8]? {
        try isPublic(number) ? store.picture(file, of: number) : nil
    }

    /// With its corrections.
    private func webEdition(of number: IssueNumber) throws -> (html: String, text: String)? {
        guard try isPublic(number) else { return nil }
        if let corrected = try store.correctedWeb(number) { return corrected }
        return try store.editions(number).map { ($0.webHTML, $0.webText) }
    }

    /// Whether sending has begun. From then on readers hold links to it: held or stopped later, it stays public.
    private func isPublic(_ number: IssueNumber) throws -> Bool {
        try store.status(number)?.isPublic ?? false
    }
}

extension IssueStatus {
    var isPublic: Bool { hasBegun || state == .sending || state == .sent }
}
