package import Bulletin
package import Foundation

/// Everybody who is, was or asked to be a subscriber. These promises hold for any store behind it, shared or not: a change
/// is durable once it is answered, and everybody who asks sees it.
///
/// The functions given to it run while it is held: they must not call it again.
package protocol SubscriberList: Sendable {
    func counts() throws -> SubscriberCounts
    /// Nil for an id that was never here.
    func subscriber(_ id: SubscriberID) throws -> Subscriber?
    /// Everybody, in order of id, those after `id` only; until `body` gives false. The list is not held while `body`
    /// runs; a record that is added or changed meanwhile is seen if its turn has not passed.
    func walk(after id: SubscriberID?, _ body: (Subscriber) throws -> Bool) throws
    /// Those who are owed a letter (``Bulletin/Subscriber/owes``), in the order in which they asked. Cheap where there
    /// are none.
    func owing() throws -> [Subscriber]
    /// The ids of those who stand so, in order. Finding nobody is cheap.
    func ids(_ statuses: [SubscriberStatus]) throws -> [SubscriberID]
    /// Runs `body` while nobody else can change a record. What it puts is made durable at once on return, all of it; where
    /// it throws, nothing is changed. Every change of the list is one of these.
    func transaction<Outcome: Sendable>(
        _ body: (inout SubscriberTransaction) throws -> Outcome
    ) throws -> Outcome
    /// Takes in what others changed; every other verb does so by itself. Cheap where nothing was changed.
    func refresh() throws
    /// Whether more than half of what is stored is out of date.
    var needsCompaction: Bool { get throws }
    /// Frees the store of what is out of date: after a forgetting, it is gone. Not while an issue is being sent.
    func compact() throws
    /// How many came and went within `span`, by the records as they stand now. The list is not held meanwhile; all of
    /// it is read, once.
    func movements(in span: ClosedRange<Date>) throws -> SubscriberMovements
    /// Those who receive mail and were active at `time` (``Bulletin/Subscriber/wasActive(at:)``).
    func audience(at time: Date) throws -> Audience
    /// The records, as they stand now, of the members at these positions; nil for those who are no longer on the list.
    func subscribers(_ positions: Range<Int>, of audience: Audience) throws -> [Subscriber?]
}

/// Why the subscriber list could not answer, where the disk and the journal are well.
package enum SubscriberListFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// A record whose beginning is sound and whose rest is not.
    case damagedRecord(path: String, offset: Int)

    package var description: String {
        switch self {
        case .damagedRecord(let path, let offset):
            "\(path): the record at byte \(offset) is damaged; run fortnight verify, and restore it from a backup"
        }
    }
}
