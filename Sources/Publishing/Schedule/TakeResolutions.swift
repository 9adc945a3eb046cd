import Bulletin
import Foundation
import Planning
import Records

/// A person's word on unknown deliveries → the issue, or the correction, that was held for it goes on. Safe to repeat at
/// any time.
struct TakeResolutions {
    private let context: PublishingContext

    init(_ context: PublishingContext) { self.context = context }

    /// Those that go on.
    func callAsFunction(at now: Date) throws -> [Mailing] {
        let store = context.folder.issues
        var resumed: [Mailing] = []
        for number in try store.list() {
            guard let status = try store.status(number), status.editionsHash != nil else { continue }
            if try goOn(Mailing(number), status, at: now) { resumed.append(Mailing(number)) }
            for (correction, status) in try store.corrections(of: number) {
                let mailing = Mailing(number, correction: correction.number)
                if try goOn(mailing, status, at: now) { resumed.append(mailing) }
            }
        }
        return resumed
    }

    private func goOn(_ mailing: Mailing, _ status: IssueStatus, at now: Date) throws -> Bool {
        guard status.state == .held, status.isHeldForUnknown,
            try context.folder.deliveryCounts(mailing).unknown == 0
        else { return false }
        var status = status
        (status.state, status.since, status.reason) = (.sending, now, nil)
        status.isHeldForUnknown = false
        try context.folder.issues.save(status, of: mailing)
        return true
    }
}
