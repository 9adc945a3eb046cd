package import Bulletin
package import Foundation

/// Every current, former or pending subscriber. The promises here hold for any store behind it, shared or not: a change
/// that has returned is durable and visible to everyone.
///
/// The functions passed to it run while it is locked: they must not call it again.
package protocol SubscriberList: Sendable {
    func counts() throws -> SubscriberCounts
    /// Nil for an unknown id.
    func subscriber(_ id: SubscriberID) throws -> Subscriber?
    /// Every record in order of id, from those after `id` on, until `body` returns false. The list is not locked while
    /// `body` runs; a record added or changed meanwhile is seen if its turn has not passed.
    func walk(after id: SubscriberID?, _ body: (Subscriber) throws -> Bool) throws
    /// Subscribers who are owed a letter (``Bulletin/Subscriber/owes``), in the order of their requests. Cheap if there
    /// are none.
    func owing() throws -> [Subscriber]
    /// The ids of the subscribers in these statuses, in order. Cheap if there are none.
    func ids(_ statuses: [SubscriberStatus]) throws -> [SubscriberID]
    /// Runs `body` while nobody else can change a record. All that it puts is durable on return; if it throws, nothing is
    /// changed. Every change of the list is one of these.
    func transaction<Outcome: Sendable>(
        _ body: (inout SubscriberTransaction) throws -> Outcome
    ) throws -> Outcome
    /// Reads others' changes; every other method does so by itself. Cheap if nothing has changed.
    func refresh() throws
    /// Whether more than half of the stored lines are out of date.
    var needsCompaction: Bool { get throws }
    /// Removes outdated lines from the store: afterwards a forgotten record is gone. Not while an issue is being sent.
    func compact() throws
    /// How many joined and left within `span`, by the current records. The list is not locked meanwhile; reads all of
    /// it, once.
    func movements(in span: ClosedRange<Date>) throws -> SubscriberMovements
    /// Those who receive mail and were active at `time` (``Bulletin/Subscriber/wasActive(at:)``).
    func audience(at time: Date) throws -> Audience
    /// The current records of the members at these positions; nil for members no longer on the list.
    func subscribers(_ positions: Range<Int>, of audience: Audience) throws -> [Subscriber?]
}

/// Why the list could not answer although the disk and the journal are well.
package enum SubscriberListFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// A record whose beginning is sound but whose rest is damaged.
    case damagedRecord(path: String, offset: Int)

    package var description: String {
        switch self {
        case .damagedRecord(let path, let offset):
            "\(path): the record at byte \(offset) is damaged; run fortnight verify, and restore it from a backup"
        }
    }
}
