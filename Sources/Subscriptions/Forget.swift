package import Bulletin
package import Foundation
package import Records

/// A person asks that all is forgotten that is known of them: id, status and date stay, and no link that they were sent works
/// any more. Whether there was anything to forget.
package struct Forget: SubscriberOperation {
    private let id: SubscriberID
    private let now: Date

    package init(_ id: SubscriberID, at now: Date) { (self.id, self.now) = (id, now) }

    package func run(in records: inout SubscriberTransaction) throws -> Bool {
        guard let record = try records.subscriber(id), record.status != .forgotten else { return false }
        return try records.put(record.forgotten(at: now))
    }
}

extension Subscriber {
    /// Id, status and date, and nothing else. The links that were sent stop working.
    package func forgotten(at now: Date) -> Subscriber { Subscriber(id: id, status: .forgotten, since: now) }
}
