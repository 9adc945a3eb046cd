package import Bulletin
package import Foundation

/// Everybody who is, was or asked to be a subscriber. What is promised here holds for any store behind it, shared or
/// not: an answered change is durable, and everybody who asks sees it.
///
/// The functions given to it run while it is held: they must not call it again.
package protocol SubscriberList: Sendable {
    func counts() throws -> SubscriberCounts
    /// Nil for an id that was never here.
    func subscriber(_ id: SubscriberID) throws -> Subscriber?
    /// Everybody, in order of id, those after `id` only; until `body` gives false. The roll is not held while `body`
    /// runs; who joins or changes meanwhile is seen if their turn has not passed.
    func walk(after id: SubscriberID?, _ body: (Subscriber) throws -> Bool) throws
    /// Those who are owed a letter (``Bulletin/Subscriber/owes``), in the order in which they asked. Cheap where there
    /// are none.
    func owing() throws -> [Subscriber]
    /// The ids of those who stand so, in order. Finding nobody is cheap.
    func ids(_ statuses: [SubscriberStatus]) throws -> [SubscriberID]
    /// Changes one record while nobody else can: `body` is given it as it stands, and gives back what it becomes, or
    /// nil for no change. Durable on return. The record as it stands afterwards.
    @discardableResult
    func change(_ id: SubscriberID, _ body: (Subscriber?) throws -> Subscriber?) throws -> Subscriber?
    /// As ``change(_:_:)`` for each of them, all or none, made durable at once. The number of records that changed.
    @discardableResult
    func changeMany(
        _ ids: [SubscriberID], _ body: (SubscriberID, Subscriber?) throws -> Subscriber?
    ) throws -> Int
    /// Takes in what others changed; every other verb does so by itself. Cheap where nothing was changed.
    func refresh() throws
    /// Whether more than half of what is stored is out of date.
    var needsCompaction: Bool { get throws }
    /// Frees the store of what is out of date: after a forgetting, it is gone. Not while an issue is being sent.
    func compact() throws
    /// How many came and went within `span`, by the records as they stand now. The roll is not held meanwhile; reads
    /// all of it, once.
    func movements(in span: ClosedRange<Date>) throws -> SubscriberMovements
    /// Those who receive mail and were active at `time` (``Bulletin/Subscriber/wasActive(at:)``).
    func audience(at time: Date) throws -> Audience
    /// The records, as they stand now, of the members at these positions; nil for who is no longer on the roll.
    func subscribers(_ positions: Range<Int>, of audience: Audience) throws -> [Subscriber?]
}

/// Why the roll could not answer, where the disk and the journal are well.
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
