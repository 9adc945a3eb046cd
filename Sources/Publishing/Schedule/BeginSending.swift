package import Bulletin
package import Foundation
package import Planning
import Records
import Settings

/// Closed → sending: chooses once more, as of now, so that nothing stale goes out; prints, and fixes the bytes. After
/// that the issue is what it is.
package struct BeginSending: Sendable {
    private let context: PublishingContext

    package init(_ context: PublishingContext) { self.context = context }

    package enum Result: Sendable {
        /// These bytes, now and after every crash.
        case editions(Editions)
        /// There was nothing to send, and `schedule.emptyIssue` says to skip.
        case skipped(Skip)
        /// It may not be sent as it stands on disk: what is due is to be looked at again.
        case notDue
    }

    /// An issue that goes out later than this after its time is dated by when it does.
    private static let tolerance: TimeInterval = 3600

    package func callAsFunction(_ number: IssueNumber, at now: Date) throws -> Result {
        let store = context.folder.issues
        let mailing = Mailing(number)
        guard let status = try store.status(number), [.closed, .sending].contains(status.state) else { return .notDue }
        if !status.hasBegun {
            guard let issue = try store.issue(number) else { return .notDue }
            var final = try CloseIssue(context).again(issue, sends: now, in: Snapshot(context.folder))
            if final.items.isEmpty, context.configuration.schedule.emptyIssue == .skip {
                try store.apply(.empty, to: mailing, at: now)
                return .skipped(.empty)
            }
            if now.timeIntervalSince(issue.sends) < Self.tolerance { final.sends = issue.sends }
            try PrintEdition(context).print(final)
        }
        let editions = try store.fix(number)
        try store.apply(.begins, to: mailing, at: now)
        return .editions(editions)
    }
}
