import Bulletin
package import Foundation
internal import Journal

/// How much was taken over from another copy of the subscriber list.
package struct LaterRequests: Hashable, Sendable {
    /// How many people it knew something later of.
    package var taken = 0
    /// The time of the last change of anybody's status that it knows of.
    package var latest: Date?
    /// Lines of it that could not be read.
    package var damagedLines = 0
}

extension StateFolder {
    /// Takes over every later record from the subscriber list in another state folder: the same list, as it stood when its
    /// folder was damaged. Nobody who left comes back by it, but by their own later consent. Writes nothing there. Durable
    /// on return. Throws where that list cannot be read at all, or belongs to another bulletin.
    package func takeOverLaterWishes(from damaged: String) throws -> LaterRequests {
        guard try disk.status(at: damaged + "/subscriptions/roll.jsonl") != nil else {
            throw DocumentFault(path: damaged + "/subscriptions/roll.jsonl", why: "is missing")
        }
        if let theirs = try? disk.content(of: damaged + "/secret"), try theirs != disk.content(of: path + "/secret") {
            throw DocumentFault(path: damaged + "/secret", why: "is another bulletin's")
        }
        var journal = LineJournal(
            damaged + "/subscriptions/roll.jsonl", format: SubscriberLine.format, permissions: 0o600, disk: disk)
        var reader = SoundLines()
        try journal.catchUp(&reader)
        var requests = LaterRequests()
        requests.damagedLines = journal.damage.count
        let isWhole = journal.damage.isEmpty
        let subscriberList = try subscriberList()
        let ids = reader.latest.keys.sorted()
        for start in stride(from: 0, to: ids.count, by: 1000) {
            requests.taken += try subscriberList.changeMany(Array(ids[start..<min(start + 1000, ids.count)])) {
                id, current in
                guard let offset = reader.latest[id], let theirs = try SubscriberLine.read(journal.line(at: offset))
                else {
                    return nil
                }
                requests.latest = max(requests.latest ?? .distantPast, theirs.statusSince)
                return Self.isLater(theirs, than: current, isWhole: isWhole) ? theirs : nil
            }
        }
        return requests
    }

    /// In a list with damaged lines the last sound line of somebody may be an old one.
    private static func isLater(_ theirs: Subscriber, than ours: Subscriber?, isWhole: Bool) -> Bool {
        guard let ours else { return true }
        if theirs.statusSince != ours.statusSince { return theirs.statusSince > ours.statusSince }
        return isWhole && theirs != ours
    }
}
